"""Ten thousand live prompts, made of the real texts, for the figures of the delivery.

Through the actions this takes an hour. The rows are written as the actions write them and pass
every trigger (none is switched off): one governed entry stands for all of them.
"""

from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

from bench.samples import histories

PLACE = "staging"  # its rule may ask for no approval
LONGEST = 8_000  # characters; the longest real text has 231,398
SPLIT_EVERY = 10  # every tenth prompt is released by steps


@dataclass(frozen=True)
class Many:
    """`paths` of all live prompts, `split` those with two arms; `key` reads them. `prompt` has two
    versions that were live, to be released again and again as `releaser`."""

    paths: list[str]
    split: list[str]
    key: str
    prompt: Any
    place: Any
    releaser: Any


def make_many(count: int) -> Many:
    """`count` prompts live in staging. Works on the database that this process is led to."""
    from apps.environments.actions import change_rule, create_key
    from apps.environments.queries import rule_for, terms_of
    from tests.releases.world import make_world

    world = make_world()
    place = world.places[PLACE]
    rule = rule_for(place, world.desk)
    terms = replaced(terms_of(rule), approvals=0)
    change_rule(rule, terms=terms, reason="A figure", actor=world.admin)
    prompts = _write_rows(world, place, count)
    _key, secret = create_key(
        place, name="Figure", kind="read", namespaces=[world.desk], owner=world.admin,
        actor=world.admin,
    )  # fmt: skip
    paths = [prompt.path for prompt in prompts]
    return Many(paths, paths[::SPLIT_EVERY], secret, prompts[0], place, world["releaser"])


def replaced(value: Any, **changes: Any) -> Any:
    from dataclasses import replace

    return replace(value, **changes)


def _write_rows(world: Any, place: Any, count: int) -> list[Any]:
    """All in one transaction with one entry, as an import would be."""
    from django.db import transaction

    from apps.audit.trail import record
    from apps.releases.events import MADE

    texts = [text for row in histories() for text in row[-2:] if len(text) <= LONGEST]
    with transaction.atomic():
        prompts = _prompts(world, count)
        versions = _versions(world, prompts, islice(cycle(texts), 2 * count))
        first = _releases(world, place, prompts, versions[::2], {})
        _point(place, prompts, first)
        some = slice(None, None, SPLIT_EVERY)
        again = _releases(world, place, prompts[some], versions[1::2][some], dict(first_of(first)))
        _move(place, again)
        record(MADE, actor=world["releaser"], target=prompts[0])
    return prompts


def first_of(releases: list[Any]) -> list[tuple[int, Any]]:
    return [(release.prompt_id, release) for release in releases]


def _prompts(world: Any, count: int) -> list[Any]:
    from apps.prompts.models import Prompt

    rows = [
        Prompt(namespace=world.desk, path=f"desk/p-{number:05d}", name=f"Prompt {number}",
               created_by=world["author"])
        for number in range(count)
    ]  # fmt: skip
    return Prompt.objects.bulk_create(rows, batch_size=1000)


def _versions(world: Any, prompts: list[Any], texts: Any) -> list[Any]:
    """Two of each prompt."""
    from apps.prompts.content import canonical_bytes, content_hash, new_block, new_content
    from apps.prompts.models import Version

    rows = []
    for place, text in enumerate(texts):
        content = new_content() | {"blocks": [new_block("instructions", body=f"{place} {text}")]}
        data = canonical_bytes(content)
        rows.append(
            Version(prompt=prompts[place // 2], number=place % 2 + 1, content=data,
                    content_hash=content_hash(data), author=world["author"])
        )  # fmt: skip
    return Version.objects.bulk_create(rows, batch_size=1000)


def _releases(
    world: Any, place: Any, prompts: list[Any], versions: list[Any], before: dict[int, Any]
) -> list[Any]:
    from apps.environments.models import Release
    from apps.releases.splits import new_split

    rows = [
        Release(
            prompt=prompt, environment=place, version=version, how="publish",
            replaced=before.get(prompt.pk), revision=2 if before else 1,
            split=new_split(1, 2, 10) if before else None, made_by=world["releaser"],
            made_by_kind="person",
        )
        for prompt, version in zip(prompts, versions, strict=True)
    ]  # fmt: skip
    return Release.objects.bulk_create(rows, batch_size=1000)


def _point(place: Any, prompts: list[Any], releases: list[Any]) -> None:
    from apps.environments.models import Deployment

    rows = [
        Deployment(prompt=prompt, environment=place, release=release, revision=1)
        for prompt, release in zip(prompts, releases, strict=True)
    ]
    Deployment.objects.bulk_create(rows, batch_size=1000)


def _move(place: Any, releases: list[Any]) -> None:
    from apps.environments.models import Deployment

    for release in releases:
        rows = Deployment.objects.filter(prompt=release.prompt_id, environment=place)
        rows.update(release=release, revision=2)
