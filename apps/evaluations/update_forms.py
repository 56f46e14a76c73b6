"""Which model is replaced by which. Whether runs may start, the action decides."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.forms import GalleyForm
from apps.evaluations.fields import RepeatsField
from apps.evaluations.queries.model_use import Uses
from apps.llm.queries import active_models
from apps.llm.questions import DEMO_MODELS


class UpdateForm(GalleyForm):
    before = forms.ChoiceField(label=gettext_lazy("The model that is replaced"))
    after = forms.ChoiceField(label=gettext_lazy("The model that comes in its place"))
    repeats = RepeatsField(help_text=gettext_lazy("More than once evens out answers that vary."))

    def __init__(self, *args: Any, uses: Uses, **more: Any) -> None:
        super().__init__(*args, **more)
        used = [(name, _used(name, len(found))) for name, found in uses.by_model.items()]
        asked = [*active_models().order_by("name").values_list("name", flat=True), *DEMO_MODELS]
        self.fields["before"].choices = used  # type: ignore[attr-defined]
        self.fields["after"].choices = [  # type: ignore[attr-defined]
            (name, _("%(model)s (demo)") % {"model": name} if name in DEMO_MODELS else name)
            for name in asked
        ]


def _used(name: str, prompts: int) -> str:
    words = _("%(model)s, used by %(n)s prompts") if prompts > 1 else _("%(model)s, by one prompt")
    return words % {"model": name, "n": prompts}
