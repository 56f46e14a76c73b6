"""Items as rows: who did what, why, where it leads, and what can be done on the spot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.audit.models import AuditEntry, AuditLabel
from apps.core.text import listing
from apps.notifications.alarms import rang_words
from apps.notifications.ending import ending_words, moving_words
from apps.notifications.kinds import ACCEPTED, DISMISSED, SUGGESTED, Kind, kind_of
from apps.notifications.models import InboxItem
from apps.notifications.sentences import sentence
from apps.prompts.compare import Comparison, Segments, word_segments
from apps.prompts.models import Prompt
from apps.reviews.models import Suggestion
from apps.reviews.queries import ReviewFacts, facts
from apps.reviews.states import SuggestionState

ROW = (
    "prompt__namespace", "review__environment", "comment__author", "comment__thread",
    "comment__suggestion__decided_by", "access_request__namespace",
)  # fmt: skip

OPENS = {
    Kind.RELEASE: gettext_lazy("See the releases"),
    Kind.CALLER: gettext_lazy("See who fetches it"),
    Kind.RUN: gettext_lazy("See the results"),
    Kind.RATING: gettext_lazy("See the ratings"),
    Kind.DRIFT: gettext_lazy("See the tests"),
    Kind.ALARM: gettext_lazy("See the figures"),
    Kind.EXPERIMENT: gettext_lazy("See the experiment"),
}


@dataclass(frozen=True)
class Fact:
    """One short fact beside the first item: icon, tone, words."""

    icon: str
    tone: str
    words: str


@dataclass(frozen=True)
class Proposal:
    """An open suggestion as it is shown on its row."""

    pk: int
    label: str
    segments: Segments
    may_accept: bool = False


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
    url: str
    snoozed_until: datetime | None = None
    prompt: Prompt | None = None
    review_id: int | None = None
    facts: tuple[Fact, ...] = ()
    proposal: Proposal | None = None
    opened: bool = False  # the first of what needs one
    thread_id: int | None = None
    opens: str = ""  # what the button says that leads to its address


def rows_of(items: list[InboxItem]) -> list[InboxRow]:
    """Two queries, for the entries and the names in them."""
    seqs = [item.seq for item in items if item.seq is not None]
    entries = {entry.seq: entry for entry in AuditEntry.objects.filter(seq__in=seqs)}
    labels = AuditLabel.objects.filter(entry__in=seqs).values_list("entry_id", "role", "label")
    names = {(seq, role): label for seq, role, label in labels}
    return [
        _of_comment(item) if item.seq is None else _of_entry(item, entries[item.seq], names)
        for item in items
    ]


def _of_entry(item: InboxItem, entry: AuditEntry, names: dict[tuple[int, str], str]) -> InboxRow:
    who = names.get((entry.seq, AuditLabel.Role.ACTOR), "")
    title = sentence(
        item.event,
        to_act=item.needs_action,
        who=who or _("Someone"),
        prompt=str(item.prompt or _("A namespace")),
        version=f"v{entry.data['version']}" if entry.data.get("version") else "",
        environment=_environment(item, entry),
        right=str(entry.data.get("right", "")),
        place=str(entry.data.get("place", "")),
        what=names.get((entry.seq, AuditLabel.Role.TARGET), ""),
        alarm=rang_words(entry),
        ending=ending_words(entry),
        moving=moving_words(entry),
    )
    return InboxRow(
        pk=item.pk, who=who, who_kind=entry.actor_kind, title=title, reason=entry.reason,
        at=entry.at, needs_action=item.needs_action, done=item.done_at is not None,
        url=_run_address(entry) or _alarm_address(item, entry) or _address(item),
        snoozed_until=item.snoozed_until, prompt=item.prompt, review_id=item.review_id,
        opens=_opens(item),
    )  # fmt: skip


def _of_comment(item: InboxItem) -> InboxRow:
    comment = item.comment
    assert comment is not None
    suggestion: Suggestion | None = getattr(comment, "suggestion", None)
    who, at = str(comment.author), comment.created_at
    if suggestion and item.event in (ACCEPTED, DISMISSED):
        who, at = str(suggestion.decided_by or _("Someone")), suggestion.decided_at or at
    title = sentence(
        item.event, to_act=item.needs_action, who=who, prompt=str(item.prompt or ""),
        version="", environment="",
    )  # fmt: skip
    return InboxRow(
        pk=item.pk, who=who, who_kind="person", title=title, reason=comment.body, at=at,
        needs_action=item.needs_action, done=item.done_at is not None, url=_address(item),
        snoozed_until=item.snoozed_until, prompt=item.prompt, review_id=item.review_id,
        proposal=_proposal(item, suggestion), opens=_("Open the conversation"),
        thread_id=comment.thread_id,
    )  # fmt: skip


def _proposal(item: InboxItem, suggestion: Suggestion | None) -> Proposal | None:
    wanted = suggestion and item.event == SUGGESTED and suggestion.state == SuggestionState.OPEN
    if not wanted or suggestion is None or item.comment is None:
        return None
    segments, _whole = word_segments(suggestion.base, suggestion.body)
    return Proposal(suggestion.pk, item.comment.thread.block_label, segments)


def _opens(item: InboxItem) -> str:
    if item.access_request_id or item.rule_change_id:
        return _("Decide") if item.needs_action else _("See the decision")
    if item.event == "evaluations.ratings.asked":
        return _("Rate answers")
    if item.review_id:
        return _("Open review")
    return str(OPENS.get(kind_of(item.event, to_act=item.needs_action), _("See what happened")))


def _address(item: InboxItem) -> str:
    """Where the item is dealt with."""
    thread = f"#thread-{item.comment.thread_id}" if item.comment else ""
    if item.review_id:
        return reverse("pages:review", args=[item.review_id]) + thread
    if item.access_request is not None and item.needs_action:
        place = urlencode({"in": item.access_request.namespace.path})
        return f"{reverse('pages:admin')}?{place}"
    if item.rule_change_id:
        return reverse("environments:rule_change", args=[item.rule_change_id])
    if item.prompt is None:
        return reverse("pages:registry")
    if item.event.startswith("evaluations.drift."):
        return reverse("pages:prompt_tests", args=[item.prompt.path])
    if item.comment:
        return reverse("pages:write", args=[item.prompt.path]) + "?pane=comments" + thread
    if item.event.startswith("prompts.prompt."):
        return reverse("pages:prompt_settings", args=[item.prompt.path]) + "#callers"
    return reverse("pages:prompt_releases", args=[item.prompt.path])


def _run_address(entry: AuditEntry) -> str:
    if entry.event.startswith("evaluations.update."):
        return reverse("evaluations:model_update", args=[entry.data["update"]])
    if entry.event == "evaluations.ratings.asked":
        return reverse("evaluations:rate_next", args=[entry.data["request"]])
    if entry.event == "evaluations.ratings.done":
        return reverse("evaluations:ratings", args=[entry.data["run"]])
    if entry.event.startswith("experiments.experiment."):
        return reverse("experiments:experiment", args=[entry.data["experiment"]])
    if entry.event.startswith("experiments.shadow."):
        return reverse("experiments:shadow", args=[entry.data["shadow"]])
    if not entry.event.startswith("evaluations.run."):
        return ""
    return reverse("evaluations:run", args=[entry.data["run"]])


def _alarm_address(item: InboxItem, entry: AuditEntry) -> str:
    if not entry.event.startswith("analytics.alarm."):
        return ""
    if item.prompt is None:
        return reverse("analytics:alarms")
    place = urlencode({"environment": entry.environment})
    return f"{reverse('pages:prompt_analytics', args=[item.prompt.path])}?{place}"


def _environment(item: InboxItem, entry: AuditEntry) -> str:
    if entry.environment or item.review is None:
        return entry.environment.capitalize()
    return str(item.review.environment)


def facts_of(item: InboxItem) -> tuple[Fact, ...]:
    """What a review that waits is opened up with: what it changes, and what is missing still."""
    if item.review is None or item.comment_id or not item.needs_action:
        return ()
    known = facts(item.review)
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
