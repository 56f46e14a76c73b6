"""What is chosen before a run starts. Whether it may start, the action decides."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.forms import GalleyForm
from apps.environments.queries import environments, live_map
from apps.evaluations.actions import RunTerms
from apps.evaluations.fields import RepeatsField
from apps.evaluations.fitting import unfit
from apps.evaluations.models import Suite
from apps.evaluations.queries import suite_document
from apps.evaluations.queries.estimates import Estimate, estimate
from apps.evaluations.queries.runs import runs_of_prompt
from apps.llm.queries import models_for
from apps.llm.questions import DEMO_MODEL
from apps.prompts.models import Draft, Prompt, Version
from apps.prompts.queries import draft_of, versions_of
from apps.prompts.queries.documents import draft_document, version_document
from apps.prompts.queries.prompts import visible_prompts

DRAFT = "draft"


class StartForm(GalleyForm):
    prompt = forms.ChoiceField(label=gettext_lazy("Prompt"))
    version = forms.ChoiceField(label=gettext_lazy("What is tested"))
    models = forms.MultipleChoiceField(
        label=gettext_lazy("Models"), widget=forms.CheckboxSelectMultiple
    )
    environment = forms.ChoiceField(
        label=gettext_lazy("Compare with what is live in"), required=False
    )
    repeats = RepeatsField(
        help_text=gettext_lazy("More than once shows how much the answers vary.")
    )
    most_cost = forms.DecimalField(
        label=gettext_lazy("Stop at, in $"), min_value=0, max_digits=12, decimal_places=4,
        required=False,
        help_text=gettext_lazy("What was answered until then is kept. Empty: the team's budget."),
    )  # fmt: skip
    fresh = forms.BooleanField(
        label=gettext_lazy("Ask again where an equal answer is known"), required=False
    )

    def __init__(self, *args: Any, suite: Suite, prompt: Prompt | None, actor: Any, **more: Any):
        super().__init__(*args, **more)
        self.suite, self.prompt, self.actor = suite, prompt, actor
        rows = visible_prompts(actor).filter(namespace__lineage__contains=[suite.namespace_id])
        served = [(one.path, one.name) for one in rows.order_by("name")[:500]]
        self.fields["prompt"].choices = served  # type: ignore[attr-defined]
        self.only_prompt = served[0][0] if len(served) == 1 else ""
        if prompt is None:
            for name in ("version", "models", "environment", "repeats", "most_cost", "fresh"):
                del self.fields[name]
            return
        self._offer(prompt)

    def _offer(self, prompt: Prompt) -> None:
        """The versions, models and places of the prompt; what was run last is chosen."""
        versions = list(versions_of(prompt).defer("content")[:30])
        names = [(str(one.number), str(one)) for one in versions]
        self.fields["version"].choices = [*names, (DRAFT, _("The draft as it stands"))]  # type: ignore[attr-defined]
        models = models_for(self.actor, prompt.namespace)
        self.fields["models"].choices = [  # type: ignore[attr-defined]
            (one.name, f"{one.label} ({one.price})") for one in models
        ]
        live = {place for _prompt, place in live_map([prompt])}
        places = [one for one in environments() if one.pk in live]
        self.places = {one.name: one for one in places}
        self.fields["environment"].choices = [  # type: ignore[attr-defined]
            *((one.name, str(one)) for one in reversed(places)), ("", _("Nothing"))
        ]  # fmt: skip
        last = runs_of_prompt(prompt, self.actor).filter(suite_version__suite=self.suite).first()
        known = {one.name for one in models}
        chosen = [one for one in last.models if one in known] if last else []
        self.initial |= {
            "prompt": prompt.path,
            "version": names[0][0] if names else DRAFT,
            "models": chosen or [models[0].name if models else DEMO_MODEL],
            "environment": places[-1].name if places else "",
        }
        if last and last.environment and last.environment.name in self.places:
            self.initial["environment"] = last.environment.name

    def tested(self) -> Version | Draft:
        return self._tested(self.cleaned_data["version"])

    def _tested(self, chosen: str) -> Version | Draft:
        assert self.prompt is not None
        if chosen == DRAFT:
            return draft_of(self.prompt)
        return versions_of(self.prompt).get(number=int(chosen))

    def terms(self) -> RunTerms:
        given = self.cleaned_data
        return RunTerms(
            models=given["models"], repeats=given["repeats"], fresh=given["fresh"],
            environment=self.places.get(given["environment"]), most_cost=given["most_cost"],
        )  # fmt: skip

    @cached_property
    def document(self) -> Any:
        return suite_document(self.suite)

    def unfit(self) -> tuple[int, int, list[str]] | None:
        """How many cases, how many of them could not run on what is chosen now, and why."""
        if self.prompt is None or (self.is_bound and not self.is_valid()):
            return None
        given = self.cleaned_data if self.is_bound else self.initial
        content, cases = document_of(self._tested(given["version"])), self.document["cases"]
        return len(cases), *unfit(content["variables"], cases)

    def estimate(self) -> tuple[int, Estimate] | None:
        """How many cases, and what they will cost, by what is chosen now."""
        if self.prompt is None:
            return None
        if self.is_bound and not self.is_valid():
            return None
        given = self.cleaned_data if self.is_bound else {"repeats": 1} | self.initial
        document = self.document
        contents = [document_of(self._tested(given["version"]))]
        if given["environment"]:
            contents *= 2
        found = estimate(
            document, contents, self.prompt, models=given["models"], repeats=given["repeats"],
            judge=given["models"][0], embedding=DEMO_MODEL,
        )  # fmt: skip
        return len(document["cases"]), found


def document_of(tested: Version | Draft) -> Any:
    return version_document(tested) if isinstance(tested, Version) else draft_document(tested)
