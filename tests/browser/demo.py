"""The demo's people and prompts, in the database of a test."""

from __future__ import annotations

from dataclasses import dataclass

from apps.accounts.links import sign_in_path
from apps.accounts.models import User
from apps.audit.subscribers import run_all
from apps.core.origin import coming_from
from apps.demo.seed import Story, seed
from apps.prompts.models import Prompt


@dataclass(frozen=True)
class Demo:
    story: Story
    key: str  # reads support in production

    def __getitem__(self, name: str) -> User:
        return self.story.people[name]

    def prompt(self, path: str) -> Prompt:
        return Prompt.objects.get(path=path)

    def link(self, name: str) -> str:
        return sign_in_path(self[name])


def make_demo() -> Demo:
    with coming_from("command"):
        story, key = seed()
        run_all()
    return Demo(story, key)
