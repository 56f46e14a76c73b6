"""Counts what a person does on purpose, as product.md counts it: a click, a choice, a field.

The browser counts by itself, so that a test cannot forget one. A press of the pointer is an act;
the typing that follows it into the same field belongs to it. A field that is filled or chosen
without a press is an act. Enter or Ctrl+Enter that ends a field is none; any other key outside of
a text is one.
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

COUNTER = Path(__file__).with_suffix(".js")


def counting(page: Page) -> Page:
    """From the next page on, this tab counts its person's acts."""
    page.add_init_script(path=COUNTER)
    return page


def acts(page: Page) -> list[str]:
    """What was done so far in this tab, an entry an act."""
    page.wait_for_load_state()
    found = page.evaluate("JSON.parse(sessionStorage.getItem('test-acts') || '[]')")
    return [str(act) for act in found]
