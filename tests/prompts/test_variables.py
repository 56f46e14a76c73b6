from __future__ import annotations

import pytest

from apps.core.errors import Invalid, NotAllowed
from apps.prompts.actions import (
    change_output,
    change_settings,
    change_variable,
    declare_found_variables,
    declare_variable,
    remove_variable,
    save_block,
    save_sample,
)
from apps.prompts.content import MAX_BLOCK_BYTES
from apps.prompts.editing import editor, preview_of
from apps.prompts.models import DraftBlock, Sample, Snippet, SnippetVersion
from apps.prompts.output_fields import OutputField, fields_of, schema_of
from apps.prompts.queries import draft_document
from apps.teams.models import Namespace
from tests.prompts.conftest import make_house


def write(house, body):
    block = house.block("instructions")
    save_block(block, revision=block.revision, body=body, actor=house.ana)


def names(house):
    return [variable.name for variable in house.draft.variables.all()]


def same(variable, **changes):
    fields = ("name", "type", "required", "default", "description", "max_length", "choices")
    return {field: getattr(variable, field) for field in fields} | changes


def test_declare_found_variables_in_order_of_first_use(house):
    write(house, "{{b}} {{ a }} {{b}} {{not a name}} \\{{c}}")

    declare_found_variables(house.draft, actor=house.ana)

    assert names(house) == ["b", "a"]
    assert [v.required for v in house.draft.variables.all()] == [True, True]


def test_declare_found_variables_takes_those_named(house):
    write(house, "{{a}} {{b}}")

    declare_found_variables(house.draft, names=["b", "zzz"], actor=house.ana)

    assert names(house) == ["b"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "1st"}, "name"),
        ({"name": "a b"}, "name"),
        ({"type": "poem"}, "type"),
        ({"type": "choice"}, "choices"),
        ({"required": False, "type": "number", "default": "many"}, "default"),
        ({"default": "x"}, "default"),
        ({"description": "d" * 201}, "description"),
        ({"max_length": 0}, "max_length"),
    ],
)
def test_declare_variable_names_the_field_that_does_not_fit(house, wrong, field):
    with pytest.raises(Invalid) as refused:
        declare_variable(house.draft, **({"name": "tone"} | wrong), actor=house.ana)

    assert list(refused.value.errors) == [field]
    assert names(house) == []


def test_declare_variable_twice_is_refused(house):
    declare_variable(house.draft, name="tone", actor=house.ana)

    with pytest.raises(Invalid) as refused:
        declare_variable(house.draft, name="tone", actor=house.ben)

    assert refused.value.sentence.startswith("“tone” is declared already.")


def test_declare_variable_needs_edit(house):
    with pytest.raises(NotAllowed):
        declare_variable(house.draft, name="tone", actor=house.viewer)

    assert names(house) == []


def test_change_variable_renames_every_use(house):
    write(house, "{{tone}} and {{ tone }}, not \\{{tone}} nor {{tones}}")
    variable = declare_variable(house.draft, name="tone", actor=house.ana)
    sample = save_sample(house.prompt, name="Calm", values={"tone": "calm"}, actor=house.ana)

    change_variable(variable, **same(variable, name="voice"), actor=house.ana)

    body = house.block("instructions").body
    assert body == "{{voice}} and {{ voice }}, not \\{{tone}} nor {{tones}}"
    assert Sample.objects.get(pk=sample.pk).values == {"voice": "calm"}
    assert names(house) == ["voice"]


def pin(house, block, body):
    snippet = Snippet.objects.create(
        namespace=house.prompt.namespace, name="House rules", created_by=house.ana
    )
    version = SnippetVersion.objects.create(
        snippet=snippet, number=1, type=block.type, body=body, author=house.ana
    )
    DraftBlock.objects.filter(pk=block.pk).update(body=body, snippet_version=version)


def test_a_snippet_out_of_view_is_not_named_where_it_uses_the_variable(db):
    house = make_house()
    write(house, "Dear {{name}}")
    declare_found_variables(house.draft, actor=house.ana)
    pin(house, house.block("input"), "Never tell {{ name }} a price.")
    away = Namespace.objects.get(path="other")
    Snippet.objects.filter(name="House rules").update(namespace=away)
    variable = house.draft.variables.get()

    with pytest.raises(Invalid) as refused:
        change_variable(variable, **same(variable, name="customer"), actor=house.ana)

    [sentence] = refused.value.errors["name"]
    assert "House rules" not in sentence
    assert "may not see" in sentence


def test_change_variable_used_in_a_pinned_snippet_is_refused_whole(db):
    house = make_house()
    write(house, "Dear {{name}}")
    declare_found_variables(house.draft, actor=house.ana)
    guardrails = house.block("input")
    pin(house, guardrails, "Never tell {{ name }} a price.")
    variable = house.draft.variables.get()

    with pytest.raises(Invalid) as refused:
        change_variable(variable, **same(variable, name="customer"), actor=house.ana)

    assert "House rules" in refused.value.errors["name"][0]
    assert names(house) == ["name"]
    assert house.block("instructions").body == "Dear {{name}}"
    changed = change_variable(variable, **same(variable, required=False), actor=house.ana)
    assert changed.required is False

    DraftBlock.objects.filter(pk=guardrails.pk).update(snippet_version=None)
    change_variable(variable, **same(variable, name="customer"), actor=house.ana)
    assert house.block("input").body == "Never tell {{ customer }} a price."


def test_change_variable_to_a_name_that_a_full_block_has_no_room_for_is_refused_whole(house):
    body = "{{tone}}".rjust(MAX_BLOCK_BYTES, "x")
    write(house, body)
    declare_found_variables(house.draft, actor=house.ana)
    variable = house.draft.variables.get()

    with pytest.raises(Invalid, match="the most is 256 KiB"):
        change_variable(variable, **same(variable, name="voices"), actor=house.ana)

    assert (names(house), house.block("instructions").body) == (["tone"], body)
    change_variable(variable, **same(variable, name="tune"), actor=house.ana)
    assert house.block("instructions").body.endswith("x{{tune}}")


def test_change_variable_to_a_taken_name_changes_nothing(house):
    write(house, "{{tone}}")
    variable = declare_variable(house.draft, name="tone", actor=house.ana)
    declare_variable(house.draft, name="voice", actor=house.ana)

    with pytest.raises(Invalid):
        change_variable(variable, **same(variable, name="voice"), actor=house.ana)

    assert house.block("instructions").body == "{{tone}}"


def test_remove_variable_leaves_its_use_as_found(house):
    write(house, "{{tone}}")
    variable = declare_variable(house.draft, name="tone", actor=house.ana)

    remove_variable(variable, actor=house.ana)

    shown = editor(house.ana, house.prompt)
    assert [(found.name, found.places) for found in shown.found] == [("tone", ("Instructions",))]


def test_save_sample_refuses_a_value_of_the_wrong_type(house):
    declare_variable(house.draft, name="age", type="number", actor=house.ana)

    with pytest.raises(Invalid) as refused:
        save_sample(house.prompt, name="Old", values={"age": "very"}, actor=house.ana)
    save_sample(house.prompt, name="Old", values={"age": 90}, actor=house.ana)

    assert list(refused.value.errors) == ["age"]
    assert Sample.objects.get().values == {"age": 90}


def test_save_sample_refuses_a_taken_name_and_an_unknown_variable(house):
    save_sample(house.prompt, name="Old", values={}, actor=house.ana)

    with pytest.raises(Invalid) as taken:
        save_sample(house.prompt, name=" Old ", values={}, actor=house.ana)
    with pytest.raises(Invalid) as unknown:
        save_sample(house.prompt, name="New", values={"x": "y"}, actor=house.ana)

    assert list(taken.value.errors) == ["name"]
    assert list(unknown.value.errors) == ["x"]


def test_preview_puts_the_sample_in_and_counts_its_tokens(house):
    write(house, "Say {{word}} to {{name}}.")
    declare_found_variables(house.draft, actor=house.ana)
    save_sample(house.prompt, name="One", values={"word": "hello {{name}}"}, actor=house.ana)

    preview = preview_of(editor(house.ana, house.prompt))

    (message,) = preview.messages
    assert [(part.text, part.kind) for part in message.parts] == [
        ("Say ", "text"),
        ("hello {{name}}", "fill"),
        (" to ", "text"),
        ("{{name}}", "missing"),
        (".", "text"),
    ]
    assert preview.problems == ("“name” needs a value.",)
    assert preview.tokens == sum(share["tokens"] for share in preview.shares) == 10


def test_preview_of_values_that_would_fill_the_memory_shows_the_bare_text(house):
    write(house, "{{a}} " * 2000)
    declare_found_variables(house.draft, actor=house.ana)
    save_sample(house.prompt, name="Long", values={"a": "x" * 20_000}, actor=house.ana)

    preview = preview_of(editor(house.ana, house.prompt))

    assert {part.kind for part in preview.messages[0].parts} == {"missing", "text"}
    assert preview.problems == (
        "With these values the messages would hold over 4,194,304 bytes. Shorten them.",
    )


def test_change_settings_keeps_what_it_does_not_name(house):
    change_settings(house.draft, headings="xml", model="a/b", temperature=0.2, actor=house.ana)
    change_settings(house.draft, headings="none", model="a/c", temperature=None, actor=house.ana)

    document = draft_document(house.draft)
    assert document["rendering"] == {"kind": "chat", "headings": "none"}
    assert document["models"] == [{"model": "a/c", "parameters": {}, "overrides": {}}]


@pytest.mark.parametrize("wrong", [{"headings": "h1"}, {"temperature": 3}, {"model": "m" * 201}])
def test_change_settings_refuses_what_does_not_fit(house, wrong):
    settings = {"headings": "none", "model": "a/b", "temperature": 1} | wrong

    with pytest.raises(Invalid):
        change_settings(house.draft, **settings, actor=house.ana)

    assert draft_document(house.draft)["models"] == []


def test_change_settings_keeps_the_longest_answer_until_it_is_cleared(house):
    typed = {"headings": "none", "model": "a/b", "temperature": None, "actor": house.ana}

    change_settings(house.draft, **typed, max_tokens=300)
    assert draft_document(house.draft)["models"][0]["parameters"] == {"max_tokens": 300}
    with pytest.raises(Invalid) as refused:
        change_settings(house.draft, **typed, max_tokens=0)
    assert list(refused.value.errors) == ["max_tokens"]
    assert editor(house.ana, house.prompt).max_tokens == 300

    change_settings(house.draft, **typed, max_tokens=None)
    assert draft_document(house.draft)["models"][0]["parameters"] == {}


FIELDS = [
    OutputField("queue", "text", "One of six"),
    OutputField("age", "whole"),
    OutputField("apt", "list"),
]


def test_change_output_makes_the_schema(house):
    fields = [*FIELDS, OutputField("", "text")]

    change_output(house.draft, format="json", fields=fields, actor=house.ana)

    output = draft_document(house.draft)["output"]
    assert output["json_schema"]["required"] == ["queue", "age", "apt"]
    assert output["json_schema"]["properties"]["queue"] == {
        "type": "string",
        "description": "One of six",
    }


def test_schema_of_and_fields_of_are_inverse():
    schema = schema_of(FIELDS)
    sorted_by_json = {**schema, "properties": dict(sorted(schema["properties"].items()))}

    assert fields_of(sorted_by_json) == FIELDS
    assert schema_of([]) is None


def test_change_output_refuses_two_fields_of_one_name(house):
    twice = [OutputField("queue", "text"), OutputField("queue", "number")]

    with pytest.raises(Invalid) as refused:
        change_output(house.draft, format="json", fields=twice, actor=house.ana)

    assert refused.value.sentence == "Two fields have the same name."
