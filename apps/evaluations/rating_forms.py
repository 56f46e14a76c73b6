"""Shape of what is typed about ratings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.forms import GalleyForm
from apps.evaluations.actions import RatingTerms
from apps.evaluations.models import Run
from apps.evaluations.models.ratings import MOST_EACH
from apps.evaluations.queries.grids import columns_of
from apps.evaluations.queries.rating_queue import people_to_ask, raters_of, teams_to_ask
from apps.evaluations.states import RatingSample, RatingWay
from apps.evaluations.yardsticks import WHOLE, Question, yardsticks
from apps.teams.models import Team

MOST = 1000


class AskForm(GalleyForm):
    """Whom to ask about which answers of a run."""

    people = forms.ModelMultipleChoiceField(
        User.objects.none(), label=_("People"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    team = forms.ModelChoiceField(
        Team.objects.none(), label=_("And everybody of the team"), required=False,
        empty_label=_("No team"),
    )  # fmt: skip
    way = forms.ChoiceField(
        label=_("What they see"), choices=RatingWay.choices, widget=forms.RadioSelect,
        initial=RatingWay.RATE,
    )  # fmt: skip
    check = forms.ChoiceField(label=_("What they are asked"), required=False)
    first = forms.ChoiceField(label=_("Side by side: this"), required=False)
    second = forms.ChoiceField(label=_("with this"), required=False)
    sample = forms.ChoiceField(
        label=_("Which answers"), choices=RatingSample.choices, widget=forms.RadioSelect,
        initial=RatingSample.ALL,
    )  # fmt: skip
    many = forms.IntegerField(
        label=_("How many in a sample"), min_value=1, max_value=MOST, initial=20
    )
    each = forms.IntegerField(
        label=_("How many people rate each answer"), min_value=1, max_value=MOST_EACH, initial=1,
        help_text=_("Two or more show how far they agree."),
    )  # fmt: skip
    blind = forms.BooleanField(
        label=_("Blind: they are not told the version, the model and what checks say"),
        required=False, initial=True,
    )  # fmt: skip
    note = forms.CharField(
        label=_("A word to them"), required=False, max_length=2000,
        widget=forms.Textarea({"rows": 2}), help_text=_("Such as what makes a good answer here."),
    )  # fmt: skip

    def __init__(self, *args: Any, run: Run, document: Mapping[str, Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.run = run
        fields: dict[str, Any] = self.fields
        fields["people"].queryset = people_to_ask(run)
        fields["team"].queryset = teams_to_ask(run)
        asked = [WHOLE, *yardsticks(document)]
        fields["check"].choices = [(one.key or "", one.title) for one in asked]
        columns = columns_of(run)
        labels = [(f"{one.run_id}:{one.model}", one.label) for one in columns]
        if len(labels) < 2:
            fields["way"].choices = RatingWay.choices[:1]
            del fields["first"], fields["second"]
            return
        fields["first"].choices = fields["second"].choices = labels
        fields["first"].initial, fields["second"].initial = labels[0][0], labels[1][0]

    def terms(self) -> RatingTerms:
        given = self.cleaned_data
        return RatingTerms(
            raters=self._raters(), way=given["way"], check_key=given["check"] or None,
            first=_column(given.get("first", "")), second=_column(given.get("second", "")),
            sample=given["sample"], many=given["many"], each=given["each"], blind=given["blind"],
            note=given["note"],
        )  # fmt: skip

    def _raters(self) -> list[User]:
        chosen = {person.pk: person for person in self.cleaned_data["people"]}
        if self.cleaned_data["team"]:
            able = User.objects.filter(
                pk__in=raters_of(self.run), memberships__team=self.cleaned_data["team"]
            )
            chosen |= {person.pk: person for person in able}
        return list(chosen.values())


def _column(given: str) -> tuple[int, str]:
    run_id, _colon, model = given.partition(":")
    return int(run_id or 0), model


class DecideForm(GalleyForm):
    value = forms.ChoiceField(label=_("What counts"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why"), max_length=2000, widget=forms.Textarea({"rows": 3}),
        help_text=_("Those who rated it will read this."),
    )  # fmt: skip

    def __init__(self, *args: Any, question: Question, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["value"]
        field.choices = [(one.code, one.label) for one in question.options]


class TryForm(GalleyForm):
    """Of which run, and how many of its answers, a check is tried on."""

    run = forms.ModelChoiceField(Run.objects.none(), label=_("Answers of"), empty_label=None)
    many = forms.IntegerField(label=_("How many"), min_value=1, max_value=20, initial=20)
    seed = forms.IntegerField(
        label=_("Lot"), min_value=1, max_value=1_000_000, initial=1, required=False,
        help_text=_("The same number draws the same answers. What people rated comes first."),
    )  # fmt: skip

    def __init__(self, *args: Any, runs: QuerySet[Run], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["run"]
        field.queryset = runs
        field.label_from_instance = _run_label


def _run_label(run: Run) -> str:
    return f"{run.prompt.name}, {run.label}, run {run.pk}"
