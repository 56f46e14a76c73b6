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
        ],
        [],
        [("Late refunds", "Added", "add")],
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


def places(reading):
    """The lines that stand in place of a block."""
    return [group.words for group in reading.groups if not group.blocks]


def test_moved_block_is_one_card_and_a_line_where_it_stood():
    old, new = document(ROLE, STEPS, RULES), document(RULES, ROLE, STEPS)

    reading = read(compare(old, new))

    assert places(reading) == ["Guardrails stood here, and is now in place 1"]
    assert reading.groups[-1].key == RULES["key"]
    cards = [b for g in reading.groups for b in g.blocks if b.change.key == RULES["key"]]
    assert [(b.what, b.moved) for b in cards] == [("Moved from place 3 to 1, same words", True)]


def test_block_that_moved_and_was_edited_says_both():
    reading = read(compare(document(STEPS, ROLE, RULES), document(ROLE, RULES, OTHER)))

    said = [b.what for g in reading.groups for b in g.blocks if b.moved]
    assert said == ["Edited, moved from place 1 to 3"]
    assert places(reading) == ["Instructions stood here, and is now in place 3"]


def test_added_block_says_that_it_is_off_and_whose_words_it_has():
    pinned = {**LATE, "enabled": False, "snippet": {"path": "support/tone", "version": 3}}

    reading = read(compare(document(ROLE), document(ROLE, pinned)))

    added = reading.groups[-1].blocks[0]
    assert added.what == "Added, switched off, so it is not sent, snippet: support/tone v3"
    assert reading.sentences == ["Late refunds added as Context, switched off"]


def test_snippet_that_moves_to_a_newer_version_is_said():
    before = {**LATE, "snippet": {"path": "support/tone", "version": 3}}
    after = {**before, "snippet": {"path": "support/tone", "version": 4}}

    reading = read(compare(document(before), document(after)))

    assert reading.groups[0].blocks[0].what.endswith("snippet: support/tone v3 → support/tone v4")


def test_final_text_folds_nothing_and_names_what_was_removed():
    reading = read(compare(document(ROLE, STEPS), document(ROLE)), view="final")

    assert [(group.unchanged, len(group.blocks)) for group in reading.groups] == [
        (False, 1),
        (False, 0),
    ]
    assert places(reading) == ["Instructions was removed"]


def test_together_is_the_view_that_nobody_has_to_choose():
    assert read(compare(None, document(ROLE)), view="odd").view == "together"
    assert read(compare(None, document(ROLE)), view="side").view == "side"


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
