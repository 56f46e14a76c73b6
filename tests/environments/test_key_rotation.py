"""A key and its successor: both work for a while, or the old one stops at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import AuditEntry
from apps.core.errors import Invalid, NotAllowed, NotPossible
from apps.environments.actions import create_key, revoke_key, rotate_key
from apps.environments.key_queries import keys_for
from apps.environments.keys import fits
from apps.environments.models import ApiKey
from apps.teams.actions import deactivate_person
from tests.releases.test_t01_unauthorised import BACKEND


def make(world, **more):
    options = {"kind": "read", "owner": world.admin, **more}
    return create_key(
        world.places["production"], name="Till", namespaces=[world.desk], actor=world.admin,
        **options,
    )  # fmt: skip


def test_successor_opens_the_same_and_both_work_for_the_overlap(world):
    old, _ = make(world)

    new, text = rotate_key(old, actor=world.admin)

    old.refresh_from_db()
    assert (new.kind, new.environment, new.owner, list(new.namespaces.all()), new.replaces) == (
        "read", old.environment, world.admin, [world.desk], old,
    )  # fmt: skip
    assert fits(text, new.secret_hash)
    assert abs(old.expires_at - timezone.now() - timedelta(days=7)) < timedelta(minutes=1)
    entry = AuditEntry.objects.get(event="environments.key.rotated")
    assert (entry.target_id, entry.data["successor"]) == (str(old.pk), new.pk)


def test_old_key_stops_at_once_or_never_later_than_it_would_have(world):
    now, soon = make(world)[0], make(world, expires_in_days=2)[0]
    would = soon.expires_at

    rotate_key(now, overlap_days=0, actor=world.admin)
    rotate_key(soon, overlap_days=30, actor=world.admin)

    now.refresh_from_db()
    soon.refresh_from_db()
    assert now.expires_at <= timezone.now()
    assert soon.expires_at == would


def test_key_has_one_successor_at_a_time(world):
    old, _ = make(world)
    first, _ = rotate_key(old, actor=world.admin)

    with pytest.raises(NotPossible) as refused:
        rotate_key(old, actor=world.admin)
    revoke_key(first, reason="Lost", actor=world.admin)

    assert refused.value.code == "key_rotated"
    assert rotate_key(old, actor=world.admin)[0].replaces == old


def test_rotation_is_refused_like_making_a_key(world):
    old, _ = make(world)

    with pytest.raises(NotAllowed):
        rotate_key(old, actor=world["author"])
    with pytest.raises(Invalid):
        rotate_key(old, overlap_days=31, actor=world.admin)
    assert ApiKey.objects.count() == 1
    assert rotate_key(old, overlap_days=30, actor=world.admin)
    revoked, _ = make(world)
    revoke_key(revoked, reason="Lost", actor=world.admin)
    with pytest.raises(NotPossible):
        rotate_key(revoked, actor=world.admin)


def test_successor_of_a_key_whose_owner_left_belongs_to_who_makes_it(world):
    old, _ = make(world, owner=world["viewer"])
    deactivate_person(world["viewer"], reason="Gone", actor=world.admin)

    new, _ = rotate_key(old, actor=world.admin)

    assert new.owner == world.admin


def test_keys_are_listed_the_newest_first(world):
    made = [make(world)[0] for _ in range(3)]
    ApiKey.objects.filter(pk=made[1].pk).update(created_at=made[0].created_at - timedelta(days=1))

    assert list(keys_for(world.admin)) == [made[2], made[0], made[1]]


def test_page_shows_the_new_key_once_and_the_last_use_of_the_old(world, client):
    old, _ = make(world)
    used = timezone.now().replace(second=0, microsecond=0)
    ApiKey.objects.filter(pk=old.pk).update(last_used_at=used)
    client.force_login(world.admin, backend=BACKEND)
    address = reverse("environments:rotate_key", args=[old.pk])

    form = client.get(address)
    wrong = client.post(address, {"overlap_days": "3", "expires_in_days": "90"})
    made = client.post(address, {"overlap_days": "7", "expires_in_days": "90"})
    keys = client.get(reverse("pages:admin_keys")).content.decode()

    new = ApiKey.objects.get(replaces=old)
    page = made.content.decode()
    assert (form.status_code, wrong.status_code, made.status_code) == (200, 422, 200)
    assert f"gly_production_read_{new.selector}_" in page
    assert "works beside it until" in page and "It was last used on" in page
    secret = page.split(f"gly_production_read_{new.selector}_")[1].partition('"')[0]
    assert len(secret) > 30 and secret not in keys
    assert "has a successor" in keys and f"gly_production_read_{new.selector}_…" in keys
