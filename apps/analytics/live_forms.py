from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.analytics.actions import LiveTerms
from apps.analytics.actions.live_checks import MOST_A_DAY
from apps.analytics.models import LiveCheck
from apps.core.forms import GalleyForm
from apps.environments.models import Environment
from apps.environments.queries import environments
from apps.evaluations.checks import KINDS
from apps.evaluations.checks.standing_alone import why_not_alone
from apps.evaluations.models import Suite
from apps.evaluations.queries.documents import checks_of
from apps.llm.queries import models_for
from apps.prompts.models import Prompt


@dataclass(frozen=True)
class SuiteLine:
    """Which of a suite's checks judge live answers, and why the others do not."""

    suite: Suite
    used: list[str]
    left_out: list[tuple[str, str]]


def suite_line(suite: Suite) -> SuiteLine:
    used, left_out = [], []
    for check in checks_of(suite):
        kind, why = KINDS.get(check["kind"]), why_not_alone(check)
        words = kind.sentence(check["settings"]) if kind else check["kind"]
        if why:
            left_out.append((words, why))
        else:
            used.append(words)
    return SuiteLine(suite, used, left_out)


class LiveCheckForm(GalleyForm):
    environment = forms.ChoiceField(label=_("Environment"))
    suite = forms.ChoiceField(label=_("Suite whose checks judge"))
    judge = forms.ChoiceField(
        label=_("Model that judges"),
        help_text=_("For checks that a model judges and that name none of their own."),
    )
    share = forms.IntegerField(
        label=_("Of the answers that are kept, in percent"), initial=10, min_value=1,
        max_value=100, widget=forms.TextInput({"inputmode": "numeric"}),
    )  # fmt: skip
    most_a_day = forms.IntegerField(
        label=_("At most so many a day"), initial=200, min_value=1, max_value=MOST_A_DAY,
        widget=forms.TextInput({"inputmode": "numeric"}),
        help_text=_("Models that judge are paid by the team that owns the prompt."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, prompt: Prompt, suites: list[SuiteLine], actor: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.places = {one.name: one for one in environments()}
        self.suites = {str(line.suite.pk): line.suite for line in suites if line.used}
        choices: dict[str, list[tuple[str, str]]] = {
            "environment": [(name, str(one)) for name, one in self.places.items()],
            "suite": [(pk, suite.name) for pk, suite in self.suites.items()],
            "judge": [
                (one.name, f"{one.label} ({one.price})")
                for one in models_for(actor, prompt.namespace)
            ],
        }
        for name, found in choices.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]

    @property
    def terms(self) -> LiveTerms:
        found = self.cleaned_data
        return LiveTerms(
            self.places[found["environment"]], self.suites[found["suite"]], found["judge"],
            found["share"], found["most_a_day"],
        )  # fmt: skip


def initial_of(live: LiveCheck | None, place: Environment) -> dict[str, Any]:
    """What is set there, to be changed."""
    if live is None:
        return {"environment": place.name}
    return {
        "environment": place.name, "suite": str(live.suite_id), "judge": live.judge,
        "share": live.share, "most_a_day": live.most_a_day,
    }  # fmt: skip
