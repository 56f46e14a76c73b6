"""Three whole documents and the one that holds the changes of both sides. Pure.

Block by block, variable by variable, setting by setting: what one side alone changed is that
side's; what both changed in different words is merged; what they changed differently is a conflict
that a person settles. Nothing is dropped: a removal against a change is a conflict too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from apps.prompts.content import Document, new_content, retype
from apps.prompts.merge import MergedOrder, merge, merge_order
from apps.prompts.saving import BlockText, as_pairs, as_rows, from_whole, merge_block

MINE, THEIRS, MERGED = "mine", "theirs", "merged"
ORDER = "order"
Part = dict[str, Any]


@dataclass(frozen=True)
class Piece:
    """`what`: block, variable, model, setting or order; `id` names the piece in a form. `kind`:
    same (nobody changed it), mine, theirs (one did), both (the same change twice), merged
    (different words of it), conflict. None as a value: not there on that side. `proposal` is the
    merged text of a block in conflict, or None where only one side can be taken."""

    id: str
    what: str
    kind: str
    base: Any
    mine: Any
    theirs: Any
    merged: Any = None
    proposal: str | None = None
    chosen: str = ""

    @property
    def open(self) -> bool:
        return self.kind == "conflict" and not self.chosen

    @property
    def choices(self) -> tuple[str, ...]:
        return (MINE, THEIRS) if self.proposal is None else (MINE, THEIRS, MERGED)

    @property
    def value(self) -> Any:
        if self.kind == "conflict":
            return {MINE: self.mine, THEIRS: self.theirs}.get(self.chosen, self.merged)
        return {"mine": self.mine, "merged": self.merged}.get(self.kind, self.theirs)


@dataclass(frozen=True)
class Answers:
    """What a person chose: piece → mine, theirs or merged; piece → the text of a merged block."""

    choices: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class MergedDocument:
    """`document` may be written once nothing is `open`."""

    document: Document
    pieces: tuple[Piece, ...]

    @property
    def open(self) -> list[Piece]:
        return [piece for piece in self.pieces if piece.open]

    @property
    def changed(self) -> list[Piece]:
        return [piece for piece in self.pieces if piece.kind != "same"]


def merge_documents(
    base: Document | None, mine: Document, theirs: Document, answers: Answers | None = None
) -> MergedDocument:
    """`base` is what both began from; None: nothing. All three have passed `check_content`."""
    given = answers or Answers()
    sides = (base or new_content(), mine, theirs)
    blocks = [
        _block(key, *values, given)
        for key, values in _by(sides, "blocks", "key").items()
    ]  # fmt: skip
    variables = [
        _plain(f"variable:{name}", "variable", *values, given)
        for name, values in _by(sides, "variables", "name").items()
    ]
    models = [
        _model(f"model:{name}", *values, given)
        for name, values in _by(sides, "models", "model").items()
    ]
    settings = [_plain(f"setting:{name}", "setting", *_values(sides, name), given)
                for name in ("headings", "output", "tools")]  # fmt: skip
    order, placed = _order(sides, blocks, given)
    document = {
        **mine,
        "blocks": placed,
        "variables": _ordered(sides, "variables", "name", variables),
        **_settings(mine, settings),
    }
    document["models"] = _models(_ordered(sides, "models", "model", models), placed)
    return MergedDocument(document, (*blocks, *order, *variables, *models, *settings))


def _by(
    sides: Sequence[Document], name: str, key: str
) -> dict[str, tuple[Part | None, Part | None, Part | None]]:
    """Each key of any side, with its part on each; in the order of mine, theirs, base."""
    found = [{part[key]: part for part in side[name]} for side in sides]
    keys = dict.fromkeys([*found[1], *found[2], *found[0]])
    return {one: (found[0].get(one), found[1].get(one), found[2].get(one)) for one in keys}


def _values(sides: Sequence[Document], name: str) -> tuple[Any, Any, Any]:
    base, mine, theirs = (
        side["rendering"]["headings"] if name == "headings" else side[name] for side in sides
    )
    return base, mine, theirs


def _kind(base: Any, mine: Any, theirs: Any) -> str:
    if mine == theirs:
        return "same" if mine == base else "both"
    if mine == base:
        return "theirs"
    return "mine" if theirs == base else "conflict"


def _plain(id: str, what: str, base: Any, mine: Any, theirs: Any, given: Answers) -> Piece:
    kind = _kind(base, mine, theirs)
    piece = Piece(id, what, kind, base, mine, theirs)
    return _answered(piece, given)


def _model(
    id: str, base: Part | None, mine: Part | None, theirs: Part | None, given: Answers
) -> Piece:
    """Parameter by parameter, and its own words of each block as a text, where all three have the
    model; one clash anywhere, and somebody chooses a side."""
    if base is None or mine is None or theirs is None or _kind(base, mine, theirs) != "conflict":
        return _plain(id, "model", base, mine, theirs, given)
    merged, clash = {"model": mine["model"]}, False
    for group, one in (("parameters", _one_value), ("overrides", _one_override)):
        sides = (base[group], mine[group], theirs[group])
        merged[group] = {}
        for name in dict.fromkeys((*mine[group], *theirs[group], *base[group])):
            value, clashes = one(*(side.get(name) for side in sides))
            clash = clash or clashes
            merged[group] |= {} if value is None else {name: value}
    if clash:
        return _plain(id, "model", base, mine, theirs, given)
    return Piece(id, "model", "merged", base, mine, theirs, merged)


def _one_value(base: Any, mine: Any, theirs: Any) -> tuple[Any, bool]:
    kind = _kind(base, mine, theirs)
    return (theirs if kind == "theirs" else mine), kind == "conflict"


def _one_override(base: Any, mine: Any, theirs: Any) -> tuple[Any, bool]:
    value, clash = _one_value(base, mine, theirs)
    texts = [side.get("body") if side else None for side in (base, mine, theirs)]
    if not clash or None in texts:
        return value, clash
    both = merge(*(str(text) for text in texts))
    return {"body": both.text}, both.conflict


def _answered(piece: Piece, given: Answers) -> Piece:
    chosen = given.choices.get(piece.id, "")
    if piece.kind != "conflict" or chosen not in piece.choices:
        return piece
    return Piece(**{**piece.__dict__, "chosen": chosen})


def _block(
    key: str, base: Part | None, mine: Part | None, theirs: Part | None, given: Answers
) -> Piece:
    id = f"block:{key}"
    kind = _kind(base, mine, theirs)
    if kind != "conflict" or mine is None or theirs is None:
        return _answered(Piece(id, "block", kind, base, mine, theirs), given)
    return _answered(_both_changed(id, base, mine, theirs, given), given)


def _both_changed(
    id: str, base: Part | None, mine: Part, theirs: Part, given: Answers
) -> Piece:  # fmt: skip
    """The fields by themselves, the words by the merge of a save; pinned texts as a whole."""
    if mine["snippet"] is not None or theirs["snippet"] is not None:
        return Piece(id, "block", "conflict", base, mine, theirs)
    fields, clash = _fields(base, mine, theirs)
    texts = [None if one is None else _text(retype(one, fields["type"]))
             for one in (base, mine, theirs)]  # fmt: skip
    assert texts[1] is not None and texts[2] is not None
    found = merge_block(texts[0], texts[1], texts[2])
    clash = clash or found.conflict
    whole = given.texts.get(id, found.proposal)
    like = texts[1] if clash else found.text
    text = from_whole(whole, like, examples=fields["type"] == "examples") if clash else found.text
    merged = _part(mine["key"], fields, text)
    proposal = whole if clash else None
    kind = "conflict" if clash else "merged"
    return Piece(id, "block", kind, base, mine, theirs, merged, proposal)


def _fields(base: Part | None, mine: Part, theirs: Part) -> tuple[Part, bool]:
    """Type, title, switch: each from who changed it. True when both changed one differently; then
    mine is proposed."""
    fields, clash = {}, False
    for name in ("type", "title", "enabled", "snippet"):
        kind = _kind(None if base is None else base[name], mine[name], theirs[name])
        clash = clash or kind == "conflict"
        fields[name] = theirs[name] if kind == "theirs" else mine[name]
    return fields, clash


def _text(part: Part) -> BlockText:
    """The words of a block; its title is one of the fields."""
    return BlockText("", part["body"], as_pairs(part.get("rows", ())), part.get("as", "messages"))


def _part(key: str, fields: Part, text: BlockText) -> Part:
    part = {"key": key, "body": text.body, **fields}
    if fields["type"] == "examples":
        part |= {"rows": as_rows(text.rows), "as": text.rows_as}
    return part


def _order(
    sides: Sequence[Document], blocks: Sequence[Piece], given: Answers
) -> tuple[list[Piece], list[Part]]:
    """The blocks that stay, in the order of both; a piece when both moved a block differently."""
    base, mine, theirs = ([part["key"] for part in side["blocks"]] for side in sides)
    stay = {piece.id.partition(":")[2]: piece.value for piece in blocks if piece.value is not None}
    found = merge_order(base, mine, theirs)
    piece = Piece(ORDER, "order", "conflict", base, mine, theirs)
    pieces = [_answered(piece, given)] if found.conflict else []
    if pieces and pieces[0].chosen == THEIRS:
        found = merge_order(base, theirs, mine)
    return pieces, [stay[key] for key in _with_kept(found, stay, mine, theirs)]


def _with_kept(
    found: MergedOrder, stay: Mapping[str, Part], mine: Sequence[str], theirs: Sequence[str]
) -> list[str]:
    """What one side removed and a person kept stands behind the block that it stood behind."""
    order = [key for key in found.order if key in stay]
    for key in (key for key in stay if key not in found.order):
        side = mine if key in mine else theirs
        before = side[: side.index(key)] if key in side else []
        after = next((one for one in reversed(before) if one in order), None)
        order.insert(order.index(after) + 1 if after is not None else 0, key)
    return order


def _ordered(
    sides: Sequence[Document], name: str, key: str, pieces: Iterable[Piece]
) -> list[Part]:  # fmt: skip
    stay = {piece.id.partition(":")[2]: piece.value for piece in pieces if piece.value is not None}
    base, mine, theirs = ([part[key] for part in side[name]] for side in sides)
    found = merge_order(base, mine, theirs)
    return [stay[one] for one in _with_kept(found, stay, mine, theirs)]


def _settings(mine: Document, pieces: Iterable[Piece]) -> Document:
    values = {piece.id.partition(":")[2]: piece.value for piece in pieces}
    rendering = {**mine["rendering"], "headings": values["headings"]}
    return {"rendering": rendering, "output": values["output"], "tools": values["tools"]}


def _models(models: list[Part], blocks: Iterable[Part]) -> list[Part]:
    """Without what a model changes in blocks that are gone."""
    keys = {block["key"] for block in blocks}
    return [
        {**model, "overrides": {k: v for k, v in model["overrides"].items() if k in keys}}
        for model in models
    ]
