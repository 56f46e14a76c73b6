"""One's own inbox. An item asks for something only while what it is about still stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.zones import zone
from apps.core.composed import Composed
from apps.core.errors import require
from apps.core.numbers import whole
from apps.core.verdicts import not_visible
from apps.environments.models import Release
from apps.environments.states import ChangeState
from apps.evaluations.models import RatingTask
from apps.evaluations.queries.rating_items import OPEN as OPEN_TASKS
from apps.evaluations.states import RatingRequestState
from apps.notifications.kinds import MENTIONED, SUGGESTED
from apps.notifications.levels import MUTE, in_muted_thread, nearest_level
from apps.notifications.models import InboxItem
from apps.notifications.rows import ROW, InboxRow, facts_of, rows_of
from apps.notifications.times import snoozes
from apps.prompts.permissions import can_edit_prompt
from apps.prompts.queries import visible_prompts
from apps.reviews.models import Decision, Round, Suggestion
from apps.reviews.states import ReviewState, SuggestionState
from apps.teams.models import Capability
from apps.teams.rights import given

NEEDS, ALL, SNOOZED, DONE = "needs", "all", "snoozed", "done"
TABS = (NEEDS, ALL, SNOOZED, DONE)
PAGE = 50
# The state in which a review must be for its event to ask for something.
STANDS = {
    "reviews.review.requested": ReviewState.OPEN,
    "reviews.review.changes_requested": ReviewState.CHANGES_REQUESTED,
    "reviews.review.approved": ReviewState.APPROVED,
}


# What asks for a look until whoever was told has marked it as done.
UNTIL_DONE = (
    "experiments.experiment.spoken",
    "experiments.shadow.ended",
    "experiments.shadow.paused",
    "experiments.rollout.harmed",
    "experiments.rollout.paused",
)


@dataclass(frozen=True)
class Inbox:
    """What the list shows. `needs` and `snoozed` count everything, shown or not."""

    tab: str
    rows: list[InboxRow]
    needs: int
    snoozed: int
    done_today: int
    live_this_week: int
    snoozes: dict[str, datetime]  # what "snooze" offers, and until when each is
    more: str = ""  # pk to go on from, "" at the end
    person_id: int = 0


def tab_named(name: str | None) -> str:
    return name if name in TABS else NEEDS


def items_of(person: User) -> QuerySet[InboxItem]:
    """What one was told of and may (still) see: prompts in view; requests for access to what one
    manages, and one's own; looser rules of what one manages. One query more, for the rights."""
    return _items_where(person, *_places_of(person))


def _places_of(person: User) -> tuple[list[int], list[int]]:
    """Ids of the namespaces given for looking, and of those given for managing."""
    places = given(person)
    return list(places.get(Capability.VIEW, ())), list(places.get(Capability.MANAGE, ()))


def _items_where(person: User, view: list[int], manage: list[int]) -> QuerySet[InboxItem]:
    asked = Q(access_request__namespace__lineage__overlap=manage)
    asked |= Q(access_request__person=person)
    asked |= Q(rule_change__namespace__lineage__overlap=manage)
    seen = Q(prompt__namespace__lineage__overlap=view) | Q(asked, prompt=None)
    return InboxItem.objects.filter(seen, person=person).order_by("-pk")


def own_items(person: User) -> QuerySet[InboxItem]:
    """What the inbox of this person holds."""
    return items_of(person).filter(in_inbox=True)


def standing(items: QuerySet[InboxItem], person: User) -> QuerySet[InboxItem]:
    """Of these, what still asks this person for something, asleep or not."""
    newer = InboxItem.objects.filter(
        person=OuterRef("person"), review=OuterRef("review"), needs_action=True,
        comment=None, pk__gt=OuterRef("pk"),
    )  # fmt: skip
    reviews = Q()
    for event, state in STANDS.items():
        reviews |= Q(event=event, review__state=state)
    stands = (reviews & ~Exists(newer) & ~_decided(person)) | _talk_stands() | _rates(person)
    stands |= Q(event__in=UNTIL_DONE)
    rows = _heard(items, person)
    return rows.filter(stands, needs_action=True, done_at=None)


def _heard(items: QuerySet[InboxItem], person: User) -> QuerySet[InboxItem]:
    """Without what comes from a place or a conversation that this person muted."""
    rows = items.annotate(level=nearest_level(person)).exclude(level=MUTE)
    return rows.filter(~in_muted_thread(person))


def _talk_stands() -> Q:
    mention = Q(event=MENTIONED, comment__thread__resolved_at=None)
    suggestion = Q(event=SUGGESTED, comment__suggestion__state=SuggestionState.OPEN)
    access = Q(access_request__isnull=False, access_request__decided_at=None)
    rule = Q(rule_change__state=ChangeState.OPEN)
    return mention | suggestion | access | rule


def _rates(person: User) -> Q:
    """Something that was asked of this person is not rated yet."""
    tasks = RatingTask.objects.filter(
        request=OuterRef("rating_request"), rater=person, state__in=OPEN_TASKS,
        request__state=RatingRequestState.OPEN,
    )  # fmt: skip
    return Q(Exists(tasks), rating_request__isnull=False)


def _decided(person: User) -> Q:
    """A request on whose newest round this person has decided already."""
    later = Round.objects.filter(
        review=OuterRef("round__review"), number__gt=OuterRef("round__number")
    )
    mine = Decision.objects.filter(~Exists(later), person=person, round__review=OuterRef("review"))
    return Q(Exists(mine), event="reviews.review.requested")


def _awake(now: datetime | None = None) -> Q:
    return Q(snoozed_until=None) | Q(snoozed_until__lte=now or timezone.now())


def _asleep() -> Q:
    return Q(snoozed_until__gt=timezone.now(), done_at=None)


def _ids_waiting(
    person_id: int, view: list[int], manage: list[int], now: datetime
) -> QuerySet[InboxItem, int]:
    """Items that ask this person for something now."""
    person = User(pk=person_id)
    own = _items_where(person, view, manage).filter(in_inbox=True)
    return standing(own, person).filter(_awake(now)).order_by().values_list("pk", flat=True)


_IDS_WAITING = Composed(_ids_waiting, int, list, list, datetime)


def count_waiting(person: User) -> int:
    """How many items ask this person for something now: every page shows it."""
    view, manage = _places_of(person)
    return len(_IDS_WAITING.first_column(person.pk, view, manage, timezone.now()))


def inbox(person: User, tab: str = NEEDS, before: str = "") -> Inbox:
    """The list of one tab; on "needs" the first item is opened up with its facts."""
    own = own_items(person)
    needing = standing(own, person).filter(_awake())
    items = _of_tab(tab, own, needing)
    if (older_than := whole(before)) is not None:
        items = items.filter(pk__lt=older_than)
    found = list(items.select_related(*ROW)[: PAGE + 1])
    rows = [_with_right(row, person) for row in rows_of(found[:PAGE])]
    if tab == NEEDS and rows and not before:
        rows[0] = replace(rows[0], facts=facts_of(found[0]), opened=True)
    return Inbox(
        tab, rows, needing.count(), own.filter(_asleep()).count(), _done_today(own),
        _live_this_week(person), snoozes(timezone.now(), zone(person.time_zone)),
        more=str(found[PAGE - 1].pk) if len(found) > PAGE else "", person_id=person.pk,
    )  # fmt: skip


def _with_right(row: InboxRow, person: User) -> InboxRow:
    """Whether the wording on the row may be accepted on the spot."""
    if row.proposal is None or row.prompt is None:
        return row
    may = bool(can_edit_prompt(person, row.prompt))
    return replace(row, proposal=replace(row.proposal, may_accept=may))


def _of_tab(
    tab: str, own: QuerySet[InboxItem], needing: QuerySet[InboxItem]
) -> QuerySet[InboxItem]:
    if tab == NEEDS:
        return needing
    if tab == SNOOZED:
        return own.filter(_asleep())
    return own.filter(done_at__isnull=False) if tab == DONE else own


def suggestion_of(person: User, pk: int) -> Suggestion:
    """The suggestion that one's own item is about; NotVisible when there is none."""
    thread = "comment__thread__prompt__namespace"
    rows = Suggestion.objects.select_related("comment__author", thread)
    item = own_items(person).filter(pk=pk, event=SUGGESTED)
    found = rows.filter(comment__in=item.order_by().values("comment")).first()
    if found is None:
        require(not_visible())
    assert found is not None
    return found


def worth_telling(person: User, letter: int) -> list[InboxItem]:
    """What of a letter is news still: not done, not asleep, not muted, in view, and standing."""
    rows = items_of(person).filter(_awake(), letters=letter, done_at=None)
    asks = set(standing(rows, person).values_list("pk", flat=True))
    found = _heard(rows, person).select_related(*ROW).order_by("pk")
    return [item for item in found if not item.needs_action or item.pk in asks]


def _done_today(own: QuerySet[InboxItem]) -> int:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return own.filter(done_at__gte=midnight).count()


def _live_this_week(person: User) -> int:
    """How many of the prompts that one may see went live somewhere in the last seven days."""
    since = timezone.now() - timedelta(days=7)
    rows = Release.objects.filter(prompt__in=visible_prompts(person), made_at__gte=since)
    return rows.aggregate(n=Count("prompt", distinct=True))["n"]
