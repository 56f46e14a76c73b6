"""What the delivery reads from the database, as records. For the system: scope is checked later."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db import connection
from django.db.models import Q

from apps.delivery.intake.arms import Released
from apps.delivery.intake.kept import Keeping
from apps.delivery.models import KeepingRule
from apps.delivery.records import Arm, Former, KeyRecord, Place, Served, instant, pack
from apps.environments.key_queries import keys_of
from apps.environments.models import ApiKey, Deployment, Environment, Label, Release
from apps.prompts.models import Prompt, Version
from apps.prompts.queries.prompts import held_paths
from apps.releases.splits import as_told
from apps.teams.models import Namespace

MOST_CALL_DAYS = 92  # nobody counts the hours on which a day is dropped

CHUNK = 100
Pointer = tuple[int, int, int, int]  # environment, prompt, release, revision
Named = tuple[int, int, str, int]  # environment, prompt, label, release
Entry = tuple[int, str, str, str, int | None]  # seq, event, kind of target, target, namespace


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
    with connection.cursor() as cursor:
        cursor.execute("SELECT hash FROM audit_auditentry WHERE seq = %s", [seq])
        found = cursor.fetchone()
    return str(found[0]) if found else ""


def entries_after(seq: int) -> list[Entry]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, event, target_kind, target_id, namespace_id FROM audit_auditentry"
            " WHERE seq > %s AND outcome = 'done' ORDER BY seq",
            [seq],
        )
        return cursor.fetchall()


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
    shared: dict[frozenset[int], frozenset[int]] = {}  # one for all prompts of a namespace
    found = []
    for pk, path, lineage in columns:
        open_to = frozenset(lineage) | former.get(pk, set())
        found.append(Place(pk, path, shared.setdefault(open_to, open_to)))
    return found


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


def pointers(namespace: int | None = None, prompts: Collection[int] | None = None) -> list[Pointer]:
    """What is live where: everything, or the prompts of one namespace, or these prompts."""
    rows = Deployment.objects.all()
    if namespace is not None:
        rows = rows.filter(prompt__namespace=namespace)
    if prompts is not None:
        rows = rows.filter(prompt__in=prompts)
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


def released_versions(prompts: Collection[int], key: KeyRecord) -> dict[int, Released]:
    """Prompt → every version that was ever released in the key's environment, and in which arms of
    which splits. A development key may have called any version."""
    found: dict[int, Released] = {}
    if key.any_version:
        versions = Version.objects.filter(prompt__in=prompts).order_by()
        for prompt, number, pk in versions.values_list("prompt", "number", "pk"):
            found.setdefault(prompt, Released()).versions[number] = pk
    rows = Release.objects.filter(prompt__in=prompts, environment=key.environment_id)
    columns = ("prompt", "revision", "version__number", "version_id", "split", "made_at")
    for prompt, revision, number, pk, split, at in rows.order_by("pk").values_list(*columns):
        one = found.setdefault(prompt, Released())
        one.revision, one.versions[number] = max(one.revision, revision), pk
        for arm in as_told(split)["arms"] if split else ():
            one.arms.setdefault((arm["arm"], arm["version"]), []).append((at, split["id"]))
    return _with_arms(found)


def _with_arms(found: dict[int, Released]) -> dict[int, Released]:
    """The versions that only an experiment gave out have no release of their own."""
    missing = {
        (prompt, number)
        for prompt, one in found.items()
        for _arm, number in one.arms
        if number not in one.versions
    }
    if missing:
        numbers = {number for _prompt, number in missing}
        rows = Version.objects.filter(prompt__in=found, number__in=numbers).order_by()
        for prompt, number, pk in rows.values_list("prompt", "number", "pk"):
            if (prompt, number) in missing:
                found[prompt].versions[number] = pk
    return found


def reach_of_keys(keys: Collection[int]) -> dict[int, set[int]]:
    """Key → the prompts that it reaches, where they are now or were until lately."""
    found = places() if keys else []
    return (
        {
            key.id: {place.prompt_id for place in found if place.is_open_to(key)}
            for key in key_records(keys)
        }
        if keys
        else {}
    )


def keeping_rules(prompts: Collection[int]) -> dict[int, Keeping]:
    """Prompt → the rule of the nearest namespace that has one."""
    with connection.cursor() as cursor:
        cursor.execute(_RULES, [list(prompts)])
        return {prompt: Keeping(*rule) for prompt, *rule in cursor.fetchall()}


def keeping_rule_for(namespace: Namespace) -> KeepingRule | None:
    """The nearest rule, on the namespace or above it."""
    rows = KeepingRule.objects.filter(namespace__in=namespace.lineage).select_related("namespace")
    return max(rows, key=lambda rule: len(rule.namespace.lineage), default=None)


def call_days(namespace: Namespace) -> int:
    """For how many days single calls of this namespace are kept."""
    rule = keeping_rule_for(namespace)
    return MOST_CALL_DAYS if rule is None else rule.call_days


def days_of_values() -> dict[int, list[int]]:
    """For how many days the words of calls are kept → the prompts; 0: not at all."""
    with connection.cursor() as cursor:
        cursor.execute(_DAYS)
        return dict(cursor.fetchall())


def days_of_calls() -> dict[int, list[int]]:
    """For how many days single calls are kept → the prompts, of those that have a rule."""
    with connection.cursor() as cursor:
        cursor.execute(_CALL_DAYS)
        return dict(cursor.fetchall())


_CALL_DAYS = """
SELECT days, array_agg(id) FROM (
  SELECT DISTINCT ON (prompt.id) prompt.id, rule.call_days AS days
    FROM prompts_prompt prompt JOIN teams_namespace here ON here.id = prompt.namespace_id
    JOIN delivery_keepingrule rule ON rule.namespace_id = ANY(here.lineage)
   ORDER BY prompt.id, array_position(here.lineage, rule.namespace_id) DESC
) AS kept GROUP BY days
"""
_DAYS = """
SELECT days, array_agg(id) FROM (
  SELECT prompt.id, coalesce((
    SELECT CASE WHEN rule.keep_values THEN rule.keep_days ELSE 0 END
      FROM delivery_keepingrule rule WHERE rule.namespace_id = ANY(here.lineage)
     ORDER BY array_position(here.lineage, rule.namespace_id) DESC LIMIT 1
  ), 0) AS days
    FROM prompts_prompt prompt JOIN teams_namespace here ON here.id = prompt.namespace_id
) AS kept GROUP BY days
"""
_RULES = """
SELECT DISTINCT ON (prompt.id) prompt.id, rule.keep_values, rule.mask, rule.sample_share
  FROM prompts_prompt prompt JOIN teams_namespace here ON here.id = prompt.namespace_id
  JOIN delivery_keepingrule rule ON rule.namespace_id = ANY(here.lineage)
 WHERE prompt.id = ANY(%s)
 ORDER BY prompt.id, array_position(here.lineage, rule.namespace_id) DESC
"""


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
    splits = [(release, as_told(release.split)["arms"]) for release in releases if release.split]
    wanted = Q()
    for release, arms in splits:
        wanted |= Q(prompt=release.prompt_id, number__in=[arm["version"] for arm in arms])
    rows = Version.objects.filter(wanted) if splits else Version.objects.none()
    known = {
        (row.prompt_id, row.number): Arm(row.number, row.content_hash, pack(bytes(row.content)))
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
    known = arms.values() if arms else ()
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
        packed=next((a.packed for a in known if a.number == version.number), None)
        or pack(bytes(version.content)),
        deprecated=_deprecated(version.prompt),
        split=as_told(release.split) if release and release.split and arms else None,
        arms=arms or {},
    )
