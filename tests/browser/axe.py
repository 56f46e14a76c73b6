"""axe-core in the page, and whether a page is wider than the screen."""

from __future__ import annotations

from functools import cache
from typing import Any

from playwright.sync_api import Page

from tests.live import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def _source() -> str:
    return AXE.read_text()


def complaints(page: Page, *, rules: tuple[str, ...] = ()) -> list[str]:
    """What axe finds: rule, element and why, one line each. Only these rules, if any are named."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_source())
    only = {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": TAGS}
    options = {"runOnly": only, "resultTypes": ["violations"]}
    found = page.evaluate("(options) => axe.run(document, options)", options)
    return [line for rule in found["violations"] for line in _lines(rule)]


def _lines(rule: dict[str, Any]) -> list[str]:
    return [
        f"{rule['id']}: {node['target']} {node['html'][:160]} ({node['failureSummary']})"
        for node in rule["nodes"]
    ]


def too_wide(page: Page, width: int) -> list[str]:
    """The elements that stick out of a screen of this width, and how far the page can be moved."""
    page.set_viewport_size({"width": width, "height": 900})
    beyond = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    if beyond <= 0:
        return []
    return [f"{width} px: {beyond} px too wide", *page.evaluate(_WIDE)]


_WIDE = """() => [...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .slice(0, 8).map((one) => one.outerHTML.slice(0, 140))"""
