"""What an answer of the playground becomes: a test case, an example, a model of the draft."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from apps.core.actions import working
from apps.core.errors import require
from apps.core.verdicts import not_possible
from apps.evaluations.actions.cases import add_case
from apps.evaluations.asked import compiled_for, question_for
from apps.evaluations.models import Case, Suite, TrialAnswer
from apps.evaluations.new_case import NewCase
from apps.evaluations.queries.suites import serves
from apps.evaluations.states import CaseSource, TrialState
from apps.prompts import content
from apps.prompts.actions import (
    add_block,
    add_variant,
    change_variant,
    restore_step,
    restore_version,
    save_block,
)
from apps.prompts.models import Draft, DraftBlock
from apps.prompts.placeholders import escape
from apps.prompts.queries import draft_document, draft_of
from apps.prompts.queries.documents import blocks_in_order


@working
def keep_as_case(answer: TrialAnswer, *, suite: Suite, actor: Any) -> Case:
    """The values of the trial, with this answer as the expected one."""
    _require_answer(answer)
    if not serves(suite, answer.trial.prompt):
        words = _("“%(suite)s” does not serve this prompt. Choose another suite.")
        require(not_possible("not_served", words % {"suite": suite}))
    case = NewCase(values=answer.trial.values, expected=answer.answer)
    return add_case(suite, case=case, source=CaseSource.PLAYGROUND, actor=actor)


@working
def use_as_example(answer: TrialAnswer, *, shared: bool = False, actor: Any) -> DraftBlock:
    """What was asked and answered as one more row of the draft's first examples: of the draft that
    the column came from, or of the shared one."""
    _require_answer(answer)
    draft = _goes_into(answer, shared)
    block = _examples(draft) or add_block(draft, type="examples", actor=actor)
    row = {"input": escape(_asked(answer)), "output": escape(answer.answer)}
    rows = [*block.rows, row]
    saved = save_block(block, revision=block.revision, body=block.body, rows=rows, actor=actor)
    return saved.block


@working
def save_to_draft(answer: TrialAnswer, *, shared: bool = False, actor: Any) -> Draft:
    """The draft that the column came from, or the shared one, says all that it was asked with: its
    text, variables, tools and schema, and the model with its parameters. What the draft said
    before, if no version says it, is kept."""
    draft = _goes_into(answer, shared)
    asked = content.parse(bytes(answer.content))
    if answer.version is not None:
        draft = restore_version(answer.version, actor=actor)
    elif content.canonical_bytes(draft_document(draft)) != content.canonical_bytes(asked):
        at, came_from = answer.trial.created_at, answer.draft or draft
        draft = restore_step(came_from, at=at, into=draft, actor=actor)
    return _with_model(draft, asked, answer.model, actor)


def _goes_into(answer: TrialAnswer, shared: bool) -> Draft:
    if shared or answer.draft is None:
        return draft_of(answer.trial.prompt)
    return answer.draft


def _with_model(draft: Draft, asked: content.Document, model: str, actor: Any) -> Draft:
    """The model, with the parameters that it was asked with, as one of the draft's."""
    compiled = compiled_for(asked, model)
    given = compiled.model["parameters"] if compiled.model else {}
    parameters = {name: given.get(name) for name in ("temperature", "max_tokens")}
    if model in [one["model"] for one in draft_document(draft)["models"]]:
        return change_variant(draft, model=model, name=model, **parameters, actor=actor)
    return add_variant(draft, model=model, **parameters, actor=actor)


def _require_answer(answer: TrialAnswer) -> None:
    if answer.state != TrialState.DONE:
        words = _("There is no whole answer to keep. Run it again.")
        require(not_possible("no_answer", words))


def _examples(draft: Draft) -> DraftBlock | None:
    """The first one that is sent and says words of its own."""
    rows = (one for one in blocks_in_order(draft) if one.type == "examples" and one.enabled)
    return next((one for one in rows if one.snippet_version is None), None)


def _asked(answer: TrialAnswer) -> str:
    """The user's words; where the prompt has none, the values."""
    document, values = content.parse(bytes(answer.content)), answer.trial.values
    compiled = compiled_for(document, answer.model)
    if any(message["role"] == "user" for message in compiled.messages):
        question = question_for(document, compiled, values, answer.model, answer.model)
        return str(question.messages[-1]["content"])
    if len(values) == 1:
        return str(next(iter(values.values())))
    return "\n".join(f"{name}: {value}" for name, value in values.items())
