"""What a prompt means to the world outside this app: where it is live, which rules hold where.

Higher apps know it and register their answer here, as a list of namespaces' paths does (teams).
"""

from __future__ import annotations

from collections.abc import Callable

from apps.core.verdicts import ALLOW, Verdict
from apps.prompts.models import Prompt
from apps.teams.models import Namespace

LiveIn = Callable[[Prompt], list[str]]
MoveCheck = Callable[[Prompt, Namespace], Verdict]
Callers = Callable[[Prompt], list[str]]
LockWords = Callable[[Prompt], dict[str, str]]
_live: list[LiveIn] = []
_callers: list[Callers] = []
_moves: list[MoveCheck] = []
_locks: list[LockWords] = []


def register_live(check: LiveIn) -> None:
    """`check` names the environments of the order in which something of a prompt is live."""
    if check not in _live:
        _live.append(check)


def register_move(check: MoveCheck) -> None:
    """`check` says whether the rules of another namespace let the prompt move there."""
    if check not in _moves:
        _moves.append(check)


def register_callers(check: Callers) -> None:
    """`check` names the keys that fetched a prompt lately."""
    if check not in _callers:
        _callers.append(check)


def callers_of(prompt: Prompt) -> list[str]:
    return [name for check in _callers for name in check(prompt)]


def register_locks(check: LockWords) -> None:
    """`check` gives, by type of block, the sentence that says who signs a change of it."""
    if check not in _locks:
        _locks.append(check)


def lock_words(prompt: Prompt) -> dict[str, str]:
    return {kind: words for check in _locks for kind, words in check(prompt).items()}


def live_in(prompt: Prompt) -> list[str]:
    return [name for check in _live for name in check(prompt)]


def may_move_there(prompt: Prompt, namespace: Namespace) -> Verdict:
    """The first refusal, or ALLOW."""
    verdicts = (check(prompt, namespace) for check in _moves)
    return next((verdict for verdict in verdicts if not verdict), ALLOW)
