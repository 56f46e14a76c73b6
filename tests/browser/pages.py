"""A page that somebody looks at: who, at which address, after which form; and their browsers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import reverse
from playwright.sync_api import Page, Response

from apps.accounts.models import User
from apps.teams.actions import add_person
from tests.browser.people import Place
from tests.permissions.world import World, make_world


@dataclass(frozen=True)
class Sight:
    """One page: `open` leads there, in the browser of that person."""

    name: str
    who: str
    address: Callable[[World], str]
    post: Callable[[World], Mapping[str, Any]] | None = None
    status: int = 200

    def show(self, gallery: Gallery) -> Page:
        """The page with this status, at its own address and no other."""
        page = gallery.page_of(self.who)
        address = self.address(gallery.world)
        if self.post is None:
            response = page.goto(address)
        else:
            page.goto(gallery.start_of(self.who))
            response = send(page, address, self.post(gallery.world))
        assert response is not None
        came = (response.status, urlsplit(response.url).path)
        wanted = (self.status, urlsplit(address).path)
        assert came == wanted, f"{came} came instead of {wanted}"
        return page


@dataclass
class Gallery:
    """A world, its server, and one browser for each person."""

    place: Place
    world: World
    pages: dict[str, Page] = field(default_factory=dict)

    def page_of(self, who: str) -> Page:
        if who not in self.pages:
            person = self.world.person(who)
            new = self.place.new_page() if person is None else self.place.signed_in(person)
            self.pages[who] = new
        return self.pages[who]

    def start_of(self, who: str) -> str:
        return reverse("account_login" if who == "anonymous" else "pages:help")


def make_gallery(place: Place) -> Gallery:
    world = make_world()
    world.ours.people["newcomer"] = add_person(
        email="new@comer.example", name="Newcomer", actor=world.admin
    )
    give_second_factor(world.ours.people["releaser"])
    return Gallery(place, world)


def give_second_factor(person: User) -> None:
    TOTP.activate(person, generate_totp_secret())
    RecoveryCodes.activate(person)


def send(page: Page, address: str, data: Mapping[str, Any]) -> Response | None:
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
            [address, [[name, str(value)] for name, value in data.items()]],
        )
    return navigation.value
