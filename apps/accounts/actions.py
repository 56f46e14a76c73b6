"""One's own account. What is done to other people's accounts is governed, and lives in `teams`."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.people import clean_name
from apps.accounts.zones import is_zone
from apps.core.actions import working
from apps.core.errors import Invalid


@working
def change_profile(
    person: User,
    *,
    name: str,
    theme: str,
    time_zone: str,
    plain_text_boxes: bool,
    single_key_shortcuts: bool,
) -> User:
    if not is_zone(time_zone):
        raise Invalid({"time_zone": [_("Choose a time zone from the list.")]})
    person.name = clean_name(name)
    person.theme = _checked(theme)
    person.time_zone = time_zone
    person.plain_text_boxes = plain_text_boxes
    person.single_key_shortcuts = single_key_shortcuts
    person.save(
        update_fields=[
            "name", "theme", "time_zone", "plain_text_boxes", "single_key_shortcuts",
        ]
    )  # fmt: skip
    return person


@working
def set_theme(person: User, *, theme: str) -> User:
    person.theme = _checked(theme)
    person.save(update_fields=["theme"])
    return person


def _checked(theme: str) -> str:
    if theme not in User.Theme.values:
        raise Invalid({"theme": [_("Choose light, dark, or as the system.")]})
    return theme
