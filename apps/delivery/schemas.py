"""The shapes of the API, for its OpenAPI document and for reading bodies."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Instant = str | None


class Message(BaseModel):
    role: Literal["system", "user", "assistant"]
    content: str


class Variable(BaseModel):
    name: str
    type: Literal["text", "long_text", "number", "yes_no", "choice", "list", "json"]
    required: bool
    default: Any = None
    description: str = ""
    max_length: int | None = None
    choices: list[str] = []


class Model(BaseModel):
    id: str
    parameters: dict[str, Any]


class Output(BaseModel):
    format: Literal["text", "list", "json"]
    json_schema: dict[str, Any] | None = None


class PromptFacts(BaseModel):
    prompt: str = Field(description="The path.", examples=["support/refunds/reply"])
    version: int
    environment: str
    revision: int | None = Field(
        description="Counts the releases of this prompt in this environment; never goes back."
        " null: this version was never released here."
    )
    content_hash: str = Field(description="SHA-256 of the version's content.")
    released_at: Instant = Field(description="ISO 8601, UTC.")


class SplitArm(BaseModel):
    arm: str
    version: int
    weight: int = Field(description="Percent of the calls that say whom they are for.")


class Condition(BaseModel):
    """Of an attribute of the unit. An attribute that is not said fits no condition."""

    attribute: str
    operator: str = Field(
        description="in: the value is one of these; not_in: it is none of them; starts_with: it"
        " begins with one of them. Letter by letter. Whoever knows an operator not lets nobody in."
    )
    values: list[str]


class Audience(BaseModel):
    """Whoever fits all the conditions is among these arms instead."""

    all: list[Condition]
    arms: list[SplitArm]


class Split(BaseModel):
    """A release by steps, or an experiment. A client may choose the arm itself: n is the first 53
    bits of SHA-256 of `salt:unit`, divided by 2**53; the arms lie on [0, 1) in their order, each as
    wide as its weight; the one that holds n. With an audience, `arms` are for those outside of it:
    all of them get the arm `outside`, which is what was live before."""

    id: str
    salt: str
    arm: str | None = Field(description="null: no unit was given, so it is the first arm.")
    arms: list[SplitArm]
    audience: Audience | None = Field(description="null: for everybody.")


class Deprecated(BaseModel):
    """Move on to the successor, if there is one, before the sunset, if there is one."""

    since: datetime
    sunset: date | None = Field(description="The last day on which it is kept up.")
    successor: str | None = Field(description="The path of the prompt to fetch instead.")


class PromptAnswer(PromptFacts):
    """A released prompt, with its {{variables}} in place."""

    messages: list[Message]
    variables: list[Variable]
    model: Model | None
    output: Output
    tools: list[Any]
    split: Split | None = Field(description="null: one version serves every call.")
    deprecated: Deprecated | None = Field(
        description="null: it is kept up. Also in the headers Deprecation, Sunset and Link."
    )
    signature: str = Field(
        description="ed25519:key id:base64url, over the canonical JSON (RFC 8785) of the answer"
        " without this field. GET /.well-known/galley-keys has the public keys."
    )


class PromptList(BaseModel):
    prompts: list[PromptFacts]
    cursor: str | None = Field(description="Send it back to get the next page; null on the last.")


class BundleAnswer(BaseModel):
    environment: str
    made_at: str
    sequence: int = Field(description="How far the audit trail had been read.")
    prompts: list[PromptAnswer]
    signature: str = Field(description="Over all of it, as each answer's is.")


class RenderBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    variables: dict[str, Any] = Field(
        default_factory=dict, examples=[{"customer_name": "Ana", "message": "Where is my refund?"}]
    )


class RenderAnswer(PromptFacts):
    """The messages with the values put in."""

    messages: list[Message]
    model: Model | None
    split: Split | None
    ignored: list[str] = Field(description="Values that no variable asked for.")


class LogsBody(BaseModel):
    """Each event is read by itself: a bad one is rejected alone."""

    model_config = ConfigDict(extra="forbid")

    events: list[Any] = Field(
        min_length=1,
        max_length=1000,
        description="{id, prompt, version, arm?, environment, unit?, model, started_at, latency_ms,"
        " input_tokens, output_tokens, cost?, status (ok | error), error?, variables?, output?,"
        " tags?} each. The unit is kept as a hash alone; of the variables only the names; values,"
        " output and error only where the namespace's rule says so. tags: up to 10, of up to 40"
        " characters. A cost that is left out is reckoned where the price of the model is known.",
    )


class FeedbackBody(BaseModel):
    """Each is read by itself: a bad one is rejected alone."""

    model_config = ConfigDict(extra="forbid")

    feedback: list[Any] = Field(
        min_length=1,
        max_length=1000,
        description="{id?, log_id | unit + prompt, name, value (true | false | a number), kind?"
        " (score: -1 to 1 | yes_no | number), comment?} each. With an id it is kept once. Without,"
        " the last one of a name about a call holds.",
    )


class TracesBody(BaseModel):
    """An ExportTraceServiceRequest of OpenTelemetry, as JSON or protobuf."""

    # OpenTelemetry's own name; in its JSON null is what is not there.
    resourceSpans: list[Any] | None = Field(
        default=[],
        description="Spans with gen_ai.prompt.name and gen_ai.prompt.version become log events;"
        " others are passed over, and so is every attribute that is not known.",
    )


class PartialSuccess(BaseModel):
    rejectedSpans: str
    errorMessage: str


class TracesAnswer(BaseModel):
    partialSuccess: PartialSuccess | None = None


class RejectedOut(BaseModel):
    index: int
    code: str
    detail: str


class LogsAnswer(BaseModel):
    accepted: int
    duplicates: int = Field(description="Events whose id was known in this environment.")
    rejected: list[RejectedOut]


class FeedbackAnswer(LogsAnswer):
    waiting: int = Field(
        description="Feedback for calls that are not known yet: it is looked for again for a day."
    )


class FaultOut(BaseModel):
    field: str
    detail: str
    names: list[str] | None = None


class ProblemOut(BaseModel):
    """RFC 9457. `detail` says what to do."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FaultOut]
