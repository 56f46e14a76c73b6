"""Whether text of a person became more than text: elements, script, requests, broken policy."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Page, Request

from tests.browser.payloads import REQUEST

_REPORTS = """addEventListener("securitypolicyviolation", (event) => {
    (window.reports ??= []).push(`${event.effectiveDirective} ${event.blockedURI}`);
});"""
_STRANGE = """(root) => [...root.querySelectorAll("*")].filter((one) =>
    one.matches("[data-xss], script:not([src]):not([type='application/json']), base, c-toast")
    || one.matches("meta[http-equiv], iframe, object, embed")
    || [...one.attributes].some((attribute) => /^(on|hx-on|data-hx-)/.test(attribute.name)
        || /^\\s*javascript:/i.test(attribute.value)
            && ["href", "action", "formaction", "src", "xlink:href"].includes(attribute.name))
).map((one) => one.outerHTML.slice(0, 160))"""
_PARSED = f"""(pages) => pages.flatMap((page) =>
    ({_STRANGE})(new DOMParser().parseFromString(page, "text/html")))"""


@dataclass
class Watch:
    """What went wrong on one page since it was asked last."""

    page: Page
    dialogs: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.add_init_script(_REPORTS)
        self.page.on("dialog", self._dialog)
        self.page.on("request", self._request)

    def _dialog(self, dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.path.startswith(REQUEST) or address.hostname == "xss.example":
            self.requests.append(f"{request.method} {request.url}")

    def findings(self) -> list[str]:
        """One line each: dialogs, requests that user text made, reports, strange elements."""
        found = [f"dialog {text}" for text in self.dialogs]
        found += [f"request {line}" for line in self.requests]
        found += [f"report {line}" for line in self.page.evaluate("window.reports ?? []")]
        found += [f"element {line}" for line in self.page.evaluate(f"({_STRANGE})(document)")]
        self.dialogs.clear()
        self.requests.clear()
        return found

    def parsed(self, pages: list[str]) -> list[str]:
        """The strange elements that the browser's parser makes of these pages; nothing is shown."""
        return [f"element {line}" for line in self.page.evaluate(_PARSED, pages)]
