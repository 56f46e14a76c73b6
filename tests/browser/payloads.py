"""Texts that would become markup, script or a request if one place forgot to escape them.

Each that is an element carries the attribute `data-xss`; each request goes to /xss-request/.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle, product

MARKER = "data-xss"
REQUEST = "/xss-request/"

# What ends the place that a text stands in.
WAYS_OUT = (
    "",
    '">',
    "'>",
    "</textarea>",
    "</script>",
    "</title>",
    "</style>",
    "-->",
    "]]>",
    "</option></select>",
    "</a></p></div>",
    "\\u003c/script>",
    '"}]</script>',
    "{{x}}",
    "\u202e\u200b",
)
# What would run, ask or change the page.
WEAPONS = (
    "<script data-xss>alert(1)</script>",
    "<img data-xss src=x onerror=alert(1)>",
    "<svg data-xss onload=alert(1)>",
    "<svg><a data-xss xlink:href='javascript:alert(1)'>x</a>",
    "<math><mtext data-xss><img src=x onerror=alert(1)>",
    "<iframe data-xss srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<a data-xss href='javascript:alert(1)'>x</a>",
    "<details data-xss open ontoggle=alert(1)>",
    "<input data-xss autofocus onfocus=alert(1)>",
    "<b data-xss hx-get=/xss-request/ hx-trigger=load>x</b>",
    "<b data-xss hx-delete=/xss-request/ hx-trigger=load>",
    "<b data-xss data-hx-post=/xss-request/ data-hx-trigger=load>",
    "<b data-xss hx-on:htmx:load=alert(1)>",
    "<base data-xss href=//xss.example/>",
    "<link data-xss rel=stylesheet href=/xss-request/>",
    "<meta data-xss http-equiv=refresh content='0;url=/xss-request/'>",
    "<style data-xss>@import '/xss-request/'</style>",
    "<form data-xss action=javascript:alert(1)><button>x",
    " autofocus onfocus=alert(1) data-xss x=",
    "<c-toast data-xss text=x />{% debug %}{{ request }}",
)


def all_payloads() -> list[str]:
    return [way + weapon for way, weapon in product(WAYS_OUT, WEAPONS)]


@dataclass
class Poison:
    """Hands the payloads out one after the other, so that each is used before one is used twice."""

    _supply: Iterator[str] = field(default_factory=lambda: cycle(all_payloads()))

    def one(self, limit: int = 200) -> str:
        """The next one that is not too long; the few too long ones go to wider fields."""
        while len(text := next(self._supply)) > limit:
            pass
        return text

    def __iter__(self) -> Iterator[str]:
        return self._supply

    def some(self, limit: int) -> str:
        """As many as there is room for."""
        texts: list[str] = []
        while len(" ".join([*texts, text := self.one(limit)])) <= limit:
            texts.append(text)
        return " ".join(texts)

    @staticmethod
    def every() -> str:
        return "\n".join(all_payloads())
