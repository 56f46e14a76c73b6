"""What is chosen before a candidate answers in the shadow. Whether it may, the action decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.forms import GalleyForm
from apps.environments.models import Environment
from apps.environments.queries import live_version
from apps.evaluations.models import Suite
from apps.evaluations.queries.documents import checks_alone
from apps.evaluations.run_words import cost_words
from apps.experiments.queries.shadow_costs import cost_of_shadow
from apps.experiments.shadow_terms import MOST_ANSWERS, MOST_DAYS, ShadowTerms
from apps.llm.queries import models_for
from apps.prompts.content import parse
from apps.prompts.models import Prompt, Version
from apps.prompts.queries import versions_of

USUAL = ShadowTerms("")


def _number(label: Any, most: int, initial: int, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=1, max_value=most, initial=initial, help_text=help_text,
        widget=forms.TextInput({"inputmode": "numeric"}),
    )  # fmt: skip


class ShadowForm(GalleyForm):
    version = forms.ChoiceField(
        label=gettext_lazy("Candidate"),
        help_text=gettext_lazy("It needs no approval: no customer sees what it answers."),
    )  # fmt: skip
    suite = forms.ChoiceField(
        label=gettext_lazy("Graded by the checks of"),
        help_text=gettext_lazy("By those that need no expected answer, as they stand now."),
    )  # fmt: skip
    model = forms.ChoiceField(label=gettext_lazy("Model"))
    judge = forms.ChoiceField(
        label=gettext_lazy("Model that judges"),
        help_text=gettext_lazy(
            "For checks that a model judges and that name none of their own. Another one than the"
            " candidate's is fairer: a model likes what it says itself."
        ),
    )  # fmt: skip
    share = _number(
        gettext_lazy("Share of the calls, in percent"), 100, USUAL.share,
        gettext_lazy("Of those whose values are kept. Which ones, their number decides."),
    )  # fmt: skip
    a_day = _number(gettext_lazy("At most a day"), MOST_ANSWERS, USUAL.a_day)
    most = _number(gettext_lazy("It ends after so many calls"), MOST_ANSWERS, USUAL.most)
    days = _number(gettext_lazy("Or after so many days"), MOST_DAYS, USUAL.days)

    def __init__(
        self, *args: Any, prompt: Prompt, place: Environment, suites: Sequence[Suite], actor: Any,
        **more: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **more)
        self.prompt, self.place = prompt, place
        self.suites = {str(one.pk): one for one in suites}
        self.versions = {str(one.number): one for one in versions_of(prompt)[:30]}
        choices = models_for(actor, prompt.namespace)
        self.models = [one.name for one in choices]
        names = [(one.name, f"{one.label} ({one.price})") for one in choices]
        self._offer("version", [(number, str(one)) for number, one in self.versions.items()])
        self._offer("suite", [(pk, str(one)) for pk, one in self.suites.items()])
        self._offer("model", names)
        self._offer("judge", names)
        self.initial = self._first() | self.initial

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _first(self) -> dict[str, Any]:
        """The newest version that is not live, a suite that can judge, the model it names."""
        live = live_version(self.prompt, self.place)
        newest = next(iter(self.versions.values()), None)
        version = next((one for one in self.versions.values() if one != live), newest)
        named = (
            [each["model"] for each in parse(bytes(version.content))["models"]] if version else []
        )
        model = next((one for one in named if one in self.models), self.models[-1])
        judge = next((one for one in self.models if one != model), model)
        suite = next((pk for pk, one in self.suites.items() if checks_alone(one)), None)
        return {
            "version": str(version.number) if version else "",
            "suite": suite or next(iter(self.suites), ""), "model": model, "judge": judge,
            "share": USUAL.share, "a_day": USUAL.a_day, "most": USUAL.most, "days": USUAL.days,
        }  # fmt: skip

    @property
    def chosen(self) -> tuple[Version, Suite]:
        given = self.cleaned_data
        version = self.versions[given["version"]]
        version.prompt = self.prompt
        return version, self.suites[given["suite"]]

    def terms(self) -> ShadowTerms:
        return _terms(self.cleaned_data)

    def estimate(self) -> str:
        """ "200 answers ≈ $0.55": both answers judged, by calls like those of last week."""
        if self.is_bound and not self.is_valid():
            return ""
        given: Mapping[str, Any] = self.cleaned_data if self.is_bound else self.initial
        if given["version"] not in self.versions or given["suite"] not in self.suites:
            return ""
        version = self.versions[given["version"]]
        version.prompt = self.prompt
        terms, checks = _terms(given), checks_alone(self.suites[given["suite"]])
        cost = cost_of_shadow(version, self.place, terms, checks)
        said = {"most": f"{terms.most:,}", "cost": cost_words(cost)}
        if not cost:
            return _("%(most)s answers, each judged beside the live one: %(cost)s") % said
        return _("%(most)s answers, each judged beside the live one ≈ %(cost)s at most") % said


def _terms(given: Mapping[str, Any]) -> ShadowTerms:
    return ShadowTerms(**{field.name: given[field.name] for field in fields(ShadowTerms)})


class ActForm(GalleyForm):
    outcome = forms.ChoiceField(
        choices=[("pause", "pause"), ("resume", "resume"), ("stop", "stop")],
        widget=forms.HiddenInput,
    )  # fmt: skip
    reason = forms.CharField(required=False, max_length=500)
