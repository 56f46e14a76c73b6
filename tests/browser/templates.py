"""Which templates draw the pages that the browser looks at."""

from __future__ import annotations

from typing import Any

from django.test import Client, override_settings

from tests.browser.pages import Gallery, Sight
from tests.browser.people import BACKEND, SERVED_HASHERS, remember_password
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
    """The names of what this page is made of, asked for in this process."""
    data = sight.post(gallery.world) if sight.post else None
    client = Client(enforce_csrf_checks=bool(data and "csrfmiddlewaretoken" in data))
    if not sight.who.startswith("anonymous"):
        person = gallery.world.person(sight.who)
        assert person is not None
        client.force_login(person, backend=BACKEND)
        remember_password(client, person)
    response: Any
    if data is None:
        response = client.get(sight.address(gallery.world))
    else:
        with override_settings(PASSWORD_HASHERS=SERVED_HASHERS):
            response = client.post(sight.address(gallery.world), data, follow=bool(sight.lands))
    assert response.status_code == sight.status, (sight.name, response.status_code)
    return {template.name for template in response.templates if template.name}
