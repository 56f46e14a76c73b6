"""Everything that happened to a prompt, newest first: drafts, versions, reviews, releases,
comments. The words of governed acts are the trail's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.audit.queries import Line, lines
from apps.audit.sentences import Part
from apps.core.looks import BLOCKS
from apps.core.text import listing
from apps.pages.queries.trail import day_title
from apps.prompts.models import Draft, Prompt
from apps.prompts.queries.sessions import Session, moment_of, sessions_before
from apps.reviews.models import Comment
from apps.teams.queries import visible_entries

PAGE = 40
KINDS = {
    "drafts": gettext_lazy("Drafts"),
    "versions": gettext_lazy("Versions"),
    "reviews": gettext_lazy("Reviews"),
    "releases": gettext_lazy("Releases"),
    "comments": gettext_lazy("Comments"),
}
GROUPS = {"prompts": "versions", "reviews": "reviews", "releases": "releases"}


@dataclass(frozen=True)
class Event:
    """One dot of the timeline. `who` is a person, a name of the trail, or None."""

    kind: str
    at: datetime
    who: Any
    parts: list[Part]
    url: str
    reason: str = ""
    note: str = ""


@dataclass
class Day:
    title: str
    events: list[Event] = field(default_factory=list)


@dataclass(frozen=True)
class Timeline:
    """`older` is the moment to ask for what is older with, or None."""

    days: list[Day]
    older: int | None


def timeline_of(
    person: User, prompt: Prompt, kind: str = "", before: datetime | None = None
) -> Timeline:
    """The newest `PAGE` events before a moment; of one kind or of all. The number of queries does
    not grow with the rows."""
    found: list[Event] = []
    if kind in ("", "drafts"):
        found += _drafts(prompt, before)
    if kind in ("", "comments"):
        found += _comments(prompt, before)
    if kind in ("", "versions", "reviews", "releases"):
        found += _governed(person, prompt, kind, before)
    found.sort(key=lambda event: event.at, reverse=True)
    shown = found[:PAGE]
    return Timeline(_days(shown), moment_of(shown[-1].at) if len(found) > PAGE else None)


def _drafts(prompt: Prompt, before: datetime | None) -> list[Event]:
    sessions = sessions_before(prompt, before, PAGE + 1)
    people = User.objects.in_bulk({one.person_id for one in sessions if one.person_id})
    drafts = Draft.objects.in_bulk({one.draft_id for one in sessions})
    return [
        Event(
            "drafts", one.at, people.get(one.person_id or 0), [Part(_work(one, people))],
            reverse("pages:step", args=[prompt.path, one.draft_id, one.moment]),
            note=drafts[one.draft_id].name,
        )
        for one in sessions
    ]  # fmt: skip


def _work(session: Session, people: dict[int, User]) -> str:
    """ "Ana wrote in Guardrails and Context"."""
    who = people.get(session.person_id or 0) or _("Galley")
    if not session.types:
        return _("%(who)s changed the order, settings or variables") % {"who": who}
    names = [str(BLOCKS[kind][0]) if kind in BLOCKS else kind for kind in session.types[:4]]
    if len(session.types) > len(names):
        names.append(_("more"))
    return _("%(who)s wrote in %(blocks)s") % {"who": who, "blocks": listing(names)}


def _comments(prompt: Prompt, before: datetime | None) -> list[Event]:
    rows = Comment.objects.filter(thread__prompt=prompt).select_related("author", "thread")
    if before is not None:
        rows = rows.filter(created_at__lt=before)
    return [
        Event(
            "comments", one.created_at, one.author, [Part(_said(one))], _thread_url(prompt, one),
            reason=one.body[:240],
        )
        for one in rows.order_by("-created_at")[: PAGE + 1]
    ]  # fmt: skip


def _said(comment: Comment) -> str:
    words = {"who": comment.author, "what": comment.thread.block_label}
    if not comment.thread.block_label:
        return _("%(who)s commented") % words
    return _("%(who)s commented on %(what)s") % words


def _thread_url(prompt: Prompt, comment: Comment) -> str:
    thread = comment.thread
    if thread.review_id:
        return f"{reverse('pages:review', args=[thread.review_id])}#thread-{thread.pk}"
    query = f"?pane=comments&draft={thread.draft_id}#thread-{thread.pk}"
    return reverse("pages:write", args=[prompt.path]) + query


def _governed(person: User, prompt: Prompt, kind: str, before: datetime | None) -> list[Event]:
    about = Q(target_kind="prompt", target_id=str(prompt.pk)) | Q(
        target_kind="version", data__prompt_id=prompt.pk
    )
    entries = visible_entries(person).filter(
        about, namespace_id=prompt.namespace_id, outcome="done"
    )
    groups = [code for code, name in GROUPS.items() if kind in ("", name)]
    wanted = Q()
    for code in groups:
        wanted |= Q(event__startswith=f"{code}.")
    entries = entries.filter(wanted)
    if before is not None:
        entries = entries.filter(at__lt=before)
    newest = entries.order_by("-seq").prefetch_related("labels")[: PAGE + 1]
    return [_event(prompt, line) for line in lines(newest)]


def _event(prompt: Prompt, line: Line) -> Event:
    entry, data = line.entry, line.entry.data
    kind = GROUPS[entry.event.split(".", 1)[0]]
    url = reverse("pages:prompt_settings", args=[prompt.path])
    if kind == "releases":
        url = reverse("pages:prompt_releases", args=[prompt.path])
    elif kind == "reviews" and isinstance(data.get("review"), int):
        url = reverse("pages:review", args=[data["review"]])
    elif isinstance(data.get("number"), int):
        url = reverse("pages:version", args=[prompt.path, data["number"]])
    return Event(kind, entry.at, line.actor, line.parts, url, entry.reason)


def _days(events: list[Event]) -> list[Day]:
    found: dict[Any, Day] = {}
    for event in events:
        date = timezone.localdate(event.at)
        found.setdefault(date, Day(day_title(date))).events.append(event)
    return list(found.values())
