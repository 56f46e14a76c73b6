"""Which templates are whole pages."""

from __future__ import annotations

from tests.live import ROOT

TEMPLATES = ROOT / "templates"


def pages_in_folder() -> set[str]:
    """Every template that is a whole page: it extends another one and none extends it."""
    texts = {
        str(path.relative_to(TEMPLATES)): path.read_text() for path in TEMPLATES.rglob("*.html")
    }
    pages = {name for name, text in texts.items() if text.startswith("{% extends")}
    bases = {text.split('"')[1] for text in texts.values() if text.startswith('{% extends "')}
    return {name for name in pages if name not in bases}
