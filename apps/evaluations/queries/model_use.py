"""Which models prompts use: what is live of them, and their latest version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, Func

from apps.environments.models import Environment
from apps.environments.queries import environments, live_map
from apps.prompts.models import Prompt, Version
from apps.prompts.queries.prompts import visible_prompts
from apps.prompts.states import IN_USE


@dataclass(frozen=True)
class Use:
    """A version that names the model. `place` None: it is the latest, and live nowhere."""

    prompt: Prompt
    version: Version
    place: Environment | None


class ModelsOf(Func):
    """Each model that a version's content names, a row each."""

    template = """jsonb_path_query(
      convert_from(%(expressions)s, 'UTF8')::jsonb, '$.models[*].model') #>> '{}'"""
    output_field = CharField()
    set_returning = True


@dataclass(frozen=True)
class Uses:
    """All that an actor may see. `by_model`: each model and the prompts that use it."""

    by_model: dict[str, list[Use]]

    def of(self, model: str) -> list[Use]:
        return self.by_model.get(model, [])


def model_uses(actor: Any) -> Uses:
    """Four queries, however many prompts. Of each prompt the version that counts most: live in the
    last environment of the order where the model is used, else live anywhere, else the latest."""
    rows = visible_prompts(actor).filter(lifecycle__in=IN_USE)
    prompts = list(rows.select_related("namespace", "owner").order_by("name", "path"))
    places = sorted(environments(), key=lambda one: -1 if one.position is None else one.position)
    live = live_map(prompts)
    latest = Version.objects.filter(prompt__in=[prompt.pk for prompt in prompts]).defer("content")
    newest = {
        one.prompt_id: one for one in latest.order_by("prompt_id", "-number").distinct("prompt_id")
    }
    ranked = {prompt.pk: _ranked(prompt, places, live, newest) for prompt in prompts}
    named = _named({use.version.pk for uses in ranked.values() for use in uses})
    found: dict[str, list[Use]] = {}
    for prompt in prompts:
        for model, use in _first(ranked[prompt.pk], named).items():
            found.setdefault(model, []).append(use)
    return Uses(dict(sorted(found.items())))


def _ranked(
    prompt: Prompt, places: Sequence[Environment], live: dict[Any, Any], newest: dict[int, Version]
) -> list[Use]:
    found = []
    for place in reversed(places):
        pointer = live.get((prompt.pk, place.pk))
        if pointer is not None:
            found.append(_use(prompt, pointer.release.version, place))
    if prompt.pk in newest:
        found.append(_use(prompt, newest[prompt.pk], None))
    return found


def _use(prompt: Prompt, version: Version, place: Environment | None) -> Use:
    version.prompt = prompt
    return Use(prompt, version, place)


def _named(version_ids: set[int]) -> dict[int, list[str]]:
    rows = Version.objects.filter(pk__in=version_ids).annotate(model=ModelsOf(F("content")))
    found: dict[int, list[str]] = {}
    for version_id, model in rows.values_list("pk", "model").order_by():
        found.setdefault(version_id, []).append(model)
    return found


def _first(uses: Sequence[Use], named: dict[int, list[str]]) -> dict[str, Use]:
    found: dict[str, Use] = {}
    for use in uses:
        for model in named.get(use.version.pk, []):
            found.setdefault(model, use)
    return found
