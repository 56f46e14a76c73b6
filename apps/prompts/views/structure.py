"""The routes of which blocks there are and where they stand. Each answers the list and says what
happened, with the act that takes it back: one of these same routes."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.core.errors import Invalid
from apps.core.numbers import LARGEST_NUMBER, whole
from apps.prompts import actions
from apps.prompts.addresses import draft_address
from apps.prompts.content import BLOCK_LABELS
from apps.prompts.models import DraftBlock
from apps.prompts.queries import prompt_for
from apps.prompts.views.answers import Toast, block_for, blocks_answer, draft_for, key_of


def step(request: HttpRequest, block: DraftBlock, said: str, undo: str, **fields: object) -> Toast:
    """`said` of the block, and the act that takes it back. What took something back is itself taken
    back by doing it again."""
    again = request.POST.get("way") == "undo"
    return Toast(
        said % {"block": BLOCK_LABELS[block.type]},
        draft_address(f"prompts:{undo}", block.draft, block.draft.prompt.path, block.key),
        {**fields, "way": "redo" if again else "undo"},
        _("Redo") if again else _("Undo"),
    )


@require_POST
@login_required
def add_block(request: HttpRequest, path: str) -> HttpResponse:
    draft = draft_for(request, prompt_for(request.user, path))
    block = actions.add_block(
        draft,
        type=request.POST.get("type", ""),
        after=key_of(request.POST.get("after", "")),
        actor=request.user,
    )
    return came(request, block, _("%(block)s added"))


def came(request: HttpRequest, block: DraftBlock, said: str) -> HttpResponse:
    """The list with a block that is new in it."""
    toast = step(request, block, said, "remove_block", written=block.revision)
    return blocks_answer(request, block.draft, fresh=block.key, toast=toast)


@require_POST
@login_required
def duplicate_block(request: HttpRequest, path: str, key: uuid.UUID) -> HttpResponse:
    copy = actions.duplicate_block(block_for(request, path, key), actor=request.user)
    return came(request, copy, _("%(block)s duplicated"))


@require_POST
@login_required
def put_back_block(request: HttpRequest, path: str, key: uuid.UUID) -> HttpResponse:
    gone = request.POST.get("gone") == "yes"
    found = block_for(request, path, key)
    block = actions.put_back_block(found, expects_gone=gone, actor=request.user)
    return came(request, block, _("%(block)s is back"))


@require_POST
@login_required
def remove_block(request: HttpRequest, path: str, key: uuid.UUID) -> HttpResponse:
    found = block_for(request, path, key)
    written = whole(request.POST.get("written"), LARGEST_NUMBER)
    block = actions.remove_block(found, written=written, actor=request.user)
    toast = step(request, block, _("%(block)s deleted"), "put_back_block", gone="yes")
    return blocks_answer(request, block.draft, toast=toast)


@require_POST
@login_required
def order_blocks(request: HttpRequest, path: str) -> HttpResponse:
    """All keys in their new order; `moved`: the one that was dragged."""
    draft = draft_for(request, prompt_for(request.user, path))
    keys = [key for typed in request.POST.getlist("order") if (key := key_of(typed))]
    ordered = actions.order_blocks(draft, order=keys, actor=request.user)
    moved = draft.blocks.filter(key=key_of(request.POST.get("moved", ""))).first()
    if moved is None:
        return blocks_answer(request, draft)
    moved.draft, ordered.prompt = ordered, draft.prompt
    return blocks_answer(request, draft, toast=_moved(request, moved))


@require_POST
@login_required
def move_block(request: HttpRequest, path: str, key: uuid.UUID) -> HttpResponse:
    """`direction` is up or down; or `to`, a position that counts from 1; or `since`, the revision
    of the draft that is taken back."""
    block = block_for(request, path, key)
    before = block.draft.revision
    since = whole(request.POST.get("since"), LARGEST_NUMBER)
    to = _place(request, block) if since is None else None
    moved = actions.move_block(block, to=to, since=since, actor=request.user)
    if moved.draft.revision == before:
        return blocks_answer(request, block.draft, toast=Toast(_stays(moved)))
    return blocks_answer(request, block.draft, toast=_moved(request, moved))


def _place(request: HttpRequest, block: DraftBlock) -> int | None:
    """Counts from 0. None for a block that is not in the list any more."""
    order = block.draft.order
    if "to" in request.POST:
        to = whole(request.POST["to"].strip(), len(order))
        if not to:
            sentence = _("Give a position from 1 to %(most)s.")
            raise Invalid({"to": [sentence % {"most": len(order)}]})
        return to - 1
    if block.key not in order:
        return None
    return order.index(block.key) + (-1 if request.POST.get("direction") == "up" else 1)


def _moved(request: HttpRequest, block: DraftBlock) -> Toast:
    order = block.draft.order
    said = _("%(block)s moved to position %(place)s of %(total)s") % {
        "block": BLOCK_LABELS[block.type],
        "place": order.index(block.key) + 1 if block.key in order else 0,
        "total": len(order),
    }
    return step(request, block, said, "move_block", since=block.draft.revision)


def _stays(block: DraftBlock) -> str:
    order = block.draft.order
    if block.key not in order:
        return _("%(block)s was deleted meanwhile") % {"block": BLOCK_LABELS[block.type]}
    return _("%(block)s is at position %(place)s of %(total)s already") % {
        "block": BLOCK_LABELS[block.type],
        "place": order.index(block.key) + 1,
        "total": len(order),
    }


@require_POST
@login_required
def retype_block(request: HttpRequest, path: str, key: uuid.UUID) -> HttpResponse:
    block = block_for(request, path, key)
    to, expects = request.POST.get("type", ""), request.POST.get("expects")
    retyped = actions.retype_block(block, to=to, expects=expects, actor=request.user)
    said = _("%(old)s is now %(new)s") % {
        "old": BLOCK_LABELS[block.type],
        "new": BLOCK_LABELS[retyped.type],
    }
    toast = step(request, retyped, said, "retype_block", type=block.type, expects=retyped.type)
    return blocks_answer(request, block.draft, toast=toast if to != block.type else None)


@require_POST
@login_required
def switch_block(request: HttpRequest, path: str, key: uuid.UUID) -> HttpResponse:
    enabled, expected = request.POST.get("enabled") == "yes", request.POST.get("expects")
    block = actions.switch_block(
        block_for(request, path, key),
        enabled=enabled,
        expects=None if expected is None else expected == "yes",
        actor=request.user,
    )
    said = _("%(block)s turned on") if enabled else _("%(block)s turned off, it is not sent")
    now, then = ("yes", "no") if enabled else ("no", "yes")
    toast = step(request, block, said, "switch_block", enabled=then, expects=now)
    return blocks_answer(request, block.draft, toast=toast)


@require_POST
@login_required
def title_block(request: HttpRequest, path: str, key: uuid.UUID) -> HttpResponse:
    block = block_for(request, path, key)
    actions.title_block(block, title=request.POST.get("title", ""), actor=request.user)
    return blocks_answer(request, block.draft)
