"""Which templates draw the pages that the browser looks at."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.test import override_settings

from tests.browser.pages import Gallery, Sight
from tests.browser.people import SERVED_HASHERS
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


def templates_of(gallery: Gallery, sight: Sight) -> set[str]:
    """The names of what this page is made of, asked for in this process; nothing becomes of it."""
    data = sight.post(gallery.world) if sight.post else None
    client = gallery.client_of(sight.who)
    client.handler.enforce_csrf_checks = bool(data and "csrfmiddlewaretoken" in data)
    response: Any
    with transaction.atomic():
        if data is None:
            response = client.get(sight.address(gallery.world))
        else:
            with override_settings(PASSWORD_HASHERS=SERVED_HASHERS):
                response = client.post(sight.address(gallery.world), data, follow=bool(sight.lands))
        transaction.set_rollback(True)
    assert response.status_code == sight.status, (sight.name, response.status_code)
    return {template.name for template in response.templates if template.name}
