from __future__ import annotations


class GalleyError(Exception):
    """There is no prompt to give: never fetched, and no fallback. `status` of the answer, `code`
    of its problem document, where there was one."""

    def __init__(self, sentence: str, *, status: int | None = None, code: str = "") -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code


class ValuesError(ValueError):
    """Values that do not fit; `problems` is the variable's name → a sentence."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems
