"""One's own inbox. An item asks for something only while its review still stands as it did then."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.audit.models import AuditEntry, AuditLabel
from apps.core.numbers import whole
from apps.core.text import listing
from apps.environments.models import Release
from apps.notifications.models import InboxItem
from apps.notifications.sentences import sentence
from apps.prompts.compare import Comparison
from apps.prompts.queries import visible_prompts
from apps.reviews.models import Decision, Review, Round
from apps.reviews.queries import ReviewFacts, facts
from apps.reviews.states import ReviewState

NEEDS, ALL = "needs", "all"
PAGE = 50
# The state in which a review must be for its event to ask for something.
STANDS = {
    "reviews.review.requested": ReviewState.OPEN,
    "reviews.review.changes_requested": ReviewState.CHANGES_REQUESTED,
    "reviews.review.approved": ReviewState.APPROVED,
}


@dataclass(frozen=True)
class Fact:
    """One short fact beside the first item: icon, tone, words."""

    icon: str
    tone: str
    words: str


@dataclass(frozen=True)
class InboxRow:
    pk: int
    who: str
    who_kind: str
    title: str
    reason: str
    at: datetime
    needs_action: bool
    done: bool
    prompt_path: str
    review_id: int | None
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class Inbox:
    """What the list shows. `needs` counts everything that waits, shown or not."""

    tab: str
    rows: list[InboxRow]
    needs: int
    done_today: int
    live_this_week: int
    more: str = ""  # pk to go on from, "" at the end
    person_id: int = 0


def own_items(person: User) -> QuerySet[InboxItem]:
    """One's own items about prompts that one may (still) see."""
    rows = InboxItem.objects.filter(person=person, prompt__in=visible_prompts(person))
    return rows.select_related("prompt", "review__environment").order_by("-pk")


def waiting(person: User) -> QuerySet[InboxItem]:
    """Items that still ask this person for something."""
    newer = InboxItem.objects.filter(
        person=OuterRef("person"), review=OuterRef("review"), needs_action=True,
        pk__gt=OuterRef("pk"),
    )  # fmt: skip
    stands = Q()
    for event, state in STANDS.items():
        stands |= Q(event=event, review__state=state)
    rows = own_items(person).filter(stands, needs_action=True, done_at=None)
    return rows.exclude(Exists(newer)).exclude(_decided(person))


def _decided(person: User) -> Q:
    """A request on whose newest round this person has decided already."""
    later = Round.objects.filter(
        review=OuterRef("round__review"), number__gt=OuterRef("round__number")
    )
    mine = Decision.objects.filter(~Exists(later), person=person, round__review=OuterRef("review"))
    return Q(Exists(mine), event="reviews.review.requested")


def count_waiting(person: User) -> int:
    return waiting(person).count()


def inbox(person: User, tab: str = NEEDS, before: str = "") -> Inbox:
    """The list of one tab; on "needs" the first item is opened up with its facts."""
    needs = count_waiting(person)
    items = waiting(person) if tab == NEEDS else own_items(person)
    if (older_than := whole(before)) is not None:
        items = items.filter(pk__lt=older_than)
    found = list(items[: PAGE + 1])
    rows = _rows(found[:PAGE])
    if tab == NEEDS and rows and not before:
        rows[0] = replace(rows[0], facts=_facts(found[0].review))
    more = str(found[PAGE - 1].pk) if len(found) > PAGE else ""
    return Inbox(tab, rows, needs, _done_today(person), _live_this_week(person), more, person.pk)


def _done_today(person: User) -> int:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return own_items(person).filter(done_at__gte=midnight).count()


def _live_this_week(person: User) -> int:
    """How many of the prompts that one may see went live somewhere in the last seven days."""
    since = timezone.now() - timedelta(days=7)
    rows = Release.objects.filter(prompt__in=visible_prompts(person), made_at__gte=since)
    return rows.aggregate(n=Count("prompt", distinct=True))["n"]


def _rows(items: list[InboxItem]) -> list[InboxRow]:
    seqs = [item.seq for item in items if item.seq is not None]
    entries = {entry.seq: entry for entry in AuditEntry.objects.filter(seq__in=seqs)}
    labels = AuditLabel.objects.filter(entry__in=seqs, role=AuditLabel.Role.ACTOR)
    names = dict(labels.values_list("entry_id", "label"))
    return [
        _row(item, entries[item.seq], names.get(item.seq, ""))
        for item in items
        if item.seq is not None
    ]


def _row(item: InboxItem, entry: AuditEntry, who: str) -> InboxRow:
    title = sentence(
        item.event,
        to_act=item.needs_action,
        who=who or _("Someone"),
        prompt=str(item.prompt),
        version=f"v{entry.data['version']}" if "version" in entry.data else "",
        environment=_environment(item, entry),
    )
    return InboxRow(
        pk=item.pk, who=who, who_kind=entry.actor_kind, title=title, reason=entry.reason,
        at=entry.at, needs_action=item.needs_action, done=item.done_at is not None,
        prompt_path=item.prompt.path if item.prompt else "", review_id=item.review_id,
    )  # fmt: skip


def _environment(item: InboxItem, entry: AuditEntry) -> str:
    if entry.environment or item.review is None:
        return entry.environment.capitalize()
    return str(item.review.environment)


def _facts(review: Review | None) -> tuple[Fact, ...]:
    if review is None:
        return ()
    known = facts(review)
    said = [Fact("pencil", "muted", changes_in_words(known.comparison)), *_approvals(known)]
    return tuple(fact for fact in said if fact.words)


def _approvals(known: ReviewFacts) -> list[Fact]:
    names = [str(decision.person) for decision in known.approvals]
    missing = known.missing
    said = []
    if names:
        words = ngettext("%(names)s has approved", "%(names)s have approved", len(names))
        said.append(Fact("ok", "ok", words % {"names": listing(names)}))
    if missing > 0:
        words = ngettext("%(n)d approval is missing", "%(n)d approvals are missing", missing)
        said.append(Fact("clock", "acc", words % {"n": missing}))
    return said


def changes_in_words(comparison: Comparison) -> str:
    """ "1 edited, 1 added, 1 moved", by block; variables and settings when no block changed."""
    counts: dict[str, int] = {}
    for change in comparison.blocks:
        kinds = change.statuses - {"unchanged"}
        for kind in sorted(kinds & {"added", "removed"} or kinds):
            counts[kind] = counts.get(kind, 0) + 1
    words = {
        "edited": _("%(n)d edited"), "added": _("%(n)d added"), "removed": _("%(n)d removed"),
        "moved": _("%(n)d moved"), "retyped": _("%(n)d of another type"),
        "switched_on": _("%(n)d switched on"), "switched_off": _("%(n)d switched off"),
    }  # fmt: skip
    said = [words[kind] % {"n": counts[kind]} for kind in words if kind in counts]
    if not said and comparison.variables:
        said = [_("%(n)d variables changed") % {"n": len(comparison.variables)}]
    if not said and comparison.settings:
        said = [_("Settings changed")]
    return ", ".join(said) or _("No differences")
