"""The parts of a rule that come several times: freezes and locked blocks. What is there is kept
while its box is ticked; one more of each can be added."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from apps.accounts.zones import zones
from apps.core.forms import GalleyForm
from apps.environments.freeze_words import in_words
from apps.environments.freezes import ONCE, WEEKLY, Freeze, freeze_from, makes_sense
from apps.environments.rules import Lock, type_words
from apps.prompts.content import BLOCK_LABELS
from apps.teams.models import Team

MAX_NAME = 60
LOCKABLE = [(code, label) for code, label in BLOCK_LABELS.items() if code != "note"]


class FreezeFields(GalleyForm):
    freezes = forms.MultipleChoiceField(
        label=_("Nothing is released"), required=False, widget=forms.CheckboxSelectMultiple
    )
    freeze_kind = forms.ChoiceField(
        label=_("Add a freeze"), required=False,
        choices=[("", _("None")), (ONCE, _("Once")), (WEEKLY, _("Every week"))],
    )  # fmt: skip
    freeze_name = forms.CharField(label=_("Name"), required=False, max_length=MAX_NAME)
    freeze_zone = forms.ChoiceField(label=_("Time zone"), required=False)
    freeze_start = forms.CharField(
        label=_("Once: from"), required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}),
    )  # fmt: skip
    freeze_end = forms.CharField(
        label=_("Once: to"), required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}),
    )  # fmt: skip
    freeze_start_day = forms.ChoiceField(
        label=_("Every week: from"), required=False, choices=list(WEEKDAYS.items())
    )
    freeze_start_time = forms.CharField(
        label=_("At"), required=False, widget=forms.TimeInput({"type": "time"})
    )
    freeze_end_day = forms.ChoiceField(
        label=_("Every week: to"), required=False, choices=list(WEEKDAYS.items())
    )
    freeze_end_time = forms.CharField(
        label=_("Until"), required=False, widget=forms.TimeInput({"type": "time"})
    )

    def offer_freezes(self, there: Iterable[Freeze]) -> None:
        kept, zone = self.fields["freezes"], self.fields["freeze_zone"]
        assert isinstance(kept, forms.MultipleChoiceField) and isinstance(zone, forms.ChoiceField)
        kept.choices = [(_key(each), f"{each.name}: {in_words(each)}") for each in sorted(there)]
        zone.choices = [(name, name.replace("_", " ")) for name in zones()]

    def freezes_said(self) -> frozenset[Freeze]:
        kept = {freeze_from(json.loads(key)) for key in self.cleaned_data["freezes"]}
        return frozenset(kept | ({self.added} if self.added else set()))

    @property
    def added(self) -> Freeze | None:
        typed = self.cleaned_data
        if not typed.get("freeze_kind"):
            return None
        start, end = typed.get("freeze_start", ""), typed.get("freeze_end", "")
        if typed["freeze_kind"] == WEEKLY:
            start = f"{typed.get('freeze_start_day')} {typed.get('freeze_start_time')}"
            end = f"{typed.get('freeze_end_day')} {typed.get('freeze_end_time')}"
        name, zone = typed.get("freeze_name", "").strip(), typed.get("freeze_zone") or "UTC"
        return Freeze(typed["freeze_kind"], name, zone, start, end)

    def check_freeze(self) -> None:
        freeze = self.added
        if freeze is None:
            return
        if not freeze.name:
            self.add_error("freeze_name", _("Give the freeze a name: releasers read it."))
        if not makes_sense(freeze):
            field = "freeze_start_time" if freeze.kind == WEEKLY else "freeze_start"
            self.add_error(field, _("Say when it begins, and when it ends after that."))


class LockFields(GalleyForm):
    locks = forms.MultipleChoiceField(
        label=_("Locked blocks"), required=False, widget=forms.CheckboxSelectMultiple
    )
    lock_type = forms.ChoiceField(
        label=_("Lock blocks of a type"), required=False, choices=[("", _("None")), *LOCKABLE],
        help_text=_("Anybody may draft; somebody of the team signs before it goes live."),
    )  # fmt: skip
    lock_team = forms.ModelChoiceField(
        Team.objects.all(), label=_("Changes are signed by"), required=False,
        empty_label=_("Choose a team"),
    )  # fmt: skip

    def offer_locks(self, there: Iterable[Lock]) -> None:
        kept = self.fields["locks"]
        assert isinstance(kept, forms.MultipleChoiceField)
        words = _("Changes of %(type)s are signed by %(team)s")
        kept.choices = [
            (f"{each.type}:{each.team}", words % {"type": type_words(each.type), "team": each.name})
            for each in sorted(there)
        ]

    def locks_said(self, there: Iterable[Lock]) -> frozenset[Lock]:
        kept = {lock for lock in there if f"{lock.type}:{lock.team}" in self.cleaned_data["locks"]}
        kind, team = self.cleaned_data.get("lock_type"), self.cleaned_data.get("lock_team")
        return frozenset(kept | ({Lock(kind, team.pk, team.name)} if kind and team else set()))

    def check_lock(self) -> None:
        kind, team = self.cleaned_data.get("lock_type"), self.cleaned_data.get("lock_team")
        if kind and not team:
            self.add_error("lock_team", _("Choose the team that signs."))
        if team and not kind:
            self.add_error("lock_type", _("Choose the type of block."))


def _key(freeze: Freeze) -> str:
    return json.dumps(freeze.as_json(), sort_keys=True)


def kept(freezes: Iterable[Freeze], locks: Iterable[Lock]) -> dict[str, Any]:
    """Everything that is there is ticked."""
    return {
        "freezes": [_key(each) for each in freezes],
        "locks": [f"{each.type}:{each.team}" for each in locks],
    }
