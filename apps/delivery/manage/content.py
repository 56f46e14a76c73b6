"""Prompts, their drafts and versions: read, proposed, compared."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from ninja import Router

from apps.core.errors import Invalid, require
from apps.core.verdicts import not_possible, not_visible
from apps.delivery import query
from apps.delivery.manage import out, shapes
from apps.delivery.manage.answers import (
    draft_answer,
    prompt_answer,
    prompt_facts,
    version_answer,
)
from apps.delivery.manage.calls import actor_of, paged, read, write
from apps.delivery.manage.openapi import WRITING, answers, asks
from apps.environments.key_actor import KeyActor
from apps.prompts import actions
from apps.prompts.compare import changed_paths, summary_sentences
from apps.prompts.content import normalise_document
from apps.prompts.contract import contract_changes
from apps.prompts.models import Draft, DraftBlock
from apps.prompts.queries import (
    compare_versions,
    draft_document,
    draft_of,
    prompt_for,
    version_document,
    version_of,
    versions_of,
    visible_prompts,
)
from apps.teams.queries import namespace_for

router = Router(tags=["Automation"])
PAGE = 200
MAX_LAYERS = 60
Document = dict[str, Any]


@router.get(
    "/prompts",
    response=answers(200, out.PromptsOut),
    summary="List the prompts of a key",
    operation_id="list_all_prompts",
    openapi_extra=asks("after"),
)
def list_prompts(request: HttpRequest) -> HttpResponse:
    """By path, 200 at a time; `after` is the last path of the page before."""
    actor = actor_of(request)
    found = query.read(request.META.get("QUERY_STRING", ""), ("after",))

    def work() -> Document:
        rows = visible_prompts(actor).select_related("owner").order_by("path")
        after = found.get("after", "").replace("\0", "")
        page, more = paged(rows.filter(path__gt=after), PAGE, "path")
        return {"prompts": [prompt_facts(one) for one in page], "after": more}

    return read(request, work)


@router.post(
    "/prompts",
    response=answers(201, out.PromptOut),
    summary="Create a prompt",
    operation_id="create_prompt",
)
def create_prompt(request: HttpRequest, body: shapes.PromptIn) -> HttpResponse:
    actor = actor_of(request, WRITING)

    def work() -> tuple[int, Document]:
        given = body.model_dump(exclude={"namespace", "document"})
        if body.document is not None:
            given["document"] = _document(body.document)
        prompt = actions.create_prompt(namespace_for(actor, body.namespace), **given, actor=actor)
        return 201, prompt_answer(prompt, actor.key.environment)

    return write(request, actor, work)


@router.get(
    "/prompts/{path:prompt}",
    response=answers(200, out.PromptOut),
    summary="Read a prompt",
    operation_id="read_prompt",
)
def read_prompt(request: HttpRequest, prompt: str) -> HttpResponse:
    """With its newest version and what is live in the key's environment."""
    actor = actor_of(request)
    query.read(request.META.get("QUERY_STRING", ""), ())
    return read(request, lambda: prompt_answer(prompt_for(actor, prompt), actor.key.environment))


@router.get(
    "/drafts/{path:prompt}",
    response=answers(200, out.DraftOut),
    summary="Read a draft",
    operation_id="read_draft",
)
def read_draft(request: HttpRequest, prompt: str) -> HttpResponse:
    """The draft that people edit together, with the revision of each block."""
    actor = actor_of(request)
    query.read(request.META.get("QUERY_STRING", ""), ())
    return read(request, lambda: draft_answer(draft_of(prompt_for(actor, prompt))))


@router.post(
    "/drafts",
    response=answers(200, out.DraftOut),
    summary="Write a whole draft",
    operation_id="write_draft",
)
def write_draft(request: HttpRequest, body: shapes.DocumentIn) -> HttpResponse:
    """The draft says what `document` says, by the keys of its blocks. Refused with 409 when the
    draft changed since `revision`."""
    actor = actor_of(request, WRITING)

    def work() -> tuple[int, Document]:
        draft = _unchanged(actor, body.prompt, body.revision)
        actions.write_document(draft, document=_document(body.document), actor=actor)
        return 200, _fresh(actor, body.prompt)

    return write(request, actor, work)


@router.post(
    "/blocks",
    response=answers(200, out.BlockOut),
    summary="Save a block of a draft",
    operation_id="save_block",
)
def save_block(request: HttpRequest, body: shapes.BlockIn) -> HttpResponse:
    """What somebody else typed meanwhile is merged in by words; where both changed the same words
    nothing is lost and nothing saved: 409, and a person chooses on the page."""
    actor = actor_of(request, WRITING)

    def work() -> tuple[int, Document]:
        draft = draft_of(prompt_for(actor, body.prompt))
        block = _block(draft, body.key)
        saved = actions.save_block(
            block, revision=body.revision, body=body.body, title=body.title, actor=actor
        )
        if saved.conflict is not None:
            words = "Somebody changed the same words. Both texts are kept: choose in the editor."
            require(not_possible("conflict", words))
        return 200, {
            "prompt": draft.prompt.path,
            "key": str(saved.block.key),
            "revision": saved.block.revision,
            "body": saved.block.body,
            "merged": saved.merged,
        }

    return write(request, actor, work)


@router.post(
    "/variables",
    response=answers(200, out.DraftOut),
    summary="Set the variables of a draft",
    operation_id="set_variables",
)
def set_variables(request: HttpRequest, body: shapes.VariablesIn) -> HttpResponse:
    """All of them, in order: what is not listed goes."""
    actor = actor_of(request, WRITING)

    def work() -> tuple[int, Document]:
        draft = _unchanged(actor, body.prompt, body.revision)
        variables = [one.model_dump() for one in body.variables]
        document = _document({**draft_document(draft), "variables": variables})
        actions.write_document(draft, document=document, actor=actor)
        return 200, _fresh(actor, body.prompt)

    return write(request, actor, work)


@router.post(
    "/versions",
    response=answers(201, out.VersionOut),
    summary="Make a version",
    operation_id="make_version",
)
def make_version(request: HttpRequest, body: shapes.VersionIn) -> HttpResponse:
    """What the draft says now, immutable and numbered."""
    actor = actor_of(request, WRITING)

    def work() -> tuple[int, Document]:
        draft = draft_of(prompt_for(actor, body.prompt))
        version = actions.make_version(draft, reason=body.reason, actor=actor)
        return 201, version_answer(version)

    return write(request, actor, work)


@router.get(
    "/versions/{path:prompt}",
    response=answers(200, out.VersionsOut),
    summary="List or read versions",
    operation_id="read_versions",
    openapi_extra=asks("number"),
)
def read_versions(request: HttpRequest, prompt: str) -> HttpResponse:
    """All of them, newest first; with `?number=` that one, with its content."""
    actor = actor_of(request)
    found = query.read(request.META.get("QUERY_STRING", ""), ("number",))

    def work() -> Document:
        row = prompt_for(actor, prompt)
        if "number" in found:
            version = version_of(row, query.whole("number", found["number"], shapes.LARGEST))
            return {"versions": [version_answer(version, version_document(version))]}
        return {"versions": [version_answer(one) for one in versions_of(row)[:PAGE]]}

    return read(request, work)


@router.get(
    "/compare/{path:prompt}",
    response=answers(200, out.CompareOut),
    summary="Compare two versions",
    operation_id="compare_versions",
    openapi_extra=asks("old", "new"),
)
def compare(request: HttpRequest, prompt: str) -> HttpResponse:
    """`?old=12&new=14`: the differences in sentences, where they are, and what they mean for the
    applications that call."""
    actor = actor_of(request)
    found = query.read(request.META.get("QUERY_STRING", ""), ("old", "new"))

    def work() -> Document:
        row = prompt_for(actor, prompt)
        old, new = (
            version_of(row, query.whole(name, found.get(name, ""), shapes.LARGEST))
            for name in ("old", "new")
        )
        comparison = compare_versions(old, new)
        clauses = contract_changes(version_document(old), version_document(new))
        return {
            "prompt": row.path,
            "old": old.number,
            "new": new.number,
            "same": old.content_hash == new.content_hash,
            "summary": list(summary_sentences(comparison)),
            "changed": sorted(changed_paths(comparison)),
            "contract": [{"breaks": c.breaks, "sentence": c.sentence} for c in clauses],
        }

    return read(request, work)


def _document(given: Document) -> Document:
    """With the line ends of everything; what cannot be content, the action refuses by its place."""
    layers = [given]
    for _depth in range(MAX_LAYERS):
        layers = [inner for one in layers for inner in _inside(one)]
        if not layers:
            return cast(Document, normalise_document(given))
    raise Invalid({"document": ["This is nested too deep to be content."]})


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _unchanged(actor: KeyActor, path: str, revision: int) -> Draft:
    draft = draft_of(prompt_for(actor, path))
    if draft.revision != revision:
        words = "The draft was changed meanwhile. Read it again, then write over what it says now."
        require(not_possible("stale_draft", words))
    return draft


def _fresh(actor: KeyActor, path: str) -> Document:
    return draft_answer(draft_of(prompt_for(actor, path)))


def _block(draft: Draft, key: str) -> DraftBlock:
    found = [one for one in draft.blocks.filter(removed_at=None) if str(one.key) == key]
    if not found:
        require(not_visible("The draft has no such block."))
    return found[0]
