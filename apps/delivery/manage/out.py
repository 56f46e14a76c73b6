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


class SuiteRow(BaseModel):
    suite: int
    address: str
    page: str
    name: str
    namespace: str
    purpose: str
    state: str
    variables: list[str]
    cases: int = Field(description="Those that are switched on; likewise checks.")
    checks: int


class SuitesOut(BaseModel):
    suites: list[SuiteRow]
    after: int | None = Field(description="Ask for the next page with it; null on the last.")


class CheckOut(BaseModel):
    check: str
    kind: str
    words: str
    required: bool
    enabled: bool


class RunRow(BaseModel):
    run: int
    address: str
    prompt: str
    version: int | None = Field(description="null: a draft as it stood.")
    state: str = Field(description="queued, running, done, partial, cancelled or failed.")
    started_at: Instant
    finished_at: Instant


class SuiteOut(SuiteRow):
    asked: list[CheckOut]
    runs: list[RunRow] = Field(description="The newest 20 that the key may see.")


class CountsOut(BaseModel):
    total: int
    passed: int
    failed: int
    open: int = Field(description="Answered, and nobody has judged it.")
    could_not_run: int
    cancelled: int


class RunOut(RunRow):
    page: str
    suite: int
    suite_version: int
    content_hash: str
    environment: str | None = Field(description="Where what is live was run beside it.")
    models: list[str]
    repeats: int
    requested_by: str
    stopped: str = Field(description="Why no further answer was asked for.")
    answers: CountsOut
    live: CountsOut | None
    headline: str
    comparison: str = Field(description="With what was live, and how sure that is; in words.")
    estimate_cost: str | None = Field(description="US dollars, decimal.")
    spent: str


class VerdictOut(BaseModel):
    check: str
    state: str = Field(description="pass, fail or could_not_run.")
    score: float | None
    reason: str


class ResultOut(BaseModel):
    result: int
    case: int = Field(description="Its place, from 1.")
    name: str
    tags: list[str]
    of: str = Field(description="tested or live.")
    model: str
    repeat: int
    state: str
    passed: bool | None
    score: float | None
    expected: str
    answer: str
    error: str
    verdicts: list[VerdictOut]
    latency_ms: int | None
    input_tokens: int | None
    output_tokens: int | None
    cost: str | None


class ResultsOut(BaseModel):
    results: list[ResultOut]
    after: int | None
