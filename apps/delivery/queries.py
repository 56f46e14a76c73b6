"""What the delivery reads from the database, as records. For the system: scope is checked later."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db import connection
from django.db.models import Q

from apps.audit.models import AuditEntry
from apps.delivery.records import Arm, Former, KeyRecord, Place, Served, instant
from apps.environments.key_queries import keys_of
from apps.environments.models import ApiKey, Deployment, Environment, Label, Release
from apps.prompts.models import Prompt, Version
from apps.prompts.queries.paths import held_paths

CHUNK = 100
Pointer = tuple[int, int, int, int]  # environment, prompt, release, revision
Named = tuple[int, int, str, int]  # environment, prompt, label, release
Entry = tuple[int, str, str, int | None]  # seq, event, target, namespace


def newest_seq() -> tuple[int, float]:
    """The newest entry, and what time it is by the database (seconds since 1970)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(max(seq), 0), extract(epoch FROM clock_timestamp())::float8"
            " FROM audit_auditentry"
        )
        seq, now = cursor.fetchone()
    return int(seq), float(now)


def hash_of(seq: int) -> str:
    """The hash of an entry; empty where there is none."""
    return AuditEntry.objects.filter(seq=seq).values_list("hash", flat=True).first() or ""


def entries_after(seq: int) -> list[Entry]:
    rows = AuditEntry.objects.filter(seq__gt=seq, outcome="done").order_by("seq")
    return list(rows.values_list("seq", "event", "target_id", "namespace_id"))


def key_records(pks: Iterable[int] | None = None) -> list[KeyRecord]:
    return [_key_record(key) for key in keys_of(pks)]


def _key_record(key: ApiKey) -> KeyRecord:
    where = key.environment
    return KeyRecord(
        id=key.pk,
        kind=key.kind,
        selector=key.selector,
        secret_hash=key.secret_hash,
        environment_id=where.pk,
        environment=where.name,
        any_version=where.position is None and not where.protected,
        namespaces=frozenset(place.pk for place in key.namespaces.all()),
        expires_at=key.expires_at.timestamp(),
        revoked=key.revoked_at is not None,
    )


def places(namespace: int | None = None) -> list[Place]:
    """Every prompt, or those of one namespace."""
    rows = Prompt.objects.all() if namespace is None else Prompt.objects.filter(namespace=namespace)
    columns = rows.order_by().values_list("pk", "path", "namespace__lineage")
    former = _former_lineages()
    return [
        Place(pk, path, frozenset(lineage) | former.get(pk, set())) for pk, path, lineage in columns
    ]


def _former_lineages() -> dict[int, set[int]]:
    """Prompt → where it was lately: keys of there may fetch it while its former path holds."""
    found: dict[int, set[int]] = {}
    for pk, lineage in held_paths().values_list("prompt_id", "namespace__lineage").order_by():
        found.setdefault(pk, set()).update(lineage)
    return found


def former_paths() -> list[Former]:
    """Every path that still leads on to where its prompt is now."""
    columns = held_paths().order_by().values_list("path", "prompt_id", "made_at", "until")
    return [Former(path, pk, at.timestamp(), end.timestamp()) for path, pk, at, end in columns]


def pointers(namespace: int | None = None) -> list[Pointer]:
    """What is live where: everything, or the prompts of one namespace."""
    rows = Deployment.objects.all()
    if namespace is not None:
        rows = rows.filter(prompt__namespace=namespace)
    return list(rows.values_list("environment_id", "prompt_id", "release_id", "revision"))


def labels() -> list[Named]:
    """Every label and the release that it names."""
    columns = ("environment_id", "prompt_id", "name", "release_id")
    return list(Label.objects.order_by().values_list(*columns))


def served(releases: Iterable[int], *, whole: bool = False) -> Iterator[Served]:
    """The versions of these releases, some at a time: a version may hold 1 MiB. `whole`: their own
    versions alone, without the shares of a split."""
    wanted = list(releases)
    for start in range(0, len(wanted), CHUNK):
        rows = Release.objects.filter(pk__in=wanted[start : start + CHUNK]).order_by()
        found = list(rows.select_related("version__prompt__successor", "prompt", "environment"))
        arms = {} if whole else _arms(found)
        for release in found:
            yield _served(release.version, release.environment, release, arms.get(release.pk))


def served_version(
    prompt: int, number: int, environment: int, *, unreleased: bool
) -> Served | None:
    """A version by its number, if it was released in the environment; `unreleased`: in any case."""
    releases = Release.objects.filter(
        prompt=prompt, environment=environment, version__number=number
    ).select_related("version__prompt__successor", "environment")
    last = releases.order_by("-revision").first()
    if last is not None:
        return _served(last.version, last.environment, last)
    if not unreleased:
        return None
    version = (
        Version.objects.filter(prompt=prompt, number=number)
        .select_related("prompt__successor")
        .first()
    )
    return _served(version, Environment.objects.get(pk=environment), None) if version else None


def version_ids(wanted: Collection[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """(prompt, number) → id, for those that exist."""
    rows = Version.objects.filter(
        prompt__in={prompt for prompt, _ in wanted}, number__in={number for _, number in wanted}
    )
    found = rows.values_list("prompt", "number", "pk")
    return {(prompt, number): pk for prompt, number, pk in found}


def _deprecated(prompt: Prompt) -> dict[str, Any] | None:
    since = prompt.deprecated_at or prompt.archived_at
    if since is None:
        return None
    return {
        "since": instant(since),
        "sunset": prompt.sunset.isoformat() if prompt.sunset else None,
        "successor": prompt.successor.path if prompt.successor else None,
    }


def with_predecessors(prompts: Iterable[int]) -> set[int]:
    """These, and the deprecated ones whose answers name one of them as their successor."""
    told = set(prompts)
    rows = Prompt.objects.filter(successor__in=told)
    return told | set(rows.order_by().values_list("pk", flat=True))


def version_numbers(prompt: int, environment: int, *, unreleased: bool) -> list[int]:
    """The versions that a key may ask for, newest first."""
    rows = Version.objects.filter(prompt=prompt)
    if not unreleased:
        rows = rows.filter(releases__environment=environment)
    return list(rows.order_by("-number").values_list("number", flat=True).distinct())


def _arms(releases: Iterable[Release]) -> dict[int, dict[str, Arm]]:
    """Release → the versions of its arms, for those that run by steps."""
    splits = [(release, release.split["arms"]) for release in releases if release.split]
    wanted = Q()
    for release, arms in splits:
        wanted |= Q(prompt=release.prompt_id, number__in=[arm["version"] for arm in arms])
    rows = Version.objects.filter(wanted) if splits else Version.objects.none()
    known = {
        (row.prompt_id, row.number): Arm(row.number, row.content_hash, bytes(row.content))
        for row in rows
    }
    return {
        release.pk: {arm["arm"]: known[(release.prompt_id, arm["version"])] for arm in arms}
        for release, arms in splits
    }


def _served(
    version: Version,
    environment: Environment,
    release: Release | None,
    arms: dict[str, Arm] | None = None,
) -> Served:
    return Served(
        prompt_id=version.prompt_id,
        path=version.prompt.path,
        number=version.number,
        environment_id=environment.pk,
        environment=environment.name,
        release_id=release.pk if release else None,
        revision=release.revision if release else None,
        released_at=release.made_at if release else None,
        content_hash=version.content_hash,
        content=bytes(version.content),
        deprecated=_deprecated(version.prompt),
        split=release.split if release and arms else None,
        arms=arms or {},
    )
