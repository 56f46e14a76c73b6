"""Several prompts go live in one transaction, or none."""

from __future__ import annotations

import threading

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from apps.audit.models import AuditEntry
from apps.audit.trail import record
from apps.core.errors import Invalid, NotAllowed, NotPossible
from apps.environments.queries import live_release
from apps.releases.actions import Wanted, release_bundle
from apps.releases.events import BUNDLE_MADE
from apps.releases.models import BundleItem, ReleaseBundle
from tests.releases.test_t01_unauthorised import signed_in
from tests.releases.world import World, make_world, standing
from tests.standing import part_of_stood
from tests.standing import standing as stands

NAMES = ("one", "two", "three")


def prepare(world: World) -> list:
    """Three prompts, v1 live in production, v2 approved for it."""
    found = []
    for name in NAMES:
        prompt = world.prompt(name)
        world.put_live(prompt, world.version(prompt, "First"), "production")
        world.approved(prompt, world.version(prompt, "Second"), "production")
        found.append(prompt)
    return found


def make_it():
    world = make_world()
    return world, prepare(world)


stood = stands(make_it)
world, prompts = part_of_stood(0), part_of_stood(1)


def wanted(world, prompt, number=2, place="production"):
    live = live_release(prompt, world.places[place])
    return Wanted(prompt.versions.get(number=number), live.pk if live else None)


def together(world, prompts, by="releaser", items=None):
    return release_bundle(
        world.places["production"],
        items=items or [wanted(world, prompt) for prompt in prompts],
        reason="Campaign", actor=world[by],
    )  # fmt: skip


def live(world, prompts):
    return [world.live(prompt, "production") for prompt in prompts]


def test_bundle_releases_all_each_with_its_entry(world, prompts):
    before = AuditEntry.objects.count()

    bundle = together(world, list(reversed(prompts)))

    events = list(AuditEntry.objects.filter(seq__gt=before).values_list("event", flat=True))
    assert live(world, prompts) == [2, 2, 2]
    assert [item.release.prompt for item in bundle.items.all()] == prompts
    assert events.count("releases.bundle.made") == 1
    assert events.count("releases.release.made") == 6  # to staging too


def test_one_blocked_prompt_and_nothing_goes_live(world, prompts):
    world.version(prompts[1], "Third")
    items = [wanted(world, prompts[0]), wanted(world, prompts[1], 3), wanted(world, prompts[2])]
    before = standing()

    with pytest.raises(NotPossible) as refused:
        together(world, prompts, items=items)

    after = standing()
    assert refused.value.code == "bundle_blocked"
    said = refused.value.verdict.facts["blocked"]
    assert [line.split(". ")[0] for line in said] == ["Two v3: One approval is missing"]
    assert (after.pointers, after.releases, after.done) == (
        before.pointers, before.releases, before.done,
    )  # fmt: skip
    assert (after.denied - before.denied, ReleaseBundle.objects.count()) == (1, 0)


def test_every_blocked_prompt_is_named(world, prompts):
    stale = [wanted(world, prompt) for prompt in prompts]
    for prompt in prompts[:2]:
        world.release(prompt, prompt.versions.get(number=2), "production")

    with pytest.raises(NotPossible) as refused:
        together(world, prompts, items=stale)

    said = refused.value.verdict.facts["blocked"]
    assert [line.split(":")[0] for line in said] == ["One v2", "Two v2"]
    assert live(world, prompts) == [2, 2, 1]


@pytest.mark.parametrize(("by", "error"), [("releaser", None), ("author", NotAllowed)])
def test_t01_bundle_needs_the_right_for_each(world, prompts, by, error):
    if error is None:
        together(world, prompts, by=by)
        assert live(world, prompts) == [2, 2, 2]
        return
    with pytest.raises(error):
        together(world, prompts, by=by)
    assert live(world, prompts) == [1, 1, 1]


def test_bundle_holds_two_prompts_or_more_once_each(world, prompts):
    first, second = (wanted(world, prompt) for prompt in prompts[:2])

    for items in ([first], [first, second, first]):
        with pytest.raises(Invalid):
            together(world, prompts, items=items)

    assert together(world, prompts, items=[first, second]).items.count() == 2


def test_t25_two_bundles_at_once_have_one_winner(own_database):
    """They list the same prompts in opposite order: nobody waits for ever, and one is told."""
    world = make_world()
    prompts = prepare(world)
    items = [wanted(world, prompt) for prompt in prompts]
    barrier, won, lost, broken = threading.Barrier(2), [], [], []

    def go(chosen):
        try:
            barrier.wait(30)
            won.append(together(world, prompts, items=chosen))
        except NotPossible as refused:
            lost.append(refused.code)
        except BaseException as error:
            broken.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=go, args=[chosen]) for chosen in (items, list(reversed(items)))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert (len(won), lost, broken) == (1, ["bundle_blocked"], [])
    assert (live(world, prompts), BundleItem.objects.count()) == ([2, 2, 2], 3)


class TestDatabase:
    def said(self, world, bundle, release):
        try:
            with transaction.atomic():
                BundleItem.objects.create(bundle=bundle, release=release)
                record(BUNDLE_MADE, actor=world["releaser"], target=bundle)
        except DatabaseError as error:
            return str(error).splitlines()[0]
        return ""

    def test_an_item_went_live_where_its_bundle_did(self, world, prompts):
        bundle = together(world, prompts[:2])
        elsewhere = live_release(prompts[2], world.places["staging"])
        here = live_release(prompts[2], world.places["production"])

        assert self.said(world, bundle, elsewhere) == (
            "an item of a bundle went live in its environment"
        )
        assert self.said(world, bundle, here) == ""


class TestPages:
    address = "/releases/together/"

    def test_page_offers_what_may_go_and_releases_it(self, world, prompts):
        client = signed_in(world, "releaser")
        page = client.get(self.address)
        values = [one.value for one in page.context["candidates"]]

        answer = client.post(self.address, {"environment": "production", "item": values})
        after = client.get(self.address).content.decode()

        assert (answer.status_code, answer.url) == (302, reverse("pages:board"))
        assert live(world, prompts) == [2, 2, 2]
        assert "Went live together" in after

    def test_page_says_which_rollout_it_ends(self, world, prompts):
        client = signed_in(world, "releaser")
        before = client.get(self.address).content.decode()
        world.release(prompts[0], prompts[0].versions.get(number=2), "production", share=10)
        world.approved(prompts[0], world.version(prompts[0], "Third"), "production")

        after = client.get(self.address).content.decode()

        assert (before.count("ends its rollout"), after.count("ends its rollout")) == (0, 1)

    def test_page_of_an_author_offers_nothing_for_production(self, world, prompts):
        page = signed_in(world, "author").get(self.address)

        assert page.context["candidates"] == []
        assert "Nothing is ready for this" in page.content.decode()

    def test_blocked_page_names_which_and_why_and_keeps_the_rest(self, world, prompts):
        client = signed_in(world, "releaser")
        values = [one.value for one in client.get(self.address).context["candidates"]]
        world.release(prompts[0], prompts[0].versions.get(number=2), "production")

        answer = client.post(
            self.address, {"environment": "production", "item": values, "reason": "Big day"}
        )

        words = answer.content.decode()
        assert answer.status_code == 409
        assert "One v2: Releaser made v2 live in Production meanwhile." in words
        assert "Big day" in words and words.count(" checked") == 2
