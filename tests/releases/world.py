"""People and prompts for tests, made through the actions that the pages use."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from apps.accounts.models import User
from apps.audit.models import AuditEntry
from apps.core.actors import SYSTEM
from apps.environments.actions import approve_change, propose_change
from apps.environments.models import Deployment, Environment, Release
from apps.environments.queries import live_release, live_revision, rule_for, terms_of
from apps.prompts.actions import create_prompt, make_version, save_block
from apps.prompts.content import new_block, new_content
from apps.prompts.models import Prompt, Version
from apps.prompts.queries import draft_of
from apps.releases.actions import release_version, roll_back
from apps.reviews.actions import approve_review, request_review
from apps.reviews.models import Review
from apps.reviews.queries import current_round
from apps.teams.actions import add_person, create_first_admin, create_namespace, grant
from apps.teams.models import Namespace
from apps.teams.queries import root_namespace

ROLES = ("author", "reviewer", "releaser", "viewer")


@dataclass
class World:
    """One namespace "desk", one person a role (and a second author and reviewer), an outsider."""

    admin: User
    desk: Namespace
    people: dict[str, User] = field(default_factory=dict)
    places: dict[str, Environment] = field(default_factory=dict)

    def __getitem__(self, name: str) -> User:
        return self.people[name]

    def prompt(self, segment: str = "reply", author: str = "author") -> Prompt:
        document = new_content() | {"blocks": [new_block("instructions", body="Say hello.")]}
        return create_prompt(
            self.desk, segment=segment, name=segment.capitalize(), document=document,
            actor=self[author],
        )  # fmt: skip

    def version(self, prompt: Prompt, body: str, author: str = "author") -> Version:
        """Edit the one block of the draft and make a version of it."""
        edit(prompt, body, self[author])
        return make_version(draft_of(prompt), reason=f"Says {body[:20]}", actor=self[author])

    def review(
        self, prompt: Prompt, version: Version, place: str, by: str = "author", **more: Any
    ) -> Review:
        return request_review(
            prompt, environment=self.places[place], version=version, reason="Better words",
            actor=self[by], **more,
        )  # fmt: skip

    def approved(
        self, prompt: Prompt, version: Version, place: str, by: str = "reviewer", **more: Any
    ) -> Review:
        review = self.review(prompt, version, place, **more)
        approve(review, self[by])
        review.refresh_from_db()
        return review

    def release(
        self, prompt: Prompt, version: Version, place: str, by: str = "releaser", **more: Any
    ) -> Release:
        live = live_release(prompt, self.places[place])
        return release_version(
            prompt, version=version, environment=self.places[place],
            expects=live.pk if live else None, actor=self[by], **more,
        )  # fmt: skip

    def put_live(self, prompt: Prompt, version: Version, place: str) -> Release:
        """Asked for, approved and released, each by the person whose work it is."""
        if place != "development":
            self.approved(prompt, version, place)
        return self.release(prompt, version, place)

    def put_live_with(self, prompt: Prompt, version: Version, place: str, by: str) -> Release:
        self.approved(prompt, version, place, by=by)
        return self.release(prompt, version, place)

    def live(self, prompt: Prompt, place: str) -> int | None:
        """The number of the version that is live."""
        release = live_release(prompt, self.places[place])
        return release.version.number if release else None


def make_world() -> World:
    admin = create_first_admin(
        email="admin@test.example", name="Admin", password="correct horse 42", actor=SYSTEM
    )
    desk = create_namespace(root_namespace(), segment="desk", purpose="", actor=admin)
    world = World(admin, desk)
    world.people["admin"] = admin
    for name in (*ROLES, "author2", "reviewer2", "outsider"):
        person = add_person(email=f"{name}@test.example", name=name.capitalize(), actor=admin)
        world.people[name] = person
        if name != "outsider":
            grant(desk, role=name.rstrip("2"), to=person, actor=admin)
    world.places = {place.name: place for place in Environment.objects.all()}
    return world


def edit(prompt: Prompt, body: str, actor: User) -> None:
    """Type into the first block of the shared draft."""
    block = draft_of(prompt).blocks.filter(removed_at=None).order_by("pk").first()
    save_block(block, revision=block.revision, body=body, actor=actor)


def approve(review: Review, actor: User, reason: str = "") -> None:
    approve_review(review, **shown(review), reason=reason, actor=actor)


def shown(review: Review) -> dict[str, Any]:
    """What the page of a review, read now, makes whoever approves sign."""
    return {
        "content_hash": current_round(review).version.content_hash,
        "live_revision": live_revision(review.prompt, review.environment),
    }


def loosen(world: World, **terms: Any) -> None:
    """Production's rule says less, as one person proposed and another approved."""
    place, root = world.places["production"], world.desk.parent
    other = User.objects.filter(email="second@test.example").first()
    if other is None:
        other = add_person(email="second@test.example", name="Second", actor=world.admin)
        grant(root, role="admin", to=other, actor=world.admin)
    after = replace(terms_of(rule_for(place, root)), **terms)
    change = propose_change(
        place, namespace=root, kind="change", terms=after, reason="Slow", actor=world.admin
    )
    approve_change(change, actor=other)


def move_back(world: World, prompt: Prompt) -> Release:
    """Production goes back to v1, behind everybody's back."""
    place = world.places["production"]
    live = live_release(prompt, place)
    assert live is not None
    return roll_back(
        prompt, environment=place, version=prompt.versions.get(number=1), expects=live.pk,
        reason="Rude", actor=world["releaser"],
    )  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """What can go live, and what the trail says: to see that a refusal left no trace but one."""

    pointers: list[tuple[Any, ...]]
    releases: int
    done: int
    denied: int


def standing() -> Standing:
    entries = AuditEntry.objects.all()
    pointers = Deployment.objects.order_by("pk").values_list("pk", "release_id", "revision")
    return Standing(
        list(pointers),
        Release.objects.count(),
        entries.filter(outcome="done").count(),
        entries.filter(outcome="denied").count(),
    )
