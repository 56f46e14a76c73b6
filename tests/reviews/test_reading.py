from __future__ import annotations

from apps.prompts.compare import compare
from apps.prompts.content import new_block, new_content, new_variable
from apps.reviews.reading import read

ROLE = new_block("role", body="You are polite.")
STEPS = new_block("instructions", body="Thank the customer. Say that it takes 3 days.")
RULES = new_block("guardrails", body="Never promise a date.")
OTHER = {**STEPS, "body": "Thank the customer. Say that it takes 5 to 10 days."}
LATE = new_block("context", title="# Late refunds", body="After 10 days it is late.")


def document(*blocks, **more):
    return new_content() | {"blocks": list(blocks)} | more


def shape(reading):
    return [
        (
            group.words
            if group.unchanged
            else [(b.change.label, b.what, b.tone) for b in group.blocks]
        )
        for group in reading.groups
    ]


def test_reading_folds_what_is_the_same_and_says_what_happened():
    reading = read(compare(document(ROLE, STEPS, RULES), document(ROLE, RULES, OTHER, LATE)))

    assert shape(reading) == [
        "Role is unchanged",
        [
            ("Guardrails", "Moved from place 3 to 2, same words", "mv"),
            ("Instructions", "Edited", ""),
            ("Late refunds", "Added", "add"),
        ],
    ]
    assert (reading.changed, reading.total, reading.same) == (3, 4, False)


def test_reading_says_where_a_block_was_and_what_is_not_there():
    reading = read(
        compare(document(ROLE, STEPS, RULES), document(ROLE, RULES, STEPS)),
        old_label="v12, live", new_label="v14",
    )  # fmt: skip
    moved = [block for group in reading.groups for block in group.blocks if block.tone == "mv"]
    gone = read(compare(document(ROLE), document()), old_label="v12, live", new_label="v14")

    assert [block.old_note for block in moved] == ["Was after Instructions"]
    removed = gone.groups[0].blocks[0]
    assert (removed.tone, removed.new_note, removed.what) == ("rm", "Not there any more", "Removed")


def test_reading_of_nothing_before_has_everything_added():
    reading = read(compare(None, document(ROLE)), old_label="Nothing live yet", new_label="v1")

    block = reading.groups[0].blocks[0]
    assert (block.tone, block.old_note) == ("add", "Was not there")


def test_final_text_leaves_out_what_was_removed_and_folds_nothing():
    reading = read(compare(document(ROLE, STEPS), document(ROLE)), view="final")

    assert [(group.unchanged, len(group.blocks)) for group in reading.groups] == [(False, 1)]


def test_variables_and_settings_are_rows_with_both_sides():
    old = document(ROLE, variables=[new_variable("name")])
    new = document(
        ROLE,
        variables=[
            new_variable("name", required=False, default="you"),
            new_variable("mood", type="choice", choices=["calm", "angry"]),
        ],
        rendering={"kind": "chat", "headings": "xml"},
    )

    rows = [(r.thing, r.field, r.old, r.new) for r in read(compare(old, new)).fields]

    assert rows == [
        ("{{name}}", "Default", "nothing", "you"),
        ("{{name}}", "Required", "yes", "no"),
        ("{{mood}}", "Added", "", "Choice, required, one of calm, angry"),
        ("", "Rendering: Headings", old["rendering"]["headings"], "xml"),
    ]
