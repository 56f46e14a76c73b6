"""People in their browsers: who is signed in where, and how they find things on a page."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.test import Client, override_settings
from playwright.sync_api import Locator, Page

from apps.accounts.models import User
from tests.browsing import NewPage
from tests.live import Live

PASSWORD = "a long pass phrase 42"
SERVED_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True)
class Place:
    """A served application and the browsers of those who look at it."""

    live: Live
    new_page: NewPage

    def signed_in(self, person: User, **more: Any) -> Page:
        """A page of this person, in a browser of their own."""
        return self.signed_in_at(self.new_page(**more), person)

    def signed_in_at(self, page: Page, person: User) -> Page:
        """The same browser, this person."""
        sign_in(page, person, self.live.url)
        return page


def sign_in(page: Page, person: User, url: str) -> None:
    """A session made on the server; the cookie is all that the browser gets of it."""
    client = Client()
    client.force_login(person, backend=BACKEND)
    remember_password(client, person)
    name = settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "url": url, "httpOnly": True}
    page.context.add_cookies([cookie])  # type: ignore[list-item]


def hearing(page: Page, address: str) -> Page:
    """At this address, and told of all that others do from here on."""
    with page.expect_response("**/live?*"):
        page.goto(address)
    return page


def sign_in_with_password(page: Page, email: str) -> None:
    """The form of the sign-in page; whoever uses it was given a password before."""
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda address: "/account/login" not in address)


def remember_password(client: Client, person: User) -> None:
    """That the password was typed just now: pages about second factors want to know."""
    session = client.session
    just_now = {"method": "password", "at": time.time(), "reauthenticated": True}
    session["account_authentication_methods"] = [just_now]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()


def give_password(person: User) -> None:
    """PASSWORD, hashed as the running server hashes; tests hash in a quicker way."""
    with override_settings(PASSWORD_HASHERS=SERVED_HASHERS):
        person.set_password(PASSWORD)
        person.save(update_fields=["password"])


def block(page: Page, label: str) -> Locator:
    """The first block with this label ("Guardrails")."""
    here = page.locator("li.block").filter(has=page.locator(".label", has_text=label))
    return here.first


def editor(page: Page, label: str) -> Locator:
    """Where the text of a block is written."""
    return block(page, label).locator(".cm-content").first


def text_of(page: Page, label: str) -> str:
    """What would be saved: the textarea under the editor."""
    return block(page, label).locator("textarea[name=body]").first.input_value()


def until(happened: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something that another process does."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.15)  # asking costs the processor that the other one needs
