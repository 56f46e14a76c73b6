"""A new prompt from a template: Galley's own, or one of one's team."""

from __future__ import annotations

import pytest

from apps.prompts.actions import change_prompt
from apps.prompts.models import Prompt
from apps.prompts.queries import draft_document, draft_of
from apps.prompts.starters import starter
from tests.pages.test_prompt_pages import texts


@pytest.fixture
def live(world) -> Prompt:
    prompt = world.prompt()
    world.version(prompt, "Greet them by name.")
    return prompt


def create(client, **data):
    return client.post("/prompts/-/create/", {"name": "Made", "namespace": "desk", **data})


def made() -> Prompt:
    return Prompt.objects.get(path="desk/made")


def test_prompt_begins_with_the_blocks_variables_and_samples_of_a_starter(world, signed_in):
    answer = create(signed_in(world["author"]), begin="starter/support-reply")

    assert (answer.status_code, answer.url) == (302, "/prompts/desk/made/-/write/")
    wanted = starter("support-reply")
    found = draft_document(draft_of(made()))
    assert [b["body"] for b in found["blocks"]] == [b["body"] for b in wanted.document["blocks"]]
    assert found["variables"] == wanted.document["variables"]
    assert {sample.name for sample in made().samples.all()} == {
        "Angry customer",
        "Outside the rules",
    }


def test_without_a_template_there_are_two_empty_blocks(world, signed_in):
    create(signed_in(world["author"]), begin="")

    assert [b["type"] for b in draft_document(draft_of(made()))["blocks"]] == [
        "instructions",
        "input",
    ]


@pytest.mark.parametrize("code", ["starter/none", "prompt/desk/none", "nonsense", "starter/../x"])
def test_unknown_template_makes_nothing_and_keeps_what_was_typed(world, signed_in, code):
    answer = create(signed_in(world["author"]), begin=code, purpose="To try")

    assert answer.status_code == 422
    assert "This template is not there any more." in texts(answer)
    assert 'value="Made"' in answer.content.decode()
    assert not Prompt.objects.filter(path="desk/made").exists()


def test_template_of_the_team_lends_its_text_and_only_to_who_sees_it(world, live, signed_in):
    before = create(signed_in(world["author"]), begin=f"prompt/{live.path}")
    change_prompt(live, name=live.name, purpose="", tags=["template"],
                  actor=world["author"])  # fmt: skip

    outside = signed_in(world["outsider"]).get(f"/prompts/new/?begin=prompt/{live.path}")
    page = signed_in(world["author"]).get("/prompts/new/")
    after = create(signed_in(world["author"]), begin=f"prompt/{live.path}")

    assert before.status_code == 422
    assert "From our team" in texts(page)
    assert "Greet them by name." in texts(
        signed_in(world["author"]).get(f"/prompts/new/?begin=prompt/{live.path}")
    )
    assert "Greet them by name." not in texts(outside)
    assert "From our team" not in texts(outside)
    assert after.status_code == 302
    keys = [{b["key"] for b in draft_document(draft_of(p))["blocks"]} for p in (live, made())]
    assert keys[0] & keys[1] == set()


def test_page_shows_the_whole_template_before_it_is_used(world, signed_in):
    page = signed_in(world["author"]).get("/prompts/new/?begin=starter/contract-clause&in=desk")

    said = texts(page)
    assert "You prepare the work of a lawyer who negotiates contracts." in said
    assert "With 2 samples." in said
    assert 'value="Check a contract clause"' in page.content.decode()
