"""The demo's people and prompts, with a password that the running server knows how to check."""

from __future__ import annotations

from dataclasses import dataclass

from django.test import override_settings

from apps.accounts.links import sign_in_path
from apps.accounts.models import User
from apps.audit.subscribers import run_all
from apps.core.origin import coming_from
from apps.demo.seed import Story, seed

PASSWORD = "a long pass phrase 42"
SERVED_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]


@dataclass(frozen=True)
class Demo:
    story: Story
    key: str  # reads support in production

    def __getitem__(self, name: str) -> User:
        return self.story.people[name]

    def link(self, name: str) -> str:
        return sign_in_path(self[name])

    def give_password(self, name: str) -> None:
        with override_settings(PASSWORD_HASHERS=SERVED_HASHERS):
            person = self[name]
            person.set_password(PASSWORD)
            person.save(update_fields=["password"])


def make_demo() -> Demo:
    with coming_from("command"):
        story, key = seed()
        run_all()
    return Demo(story, key)
