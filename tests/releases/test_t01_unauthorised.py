"""T1: nobody makes anything live without the right for it. The table is written by hand, from
domain.md: Author view, comment, edit, release; Reviewer view, comment, review; Releaser view,
comment, release, publish; Admin view, comment, manage. `publish` is for production alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.environments.queries import live_release
from tests.releases.world import World, shown, standing

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PEOPLE = ("author", "reviewer", "releaser", "viewer", "admin", "outsider", None)

# act, place → who is answered what. Nobody (None) is asked to sign in, with what was typed.
DONE, NO, HIDDEN, SIGN_IN = 302, 403, 404, 401
EXPECTED: dict[tuple[str, str], dict[str | None, int]] = {
    ("release", "development"): {
        "author": DONE, "releaser": DONE, "reviewer": NO, "viewer": NO, "admin": NO,
    },
    ("release", "staging"): {
        "author": DONE, "releaser": DONE, "reviewer": NO, "viewer": NO, "admin": NO,
    },
    ("release", "production"): {
        "author": NO, "releaser": DONE, "reviewer": NO, "viewer": NO, "admin": NO,
    },
    ("roll_back", "development"): {
        "author": DONE, "releaser": DONE, "reviewer": NO, "viewer": NO, "admin": NO,
    },
    ("roll_back", "staging"): {
        "author": DONE, "releaser": DONE, "reviewer": NO, "viewer": NO, "admin": NO,
    },
    ("roll_back", "production"): {
        "author": NO, "releaser": DONE, "reviewer": NO, "viewer": NO, "admin": NO,
    },
    ("approve", "staging"): {
        "author": NO, "releaser": NO, "reviewer": DONE, "viewer": NO, "admin": NO,
    },
    ("approve", "production"): {
        "author": NO, "releaser": NO, "reviewer": DONE, "viewer": NO, "admin": NO,
    },
    ("override", "staging"): {
        "author": NO, "releaser": NO, "reviewer": NO, "viewer": NO, "admin": DONE,
    },
    ("override", "production"): {
        "author": NO, "releaser": NO, "reviewer": NO, "viewer": NO, "admin": DONE,
    },
}  # fmt: skip
for row in EXPECTED.values():
    row |= {"outsider": HIDDEN, None: SIGN_IN}


def release(world: World, place: str) -> Callable[[Client], HttpResponse]:
    prompt = world.prompt()
    old, new = world.version(prompt, "One"), world.version(prompt, "Two")
    world.put_live(prompt, old, place)
    if place != "development":
        world.approved(prompt, new, place)
    return _post(
        reverse("releases:release_version", args=[prompt.path]),
        version=new.number, environment=place, reason="Why",
        expects=live_release(prompt, world.places[place]).pk,
    )  # fmt: skip


def roll_back(world: World, place: str) -> Callable[[Client], HttpResponse]:
    prompt = world.prompt()
    old, new = world.version(prompt, "One"), world.version(prompt, "Two")
    world.put_live(prompt, old, place)
    world.put_live(prompt, new, place)
    return _post(
        reverse("releases:roll_back", args=[prompt.path]),
        version=old.number, environment=place, reason="Why",
        expects=live_release(prompt, world.places[place]).pk,
    )  # fmt: skip


def approve(world: World, place: str) -> Callable[[Client], HttpResponse]:
    prompt = world.prompt()
    review = world.review(prompt, world.version(prompt, "One"), place)
    address = reverse("reviews:finish_review", args=[review.pk])
    return _post(address, outcome="approve", **shown(review))


def override(world: World, place: str) -> Callable[[Client], HttpResponse]:
    return _post(
        reverse("environments:override_rule", args=[place]), namespace="desk", approvals=2,
        approval_days=14, on_last_approval="wait", in_order="on", reason="Two pairs of eyes",
    )  # fmt: skip


ACTS = {"release": release, "roll_back": roll_back, "approve": approve, "override": override}


def _post(address: str, **fields: Any) -> Callable[[Client], HttpResponse]:
    return lambda client: client.post(address, fields)


def signed_in(world: World, who: str | None) -> Client:
    client = Client()
    if who is not None:
        client.force_login(world[who], backend=BACKEND)
    return client


@pytest.mark.parametrize(("act", "place"), EXPECTED)
def test_t01_only_the_right_people_change_what_is_live(world, act, place):
    do = ACTS[act](world, place)
    before, answers, traces = standing(), {}, {}

    for who in PEOPLE:
        with transaction.atomic():
            answer = do(signed_in(world, who))
            answers[who], traces[who] = answer.status_code, standing()
            transaction.set_rollback(True)

    assert answers == EXPECTED[act, place]
    recorded = {
        who: trace.denied for who, trace in traces.items() if answers[who] != DONE or who is None
    }
    expected = {who: int(answers[who] == NO and place == "production") for who in recorded}
    assert recorded == expected
    for who in recorded:
        trace = traces[who]
        assert (trace.pointers, trace.releases, trace.done) == (
            before.pointers, before.releases, before.done,
        )  # fmt: skip
    for who in set(PEOPLE) - set(recorded):
        assert traces[who].done > before.done


@pytest.mark.parametrize(
    ("place", "status", "denied"),
    [("development", 302, 0), ("staging", 409, 0), ("production", 409, 1)],
)
def test_t01_a_releaser_needs_the_approvals_too(world, place, status, denied):
    prompt = world.prompt()
    version = world.version(prompt, "One")
    before = standing()

    answer = _post(
        reverse("releases:release_version", args=[prompt.path]),
        version=version.number, environment=place, expects="",
    )(signed_in(world, "releaser"))  # fmt: skip

    after = standing()
    assert (answer.status_code, after.denied - before.denied) == (status, denied)
    assert after.releases - before.releases == int(status == 302)
