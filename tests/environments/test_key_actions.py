"""Keys are made and revoked by those who manage their namespaces; T8, T9."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import AuditEntry, AuditLabel
from apps.audit.queries import Filters, filtered
from apps.audit.sentences import sentence
from apps.core.errors import Invalid, NotAllowed, NotPossible, NotVisible
from apps.environments.actions import create_key, revoke_key
from apps.environments.actions.keys import note_key_use
from apps.environments.key_queries import key_for, keys_for
from apps.environments.keys import fits, parse_key
from apps.environments.models import ApiKey
from apps.teams.actions import create_namespace, grant, revoke
from apps.teams.queries import root_namespace, visible_entries
from tests.releases.test_t01_unauthorised import BACKEND

LABELS = {"actor": "Ana", "target": "Till"}


def make(world, actor="admin", place="production", **more):
    options = {"name": "Help desk", "kind": "read", "namespaces": [world.desk], **more}
    return create_key(world.places[place], owner=world["admin"], actor=world[actor], **options)


def test_key_is_kept_as_a_hash_and_expires_in_90_days(world):
    key, text = make(world)

    assert parse_key(text).environment == "production"
    assert parse_key(text).selector == key.selector
    assert fits(text, key.secret_hash)
    assert abs(key.expires_at - timezone.now() - timedelta(days=90)) < timedelta(minutes=1)


def test_t8_key_is_in_no_row_of_the_database(world):
    from django.apps import apps
    from django.core import serializers

    key, text = make(world)
    revoke_key(key, reason="Rotated", actor=world["admin"])
    secret = text.split("_")[-2]

    rows = [row for model in apps.get_models() for row in model._default_manager.all()]
    dump = serializers.serialize("json", rows)

    assert key.selector in dump
    assert secret not in dump


def test_key_creation_is_one_entry_of_the_trail(world):
    key, _ = make(world)

    entry = AuditEntry.objects.get(event="environments.key.created")
    assert (entry.target_id, entry.environment, entry.namespace_id) == (
        str(key.pk), "production", world.desk.pk,
    )  # fmt: skip
    assert entry.data == {"namespaces": [world.desk.pk]}
    assert AuditLabel.objects.get(entry=entry, role="target").label == "Help desk"


@pytest.mark.parametrize(
    ("actor", "error"),
    [("author", NotAllowed), ("releaser", NotAllowed), ("outsider", NotVisible)],
)
def test_key_needs_manage_on_its_namespace(world, actor, error):
    before = ApiKey.objects.count()

    with pytest.raises(error):
        make(world, actor)

    assert ApiKey.objects.count() == before
    denied = AuditEntry.objects.get(event="environments.key.created", outcome="denied")
    assert denied.actor_id == str(world[actor].pk)


def test_refused_keys_are_read_in_words_by_who_manages_the_namespace(world):
    key, _ = make(world)
    with pytest.raises(NotAllowed):
        make(world, "author")
    with pytest.raises(NotAllowed):
        revoke_key(key, reason="Lost", actor=world["author"])

    entries = visible_entries(world["admin"]).filter(outcome="denied").order_by("seq")
    assert [(entry.namespace_id, sentence(entry, LABELS)) for entry in entries] == [
        (world.desk.pk, "Ana tried to make a key for Production"),
        (world.desk.pk, "Ana tried to revoke the key Till"),
    ]


def test_key_needs_manage_on_every_namespace(world):
    other = create_namespace(root_namespace(), segment="other", purpose="", actor=world["admin"])
    grant(world.desk, role="admin", to=world["author"], actor=world["admin"])

    made = make(world, "author")
    with pytest.raises(NotVisible):
        make(world, "author", namespaces=[world.desk, other])

    assert made[0].pk


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"kind": "admin"}, "kind"),
        ({"kind": "write"}, "owner"),
        ({"namespaces": []}, "namespaces"),
        ({"expires_in_days": 0}, "expires_in_days"),
        ({"expires_in_days": 366}, "expires_in_days"),
    ],
)
def test_key_of_a_wrong_form_is_refused_by_field(world, change, field):
    with pytest.raises(Invalid) as refused:
        make(world, **change)

    assert list(refused.value.errors) == [field]


def test_revoke_needs_a_reason_and_works_once(world):
    key, _ = make(world)

    with pytest.raises(Invalid):
        revoke_key(key, reason="  ", actor=world["admin"])
    with pytest.raises(NotAllowed):
        revoke_key(key, reason="Lost", actor=world["author"])
    revoke_key(key, reason="Lost", actor=world["admin"])
    with pytest.raises(NotPossible):
        revoke_key(key, reason="Lost", actor=world["admin"])

    key.refresh_from_db()
    assert key.revoked_at is not None
    assert AuditEntry.objects.get(event="environments.key.revoked", outcome="done").reason == "Lost"


def test_keys_are_seen_by_those_who_manage_a_namespace_of_theirs(world):
    key, _ = make(world)

    assert list(keys_for(world["admin"])) == [key]
    assert list(keys_for(world["author"])) == []
    assert key_for(world["admin"], key.pk) == key
    with pytest.raises(NotVisible):
        key_for(world["author"], key.pk)


def test_key_names_only_the_namespaces_that_its_reader_may_see(world, client):
    others = [
        create_namespace(root_namespace(), segment=name, purpose="", actor=world["admin"])
        for name in ("mergers", "layoffs")
    ]
    make(world, namespaces=[world.desk, *others])
    make(world, name="Till")
    grant(world.desk, role="admin", to=world["author"], actor=world["admin"])
    address = reverse("pages:admin_keys")

    def shown(actor):
        client.force_login(world[actor], backend=BACKEND)
        return client.get(address).content.decode()

    part, whole = shown("author"), shown("admin")

    assert ("mergers" in part, "layoffs" in part) == (False, False)
    assert "desk and 2 more<" in part
    assert part.count(" more<") == 1
    assert "desk, layoffs, mergers<" in whole
    found = {key.name: (key.places, key.hidden) for key in keys_for(world["author"])}
    assert found == {"Help desk": ([world.desk], 2), "Till": ([world.desk], 0)}


def test_key_use_is_written_to_the_minute_and_only_forward(world):
    key, _ = make(world)
    now = timezone.now().replace(second=40)

    wrote = [
        note_key_use({key.pk}, at=now),
        note_key_use({key.pk}, at=now + timedelta(seconds=10)),
        note_key_use({key.pk}, at=now - timedelta(minutes=3)),
    ]

    key.refresh_from_db()
    assert wrote == [1, 0, 0]
    assert key.last_used_at == now.replace(second=0, microsecond=0)


def run(*words):
    out = StringIO()
    call_command("create_key", *words, stdout=out)
    return out.getvalue()


COMMAND = ("--kind", "read", "--environment", "production", "--namespace", "desk")


def test_command_prints_the_key_alone(world):
    printed = run(*COMMAND)

    key = ApiKey.objects.get()
    assert fits(printed.removesuffix("\n"), key.secret_hash)
    assert (key.owner, key.name) == (world["admin"], "desk in production")


def test_command_acts_with_the_rights_of_the_named_person(world):
    grant(world.desk, role="admin", to=world["author"], actor=world["admin"])

    run(*COMMAND, "--as", "Author@test.example", "--days", "7", "--name", "Till")

    key = ApiKey.objects.get()
    assert (key.owner, key.name) == (world["author"], "Till")
    assert key.expires_at - timezone.now() < timedelta(days=7)


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        (("--environment", "moon", "--namespace", "desk"), "There is no environment “moon”."),
        (("--environment", "staging", "--namespace", "no"), "There is no namespace “no”"),
        ((*COMMAND, "--as", "nobody@test.example"), "Nobody with the address nobody@test.example"),
        ((*COMMAND, "--as", "author@test.example"), "You may not manage this namespace"),
        ((*COMMAND, "--days", "0"), "A key lasts 1 to 365 days."),
    ],
)
def test_command_refuses_in_one_sentence(world, words, begins):
    with pytest.raises(CommandError) as refused:
        run(*words)

    assert str(refused.value).startswith(begins)
    assert ApiKey.objects.count() == 0


def test_key_over_two_namespaces_is_one_entry_in_the_trail_of_each(world):
    other = create_namespace(world.desk.parent, segment="other", purpose="", actor=world["admin"])
    third = create_namespace(world.desk.parent, segment="third", purpose="", actor=world["admin"])
    grant(other, role="viewer", to=world["outsider"], actor=world["admin"])
    key, _ = make(world, namespaces=[world.desk, other])
    revoke_key(key, reason="Rotated", actor=world["admin"])

    def seen(person):
        rows = visible_entries(person).filter(event__startswith="environments.key.")
        return list(rows.order_by("seq").values_list("event", flat=True))

    both = ["environments.key.created", "environments.key.revoked"]
    assert seen(world["viewer"]) == seen(world["outsider"]) == seen(world["admin"]) == both
    everything = visible_entries(world["admin"]).filter(target_kind="apikey")
    in_place = [
        filtered(everything, Filters(namespaces=(space.pk,))).count()
        for space in (world.desk, other, third)
    ]
    assert in_place == [2, 2, 0]
    revoke(other, role="viewer", to=world["outsider"], actor=world["admin"])
    assert seen(world["outsider"]) == []
