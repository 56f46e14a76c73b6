"""The shapes of the answers, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

Instant = str | None


class ReleaseOut(BaseModel):
    prompt: str
    version: int
    environment: str
    revision: int
    how: str
    reason: str
    by: str
    by_key: bool = Field(description="With a key of the person named.")
    released_at: Instant


class PromptRow(BaseModel):
    prompt: str
    name: str
    purpose: str
    tags: list[str]
    owner: str | None
    lifecycle: str
    changed_at: Instant


class PromptsOut(BaseModel):
    prompts: list[PromptRow]
    after: str | None = Field(description="Ask for the next page with it; null on the last.")


class PromptOut(PromptRow):
    latest_version: int | None
    environment: str
    live: ReleaseOut | None = Field(description="What is live in the environment of the key.")


class BlockRevision(BaseModel):
    key: str
    revision: int


class DraftOut(BaseModel):
    prompt: str
    revision: int
    base_version: int | None
    changed_at: Instant
    document: dict[str, Any] = Field(description="What a version made now would hold.")
    blocks: list[BlockRevision]


class BlockOut(BaseModel):
    prompt: str
    key: str
    revision: int
    body: str
    merged: bool = Field(description="It holds words that somebody else typed meanwhile.")


class VersionOut(BaseModel):
    prompt: str
    version: int
    content_hash: str
    author: str | None
    reason: str
    made_at: Instant
    document: dict[str, Any] | None = None


class VersionsOut(BaseModel):
    versions: list[VersionOut]


class ClauseOut(BaseModel):
    breaks: bool
    sentence: str


class CompareOut(BaseModel):
    prompt: str
    old: int
    new: int
    same: bool
    summary: list[str]
    changed: list[str]
    contract: list[ClauseOut]


class DecisionOut(BaseModel):
    person: str
    decision: str
    reason: str
    at: Instant


class ReviewOut(BaseModel):
    review: int
    address: str
    page: str = Field(description="Where people decide: nothing approves but a person.")
    prompt: str
    environment: str
    state: str
    version: int
    round: int
    reason: str
    requested_by: str
    release_when_approved: bool
    decisions: list[DecisionOut]
    revision: int | None = Field(description="Of the release that it led to.")


class ReleasesOut(BaseModel):
    releases: list[ReleaseOut]


class EntryOut(BaseModel):
    number: int
    at: Instant
    what: str
    event: str
    outcome: str
    reason: str
    actor_kind: str
    actor: str
    on_behalf: list[str]
    object_kind: str
    object: str
    environment: str
    before: Any
    after: Any
    hash: str


class AuditOut(BaseModel):
    entries: list[EntryOut]
    after: int | None
