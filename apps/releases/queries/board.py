"""The board: drafts and what is live in each environment, a column each. The number of queries does
not depend on the number of cards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from apps.core.actors import Actor
from apps.environments.models import Deployment, Environment, Release, Rule
from apps.environments.queries import all_rules, environments, live_map, nearest
from apps.environments.states import How
from apps.prompts.models import DraftContributor, Prompt, Version
from apps.prompts.states import IN_USE
from apps.releases.models import Schedule
from apps.releases.queries.rollouts import Rollout, rollout_of
from apps.releases.queries.schedules import waiting_schedules
from apps.reviews.models import Review
from apps.reviews.queries import current_round, visible_reviews
from apps.reviews.states import RUNNING, ReviewState
from apps.teams.models import Capability, Namespace
from apps.teams.rights import granted_ids, grants_of

ASKING = (Capability.EDIT, Capability.RELEASE, Capability.PUBLISH)


@dataclass(frozen=True)
class Planned:
    """A release at a time; `may`: whether this person may withdraw it."""

    row: Schedule
    may: bool


@dataclass(frozen=True)
class Card:
    """One prompt in one column. `review` is the running one that would take it to `next`."""

    prompt: Prompt
    version: Version | None
    release: Release | None
    review: Review | None
    next: Environment | None
    draft_changed: bool
    may_ask: bool
    may_release: bool
    may_roll_back: bool
    may_step: bool = False  # its rollout may be given another share
    may_stop: bool = False  # its experiment may be stopped
    outside: list[Deployment] = field(default_factory=list)  # live outside the order (development)
    plans: list[Planned] = field(default_factory=list)  # of this version, or to this place

    @property
    def rollout(self) -> Rollout | None:
        """The release by steps that runs here."""
        return rollout_of(self.release)

    @property
    def back_to(self) -> str:
        """What a roll back would bring again, where the release itself says it: v12."""
        if self.rollout:
            return f"v{self.rollout.before}"
        before = self.release.replaced if self.release else None
        known = before and self.release and self.release.how in (How.PUBLISH, How.PROMOTE)
        return str(before.version) if before and known and before.split is None else ""

    @property
    def state(self) -> str:
        """A state of `c-status`; "" where there is nothing to say."""
        if self.review:
            return str(self.review.state)
        if self.rollout:
            return "rolling_out"
        if self.release and self.release.is_experiment:
            return "experiment"
        if self.release and self.release.how == "break_glass":
            return "break_glass"
        if self.release and self.release.how == "roll_back":
            return "rolled_back"
        return ""


class Approvals(NamedTuple):
    """How many the rules of what is shown ask for."""

    fewest: int
    most: int


@dataclass(frozen=True)
class Column:
    """`environment` is None for drafts, which need no approvals. `more`: there are more cards than
    are shown."""

    environment: Environment | None
    cards: list[Card]
    more: bool
    approvals: Approvals | None = None


@dataclass(frozen=True)
class Board:
    columns: list[Column]

    @property
    def waiting(self) -> int:
        """Cards whose version is under review."""
        return sum(1 for card in self._cards() if card.state == ReviewState.OPEN)

    @property
    def rollouts(self) -> int:
        """Releases by steps that run."""
        return sum(1 for card in self._cards() if card.rollout)

    def _cards(self) -> Iterator[Card]:
        return (card for column in self.columns for card in column.cards)


def board(
    actor: Actor, *, namespace: str = "", since: dt.datetime | None = None, limit: int = 50
) -> Board:
    """What an actor sees of a namespace (all when ""), changed or released `since`."""
    places = environments()
    ordered = [place for place in places if place.position is not None]
    prompts = _prompts(actor, namespace)
    drafts = list(_drafts(prompts, since)[: limit + 1])
    live = {place.pk: list(_live(prompts, place, since)[: limit + 1]) for place in ordered}
    shown = {p.pk: p for p in drafts} | {d.prompt_id: d.prompt for ds in live.values() for d in ds}
    maker = _Maker(actor, places, list(shown.values()), namespace)
    columns = [Column(None, [maker.draft(p) for p in drafts[:limit]], len(drafts) > limit)]
    for place in ordered:
        rows = live[place.pk]
        cards = [maker.live(row) for row in rows[:limit]]
        asked = maker.approvals_at(place, cards)
        columns.append(Column(place, cards, len(rows) > limit, asked))
    return Board(columns)


def _prompts(actor: Actor, namespace: str) -> QuerySet[Prompt]:
    ids = granted_ids(actor, Capability.VIEW)
    rows = Prompt.objects.filter(lifecycle__in=IN_USE, namespace__lineage__overlap=ids)
    if namespace:
        rows = rows.filter(
            Q(namespace__path=namespace) | Q(namespace__path__startswith=f"{namespace}/")
        )
    return rows


def _drafts(prompts: QuerySet[Prompt], since: dt.datetime | None) -> QuerySet[Prompt]:
    """Prompts with something that is nowhere live yet: an edited draft, or a newer version."""
    edited = DraftContributor.objects.filter(draft__prompt=OuterRef("pk"), draft__name="")
    newest = Version.objects.filter(prompt=OuterRef("pk")).order_by("-number")
    rows = prompts.select_related("namespace", "changed_by", "owner")
    rows = rows.annotate(edited=Exists(edited), newest=Subquery(newest.values("pk")[:1]))
    going = Deployment.objects.filter(
        environment__position__isnull=False, release__version=OuterRef("newest")
    )
    rows = rows.filter(Q(edited=True) | ~Exists(going))
    return (rows.filter(changed_at__gte=since) if since else rows).order_by("-changed_at", "pk")


def _live(
    prompts: QuerySet[Prompt], place: Environment, since: dt.datetime | None
) -> QuerySet[Deployment]:
    rows = Deployment.objects.filter(environment=place, prompt__in=prompts)
    rows = rows.select_related(
        "prompt__namespace", "environment", "release__version", "release__made_by",
        "release__replaced__version",
    ).defer("release__version__content", "release__replaced__version__content")  # fmt: skip
    rows = rows.filter(release__made_at__gte=since) if since else rows
    return rows.order_by("-release__made_at", "pk")


class _Maker:
    """What all cards need, read once."""

    def __init__(
        self, actor: Actor, places: list[Environment], prompts: list[Prompt], namespace: str
    ) -> None:
        self.actor = actor
        self.places = places
        self.ordered = [place for place in places if place.position is not None]
        self.rules = all_rules()
        self.lineage = _lineage(namespace, self.rules)
        self.pointers = live_map(prompts)
        self.newest = _newest(prompts)
        self.reviews = _reviews(actor, prompts)
        self.earlier = _with_earlier(prompts)
        self.plans = waiting_schedules(prompts)
        self.granted: dict[str, set[int]] = {}
        for grant in grants_of(actor):
            self.granted.setdefault(grant.capability, set()).add(grant.namespace_id)

    def approvals_at(self, place: Environment, cards: list[Card]) -> Approvals:
        """The fewest and the most that are asked for: in the namespace that is shown, and in those
        below whose prompts are."""
        lineages = (self.lineage, *(card.prompt.namespace.lineage for card in cards))
        asked = {nearest(self.rules, place.pk, lineage).approvals for lineage in lineages}
        return Approvals(min(asked), max(asked))

    def draft(self, prompt: Prompt) -> Card:
        version = self.newest.get(prompt.pk)
        target = self.ordered[0] if self.ordered else None
        review = next(
            (r for place in self.ordered if (r := self.reviews.get((prompt.pk, place.pk)))), None
        )
        edited: bool = prompt.edited  # type: ignore[attr-defined]  # annotated in _drafts
        outside = [
            row for (pk, _), row in self.pointers.items()
            if pk == prompt.pk and row.environment_id not in {p.pk for p in self.ordered}
        ]  # fmt: skip
        asks = self._holds(prompt, *ASKING)
        return Card(
            prompt, version, None, review, review.environment if review else target, edited,
            may_ask=asks and (edited or review is None),
            may_release=self._may_release(prompt, version, target, review) and not edited,
            may_roll_back=False, outside=outside,
            plans=self._planned(prompt, version, None),
        )  # fmt: skip

    def live(self, row: Deployment) -> Card:
        prompt, version = row.prompt, row.release.version
        target = self._next(row)
        review = self.reviews.get((prompt.pk, target.pk)) if target else None
        if review and current_round(review).version_id != version.pk:
            review = None
        asks = target is not None and self._holds(prompt, *ASKING) and self._asks(prompt, target)
        right = row.environment.right_to_release
        return Card(
            prompt, version, row.release, review, target, False,
            may_ask=asks and review is None,
            may_release=self._may_release(prompt, version, target, review),
            may_roll_back=(prompt.pk, row.environment_id) in self.earlier
            and self._holds(prompt, right),
            may_step=rollout_of(row.release) is not None and self._holds(prompt, right),
            may_stop=row.release.is_experiment and self._holds(prompt, right),
            plans=self._planned(prompt, version, row.environment),
        )  # fmt: skip

    def _planned(
        self, prompt: Prompt, version: Version | None, place: Environment | None
    ) -> list[Planned]:
        """What is planned for this version, and what is to replace it here."""
        rows = [
            row for (pk, _), row in self.plans.items()
            if pk == prompt.pk and (row.version == version or row.environment == place)
        ]  # fmt: skip
        return [Planned(row, self._may_withdraw(prompt, row)) for row in rows]

    def _may_withdraw(self, prompt: Prompt, row: Schedule) -> bool:
        """As `can_withdraw_schedule`, of rights that were read for all cards."""
        right = row.environment.right_to_release
        return row.made_by == self.actor or self._holds(prompt, right)

    def _next(self, row: Deployment) -> Environment | None:
        """The next environment in the order, unless this version is live there already."""
        after = [p for p in self.ordered if p.position > row.environment.position]  # type: ignore[operator]  # ordered ones have a position
        if not after:
            return None
        there = self.pointers.get((row.prompt_id, after[0].pk))
        return None if there and there.release.version_id == row.release.version_id else after[0]

    def _asks(self, prompt: Prompt, place: Environment) -> bool:
        return nearest(self.rules, place.pk, prompt.namespace.lineage).approvals > 0

    def _may_release(
        self,
        prompt: Prompt,
        version: Version | None,
        place: Environment | None,
        review: Review | None,
    ) -> bool:
        """The right, and no approval missing; the panel then names every gate."""
        if place is None or version is None:
            return False
        place = review.environment if review else place
        right = place.right_to_release
        ready = review.state == ReviewState.APPROVED if review else not self._asks(prompt, place)
        return ready and self._holds(prompt, right)

    def _holds(self, prompt: Prompt, *rights: str) -> bool:
        lineage = set(prompt.namespace.lineage)
        return any(lineage & self.granted.get(right, set()) for right in rights)


def _lineage(path: str, rules: Iterable[Rule]) -> list[int]:
    """Of a namespace; the first one, "", has a rule for each environment and is read with it."""
    if path:
        return Namespace.objects.get(path=path).lineage
    return next(rule.namespace.lineage for rule in rules if rule.namespace.is_root)


def _newest(prompts: Iterable[Prompt]) -> dict[int, Version]:
    rows = Version.objects.filter(prompt__in=list(prompts)).defer("content")
    rows = rows.order_by("prompt_id", "-number").distinct("prompt_id")
    return {row.prompt_id: row for row in rows}


def _reviews(actor: Actor, prompts: Iterable[Prompt]) -> dict[tuple[int, int], Review]:
    rows = visible_reviews(actor).filter(prompt__in=list(prompts), state__in=RUNNING)
    return {(row.prompt_id, row.environment_id): row for row in rows}


def _with_earlier(prompts: Iterable[Prompt]) -> set[tuple[int, int]]:
    """(prompt, environment) where another version was live before."""
    rows = Release.objects.filter(prompt__in=list(prompts)).order_by()
    counts = rows.values("prompt", "environment").annotate(n=Count("version", distinct=True))
    return {(row["prompt"], row["environment"]) for row in counts if row["n"] > 1}
