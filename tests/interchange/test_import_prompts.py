from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from apps.audit.models import AuditEntry
from apps.core.errors import NotAllowed
from apps.prompts.actions import archive_prompt, make_version, restore_prompt, save_block
from apps.prompts.models import Prompt, Version
from apps.prompts.queries import (
    contributors_between,
    draft_document,
    draft_of,
    drafts_of,
    version_document,
)
from apps.prompts.queries.documents import blocks_in_order
from apps.teams.actions import grant
from tests.prompts.conftest import House, make_house

SAMPLES = Path(__file__).parents[1] / "data" / "prompt-histories.jsonl"
TEXTS = ("# ROLE\n\nYou are {{name}}.", "# ROLE\n\nYou are {{name}}, and {{x y}}.\n")


@pytest.fixture
def house(db: None) -> House:
    return make_house()


def line(name, *texts, at=1_700_000_000):
    versions = [
        {"version": n, "at": at + n, "author": f"contributor-{n}", "message": f"m{n}", "text": text}
        for n, text in enumerate(texts, 1)
    ]
    return json.dumps({"name": name, "versions": versions}) + "\n"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "prompts.jsonl"
    path.write_text(line("one", *TEXTS), encoding="utf-8")
    return path


def run(path, **options):
    out, err = io.StringIO(), io.StringIO()
    call_command("import_prompts", str(path), stdout=out, stderr=err, **options)
    return out.getvalue().strip(), err.getvalue().strip()


def test_import_prompts_brings_every_version_in(house):
    wanted = [json.loads(text) for text in SAMPLES.read_text(encoding="utf-8").split("\n") if text]

    out, err = run(SAMPLES)

    assert (out, err) == (
        "12 prompts with 77 versions imported into imported; 0 prompts already here;"
        " 0 lines skipped.",
        "",
    )
    for source in wanted:
        prompt = Prompt.objects.get(path=f"imported/{source['name']}")
        kept = list(prompt.versions.order_by("number"))
        assert [version.number for version in kept] == list(range(1, len(kept) + 1))
        assert [
            (version.reason, version.original_author, version.original_at.timestamp())
            for version in kept
        ] == [(v["message"], v["author"], v["at"]) for v in source["versions"]]
        assert draft_document(draft_of(prompt)) == version_document(kept[-1])


def test_import_prompts_again_adds_nothing(house, file):
    run(file)
    entries = AuditEntry.objects.count()

    out, _err = run(file)

    assert out == (
        "0 prompts with 0 versions imported into imported; 1 prompt already here; 0 lines skipped."
    )
    assert Version.objects.filter(prompt__path="imported/one").count() == 2
    assert AuditEntry.objects.count() == entries


def test_import_prompts_adds_what_is_new(house, file):
    run(file)
    file.write_text(line("one", *TEXTS, "Third."), encoding="utf-8")

    out, _err = run(file)

    prompt = Prompt.objects.get(path="imported/one")
    assert out.startswith("1 prompt with 1 version imported")
    assert prompt.versions.count() == 3
    assert [block.body for block in blocks_in_order(draft_of(prompt))] == ["Third."]


def test_import_prompts_keeps_a_draft_that_somebody_changed(house, file):
    run(file)
    prompt = Prompt.objects.get(path="imported/one")
    grant(prompt.namespace, role="author", to=house.ana, actor=house.admin)
    block = blocks_in_order(draft_of(prompt))[0]
    save_block(block, revision=block.revision, body="Mine.", actor=house.ana)
    file.write_text(line("one", *TEXTS, "Third."), encoding="utf-8")

    run(file)

    assert [block.body for block in blocks_in_order(draft_of(prompt))] == ["Mine."]
    assert prompt.versions.count() == 3
    assert list(drafts_of(prompt)) == []


def test_import_prompts_leaves_a_prompt_in_the_archive_alone(house, file):
    run(file)
    prompt = Prompt.objects.get(path="imported/one")
    grant(prompt.namespace, role="author", to=house.ana, actor=house.admin)
    archive_prompt(prompt, actor=house.ana)
    file.write_text(line("one", *TEXTS, "Third.") + line("two", *TEXTS), encoding="utf-8")
    entries = AuditEntry.objects.count()

    out, err = run(file)

    assert out.startswith("1 prompt with 2 versions imported")
    assert out.endswith("1 line skipped.")
    assert err == ("Line 1 is skipped. “One” is archived. Take it out of the archive to change it.")
    assert prompt.versions.count() == 2
    assert AuditEntry.objects.count() == entries + 1
    restore_prompt(prompt, actor=house.ana)
    assert run(file)[0].startswith("1 prompt with 1 version imported")


def test_import_prompts_declares_the_variables_that_fit(house, file):
    run(file)

    document = version_document(Version.objects.get(number=2))
    assert [(v["name"], v["type"], v["required"]) for v in document["variables"]] == [
        ("name", "text", True)
    ]
    assert [block["type"] for block in document["blocks"]] == ["role"]


def test_import_prompts_credits_who_imports(house, file):
    run(file)

    prompt = Prompt.objects.get(path="imported/one")
    assert contributors_between(prompt, 0, 2) == {house.admin.pk}
    entry = AuditEntry.objects.get(event="prompts.prompt.imported")
    assert (entry.actor_id, entry.data) == (
        str(house.admin.pk),
        {"path": "imported/one", "versions": 2},
    )


def test_import_prompts_names_bad_lines_and_goes_on(house, file):
    file.write_text("nonsense\n" + line("one", *TEXTS), encoding="utf-8")

    out, err = run(file)

    assert err == "Line 1 is skipped. It is not JSON."
    assert out.endswith("1 line skipped.")
    assert Prompt.objects.filter(path="imported/one").exists()


def test_import_prompts_passes_over_a_prompt_that_was_written_here(house, file):
    file.write_text(line("reply", "Theirs."), encoding="utf-8")
    document = draft_document(house.draft)

    _out, err = run(file, namespace="support")

    assert err == (
        "Line 1 is skipped. There is another prompt at support/reply, which was not imported."
    )
    assert draft_document(house.draft) == document


@pytest.mark.parametrize("text", ["", "nonsense\n"])
def test_import_prompts_fails_when_nothing_can_be_read(house, file, text):
    file.write_text(text, encoding="utf-8")

    with pytest.raises(CommandError, match="No line of the file could be read"):
        run(file)


def test_import_prompts_fails_without_the_file(house, tmp_path):
    with pytest.raises(CommandError, match="cannot be read: No such file or directory"):
        run(tmp_path / "none.jsonl")


def test_import_prompts_has_the_rights_of_the_person(house, file):
    with pytest.raises(CommandError, match="You may not edit here"):
        run(file, namespace="support", email="viewer@example.org")
    with pytest.raises(CommandError, match="There is no namespace support that Outsider may see"):
        run(file, namespace="support", email="outsider@example.org")
    with pytest.raises(CommandError, match="There is no active person"):
        run(file, email="nobody@example.org")
    run(file, namespace="support", email="ANA@example.org")

    assert Prompt.objects.get(path="support/one").versions.first().author == house.ana


def test_import_prompts_makes_the_namespaces_on_the_way(house, file):
    run(file, namespace="from/outside")

    assert Prompt.objects.filter(path="from/outside/one").exists()


@pytest.mark.parametrize("namespace", ["", "A", "a//b"])
def test_import_prompts_refuses_a_path_that_cannot_be(house, file, namespace):
    with pytest.raises(CommandError):
        run(file, namespace=namespace)


def test_an_admin_may_import_and_not_rewrite(house, file):
    run(file)
    prompt = Prompt.objects.get(path="imported/one")

    with pytest.raises(NotAllowed):
        make_version(draft_of(prompt), reason="x", actor=house.admin)
