"""The forms of releases: gates in words, what is live now, three acts back."""

from __future__ import annotations

import pytest
from django.urls import reverse

from apps.environments.queries import live_release
from tests.releases.test_t01_unauthorised import signed_in

HTMX = {"HX-Request": "true"}


@pytest.fixture
def prompt(world):
    return world.prompt()


def address(name, prompt):
    return reverse(f"releases:{name}", args=[prompt.path])


def expects(answer):
    return answer.context["form"].initial["expects"]


class TestRelease:
    def test_form_names_gates_and_offers_no_button_while_one_is_closed(self, world, prompt):
        version = world.version(prompt, "One")
        client = signed_in(world, "releaser")
        query = {"version": 1, "environment": "production"}

        closed = client.get(address("release_version", prompt), query).content.decode()
        world.approved(prompt, version, "production")
        opened = client.get(address("release_version", prompt), query).content.decode()

        button = "Release v1 to Production</span>"
        assert "One approval is missing" in closed and button not in closed
        assert "Reviewer approved this version" in opened and button in opened

    def test_takes_what_the_form_shows(self, world, prompt):
        world.version(prompt, "One")
        client = signed_in(world, "author")
        query = {"version": 1, "environment": "development"}
        shown = client.get(address("release_version", prompt), query)

        answer = client.post(
            address("release_version", prompt), shown.context["form"].initial | {"reason": "Note"}
        )

        assert (answer.status_code, answer.url) == (
            302, reverse("pages:prompt_releases", args=[prompt.path]),
        )  # fmt: skip
        release = live_release(prompt, world.places["development"])
        assert (release.version.number, release.reason) == (1, "Note")

    def test_note_begins_with_the_reason_of_the_version(self, world, prompt):
        world.version(prompt, "One")
        query = {"version": 1, "environment": "development"}

        shown = signed_in(world, "author").get(address("release_version", prompt), query)

        assert shown.context["form"].initial["reason"] == "Says One"

    @pytest.mark.parametrize("name", ["release_version", "schedule_release"])
    def test_says_what_runs_there_and_ends(self, world, prompt, name):
        world.put_live(prompt, world.version(prompt, "One"), "production")
        for words in ("Two", "Three"):
            world.approved(prompt, version := world.version(prompt, words), "production")
            if words == "Two":
                query = {"version": 2, "environment": "production"}
                client = signed_in(world, "releaser")
                before = client.get(address(name, prompt), query).content.decode()
                world.release(prompt, version, "production", share=25)

        shown = client.get(address(name, prompt), query | {"version": 3}).content.decode()

        assert "A rollout runs here" not in before
        assert "A rollout runs here: 25 % get v2. This release ends it, and everybody" in shown

    def test_without_words_shows_the_newest_version(self, world, prompt):
        world.version(prompt, "One")
        world.version(prompt, "Two")

        shown = signed_in(world, "author").get(address("release_version", prompt))

        assert (shown.context["version"].number, str(shown.context["place"])) == (2, "Development")

    def test_stale_release_comes_back_with_what_is_live_and_a_fresh_form(self, world, prompt):
        first, second = world.version(prompt, "One"), world.version(prompt, "Two")
        third = world.version(prompt, "Three")
        world.release(prompt, first, "development")
        client = signed_in(world, "releaser")
        query = {"version": third.number, "environment": "development"}
        typed = client.get(address("release_version", prompt), query).context["form"].initial
        now = world.release(prompt, second, "development", by="author")

        stale = client.post(address("release_version", prompt), typed | {"reason": "My note"})
        page = stale.content.decode()
        again = client.post(address("release_version", prompt), stale.context["form"].initial)

        assert stale.status_code == 409
        assert "Author made v2 live in Development meanwhile" in page
        assert "My note" in page
        assert (expects(stale), again.status_code) == (now.pk, 302)
        assert world.live(prompt, "development") == 3

    def test_hidden_characters_are_released_with_a_tick(self, world, prompt):
        world.version(prompt, "Say\u200b hello")
        client = signed_in(world, "author")
        query = {"version": 1, "environment": "development"}
        shown = client.get(address("release_version", prompt), query)
        typed = shown.context["form"].initial

        without = client.post(address("release_version", prompt), typed)
        ticked = client.post(address("release_version", prompt), typed | {"acknowledged": "on"})

        assert 'name="acknowledged"' in shown.content.decode()
        assert (without.status_code, ticked.status_code) == (409, 302)

    @pytest.mark.parametrize(
        "query",
        [
            {"version": 9, "environment": "development"},
            {"version": "x", "environment": "development"},
            {"version": 1, "environment": "nowhere"},
            {"version": 10**12, "environment": "development"},
        ],
    )
    def test_what_does_not_exist_is_404(self, world, prompt, query):
        world.version(prompt, "One")

        answer = signed_in(world, "author").get(address("release_version", prompt), query)

        assert answer.status_code == 404

    def test_prompt_without_a_version_is_404(self, world, prompt):
        assert signed_in(world, "author").get(address("release_version", prompt)).status_code == 404

    def test_t21_nothing_but_the_form_is_taken(self, world, prompt):
        """Fields of the row that a client sends are not heard."""
        world.version(prompt, "One")
        typed = {"version": 1, "environment": "development", "expects": ""}

        signed_in(world, "author").post(
            address("release_version", prompt),
            typed | {"revision": 99, "approvals_needed": 0, "how": "roll_back", "made_by": 1},
        )

        release = live_release(prompt, world.places["development"])
        assert (release.revision, release.how, release.made_by) == (1, "publish", world["author"])


class TestRollBack:
    @pytest.fixture(autouse=True)
    def two_versions(self, world, prompt):
        for words in ("One", "Two"):
            world.put_live(prompt, world.version(prompt, words), "production")

    def test_takes_three_acts(self, world, prompt):
        """Open, type why, confirm: the version is chosen already."""
        client = signed_in(world, "releaser")
        opened = client.get(address("roll_back", prompt), {"environment": "production"})

        answer = client.post(
            address("roll_back", prompt), opened.context["form"].initial | {"reason": "Rude"}
        )

        assert answer.status_code == 302
        release = live_release(prompt, world.places["production"])
        assert (release.version.number, release.how, release.reason) == (1, "roll_back", "Rude")

    def test_without_a_reason_comes_back(self, world, prompt):
        client = signed_in(world, "releaser")
        typed = client.get(address("roll_back", prompt)).context["form"].initial

        answer = client.post(address("roll_back", prompt), typed | {"reason": ""})

        assert answer.status_code == 422
        assert "Say why. Whoever looks later will want to know." in answer.content.decode()
        assert world.live(prompt, "production") == 2

    def test_stale_comes_back_with_the_reason_typed(self, world, prompt):
        client = signed_in(world, "releaser")
        typed = client.get(address("roll_back", prompt)).context["form"].initial
        world.put_live(prompt, world.version(prompt, "Three"), "production")

        stale = client.post(address("roll_back", prompt), typed | {"reason": "Rude words"})

        page = stale.content.decode()
        assert stale.status_code == 409
        assert "Releaser made v3 live in Production meanwhile" in page
        assert "Rude words" in page
        assert world.live(prompt, "production") == 3

    def test_htmx_gets_the_panel_alone(self, world, prompt):
        page = signed_in(world, "releaser").get(address("roll_back", prompt), headers=HTMX)

        assert "<html" not in page.content.decode()
        assert 'id="panel"' in page.content.decode()
