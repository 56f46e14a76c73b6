from __future__ import annotations


class GalleyError(Exception):
    """There is no prompt to give: never fetched, and no fallback. `status` of the answer, `code`
    of its problem document, where there was one."""

    def __init__(self, sentence: str, *, status: int | None = None, code: str = "") -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code


class Trouble(GalleyError):
    """A request brought nothing of use. `wait`: seconds that the server asks to be left alone."""

    def __init__(
        self, sentence: str, *, status: int | None = None, code: str = "", wait: float = 0.0
    ) -> None:
        super().__init__(sentence, status=status, code=code)
        self.wait = wait


class Unsettled(Trouble):
    """The server is in the middle of a release: in a moment it says the same everywhere."""


class ValuesError(ValueError):
    """Values that do not fit; `problems` is the variable's name → a sentence."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems
