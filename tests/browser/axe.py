"""axe-core in the page, and whether a page is wider than the screen."""

from __future__ import annotations

from functools import cache
from typing import Any

from playwright.sync_api import Page

from tests.live import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ("color-contrast", "link-in-text-block")
SIZES = ("target-size", "scrollable-region-focusable")


@cache
def _source() -> str:
    return AXE.read_text()


LOOKS = ((1440, "light"), (390, "dark"), (1440, "dark"), (390, "light"))


def barriers(page: Page, look: tuple[int, str] = LOOKS[0]) -> list[str]:
    """What axe finds wrong with the page as it stands in one look, and where it is wider than a
    narrow screen."""
    width, theme = look
    _at(page, width, theme)
    found = [f"{width} {theme}: {line}" for line in complaints(page)]
    return [*found, *sticking_out(page)]


def all_barriers(page: Page) -> list[str]:
    """The same in every look: every rule on a desk; the colours once more in the other theme, which
    is the same page in other colours; on a phone what depends on size, and all of it for the
    elements that are drawn differently there."""
    _at(page, 1440, "light")
    found = [f"1440 light: {line}" for line in complaints(page)]
    page.evaluate(_REMEMBER)
    _at(page, 1440, "dark")
    found += [f"1440 dark: {line}" for line in complaints(page, rules=COLOURS)]
    _at(page, 390, "light")
    found += [f"390 light: {line}" for line in complaints(page, rules=SIZES)]
    if _new(page):
        found += [f"390 light: {line}" for line in complaints(page, within=_CHANGED)]
        _at(page, 390, "dark")
        dark = complaints(page, rules=COLOURS, within=_CHANGED)
        found += [f"390 dark: {line}" for line in dark]
    return [*found, *sticking_out(page)]


def sticking_out(page: Page) -> list[str]:
    """720 px: a screen of 1440 px at 200 %; 320 px: one of 1280 px at 400 %."""
    return [*too_wide(page, 390), *too_wide(page, 320), *too_wide(page, 720)]


def _new(page: Page) -> bool:
    """Whether something is drawn differently here that was not on a page before: the bar of the
    phone is the same everywhere."""
    drawn = page.evaluate(_DIFFERENT)
    fresh = [one not in _judged for one in drawn]
    _judged.update(drawn)
    page.evaluate("(fresh) => { window.changed = changed.filter((_, at) => fresh[at]); }", fresh)
    return any(fresh)


_judged: set[str] = set()


def _at(page: Page, width: int, theme: Any) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)


def complaints(page: Page, *, rules: tuple[str, ...] = (), within: str = "document") -> list[str]:
    """What axe finds: rule, element and why, one line each. Only these rules, if any are named."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_source())
    only = {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": TAGS}
    options = {"runOnly": only, "resultTypes": ["violations"]}
    found = page.evaluate(f"(options) => axe.run({within}, options)", options)
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

# How each element is drawn, by all that a rule about single elements looks at.
_REMEMBER = """() => {
    window.drawn = (one) => {
        const seen = one.checkVisibility({visibilityProperty: true, opacityProperty: true});
        const style = seen && getComputedStyle(one);
        return seen && [style.color, style.backgroundColor, style.backgroundImage, style.opacity,
            style.fontSize, style.fontWeight, style.textDecorationLine].join();
    };
    window.before = new Map([...document.querySelectorAll("body *")].map((one) =>
        [one, drawn(one)]));
}"""
# The outermost elements that are seen and were not drawn like this before.
_DIFFERENT = """() => {
    const other = new Set([...document.querySelectorAll("body *")].filter((one) => {
        const now = drawn(one);
        return now && now !== before.get(one);
    }));
    const inside = (one) => one.parentElement
        && (other.has(one.parentElement) || inside(one.parentElement));
    window.changed = [...other].filter((one) => !inside(one));
    return changed.map((one) => one.outerHTML + drawn(one));
}"""
_CHANGED = "{include: window.changed}"
