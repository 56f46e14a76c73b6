"""The list of prompts: what the lower apps know, joined for one page of rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.environments.models import Deployment, Environment
from apps.environments.queries import environments, live_map
from apps.environments.states import How
from apps.environments.uses import live_but_unused
from apps.pages.queries.drafts import changed_drafts, with_draft_state
from apps.prompts import queries as prompts
from apps.prompts.models import DraftContributor, Prompt, VersionContributor
from apps.prompts.states import Lifecycle
from apps.reviews.models import Review
from apps.reviews.queries import visible_reviews
from apps.reviews.states import ReviewState
from apps.teams.models import Namespace, Team

PAGE = 50
STATUSES = {
    "draft": gettext_lazy("Draft with changes"),
    "in_review": gettext_lazy("In review"),
    "changes_requested": gettext_lazy("Changes requested"),
    "approved": gettext_lazy("Approved, not released"),
    "live": gettext_lazy("Live somewhere"),
    "rolled_back": gettext_lazy("Rolled back"),
    "deprecated": gettext_lazy("Deprecated"),
    "archived": gettext_lazy("Archived"),
}
VIEWS = {
    "": gettext_lazy("Everything"),
    "mine": gettext_lazy("Mine"),
    "unused": gettext_lazy("Unused for 30 days"),
}
RUNNING = {
    "in_review": ReviewState.OPEN,
    "changes_requested": ReviewState.CHANGES_REQUESTED,
    "approved": ReviewState.APPROVED,
}


@dataclass(frozen=True)
class Wanted:
    """The filters of one address, all of them valid."""

    namespace: Namespace | None = None
    text: str = ""
    status: str = ""
    owner: Team | None = None
    tag: str = ""
    view: str = ""

    @property
    def any(self) -> bool:
        return bool(self.text or self.status or self.owner or self.tag or self.view)


@dataclass(frozen=True)
class Cell:
    """What is live of a prompt in one environment of the order."""

    environment: Environment
    live: Deployment | None
    last: bool


@dataclass(frozen=True)
class Row:
    prompt: Prompt
    kind: str  # a state of core.looks
    words: str
    cells: list[Cell]
    hit: Any = None


@dataclass(frozen=True)
class Listing:
    groups: list[tuple[Namespace, list[Row]]]
    shown: int
    total: int
    places: list[Environment]  # the columns

    @property
    def width(self) -> int:
        return 3 + len(self.places)


def found(person: User, wanted: Wanted) -> QuerySet[Prompt]:
    """The prompts that fit, without order or page."""
    rows = prompts.registry(
        person,
        namespace=wanted.namespace,
        text=wanted.text,
        lifecycle=wanted.status if wanted.status in Lifecycle.values else "in_use",
        owner=wanted.owner,
        tag=wanted.tag,
    )
    return _of_view(_of_status(rows, wanted.status, person), wanted.view, person)


def _of_status(rows: QuerySet[Prompt], status: str, person: User) -> QuerySet[Prompt]:
    if status in RUNNING:
        reviews = visible_reviews(person).filter(state=RUNNING[status])
        return rows.filter(pk__in=reviews.values("prompt"))
    live = Deployment.objects.filter(prompt=OuterRef("pk"))
    if status == "live":
        return rows.filter(Exists(live))
    if status == "rolled_back":
        return rows.filter(Exists(live.filter(release__how=How.ROLL_BACK)))
    if status == "draft":
        return rows.filter(Exists(changed_drafts()) | Q(versions__isnull=True))
    return rows


def _of_view(rows: QuerySet[Prompt], view: str, person: User) -> QuerySet[Prompt]:
    if view == "unused":
        return live_but_unused(rows)
    if view != "mine":
        return rows
    drafted = DraftContributor.objects.filter(draft__prompt=OuterRef("pk"), person=person)
    wrote = VersionContributor.objects.filter(version__prompt=OuterRef("pk"), person=person)
    return rows.filter(Q(created_by=person) | Exists(drafted) | Exists(wrote))


def listing(person: User, wanted: Wanted, limit: int = PAGE) -> Listing:
    """The first `limit` rows, grouped by namespace. A constant number of queries."""
    rows = found(person, wanted)
    ordered = with_draft_state(rows.order_by("namespace__path", "path"))
    page = list(ordered[:limit])
    total = len(page) if len(page) < limit else rows.count()
    live, places = live_map(page), [e for e in environments() if e.position is not None]
    running = _running(page)
    hits = prompts.search_hits(page, wanted.text) if wanted.text else {}
    groups: list[tuple[Namespace, list[Row]]] = []
    for prompt in page:
        if not groups or groups[-1][0].pk != prompt.namespace_id:
            groups.append((prompt.namespace, []))
        cells = [Cell(e, live.get((prompt.pk, e.pk)), e == places[-1]) for e in places]
        kind, words = _status(prompt, running.get(prompt.pk), cells)
        groups[-1][1].append(Row(prompt, kind, words, cells, hits.get(prompt.pk)))
    return Listing(groups, len(page), total, places)


def _running(page: list[Prompt]) -> dict[int, Review]:
    """Prompt id → its newest running review."""
    rows = Review.objects.filter(prompt__in=[p.pk for p in page], state__in=RUNNING.values())
    return {row.prompt_id: row for row in rows.order_by("changed_at")}


def _status(prompt: Any, review: Review | None, cells: list[Cell]) -> tuple[str, str]:
    """State and words; "" as words takes the state's own."""
    if prompt.lifecycle == Lifecycle.ARCHIVED:
        return "archived", ""
    if prompt.lifecycle == Lifecycle.DEPRECATED:
        return "deprecated", ""
    if review is not None:
        return str(review.state), ""
    if prompt.latest_number is None:
        return "draft", _("Draft, new")
    if prompt.draft_changed:
        return "draft", _("Draft, changed")
    if any(cell.live and cell.live.release.how == How.ROLL_BACK for cell in cells):
        return "rolled_back", ""
    if any(cell.live and cell.live.release.is_experiment for cell in cells):
        return "experiment", ""
    if any(cell.live and cell.live.release.split for cell in cells):
        return "rolling_out", ""
    live = [cell for cell in cells if cell.live]
    if not live:
        return "draft", _("v%(n)s, not live") % {"n": prompt.latest_number}
    return "released", ""
