"""What is chosen before calls are replayed. Whether it may be done, the action decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from apps.analytics.queries.samples import cases_of_sample, unknown_to
from apps.environments.models import Environment
from apps.environments.queries import live_version
from apps.evaluations.actions import RunTerms
from apps.evaluations.models import Suite
from apps.evaluations.new_case import NewCase
from apps.evaluations.queries import suite_document
from apps.evaluations.queries.estimates import Estimate, estimate
from apps.evaluations.run_forms import DRAFT, StartForm, document_of
from apps.llm.questions import DEMO_MODEL
from apps.prompts.models import Prompt

MOST, USUAL = 200, 20


class ReplayForm(StartForm):
    """Of the calls in `place`; the candidate is compared with what is live there."""

    suite = forms.ChoiceField(
        label=gettext_lazy("Suite"),
        help_text=gettext_lazy("The calls become cases of it, and all of it is run."),
    )  # fmt: skip
    many = forms.IntegerField(
        label=gettext_lazy("How many calls"), min_value=1, max_value=MOST, initial=USUAL,
        widget=forms.TextInput({"inputmode": "numeric"}),
    )  # fmt: skip
    field_order = ("version", "suite", "many", "models", "most_cost")

    def __init__(
        self, *args: Any, suites: Sequence[Suite], prompt: Prompt, place: Environment, seed: int,
        actor: Any, wanted: str = "", **more: Any,
    ) -> None:  # fmt: skip
        """`wanted`: the number of the suite that is chosen at first."""
        self.suites, self.place, self.seed = {str(one.pk): one for one in suites}, place, seed
        judging = next((one for one in suites if one.check_total), suites[0])  # type: ignore[attr-defined]
        first = self.suites.get(wanted, judging)
        super().__init__(*args, suite=first, prompt=prompt, actor=actor, **more)
        for name in ("prompt", "environment", "repeats", "fresh"):
            del self.fields[name]
        self.fields["suite"].choices = [(pk, str(one)) for pk, one in self.suites.items()]  # type: ignore[attr-defined]
        self.fields["version"].label = gettext_lazy("Candidate")
        self.live = live_version(prompt, place)
        self.initial |= {"suite": str(first.pk), "version": self._candidate()}

    def _candidate(self) -> str:
        """The newest version, or the draft where that is live."""
        newest = str(self.initial["version"])
        return DRAFT if self.live is not None and newest == str(self.live.number) else newest

    @property
    def chosen_suite(self) -> Suite:
        return self.suites[self._given()["suite"]]

    def terms(self) -> RunTerms:
        given = self.cleaned_data
        return RunTerms(models=given["models"], most_cost=given["most_cost"])

    def estimate(self) -> tuple[int, Estimate] | None:
        """Of the whole suite with the sample in it."""
        if self.is_bound and not self.is_valid():
            return None
        assert self.prompt is not None
        given, document = self._given(), suite_document(self.chosen_suite)
        new = unknown_to(self.chosen_suite, self._sample())
        cases = [*document["cases"], *({"values": dict(case.values)} for case in new)]
        tested = self._tested(given["version"])
        contents = [document_of(tested)]
        if self.live is not None and self.live != tested:
            contents.append(document_of(self.live))
        found = estimate(
            document | {"cases": cases}, contents, self.prompt, models=given["models"], repeats=1,
            judge=given["models"][0], embedding=DEMO_MODEL,
        )  # fmt: skip
        return len(cases), found

    def _sample(self) -> list[NewCase]:
        assert self.prompt is not None
        return cases_of_sample(self.prompt, self.place, int(self._given()["many"]), self.seed)

    def _given(self) -> dict[str, Any]:
        return self.cleaned_data if self.is_bound else {"many": USUAL} | self.initial
