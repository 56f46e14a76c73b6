"""The variables of a draft: with each other, the contract with the applications that call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from apps.core.actions import working
from apps.core.errors import Invalid
from apps.prompts import content
from apps.prompts.actions.desk import Desk
from apps.prompts.content.text import check_block_size
from apps.prompts.entrance import clean_line, require_variable
from apps.prompts.models import Draft, DraftBlock, DraftVariable
from apps.prompts.permissions import can_view_snippet
from apps.prompts.queries.documents import variable_part
from apps.prompts.queries.earlier import variable_at
from apps.prompts.queries.texts import text_of
from apps.prompts.queries.variables import found_names, text_uses
from apps.prompts.renaming import renamed
from apps.prompts.stale import reconcile

MAX_DESCRIPTION = 200


@working
def declare_variable(
    draft: Draft,
    *,
    name: str,
    type: str = "text",
    required: bool = True,
    default: Any = None,
    description: str = "",
    max_length: int | None = None,
    choices: Iterable[str] = (),
    actor: Any,
) -> DraftVariable:
    """Raises Invalid, by field, for a name, default or list that cannot be."""
    part = content.new_variable(
        name,
        type=type,
        required=required,
        default=default,
        description=clean_line("description", description, MAX_DESCRIPTION),
        max_length=max_length,
        choices=choices,
    )
    require_variable(part)
    desk = Desk.at(draft, actor)
    variable = _declare(desk, part)
    desk.finish(structure=True)
    return variable


@working
def declare_found_variables(
    draft: Draft, *, names: Iterable[str] | None = None, actor: Any
) -> list[DraftVariable]:
    """Declare, as required texts, the names that the text uses; None means all of them."""
    desk = Desk.at(draft, actor)
    found = found_names(desk.draft)
    wanted = found if names is None else [name for name in found if name in set(names)]
    declared = [_declare(desk, content.new_variable(name)) for name in wanted]
    if declared:
        desk.finish(structure=True)
    return declared


def _declare(desk: Desk, part: Mapping[str, Any]) -> DraftVariable:
    known = list(desk.draft.variables.all())
    _require_free(known, part["name"])
    if len(known) >= content.MAX_VARIABLES:
        sentence = _("A prompt has at most %(most)s variables.")
        raise Invalid({"name": [sentence % {"most": content.MAX_VARIABLES}]})
    position = max((variable.position for variable in known), default=-1) + 1
    variable = DraftVariable(draft=desk.draft, position=position, **part)
    variable.save()
    return variable


def _require_free(known: Iterable[DraftVariable], name: str) -> None:
    if any(variable.name == name for variable in known):
        sentence = _("“%(name)s” is declared already. Change that one, or choose another name.")
        raise Invalid({"name": [sentence % {"name": name}]})


@working
def change_variable(
    variable: DraftVariable,
    *,
    name: str,
    type: str,
    required: bool,
    default: Any = None,
    description: str = "",
    max_length: int | None = None,
    choices: Iterable[str] = (),
    revision: int | None = None,
    actor: Any,
) -> DraftVariable:
    """A new name changes every use in the draft's text and every sample.

    `revision` is the draft's when the form was opened: what somebody else changed since then
    stays, and where both changed one field it is Invalid, with what stands there now.
    """
    part = content.new_variable(
        name,
        type=type,
        required=required,
        default=default,
        description=clean_line("description", description, MAX_DESCRIPTION),
        max_length=max_length,
        choices=choices,
    )
    require_variable(part)
    desk = Desk.at(variable.draft, actor)
    current = DraftVariable.objects.get(pk=variable.pk, draft=desk.draft)
    current.draft = desk.draft
    part = _reconciled(current, part, revision)
    name = part["name"]
    if name != current.name:
        _require_free(desk.draft.variables.exclude(pk=current.pk), name)
        _rename_uses(desk, current.name, name)
    for field, value in part.items():
        setattr(current, field, value)
    current.save()
    desk.finish(structure=True)
    return current


def _reconciled(
    variable: DraftVariable, part: dict[str, Any], revision: int | None
) -> dict[str, Any]:
    if revision is None or revision == variable.draft.revision:
        return part
    then = variable_at(variable, revision)
    if then is None:
        return part
    found = reconcile(then, variable_part(variable), part)
    if found.clashes:
        sentence = _("Somebody changed this meanwhile to “%(now)s”. Save again to keep yours.")
        raise Invalid({name: [sentence % {"now": now}] for name, now in found.clashes.items()})
    require_variable(found.values)
    return found.values


def _rename_uses(desk: Desk, old: str, new: str) -> None:
    _rename_in_texts(desk, old, new)
    for sample in desk.prompt.samples.filter(values__has_key=old):
        sample.values[new] = sample.values.pop(old)
        sample.save()


def _rename_in_texts(desk: Desk, old: str, new: str) -> None:
    """In removed blocks too: they may be put back."""
    uses = text_uses(desk.draft, old)
    _require_own_words(uses, old, desk.actor)
    for block in uses:
        block.title = renamed(block.title, old, new)
        block.body = renamed(block.body, old, new)
        block.rows = [{k: renamed(v, old, new) for k, v in row.items()} for row in block.rows]
        _require_size(text_of(block).size)
        desk.write(block)
    for model in desk.draft.settings.get("models", []):
        for override in model["overrides"].values():
            if "body" in override:
                override["body"] = renamed(override["body"], old, new)
                _require_size(len(override["body"].encode()))


def _require_size(size: int) -> None:
    """A longer name may fill a block that was nearly full."""
    if sentence := check_block_size(size):
        raise Invalid({"name": [sentence]})


def _require_own_words(uses: Iterable[DraftBlock], old: str, actor: Any) -> None:
    """A pinned block says what its snippet says: one prompt cannot rename a part of it."""
    pinned = next((block.snippet_version for block in uses if block.snippet_version), None)
    if pinned is None:
        return
    if not can_view_snippet(actor, pinned.snippet):
        sentence = _(
            "“%(old)s” is used in a snippet of a namespace that you may not see. Detach the block, "
            "then rename it here."
        )
        raise Invalid({"name": [sentence % {"old": old}]})
    sentence = _(
        "“%(old)s” is used in the snippet “%(snippet)s”, which other prompts share. Rename it "
        "in the snippet and update the block, or detach the block, then rename it here."
    )
    raise Invalid({"name": [sentence % {"old": old, "snippet": pinned.snippet.name}]})


@working
def respell_variable(draft: Draft, *, name: str, to: str, actor: Any) -> Draft:
    """Each use of a name that nobody declared becomes the declared one that was meant."""
    desk = Desk.at(draft, actor)
    declared = {variable.name for variable in desk.draft.variables.all()}
    if name in declared or to not in declared:
        sentence = _("“%(name)s” was declared, or “%(to)s” removed meanwhile. Nothing was changed.")
        raise Invalid({"name": [sentence % {"name": name, "to": to}]})
    _rename_in_texts(desk, name, to)
    desk.finish(structure=True)
    return desk.draft


@working
def remove_variable(variable: DraftVariable, *, actor: Any) -> None:
    """The text keeps its uses, which are then found as undeclared."""
    desk = Desk.at(variable.draft, actor)
    DraftVariable.objects.get(pk=variable.pk, draft=desk.draft).delete()
    desk.finish(structure=True)
