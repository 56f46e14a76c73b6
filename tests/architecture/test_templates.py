"""Templates: every URL name exists, nothing inline that the Content-Security-Policy would refuse,
nothing marked safe, no address of another server."""

from __future__ import annotations

import re

import pytest
from django.urls import get_resolver

from tests.architecture.source import ROOT, python_files

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
URL = re.compile(r"""\{%\s*url\s+['"]([^'"]+)['"]""")
FORBIDDEN = {
    "inline style": re.compile(r"<[^>]*\sstyle\s*=", re.S),
    "inline handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.S),
    "htmx inline script": re.compile(r"hx-on|hx-vars|hx-prompt|hx-disable\b"),
    "trigger filter": re.compile(r"hx-trigger\s*=\s*\"[^\"]*\["),
    "safe filter": re.compile(r"\|\s*safe(seq)?\b|autoescape\s+off"),
    "other server": re.compile(r"""(?:src|href|action)\s*=\s*["']https?://"""),
}


def url_names(resolver=None, namespace=""):
    """Every name that `{% url %}` can resolve, `app:name` for those in an app."""
    names = set()
    for pattern in (resolver or get_resolver()).url_patterns:
        if hasattr(pattern, "url_patterns"):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            names |= url_names(pattern, inner)
        elif pattern.name:
            names.add(namespace + pattern.name)
    return names


def findings(text, names):
    found = [what for what, pattern in FORBIDDEN.items() if pattern.search(text)]
    scripts = re.findall(r"<script\b([^>]*)>", text)
    if any("src=" not in s and "application/json" not in s for s in scripts):
        found.append("inline script")
    return found + [f"no URL {name}" for name in URL.findall(text) if name not in names]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_is_clean(path):
    assert findings(path.read_text(encoding="utf-8"), url_names()) == []


def test_the_check_finds_what_it_forbids():
    text = '<p style="x" onclick="y">{{ a|safe }}</p>{% url "no:where" %}<script>alert(1)</script>'

    assert findings(text, url_names()) == [
        "inline style", "inline handler", "safe filter", "inline script", "no URL no:where",
    ]  # fmt: skip


def test_mark_safe_is_only_in_the_reviewed_module():
    users = [
        str(path.relative_to(ROOT))
        for path in python_files()
        if re.search(r"\b(mark_safe|SafeString\(|SafeText\()", path.read_text(encoding="utf-8"))
    ]

    assert [path for path in users if path != "apps/core/html.py"] == []
