"""What an automation sends. A field that is not listed is refused."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

LARGEST = 2**31 - 1
Path = Field(max_length=600, examples=["support/refunds/reply"])
Reason = Field(max_length=2000, description="Why: kept in the trail.")


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    @model_validator(mode="before")
    @classmethod
    def no_nul(cls, given: Any) -> Any:
        """No row can hold it; refused here, whatever the field."""
        waiting = [given]
        while waiting:
            one = waiting.pop()
            if isinstance(one, dict):
                waiting += [*one.keys(), *one.values()]
            elif isinstance(one, list):
                waiting += one
            elif isinstance(one, str) and "\0" in one:
                raise ValueError("A text holds the character U+0000. Leave it out.")
        return given


class PromptIn(Strict):
    namespace: str = Field(max_length=600, examples=["support/refunds"])
    segment: str = Field(max_length=63, description="Its last part: small letters and digits.")
    name: str = Field(max_length=200)
    purpose: str = Field("", max_length=1000)
    tags: list[str] = Field([], max_length=50)
    document: dict[str, Any] | None = Field(None, description="The content; else two empty blocks.")


class BlockIn(Strict):
    prompt: str = Path
    key: str = Field(max_length=36, description="The block's key, from the draft.")
    revision: int = Field(ge=0, le=LARGEST, description="The block's, that you started from.")
    body: str
    title: str | None = None


class DocumentIn(Strict):
    prompt: str = Path
    revision: int = Field(ge=0, le=LARGEST, description="The draft's, that you started from.")
    document: dict[str, Any]


class VariableIn(Strict):
    name: str = Field(max_length=200)
    type: str = "text"
    required: bool = True
    default: Any = None
    description: str = ""
    max_length: int | None = Field(None, ge=1, le=LARGEST)
    choices: list[str] = []


class VariablesIn(Strict):
    prompt: str = Path
    revision: int = Field(ge=0, le=LARGEST, description="The draft's, that you started from.")
    variables: list[VariableIn] = Field(max_length=1000, description="All of them, in order.")


class VersionIn(Strict):
    prompt: str = Path
    reason: str = Reason


class ReviewIn(Strict):
    prompt: str = Path
    version: int | None = Field(None, ge=1, le=LARGEST, description="null: what the draft says.")
    reason: str = Reason
    summary: str = Field("", max_length=2000)
    release_when_approved: bool = False


class WithdrawIn(Strict):
    reason: str = Field("", max_length=2000)


class ReleaseIn(Strict):
    prompt: str = Path
    version: int = Field(ge=1, le=LARGEST)
    replaces: int = Field(
        ge=0, le=LARGEST, description="The revision that is live now; 0 where nothing is."
    )
    reason: str = Field("", max_length=500)
    acknowledged: bool = Field(False, description="That hidden characters in the text are meant.")
    release_when_approved: bool = False


class RollBackIn(Strict):
    prompt: str = Path
    version: int = Field(ge=1, le=LARGEST)
    replaces: int = Field(ge=0, le=LARGEST, description="The revision that is live now.")
    reason: str = Field(max_length=500)


class CaseIn(Strict):
    values: dict[str, Any] = Field({}, description="By the names of the variables.")
    expected: str = ""
    name: str = Field("", max_length=200)
    tags: list[str] = Field([], max_length=50)


class CasesIn(Strict):
    cases: list[CaseIn] = Field(min_length=1, max_length=1000)
    reason: str = Field("", max_length=500)


class RunIn(Strict):
    suite: int = Field(ge=1, description="From the list of suites.")
    prompt: str = Path
    version: int | None = Field(None, ge=1, le=LARGEST, description="null: what the draft says.")
    models: list[str] = Field(
        [], max_length=4, description="None: the one that the prompt names first."
    )
    repeats: int = Field(1, ge=1, le=20, description="How often each case is asked.")
    compare_with_live: bool = Field(
        True, description="Run what is live in the environment of the key on the same cases."
    )
    fresh: bool = Field(False, description="Ask again also where an equal answer is known.")
    most_cost: float | None = Field(
        None, gt=0, le=1_000_000, description="US dollars; the run stops there."
    )


class CancelIn(Strict):
    reason: str = Field("", max_length=500)
