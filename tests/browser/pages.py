"""A page that somebody looks at: who, at which address, after which form; and their browsers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, Response

from apps.prompts.actions import add_variant, save_override
from apps.teams.actions import add_person
from tests.browser.people import BACKEND, Place, give_password, remember_password
from tests.permissions.world import World, make_world
from tests.standing import begins_with
from tests.warm import TEMPLATES

OTHER_MODEL = "acme/small"  # told other words for one block


@dataclass(frozen=True)
class Sight:
    """One page: `open` leads there, in the browser of that person."""

    name: str
    who: str
    address: Callable[[World], str]
    post: Callable[[World], Mapping[str, Any]] | None = None
    status: int = 200
    lands: str = ""  # the route where a form leads on to

    def show(self, gallery: Gallery) -> Page:
        """The page with this status, at its own address and no other; `drawn_from` tells."""
        page = gallery.page_of(self.who)
        address = self.address(gallery.world)
        if self.post is None:
            response = page.goto(address)
        else:
            if not page.evaluate(_TOKEN):
                page.goto(gallery.start_of(self.who))
            response = send(page, address, self.post(gallery.world))
        assert response is not None
        came = (response.status, urlsplit(response.url).path)
        wanted = (self.status, reverse(self.lands) if self.lands else urlsplit(address).path)
        assert came == wanted, f"{came} came instead of {wanted}"
        told = response.headers.get(TEMPLATES, "").split(",")
        gallery.drawn_from[self.name] = set(filter(None, told))
        return page


@dataclass
class Gallery:
    """A world, its server, and one browser for each person."""

    place: Place
    world: World
    pages: dict[str, Page] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)  # of sessions, for clients
    drawn_from: dict[str, set[str]] = field(default_factory=dict)  # templates of shown sights

    def page_of(self, who: str) -> Page:
        if who not in self.pages:
            person = None if who.startswith("anonymous") else self.world.person(who)
            new = self.place.new_page() if person is None else self.place.signed_in(person)
            self.pages[who] = new
        return self.pages[who]

    def client_of(self, who: str, **headers: str) -> Client:
        """A client of this person, in this process; the first one of each signs in, which must be
        in no transaction that is rolled back. `anonymous`: of nobody."""
        client = Client(headers=headers)
        if who == "anonymous":
            return client
        if who not in self.keys:
            person = self.world.person(who)
            assert person is not None
            client.force_login(person, backend=BACKEND)
            remember_password(client, person)
            self.keys[who] = client.cookies[settings.SESSION_COOKIE_NAME].value
        client.cookies[settings.SESSION_COOKIE_NAME] = self.keys[who]
        return client

    def start_of(self, who: str) -> str:
        return reverse("account_login" if who.startswith("anonymous") else "pages:help")


def make_gallery(place: Place) -> Gallery:
    return Gallery(place, make_gallery_world(make_world()))


@begins_with(make_world)
def make_gallery_world(world: World) -> World:
    """The two teams of the table of rights, and a few people in other states."""
    people = world.ours.people
    for name, email in (("newcomer", "new@comer.example"), ("demo", "sara@alder.example")):
        people[name] = add_person(email=email, name=name.capitalize(), actor=world.admin)
    add_variant(world.ours.draft, model=OTHER_MODEL, actor=people["author"])
    save_override(world.ours.block, model=OTHER_MODEL, body="Briefly.", actor=people["author"])
    give_password(people["releaser"])
    TOTP.activate(people["releaser"], generate_totp_secret())
    RecoveryCodes.activate(people["releaser"])
    passkey = {"clientExtensionResults": {"credProps": {"rk": True}}}
    WebAuthn.add(people["reviewer"], "Laptop", passkey)
    return world


_TOKEN = """document.body.dataset.csrf
    || document.querySelector("[name=csrfmiddlewaretoken]")?.value"""


def send(page: Page, address: str, data: Mapping[str, Any]) -> Response:
    """Post a form of the page's own making, with the page's token."""
    with page.expect_navigation() as navigation:
        page.evaluate(
            """([action, data]) => {
                const form = document.createElement("form");
                const token = document.body.dataset.csrf
                    || document.querySelector("[name=csrfmiddlewaretoken]").value;
                Object.assign(form, {action, method: "post", hidden: true});
                for (const [name, value] of [["csrfmiddlewaretoken", token], ...data]) {
                    const field = document.createElement("textarea");
                    Object.assign(field, {name, value});
                    form.append(field);
                }
                document.body.append(form);
                HTMLFormElement.prototype.submit.call(form);
            }""",
            [address, _pairs(data)],
        )
    return navigation.value


def _pairs(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Name and value of each field; a list is several fields of one name."""
    lists = {name: value if isinstance(value, list) else [value] for name, value in data.items()}
    return [(name, str(value)) for name, values in lists.items() for value in values]
