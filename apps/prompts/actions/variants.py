"""The models of a prompt beside the first, and what each is told differently. All working.

They stand in the draft's settings (domain.md: models, overrides). A model is named by its own name,
because that is what a fetch names. Every former state is in the draft's history.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from apps.core.actions import working
from apps.core.errors import Invalid, require
from apps.core.verdicts import not_possible
from apps.prompts.actions.blocks import _require_own_words
from apps.prompts.actions.desk import Desk
from apps.prompts.actions.settings import (
    MAX_MODEL,
    _clean_parameters,
    _keep,
    _reconciled,
)
from apps.prompts.content.text import check_block_size
from apps.prompts.entrance import clean_line, clean_text, require_settings
from apps.prompts.merge import merge
from apps.prompts.models import Draft, DraftBlock
from apps.prompts.queries.documents import new_settings
from apps.prompts.queries.earlier import settings_at, writers_of_model
from apps.prompts.untouched import require_left

Model = dict[str, Any]


@working
def add_variant(
    draft: Draft,
    *,
    model: str,
    temperature: float | None = None,
    max_tokens: int | None = None,
    actor: Any,
) -> Draft:
    """One more model, told the same words as the first until somebody changes them."""
    name = clean_line("model", model, MAX_MODEL, required=True)
    parameters = _given(_clean_parameters(temperature, max_tokens))
    desk = Desk.at(draft, actor)
    models = _models(desk)
    _require_new(models, name)
    return _write(desk, [*models, {"model": name, "parameters": parameters, "overrides": {}}])


@working
def change_variant(
    draft: Draft,
    *,
    model: str,
    name: str,
    temperature: float | None = None,
    max_tokens: int | None = None,
    revision: int | None = None,
    actor: Any,
) -> Draft:
    """Another name or other parameters; its own words stay with it. `revision` as for the
    settings."""
    wanted = clean_line("model", name, MAX_MODEL, required=True)
    asked = _clean_parameters(temperature, max_tokens)
    desk = Desk.at(draft, actor)
    models = _models(desk)
    one = _named(models, model)
    typed = {"model": wanted, **asked}
    values = _reconciled(desk, revision, lambda settings: _shown(settings, model), typed)
    _require_new([other for other in models if other is not one], values["model"])
    others = {key: value for key, value in one["parameters"].items() if key not in asked}
    parameters = {**others, **_given({key: values[key] for key in asked})}
    changed = {**one, "model": values["model"], "parameters": parameters}
    return _write(desk, [changed if other is one else other for other in models])


@working
def remove_variant(draft: Draft, *, model: str, actor: Any) -> Draft:
    """With its own words; `put_back_variant` brings it back as it was."""
    desk = Desk.at(draft, actor)
    models = _models(desk)
    gone = _named(models, model)
    return _write(desk, [other for other in models if other is not gone])


@working
def put_back_variant(draft: Draft, *, model: str, revision: int, actor: Any) -> Draft:
    """The model as the draft had it at that revision, where it stood; whoever wrote its words then
    has their words in the draft again."""
    desk = Desk.at(draft, actor)
    then = (settings_at(desk.draft, revision) or new_settings())["models"]
    place = next((i for i, one in enumerate(then) if one["model"] == model), None)
    if place is None:
        require(not_possible("unknown_model", _("This draft never had that model.")))
    assert place is not None
    models = _models(desk)
    _require_new(models, model)
    desk.credit(writers_of_model(desk.draft, revision))
    return _write(desk, [*models[:place], then[place], *models[place:]])


@working
def first_variant(draft: Draft, *, model: str, actor: Any) -> Draft:
    """The one that a fetch without a model gets."""
    desk = Desk.at(draft, actor)
    models = _models(desk)
    one = _named(models, model)
    return _write(desk, [one, *(other for other in models if other is not one)])


@working
def save_override(
    block: DraftBlock,
    *,
    model: str,
    body: str | None = None,
    revision: int | None = None,
    actor: Any,
) -> str:
    """What the model is told instead of the block; None starts from the block's own words. Answers
    what stands there now. `revision` is the draft's when the text was opened: what somebody else
    wrote in it since then is merged, and where both wrote differently it is Invalid with theirs."""
    typed = None if body is None else clean_text("body", body)
    desk = Desk.at(block.draft, actor)
    current = desk.block(block)
    _require_own_words(current)
    models = _models(desk)
    one = _named(models, model)
    own = one["overrides"].get(str(current.key))
    if typed is None:
        text = own["body"] if own and "body" in own else current.body
    else:
        text = _merged(desk, revision, own, typed, (model, str(current.key)))
    if sentence := check_block_size(len(text.encode())):
        raise Invalid({"body": [sentence]})
    _write(desk, _with(models, one, current, {"body": text}))
    return text


@working
def skip_override(block: DraftBlock, *, model: str, actor: Any) -> DraftBlock:
    """The block is not sent to this model."""
    desk = Desk.at(block.draft, actor)
    current = desk.block(block)
    _require_own_words(current)
    models = _models(desk)
    _write(desk, _with(models, _named(models, model), current, {"enabled": False}))
    return current


@working
def remove_override(block: DraftBlock, *, model: str, actor: Any) -> DraftBlock:
    """The model is told the block's own words again."""
    desk = Desk.at(block.draft, actor)
    current = desk.block(block)
    models = _models(desk)
    _write(desk, _with(models, _named(models, model), current, None))
    return current


@working
def put_back_override(
    block: DraftBlock, *, model: str, revision: int, actor: Any
) -> DraftBlock:  # fmt: skip
    """What the model was told instead of the block at that revision of the draft, or nothing:
    takes back the act that came right after it, unless somebody has changed the same since."""
    desk = Desk.at(block.draft, actor)
    current = desk.block(block)
    _require_own_words(current)
    models = _models(desk)
    place = (model, str(current.key))
    then, left = (_override_at(desk, number, place) for number in (revision, revision + 1))
    now = _named(models, model)["overrides"].get(str(current.key))
    if now != then:
        require_left(actor, current, now, left)
    if then is not None:
        desk.credit(writers_of_model(desk.draft, revision))
    _write(desk, _with(models, _named(models, model), current, then))
    return current


def _models(desk: Desk) -> list[Model]:
    return list({**new_settings(), **desk.draft.settings}["models"])


def _named(models: Iterable[Model], name: str) -> Model:
    found = next((model for model in models if model["model"] == name), None)
    if found is None:
        sentence = _("“%(name)s” is no model of this prompt any more. Load the page again.")
        raise Invalid({"model": [sentence % {"name": name}]})
    return found


def _require_new(models: Iterable[Model], name: str) -> None:
    if any(model["model"] == name for model in models):
        sentence = _("“%(name)s” is one of the models already. Choose another name.")
        raise Invalid({"model": [sentence % {"name": name}]})


def _given(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if value is not None}


def _shown(settings: dict[str, Any], name: str) -> dict[str, Any]:
    """What the form of a model shows."""
    found = [model for model in settings["models"] if model["model"] == name]
    if not found:
        return {}
    parameters = found[0]["parameters"]
    return {
        "model": name,
        "temperature": parameters.get("temperature"),
        "max_tokens": parameters.get("max_tokens"),
    }


def _with(
    models: list[Model], one: Model, block: DraftBlock, override: dict[str, Any] | None
) -> list[Model]:
    own = {key: value for key, value in one["overrides"].items() if key != str(block.key)}
    own |= {} if override is None else {str(block.key): override}
    return [{**one, "overrides": own} if other is one else other for other in models]


def _merged(
    desk: Desk,
    revision: int | None,
    own: dict[str, Any] | None,
    typed: str,
    place: tuple[str, str],
) -> str:
    """The typed text with what others wrote since `revision`."""
    if revision is None or revision == desk.draft.revision:
        return typed
    then = _override_at(desk, revision, place)
    if own == then or own == {"body": typed}:
        return typed
    if own is None or "body" not in own:
        sentence = _("Somebody took these words away meanwhile. Save again to keep yours.")
        raise Invalid({"body": [sentence]})
    base = (then or {}).get("body")
    both = merge(base or "", typed, own["body"])
    if base is None or both.conflict:
        sentence = _("Somebody wrote this meanwhile: “%(now)s”. Save again to keep yours.")
        raise Invalid({"body": [sentence % {"now": own["body"]}]})
    return both.text


def _override_at(desk: Desk, revision: int, place: tuple[str, str]) -> dict[str, Any] | None:
    model, key = place
    settings = settings_at(desk.draft, revision) or new_settings()
    found = next((one for one in settings["models"] if one["model"] == model), None)
    return found["overrides"].get(key) if found else None


def _write(desk: Desk, models: list[Model]) -> Draft:
    settings = {**new_settings(), **desk.draft.settings, "models": models}
    require_settings(settings)
    return _keep(desk, settings)
