"""Named sets of values for the variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from apps.core.actions import working
from apps.core.errors import Invalid, require
from apps.prompts.actions.desk import Desk
from apps.prompts.entrance import clean_line
from apps.prompts.models import Draft, Prompt, Sample
from apps.prompts.permissions import can_edit_prompt
from apps.prompts.queries.documents import variable_part
from apps.prompts.queries.prompts import draft_of
from apps.prompts.values import check_value

MAX_SAMPLE_NAME = 80
MAX_SAMPLES = 200


@working
def save_sample(
    prompt: Prompt,
    *,
    name: str,
    values: Mapping[str, Any],
    sample: Sample | None = None,
    draft: Draft | None = None,
    actor: Any,
) -> Sample:
    """A new sample, or other values for `sample`. None stands for no value; a value of the wrong
    type is Invalid, under the variable's name. The variables are those of `draft`, else of the
    shared one."""
    cleaned = clean_line("name", name, MAX_SAMPLE_NAME, required=True)
    locked = Desk.lock(prompt.pk)
    require(can_edit_prompt(actor, locked))
    _require_values(draft or draft_of(locked), values)
    others = Sample.objects.filter(prompt=locked).exclude(pk=sample.pk if sample else 0)
    if others.filter(name=cleaned).exists():
        sentence = _("There is a sample “%(name)s” already. Choose another name.")
        raise Invalid({"name": [sentence % {"name": cleaned}]})
    if sample is None and others.count() >= MAX_SAMPLES:
        sentence = _("A prompt has at most %(most)s samples.") % {"most": MAX_SAMPLES}
        raise Invalid({"name": [sentence]})
    row = Sample(prompt=locked) if sample is None else locked.samples.get(pk=sample.pk)
    row.name = cleaned
    row.values = {key: value for key, value in values.items() if value is not None}
    row.save()
    return row


def _require_values(draft: Draft, values: Mapping[str, Any]) -> None:
    """A sample may leave out what is required; what it gives must fit."""
    declared = {variable.name: variable for variable in draft.variables.all()}
    errors: dict[str, list[str]] = {}
    for name, value in values.items():
        if name not in declared:
            errors[name] = [_("“%(name)s” is not a variable of this prompt.") % {"name": name}]
        elif value is not None:
            sentence = check_value(variable_part(declared[name]), value)
            errors |= {name: [sentence]} if sentence else {}
    if errors:
        raise Invalid(errors)


@working
def remove_sample(sample: Sample, *, actor: Any) -> None:
    locked = Desk.lock(sample.prompt_id)
    require(can_edit_prompt(actor, locked))
    Sample.objects.get(pk=sample.pk, prompt=locked).delete()
