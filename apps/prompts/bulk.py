"""One act on many prompts: each through the same single action, with its own entry and its own
refusal. What can be done is done; what cannot is said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.core.errors import Invalid, Refused
from apps.core.verdicts import Verdict
from apps.prompts import actions
from apps.prompts.models import Prompt
from apps.prompts.permissions import (
    can_archive_prompt,
    can_change_prompt,
    can_deprecate_prompt,
    can_give_prompt,
    can_move_prompt,
    is_out_of_use,
)
from apps.prompts.queries import visible_prompts

MOST = 200
Typed = Mapping[str, Any]


@dataclass(frozen=True)
class Act:
    """`asks`: the fields of the form that it needs; `may` and `run` get what was typed there."""

    code: str
    label: Any
    asks: tuple[str, ...]
    may: Callable[[Any, Prompt, Typed], Verdict]
    run: Callable[[Any, Prompt, Typed], object]


@dataclass(frozen=True)
class Outcome:
    """What becomes, or became, of one prompt; `refusal` is empty where nothing stands against."""

    prompt: Prompt
    refusal: str = ""


def _with_tags(actor: Any, prompt: Prompt, tags: Iterable[str]) -> object:
    return actions.change_prompt(
        prompt, name=prompt.name, purpose=prompt.purpose, tags=tags, actor=actor
    )


def _tag(actor: Any, prompt: Prompt, typed: Typed) -> object:
    return _with_tags(actor, prompt, [*prompt.tags, typed["tag"]])


def _untag(actor: Any, prompt: Prompt, typed: Typed) -> object:
    gone = typed["tag"].strip().lower()
    return _with_tags(actor, prompt, [tag for tag in prompt.tags if tag != gone])


def _may_change(actor: Any, prompt: Prompt, _typed: Typed) -> Verdict:
    return can_change_prompt(actor, prompt)


def _may_archive(actor: Any, prompt: Prompt, typed: Typed) -> Verdict:
    allowed = can_archive_prompt(actor, prompt)
    return is_out_of_use(prompt) if allowed and not typed.get("still_live") else allowed


ACTS = {
    act.code: act
    for act in (
        Act(
            "owner", _("Set the owner team"), ("owner", "reason"),
            lambda actor, prompt, typed: can_give_prompt(actor, prompt, typed.get("owner")),
            lambda actor, prompt, typed: actions.give_prompt(
                prompt, owner=typed["owner"], reason=typed["reason"], actor=actor
            ),
        ),
        Act("tag", _("Add a tag"), ("tag",), _may_change, _tag),
        Act("untag", _("Remove a tag"), ("tag",), _may_change, _untag),
        Act(
            "move", _("Move to a namespace"), ("namespace", "reason"),
            lambda actor, prompt, typed: can_move_prompt(
                actor, prompt, typed.get("namespace") or prompt.namespace
            ),
            lambda actor, prompt, typed: actions.move_prompt(
                prompt, namespace=typed["namespace"], segment=prompt.segment,
                reason=typed["reason"], actor=actor,
            ),
        ),
        Act(
            "deprecate", _("Deprecate"), ("sunset", "reason"),
            lambda actor, prompt, _typed: can_deprecate_prompt(actor, prompt),
            lambda actor, prompt, typed: actions.deprecate_prompt(
                prompt, successor=prompt.successor, sunset=typed["sunset"],
                reason=typed["reason"], actor=actor,
            ),
        ),
        Act(
            "archive", _("Archive"), ("reason", "still_live"), _may_archive,
            lambda actor, prompt, typed: actions.archive_prompt(
                prompt, reason=typed["reason"], still_live=typed["still_live"], actor=actor
            ),
        ),
    )
}  # fmt: skip


def chosen_prompts(actor: Any, pks: Iterable[int]) -> list[Prompt]:
    """Of these the visible ones, by path; at most MOST."""
    rows = visible_prompts(actor).filter(pk__in=list(pks)[:MOST])
    return list(rows.select_related("namespace", "owner", "successor").order_by("path"))


def foreseen(act: Act, prompts: Iterable[Prompt], typed: Typed, actor: Any) -> list[Outcome]:
    """What would become of each."""
    verdicts = ((prompt, act.may(actor, prompt, typed)) for prompt in prompts)
    return [Outcome(prompt, "" if may else may.sentence) for prompt, may in verdicts]


def carried_out(act: Act, prompts: Iterable[Prompt], typed: Typed, actor: Any) -> list[Outcome]:
    """Each in a transaction of its own; a refused one holds back no other."""
    return [_one(act, prompt, typed, actor) for prompt in prompts]


def _one(act: Act, prompt: Prompt, typed: Typed, actor: Any) -> Outcome:
    try:
        act.run(actor, prompt, typed)
    except Refused as refusal:
        return Outcome(prompt, refusal.verdict.sentence)
    except Invalid as error:
        return Outcome(prompt, error.sentence)
    return Outcome(prompt)
