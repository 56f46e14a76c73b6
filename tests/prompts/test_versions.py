from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import DatabaseError, connection, connections, transaction

from apps.audit.models import AuditEntry
from apps.core.errors import Invalid, NotAllowed, NotPossible, NotVisible, Refused
from apps.prompts import content
from apps.prompts.actions import make_version, restore_version, save_block, take_over_draft
from apps.prompts.editing import editor
from apps.prompts.models import Version
from apps.prompts.queries import (
    contributors_between,
    draft_contributors,
    draft_document,
    drafts_of,
    version_document,
)
from tests.prompts.conftest import make_house


def write(house, body, who=None):
    block = house.block("instructions")
    save_block(block, revision=block.revision, body=body, actor=who or house.ana)


def version(house, body, who=None):
    write(house, body, who)
    return make_version(house.draft, reason=f"Says {body}", actor=who or house.ana)


def test_make_version_keeps_the_canonical_bytes(house):
    made = version(house, "Be kind.")

    kept = Version.objects.get(pk=made.pk)
    assert bytes(kept.content) == content.canonical_bytes(draft_document(house.draft))
    assert kept.content_hash == content.content_hash(bytes(kept.content))
    assert (kept.number, kept.author, kept.reason) == (1, house.ana, "Says Be kind.")
    assert house.draft.base == kept


def test_make_version_is_in_the_trail_without_its_text(house):
    made = version(house, "A secret recipe.")

    entry = AuditEntry.objects.get(event="prompts.version.made")
    assert (entry.target_id, entry.reason) == (str(made.pk), "Says A secret recipe.")
    assert entry.data == {
        "prompt": "support/reply",
        "prompt_id": house.prompt.pk,
        "number": 1,
        "content_hash": made.content_hash,
    }


def test_make_version_of_the_same_content_is_not_possible(house):
    version(house, "Be kind.")

    with pytest.raises(NotPossible) as refused:
        make_version(house.draft, reason="Again", actor=house.ana)

    assert refused.value.verdict.sentence == (
        "Nothing changed since v1, so there is no new version to save."
    )


def test_make_version_needs_a_reason(house):
    with pytest.raises(Invalid) as refused:
        make_version(house.draft, reason=" \n", actor=house.ana)

    assert list(refused.value.errors) == ["reason"]


def test_make_version_needs_edit(house):
    write(house, "Be kind.")

    with pytest.raises(NotAllowed):
        make_version(house.draft, reason="Why", actor=house.viewer)
    with pytest.raises(NotAllowed):
        make_version(house.draft, reason="Why", actor=house.admin)
    with pytest.raises(NotVisible):
        make_version(house.draft, reason="Why", actor=house.outsider)
    made = make_version(house.draft, reason="Why", actor=house.ben)

    assert made.number == 1


def test_make_version_of_over_a_mebibyte_says_so(house):
    from apps.prompts.actions import add_block

    body = "a" * (256 * 1024)
    for _ in range(4):
        block = add_block(house.draft, type="custom", actor=house.ana)
        save_block(block, revision=1, body=body, actor=house.ana)

    with pytest.raises(Invalid) as refused:
        make_version(house.draft, reason="Long", actor=house.ana)

    assert refused.value.sentence.startswith("This version holds 1,025 KiB; the most is 1,024 KiB.")


def test_contributors_are_those_who_changed_the_draft_since_the_last_version(house):
    version(house, "One.", house.ana)
    write(house, "Two.", house.ben)
    made = make_version(house.draft, reason="Two", actor=house.ana)
    version(house, "Three.", house.ana)

    assert contributors_between(house.prompt, 1, made.number) == {house.ana.pk, house.ben.pk}
    assert contributors_between(house.prompt, 0, 1) == {house.ana.pk}
    assert contributors_between(house.prompt, 2, 3) == {house.ana.pk}
    assert draft_contributors(house.draft) == set()


def test_restore_version_writes_the_old_content_into_the_draft(house):
    first = version(house, "One.")
    second = version(house, "Two.")

    restore_version(first, reason="Two was worse", actor=house.ben)

    assert draft_document(house.draft) == version_document(first)
    assert house.draft.base == second
    assert draft_contributors(house.draft) == {house.ana.pk, house.ben.pk}
    assert list(drafts_of(house.prompt)) == []
    entry = AuditEntry.objects.get(event="prompts.version.restored")
    assert (entry.target_id, entry.reason) == (str(first.pk), "Two was worse")


def test_restore_version_names_the_writers_of_the_words_that_come_back(house):
    first = version(house, "Words of Ana.", house.ana)
    version(house, "Words of Ben.", house.ben)

    restore_version(first, actor=house.ben)
    made = make_version(house.draft, reason="As before", actor=house.ben)

    assert contributors_between(house.prompt, 2, made.number) == {house.ana.pk, house.ben.pk}


def test_restore_version_keeps_an_unsaved_draft_by_name(house):
    first = version(house, "One.")
    write(house, "Unsaved words.", house.ben)
    unsaved = draft_document(house.draft)

    restore_version(first, actor=house.ana)

    (kept,) = drafts_of(house.prompt)
    assert kept.name.startswith("Before restoring v1")
    assert draft_document(kept) == unsaved
    assert draft_contributors(kept) == {house.ben.pk}


def test_take_over_draft_brings_the_kept_text_and_its_writers_back(house):
    first = version(house, "One.")
    write(house, "Unsaved words.", house.ben)
    unsaved = draft_document(house.draft)
    restore_version(first, actor=house.ana)

    take_over_draft(drafts_of(house.prompt)[0], actor=house.ana)

    assert draft_document(house.draft) == unsaved
    assert draft_contributors(house.draft) >= {house.ben.pk, house.ana.pk}


def test_restored_draft_makes_a_version_of_the_same_hash(house):
    first = version(house, "One.")
    version(house, "Two.")
    restore_version(first, actor=house.ana)

    third = make_version(house.draft, reason="Back to one", actor=house.ana)

    assert (third.number, third.content_hash) == (3, first.content_hash)


def test_editor_says_whether_the_draft_differs_from_the_latest_version(house):
    version(house, "One.")
    assert editor(house.ana, house.prompt).changed is False

    write(house, "Two.")

    shown = editor(house.ana, house.prompt)
    assert (shown.changed, shown.stale) == (True, False)


REFUSED = (
    "UPDATE prompts_version SET reason = 'x'",
    "DELETE FROM prompts_version",
    "TRUNCATE prompts_version CASCADE",
    "UPDATE prompts_versioncontributor SET person_id = person_id",
    "DELETE FROM prompts_versioncontributor",
)


@pytest.mark.parametrize("alias", ["default", "owner"])
@pytest.mark.parametrize("sql", REFUSED)
def test_a_version_is_never_rewritten(own_database, alias, sql):
    """The run-time role has no right to; the owner is stopped by the triggers."""
    house = make_house()
    made = version(house, "One.")
    before = bytes(made.content)

    with pytest.raises(DatabaseError), connections[alias].cursor() as cursor:
        cursor.execute(sql)

    assert bytes(Version.objects.get().content) == before
    assert contributors_between(house.prompt, 0, 1) == {house.ana.pk}


def test_a_version_without_an_audit_entry_is_refused(own_database):
    house = make_house()
    made = version(house, "One.")
    copy = Version(prompt=house.prompt, number=2, content=b"{}", content_hash="sha256:0")

    with pytest.raises(DatabaseError, match="has no audit entry"), transaction.atomic():
        copy.save()

    assert list(Version.objects.all()) == [made]


def test_a_gap_in_the_numbers_is_refused(house):
    copy = Version(prompt=house.prompt, number=2, content=b"{}", content_hash="sha256:0")

    with pytest.raises(DatabaseError, match="version 2 does not follow version 0"):
        copy.save()


def test_two_people_make_versions_at_once_without_a_gap(own_database):
    house = make_house()
    barrier = Barrier(8)

    def work(number):
        try:
            barrier.wait(10)
            write(house, f"Text {number}.", (house.ana, house.ben)[number % 2])
            return make_version(house.draft, reason="Race", actor=house.ana).number
        except Refused as refusal:
            assert refusal.code == "nothing_changed"
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        numbers = [number for number in pool.map(work, range(8)) if number]

    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 1
