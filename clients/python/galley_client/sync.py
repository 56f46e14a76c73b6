from __future__ import annotations

import os
import weakref
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from galley_client.address import TIMEOUT, Address
from galley_client.calls import event_of
from galley_client.core import Core, Folder, Options
from galley_client.errors import GalleyError
from galley_client.known import Known
from galley_client.memory import Ages, Entry, Wanted
from galley_client.opinions import opinions_of
from galley_client.prompt import Prompt
from galley_client.released import fallback_from
from galley_client.rendering import Message
from galley_client.thread import Thread

Fallback = str | Sequence[Message]


class Galley:
    """Released prompts, for a whole application; safe to use from many threads and across `fork`.

    `url`, `key`: else GALLEY_URL and GALLEY_KEY. All times are seconds.

    `refresh`: a prompt is asked for again after this, behind the caller's back.
    `max_stale`: one that was not confirmed for longer is warned about.
    `keep_refused`: how long the last good prompt is given after the server refused the key (401,
    403); None: for ever.
    `timeout`: for one whole request.
    `stream`: whether to hear of releases as they happen.
    `poll`: how often each prompt in use is looked at while there is no such stream; None: never.
    `snapshot`: a folder in which the last good answers are kept for a start without the server.
    `bundle`: a file made by `python -m galley_client bundle`, for what was never fetched.
    `public_keys`: id → base64url, or the document of /.well-known/galley-keys: the only keys that
    may sign. Without it, those that the server names first are kept.
    `words`: whether values and answers are sent with a log event. The server keeps of them what the
    rule of the prompt's namespace says, usually nothing."""

    def __init__(
        self,
        url: str | None = None,
        key: str | None = None,
        *,
        refresh: float = 60.0,
        max_stale: float = 3600.0,
        keep_refused: float | None = None,
        timeout: float = TIMEOUT,
        stream: bool = True,
        poll: float | None = 1.5,
        snapshot: Folder | None = None,
        bundle: Folder | None = None,
        public_keys: Mapping[str, Any] | None = None,
        words: bool = False,
    ) -> None:
        ages = Ages(refresh, max_stale, keep_refused)
        options = Options(ages, timeout, stream, poll, snapshot, bundle, public_keys, words)
        self._core = Core(Address(url, key), options)
        self._memory = self._core.memory
        self._entries = self._memory.entries
        self._patience = 5 * timeout + 5
        self._thread = Thread(self._core)
        self._end = weakref.finalize(self, self._thread.close)
        _forked.add(self._thread)

    def __repr__(self) -> str:
        return f"Galley({self._core.address.url!r})"

    def get(
        self,
        path: str,
        *,
        unit: object = None,
        attributes: Mapping[str, object] | None = None,
        version: int | None = None,
        label: str | None = None,
        model: str | None = None,
        fallback: Fallback | None = None,
    ) -> Prompt:
        """What is live in the key's environment; or that version, or what the label points to.

        `unit`: whom the call is for (a user's or conversation's id), so that the same one always
        gets the same arm of a split; it never leaves the application. `attributes`: what is known
        of it, such as {"plan": "pro"}, for an experiment that is for some alone; they stay in the
        application as well. `model`: a variant.
        `fallback`: a system message, or messages, for when nothing was ever fetched.

        GalleyError only where there is nothing to give; ValueError for a version and a label."""
        entry = self._entries.get((path, version, label, model))
        if entry is None:
            return self._ask(path, unit, attributes, version, label, model, fallback)
        now = self._memory.clock()
        known = entry.known
        if known is None or now >= entry.due:
            return self._ask(path, unit, attributes, version, label, model, fallback)
        entry.used = now
        if unit is None:
            return Prompt(known.first, known, None)
        entry.wants_arms = True
        if known.first.split is not None and not known.arms and not entry.failures:
            return self._ask(path, unit, attributes, version, label, model, fallback)
        text = unit if type(unit) is str else str(unit)
        return Prompt(known.of(text, attributes), known, text)

    def _ask(
        self,
        path: str,
        unit: object,
        attributes: Mapping[str, object] | None,
        version: int | None,
        label: str | None,
        model: str | None,
        fallback: Fallback | None,
    ) -> Prompt:
        wanted, text = wanted_of(path, version, label, model), None if unit is None else str(unit)
        error: GalleyError | None = None
        entry = self._at_hand(wanted, arms=text is not None)
        if entry is None:
            try:
                entry = self._thread.call(
                    lambda: self._core.entry(wanted, arms=text is not None), self._patience
                )
            except GalleyError as told:
                error, entry = told, self._entries.get(wanted)
        return given(wanted, entry, text, attributes, fallback, error)

    def _at_hand(self, wanted: Wanted, *, arms: bool) -> Entry | None:
        """What is good enough while it is asked for again behind the caller."""
        entry = self._entries.get(wanted)
        if entry is None or self._memory.needs(entry):
            return None
        if arms and entry.known is not None and not entry.known.has_arms:
            return None
        self._memory.warn_if_old(entry)
        if self._memory.is_due(entry):
            self._thread.poke(lambda: self._core.fetching.begin(entry))
        entry.due = max(entry.due, self._memory.clock() + 1.0)  # others need not ask as well
        return entry

    def log(
        self,
        prompt: Prompt,
        answer: Any = None,
        *,
        latency_ms: float | None = None,
        input_tokens: int | None = None,
        output_tokens: int | None = None,
        model: str | None = None,
        cost: float | None = None,
        error: str | None = None,
        tags: Sequence[str] | None = None,
    ) -> str | None:
        """Tell Galley of a call, behind the caller's back: after the model has answered, with its
        answer (an object or a dictionary of OpenAI's or Anthropic's shape, for model and tokens).

        The time since the last `render`, `openai` or `anthropic` of this prompt counts as its
        latency (milliseconds), unless it is given; tokens that nobody tells of count as 0. `cost`
        is in dollars. `error`: what went wrong, for a call that failed. `tags`: up to ten words by
        which calls are told apart. The names of the values are sent, and the values only with
        `words`; of the unit a hash. Gives the event's id; None for a fallback, of which the server
        knows nothing."""
        told = {
            "latency_ms": latency_ms,
            "input_tokens": input_tokens,
            "output_tokens": output_tokens,
            "model": model,
            "cost": cost,
            "error": error,
            "tags": None if tags is None else list(tags),
        }
        return record(self._core, prompt, answer, told)

    def feedback(
        self, about: Prompt | str, *, comment: str | None = None, **values: bool | float
    ) -> None:
        """Tell Galley what somebody thought of a call, behind the caller's back:
        `feedback(prompt, thumbs=+1)`. -1 to 1 is a score, True or False a yes or no, anything else
        a number. `about`: the prompt, once it was logged or if it was got with a unit; or what
        `log` gave. Of each name the last one about a call holds. ValueError for nothing to tell, or
        nothing that it is about."""
        opine(self._core, about, values, comment)

    @property
    def dropped(self) -> int:
        """How many log events and feedbacks could not be kept or were not taken."""
        return self._core.dropped

    def flush(self, seconds: float = 5.0) -> None:
        """Send the log events that wait; what cannot be sent in this time goes on waiting."""
        if self._core.waiting:
            self._thread.call(lambda: self._core.flush(seconds), seconds + 1)

    def close(self) -> None:
        """Send the log events that wait, for at most two seconds, and end the thread behind. What
        is known can still be got. Done by itself when Python ends."""
        self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def wanted_of(path: str, version: int | None, label: str | None, model: str | None) -> Wanted:
    if version is not None and label is not None:
        raise ValueError("Ask for a version or for a label, not for both.")
    return Wanted(path, version, label, model)


def given(
    wanted: Wanted,
    entry: Entry | None,
    unit: str | None,
    attributes: Mapping[str, object] | None,
    fallback: Fallback | None,
    error: GalleyError | None,
) -> Prompt:
    """The prompt, else the fallback, else GalleyError."""
    if entry is not None and entry.known is not None:
        return Prompt(entry.known.of(unit, attributes), entry.known, unit)
    if fallback is not None:
        said = fallback_from(wanted.path, fallback)
        nothing = Known(said, clock=lambda: 0.0, is_stale=True, is_fallback=True)
        return Prompt(said, nothing, unit)
    known = entry.error if entry is not None else None
    raise error or known or GalleyError(f"{wanted} could not be fetched.")


def record(core: Core, prompt: Prompt, answer: Any, told: Mapping[str, Any]) -> str | None:
    if prompt.version is None:
        return None
    event = event_of(prompt, answer, told, words=core.words)
    core.queue.add(event)
    prompt.log_id = str(event["id"])
    return prompt.log_id


def opine(
    core: Core, about: Prompt | str, values: Mapping[str, bool | float], comment: str | None
) -> None:
    if isinstance(about, Prompt) and about.version is None:
        return
    for event in opinions_of(about, values, comment):
        core.opinions.add(event)


_forked: weakref.WeakSet[Thread] = weakref.WeakSet()


def _after_fork() -> None:
    for thread in list(_forked):
        thread.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
