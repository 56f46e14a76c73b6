"""T6: one act on many prompts is many single acts. Each has its own rights, entry and refusal."""

from __future__ import annotations

import pytest

from apps.audit.models import AuditEntry
from apps.prompts.actions import archive_prompt, create_prompt
from apps.prompts.models import Prompt
from apps.prompts.states import Lifecycle
from apps.teams.actions import create_team, grant
from apps.teams.models import Namespace


@pytest.fixture
def three(house):
    """Two prompts that ana edits, and one that she sees only."""
    second = create_prompt(house.space, segment="second", name="Second", actor=house.ana)
    other = Namespace.objects.get(path="other")
    grant(other, role="viewer", to=house.ana, actor=house.admin)
    seen = create_prompt(other, segment="seen", name="Seen", actor=house.outsider)
    return [house.prompt, second, seen]


def posted(client, act, prompts, **fields):
    data = {"act": act, "prompt": [prompt.pk for prompt in prompts], **fields}
    return client.post("/prompts/-/bulk/", data)


def states(prompts):
    return [Prompt.objects.get(pk=prompt.pk).lifecycle for prompt in prompts]


def test_t06_bulk_confirm_says_what_will_happen_and_does_nothing(house, three, signed_in):
    before = AuditEntry.objects.count()

    page = posted(signed_in(house.ana), "archive", three).content.decode()

    assert page.count("goes ahead") == 2
    assert page.count("Refused.") == 1
    assert AuditEntry.objects.count() == before


def test_t06_bulk_does_each_by_its_own_action_and_reports_the_refused(house, three, signed_in):
    page = posted(signed_in(house.ana), "archive", three, step="do", reason="Old").content.decode()

    assert states(three) == [Lifecycle.ARCHIVED, Lifecycle.ARCHIVED, Lifecycle.ACTIVE]
    assert "2 of 3 done." in page
    assert AuditEntry.objects.filter(event="prompts.prompt.archived").count() == 2


def test_t06_bulk_does_not_know_what_one_may_not_see(house, three, signed_in):
    client = signed_in(house.outsider)

    page = posted(client, "archive", three, step="do", reason="Old").content.decode()

    assert states(three) == [Lifecycle.ACTIVE, Lifecycle.ACTIVE, Lifecycle.ARCHIVED]
    assert "1 of 1 done." in page
    assert "support/" not in page


def test_bulk_tags_owner_move_and_deprecation(house, three, signed_in):
    ours = three[:2]
    team = create_team(name="Desk", purpose="", actor=house.admin)
    grant(house.space, role="viewer", to=team, actor=house.admin)
    from apps.teams.actions import add_member

    add_member(team, person=house.viewer, actor=house.admin)
    below = Namespace.objects.get(path="other")
    client = signed_in(house.ana)

    posted(client, "tag", ours, step="do", tag="Cards")
    posted(client, "owner", ours, step="do", owner=team.pk, reason="Theirs")
    posted(client, "deprecate", ours, step="do", reason="Old")
    tagged = [Prompt.objects.get(pk=prompt.pk) for prompt in ours]
    refused = posted(client, "move", ours, step="do", namespace=below.path, reason="There")
    posted(client, "untag", ours, step="do", tag="cards")
    admin = signed_in(house.admin)
    posted(admin, "move", ours, step="do", namespace=below.path, reason="There")

    assert [(p.tags, p.owner, p.lifecycle) for p in tagged] == [
        (["cards"], team, Lifecycle.DEPRECATED)
    ] * 2
    assert refused.status_code == 422
    moved = [Prompt.objects.get(pk=prompt.pk) for prompt in ours]
    assert [(p.path, p.tags) for p in moved] == [("other/reply", []), ("other/second", [])]


def test_bulk_form_keeps_what_was_chosen(house, three, signed_in):
    answer = posted(signed_in(house.ana), "archive", three, step="do", reason="")

    assert answer.status_code == 422
    assert answer.content.decode().count('name="prompt"') == 3
    assert states(three) == [Lifecycle.ACTIVE] * 3


def test_bulk_without_a_choice_goes_back_and_says_so(house, signed_in):
    answer = posted(signed_in(house.ana), "nothing", [])

    assert (answer.status_code, answer.headers["Location"]) == (302, "/prompts/")


def test_bulk_reports_a_prompt_that_changed_meanwhile(house, three, signed_in):
    archive_prompt(three[0], actor=house.ana)

    page = posted(signed_in(house.ana), "archive", three[:2], step="do", reason="Old")

    assert "1 of 2 done." in page.content.decode()


def test_registry_offers_boxes_to_who_may_do_something(house, signed_in):
    box = f'name="prompt" value="{house.prompt.pk}"'

    assert box in signed_in(house.ana).get("/prompts/").content.decode()
    assert box not in signed_in(house.viewer).get("/prompts/").content.decode()
