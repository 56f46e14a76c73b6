"""Deprecated, archived, and back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.audit.models import AuditEntry
from apps.core.errors import Invalid, NotAllowed, NotPossible
from apps.prompts.actions import (
    archive_prompt,
    create_prompt,
    deprecate_prompt,
    reactivate_prompt,
    restore_prompt,
)
from apps.prompts.models import Prompt
from apps.prompts.queries import registry
from apps.prompts.states import Lifecycle
from apps.teams.models import Namespace


def deprecated(house, **more):
    return deprecate_prompt(house.prompt, reason="Old", **more, actor=house.ana)


def test_deprecate_prompt_says_what_instead_and_until_when(house):
    other = create_prompt(house.space, segment="newer", name="Newer", actor=house.ana)
    day = timezone.now().date() + timedelta(days=30)

    deprecated(house, successor=other, sunset=day)

    fresh = Prompt.objects.get(pk=house.prompt.pk)
    assert (fresh.lifecycle, fresh.successor, fresh.sunset) == (Lifecycle.DEPRECATED, other, day)
    entry = AuditEntry.objects.get(event="prompts.prompt.deprecated")
    assert entry.data["successor"] == "support/newer"
    assert fresh in registry(house.ana)


def test_deprecate_prompt_refuses_a_day_that_is_past(house):
    today = timezone.now().date()

    with pytest.raises(Invalid) as refused:
        deprecated(house, sunset=today - timedelta(days=1))
    deprecated(house, sunset=today)

    assert list(refused.value.errors) == ["sunset"]


def test_deprecate_prompt_refuses_a_circle(house):
    other = create_prompt(house.space, segment="newer", name="Newer", actor=house.ana)
    deprecated(house, successor=other)

    for back in (house.prompt, other):
        with pytest.raises(Invalid):
            deprecate_prompt(other, successor=back, reason="Old", actor=house.ana)
    deprecate_prompt(other, reason="Old", actor=house.ana)

    assert Prompt.objects.filter(lifecycle=Lifecycle.DEPRECATED).count() == 2


def test_deprecate_prompt_refuses_a_successor_that_one_may_not_see(house):
    other = create_prompt(
        Namespace.objects.get(path="other"), segment="secret", name="Secret", actor=house.outsider
    )

    with pytest.raises(Invalid) as refused:
        deprecated(house, successor=other)

    assert list(refused.value.errors) == ["successor"]


def test_reactivate_prompt_forgets_the_deprecation(house):
    with pytest.raises(NotPossible):
        reactivate_prompt(house.prompt, reason="Needed", actor=house.ana)
    deprecated(house)

    reactivate_prompt(house.prompt, reason="Needed", actor=house.ana)

    fresh = Prompt.objects.get()
    assert (fresh.lifecycle, fresh.deprecated_at) == (Lifecycle.ACTIVE, None)


def test_deprecate_prompt_needs_rights(house):
    with pytest.raises(NotAllowed):
        deprecate_prompt(house.prompt, reason="Old", actor=house.viewer)

    assert deprecate_prompt(house.prompt, reason="Old", actor=house.admin).deprecated_at


def test_restore_prompt_brings_a_deprecated_one_back_deprecated(house):
    deprecated(house)
    archive_prompt(house.prompt, actor=house.ana)

    restore_prompt(house.prompt, actor=house.ana)

    fresh = Prompt.objects.get()
    assert (fresh.lifecycle, fresh.archived_at) == (Lifecycle.DEPRECATED, None)


def test_deprecate_form_keeps_what_was_typed(house, signed_in):
    typed = {"successor": "no/such", "sunset": "2020-01-01", "reason": "Old one"}

    answer = signed_in(house.ana).post("/prompts/support/reply/-/deprecate/", typed)

    assert answer.status_code == 422
    assert 'value="no/such"' in answer.content.decode()


def test_settings_page_says_that_it_is_deprecated(house, signed_in):
    deprecated(house)

    answer = signed_in(house.ana).get("/prompts/support/reply/-/settings/")

    assert "Deprecated since" in answer.content.decode()
