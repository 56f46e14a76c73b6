"""Where a variable is used, over all prompts that one may see."""

from __future__ import annotations

from apps.prompts.actions import archive_prompt, create_prompt, declare_variable
from apps.prompts.queries import draft_of
from apps.prompts.queries.contracts import variable_uses
from apps.teams.models import Namespace


def declared(prompt, name, type, actor):
    declare_variable(
        draft_of(prompt), name=name, type=type, required=True, default=None, description="",
        max_length=None, choices=[], actor=actor,
    )  # fmt: skip


def test_variable_uses_name_the_prompts_and_where_types_differ(house):
    other = create_prompt(house.space, segment="other", name="Other", actor=house.ana)
    for prompt, type in ((house.prompt, "text"), (other, "number")):
        declared(prompt, "customer", type, house.ana)
    declared(other, "order", "text", house.ana)

    uses = variable_uses(house.viewer)

    assert [(use.name, use.types, use.differs) for use in uses] == [
        ("customer", ["number", "text"], True), ("order", ["text"], False),
    ]  # fmt: skip
    assert [use.name for use in variable_uses(house.viewer, "ORD")] == ["order"]


def test_variable_uses_leave_out_what_one_may_not_see_and_the_archive(house):
    hidden = create_prompt(
        Namespace.objects.get(path="other"), segment="p", name="P", actor=house.outsider
    )
    declared(hidden, "secret", "text", house.outsider)
    declared(house.prompt, "customer", "text", house.ana)
    before = [use.name for use in variable_uses(house.ana)]

    archive_prompt(house.prompt, actor=house.ana)

    assert before == ["customer"]
    assert variable_uses(house.ana) == []


def test_page_of_variables_and_view_of_what_is_unused(house, signed_in):
    declared(house.prompt, "customer", "text", house.ana)

    page = signed_in(house.viewer).get("/variables/?q=cust&in=support")
    unused = signed_in(house.viewer).get("/prompts/?view=unused")

    assert "support/reply" in page.content.decode()
    assert "Fetches are written down since" in unused.content.decode()
