"""A desk with two prompts and keys, made through the actions, and a caller of the API."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from apps.environments.actions import create_key
from apps.environments.models import ApiKey
from apps.prompts.actions import create_prompt, make_version
from apps.prompts.content import new_block, new_content, new_variable
from apps.prompts.models import Prompt, Version
from apps.prompts.queries import draft_of
from apps.teams.actions import create_namespace, grant
from apps.teams.models import Namespace
from apps.teams.queries import root_namespace
from tests.releases.world import World, make_world

ROLE = "You write for {{shop}}."


def document() -> dict[str, Any]:
    content = new_content()
    content["blocks"] = [
        new_block("role", body=ROLE, key="11111111-1111-4111-8111-111111111111"),
        new_block("input", body="{{message}}", key="22222222-2222-4222-8222-222222222222"),
    ]
    content["variables"] = [
        new_variable("shop", required=False, default="the shop"),
        new_variable("message", type="long_text"),
    ]
    content["models"] = [
        {"model": "openai/gpt-5", "parameters": {"temperature": 0.2}, "overrides": {}},
        {
            "model": "local/small",
            "parameters": {},
            "overrides": {content["blocks"][0]["key"]: {"body": "Write for {{shop}}, briefly."}},
        },
    ]
    return content


@dataclass
class Story:
    world: World
    other: Namespace  # beside the desk; its prompts are out of the desk's keys' reach
    prompt: Prompt
    versions: list[Version] = field(default_factory=list)

    def key(
        self, environment: str = "production", *, namespace: Namespace | None = None, **more: Any
    ) -> tuple[ApiKey, str]:
        return create_key(
            self.world.places[environment],
            name="Test key",
            kind="read",
            namespaces=[namespace or self.world.desk],
            owner=self.world.admin,
            actor=self.world.admin,
            **more,
        )

    def version(self, words: str) -> Version:
        made = self.world.version(self.prompt, words)
        self.versions.append(made)
        return made


def make_story() -> Story:
    """desk/reply has v1 live in production (and so in staging); other/secret has v1 there too."""
    world = make_world()
    prompt = make_prompt(world, world.desk, "reply")
    other = create_namespace(root_namespace(), segment="other", purpose="", actor=world.admin)
    for role in ("author", "reviewer", "releaser"):
        grant(other, role=role, to=world[role], actor=world.admin)
    story = Story(world, other, prompt)
    for place, segment in ((world.desk, "reply"), (other, "secret")):
        found = prompt if segment == "reply" else make_prompt(world, place, segment)
        made = make_version(draft_of(found), reason="First", actor=world["author"])
        world.put_live(found, made, "production")
        if found is prompt:
            story.versions.append(made)
    return story


def make_prompt(world: World, place: Namespace, segment: str) -> Prompt:
    return create_prompt(
        place, segment=segment, name=segment.capitalize(), document=document(),
        actor=world["author"],
    )  # fmt: skip


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}
