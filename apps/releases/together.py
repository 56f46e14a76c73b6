"""What can go live together, and what did."""

from __future__ import annotations

from dataclasses import dataclass

from apps.core.actors import Actor
from apps.environments.models import Environment, Release
from apps.environments.queries import all_rules, live_map, nearest
from apps.prompts.models import Prompt, Version
from apps.prompts.queries import visible_prompts
from apps.prompts.states import IN_USE
from apps.releases.gates import Gate, gates
from apps.releases.models import ReleaseBundle
from apps.reviews.models import Review
from apps.reviews.queries import current_round
from apps.reviews.states import ReviewState
from apps.teams.models import Namespace
from apps.teams.rights import granted_ids

MOST = 30


@dataclass(frozen=True)
class Candidate:
    """A version that could go live with others; `gates` are all of its own."""

    prompt: Prompt
    version: Version
    live: Release | None
    gates: list[Gate]

    @property
    def value(self) -> str:
        """What its box sends: the prompt, the version, and what was live when it was shown."""
        return f"{self.prompt.pk}:{self.version.number}:{self.live.pk if self.live else ''}"

    @property
    def closed(self) -> list[Gate]:
        return [gate for gate in self.gates if not gate.open and not gate.acknowledge]

    @property
    def acknowledge(self) -> bool:
        return any(gate.acknowledge for gate in self.gates)


def candidates(actor: Actor, environment: Environment) -> list[Candidate]:
    """What the actor may release there: approved versions; where no approval is asked for, the
    newest that is not live. At most `MOST`, what changed last first."""
    ids = granted_ids(actor, environment.right_to_release)
    rows = visible_prompts(actor).filter(lifecycle__in=IN_USE, namespace__lineage__overlap=ids)
    prompts = list(rows.select_related("namespace").order_by("-changed_at")[:500])
    live = live_map(prompts)
    approved = _approved(prompts, environment)
    newest = _newest(prompts)
    rules = all_rules()
    found: list[Candidate] = []
    for prompt in prompts:
        asked = nearest(rules, environment.pk, prompt.namespace.lineage).approvals > 0
        version = approved.get(prompt.pk) if asked else newest.get(prompt.pk)
        pointer = live.get((prompt.pk, environment.pk))
        release = pointer.release if pointer else None
        if version is None or (release and release.version_id == version.pk):
            continue
        version.prompt = prompt
        found.append(Candidate(prompt, version, release, gates(version, environment)))
        if len(found) == MOST:
            break
    return found


def common_namespace(prompts: list[Prompt]) -> Namespace:
    """The lowest namespace that holds them all."""
    lineages = [prompt.namespace.lineage for prompt in prompts]
    shared = [pk for pk in lineages[0] if all(pk in lineage for lineage in lineages)]
    return Namespace.objects.get(pk=shared[-1])


def bundles_seen(actor: Actor, limit: int = 5) -> list[ReleaseBundle]:
    """The newest bundles, those whose every prompt the actor may see."""
    seen = visible_prompts(actor).values("pk")
    hidden = ReleaseBundle.objects.exclude(items__release__prompt__in=seen).values("pk")
    partly = Release.objects.filter(bundle_item__isnull=False).exclude(prompt__in=seen)
    rows = ReleaseBundle.objects.exclude(pk__in=hidden).exclude(items__release__in=partly)
    rows = rows.select_related("environment", "made_by")
    return list(rows.prefetch_related("items__release__prompt", "items__release__version")[:limit])


def _approved(prompts: list[Prompt], environment: Environment) -> dict[int, Version]:
    rows = Review.objects.filter(
        prompt__in=prompts, environment=environment, state=ReviewState.APPROVED
    ).prefetch_related("rounds__version")
    return {review.prompt_id: current_round(review).version for review in rows}


def _newest(prompts: list[Prompt]) -> dict[int, Version]:
    rows = Version.objects.filter(prompt__in=prompts).order_by("prompt_id", "-number")
    return {row.prompt_id: row for row in rows.distinct("prompt_id")}
