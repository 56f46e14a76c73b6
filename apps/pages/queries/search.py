"""What the palette and the search page find: prompts, texts, snippets, people, acts. Only what one
may see, and acts that one may do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.queries import active_people
from apps.core.looks import BLOCKS
from apps.environments.models import Deployment, Environment
from apps.prompts.models import Prompt, Snippet, SnippetVersion, Version
from apps.prompts.queries import visible_prompts, writable_namespaces
from apps.prompts.queries.found import (
    ROW_KEYS,
    TextHit,
    draft_hits,
    prompts_named,
    recent_prompts,
    version_hits,
)
from apps.prompts.queries.registry import READ, Piece, excerpt, readable
from apps.releases.permissions import can_roll_back
from apps.reviews.permissions import can_request_review
from apps.teams.models import Membership
from apps.teams.permissions import can_administer
from apps.teams.queries import visible_namespaces

MOST = 8  # in a group
ACTED_ON = 3  # prompts whose acts are offered
LONGEST = 200


@dataclass(frozen=True)
class Found:
    """One row. `keys` are the shortcut that does the same; `press` names a control of the page
    that is pressed instead of following `url`."""

    label: str
    url: str
    icon: str
    note: str = ""
    parts: tuple[Piece, ...] = ()
    keys: tuple[str, ...] = ()
    press: str = ""


@dataclass
class Group:
    code: str
    label: str
    rows: list[Found] = field(default_factory=list)


def search(person: User, typed: str) -> list[Group]:
    """Groups with at least one row, at most `MOST` each; what is recent, if nothing is typed."""
    text = " ".join(typed.replace("\x00", " ").split())[:LONGEST]
    if not text:
        recent = [visit.prompt for visit in recent_prompts(person, MOST)]
        groups = [
            Group("recent", _("Opened lately"), [_prompt(prompt) for prompt in recent]),
            Group("acts", _("Actions"), _acts(person, "", recent[:1])),
        ]
        return [group for group in groups if group.rows]
    named = prompts_named(person, text, MOST)
    groups = [
        Group("prompts", _("Prompts"), [_prompt(prompt) for prompt in named]),
        Group("acts", _("Actions"), _acts(person, text, named)),
        Group("texts", _("Texts"), _texts(person, text)),
        Group("snippets", _("Snippets"), _snippets(person, text)),
        Group("people", _("People"), _people(person, text)),
    ]
    return [group for group in groups if group.rows]


def _prompt(prompt: Prompt) -> Found:
    url = reverse("pages:write", args=[prompt.path])
    return Found(prompt.name, url, "prompts", note=prompt.path)


def _texts(person: User, text: str) -> list[Found]:
    """Drafts first; what is live where no draft of the prompt says it."""
    drafts = draft_hits(person, text, MOST)
    known = {hit.prompt.pk for hit in drafts}
    live = Deployment.objects.filter(prompt__in=visible_prompts(person)).exclude(prompt__in=known)
    versions = Version.objects.filter(pk__in=live.values("release__version"))
    old = version_hits(versions, text, MOST) if len(drafts) < MOST else []
    return [_text(hit) for hit in [*drafts, *old][:MOST]]


def _text(hit: TextHit) -> Found:
    block = str(BLOCKS[hit.block_type][0]) if hit.block_type in BLOCKS else hit.block_type
    label = _("%(block)s of %(prompt)s") % {"block": block, "prompt": hit.prompt}
    if hit.version is not None:
        url = reverse("pages:version", args=[hit.prompt.path, hit.version.number])
        note = _("%(version)s, live") % {"version": hit.version}
    else:
        query = f"?draft={hit.draft_id}" if hit.draft else ""
        url = reverse("pages:write", args=[hit.prompt.path]) + f"{query}#block-{hit.key}"
        note = hit.draft
    icon = BLOCKS[hit.block_type][1] if hit.block_type in BLOCKS else "custom"
    return Found(label, url, icon, note, hit.parts)


def _snippets(person: User, text: str) -> list[Found]:
    """By name, purpose, or what their newest version says."""
    rows = Snippet.objects.filter(namespace__in=visible_namespaces(person), archived_at=None)
    newest = SnippetVersion.objects.filter(snippet=OuterRef("pk")).order_by("-number")
    said = {name: Subquery(newest.values(name)[:1]) for name in ("title", "body", "rows")}
    rows = rows.annotate(**{f"said_{name}": value for name, value in said.items()})
    words = text.split()
    for word in words:
        named = Q(name__icontains=word) | Q(purpose__icontains=word)
        rows = rows.filter(
            named | Q(said_title__icontains=word) | Q(said_body__icontains=word) | _in_rows(word)
        )
    return [
        _snippet(row, words) for row in rows.select_related("namespace").order_by("name")[:MOST]
    ]


def _in_rows(word: str) -> Q:
    return Q() if word.casefold() in ROW_KEYS else Q(said_rows__icontains=word)


def _snippet(row: Any, words: list[str]) -> Found:
    """With the words where its text has them; a name shows itself."""
    said = readable(row.said_title or "", (row.said_body or "")[:READ], row.said_rows or [])
    parts = excerpt(said, words)
    hit = any(part.hit for part in parts)
    url = reverse("prompts:snippet", args=[row.pk])
    return Found(row.name, url, "snippet", row.namespace.path, parts if hit else ())


def _people(person: User, text: str) -> list[Found]:
    """Those of one's own teams; everybody for who manages a namespace, and so gives rights."""
    rows = active_people()
    if not can_administer(person):
        teams = Membership.objects.filter(person=person).values("team")
        mates = Membership.objects.filter(team__in=teams).values("person")
        rows = rows.filter(Q(pk__in=mates) | Q(pk=person.pk))
    for word in text.split():
        rows = rows.filter(name__icontains=word)
    where = reverse("pages:audit")
    return [
        Found(row.name, f"{where}?who=person:{row.pk}", "user", note=_("What they did"))
        for row in rows.order_by("name")[:MOST]
    ]


def _acts(person: User, text: str, named: list[Prompt]) -> list[Found]:
    """Acts whose words begin like those typed; what is typed beside the act names the prompt."""
    fixed = [act for act in _everywhere(person) if _fits(act.label, text)]
    found = [act for prompt in named[:ACTED_ON] for act in _on(person, prompt)]
    if text:
        found = [act for act in found if _fits(act.label, text)]
        rest = _without_verb(text)
        if rest is not None and not found:
            prompts = prompts_named(person, rest, ACTED_ON)
            acts = [act for prompt in prompts for act in _on(person, prompt)]
            found = [act for act in acts if _fits(act.label, text)]
    return [*found, *fixed][:MOST]


def _fits(label: str, text: str) -> bool:
    """Each word typed begins a word of the label."""
    words = label.casefold().replace(":", " ").split()
    return all(any(one.startswith(w) for one in words) for w in text.casefold().split())


def _without_verb(text: str) -> str | None:
    """ "roll back refund" → "refund"; None when no act begins like that."""
    verbs = {word for label in _verbs() for word in label.casefold().split()}
    words = text.casefold().split()
    rest = [word for word in words if not any(verb.startswith(word) for verb in verbs)]
    return " ".join(rest) if len(rest) < len(words) else None


def _verbs() -> Iterable[str]:
    return (_("Ask for review"), _("Roll back"), _("History"), _("Settings"))


def _on(person: User, prompt: Prompt) -> list[Found]:
    ask, undo, history, settings = _verbs()
    found = []
    if can_request_review(person, prompt):
        url = reverse("reviews:request_review", args=[prompt.path])
        found.append(Found(f"{ask}: {prompt}", url, "reviews"))
    places = Environment.objects.filter(position__isnull=False).order_by("-position")
    for place in places:
        if can_roll_back(person, prompt, place):
            url = reverse("releases:roll_back", args=[prompt.path]) + f"?environment={place.name}"
            found.append(Found(f"{undo} {prompt}: {place}", url, "undo"))
    address = reverse("pages:history", args=[prompt.path])
    found.append(Found(f"{history}: {prompt}", address, "history"))
    address = reverse("pages:prompt_settings", args=[prompt.path])
    found.append(Found(f"{settings}: {prompt}", address, "admin"))
    return found


def _everywhere(person: User) -> list[Found]:
    found = []
    if writable_namespaces(person).exists():
        found.append(Found(_("New prompt"), reverse("pages:new_prompt"), "plus"))
        found.append(Found(_("Paste a prompt"), reverse("prompts:paste_prompt"), "paste"))
    found += [
        Found(_("Inbox"), reverse("pages:home"), "inbox"),
        Found(_("Reviews"), reverse("pages:reviews"), "reviews"),
        Found(_("Releases"), reverse("pages:board"), "releases"),
        Found(_("Where variables are used"), reverse("prompts:variable_list"), "search"),
        Found(_("Audit"), reverse("pages:audit"), "audit"),
    ]
    if can_administer(person):
        found.append(Found(_("Admin"), reverse("pages:admin"), "admin"))
    profile = reverse("accounts:profile")
    found += [
        Found(_("Switch between light and dark"), profile, "theme", press="theme"),
        Found(_("Keys"), reverse("pages:help"), "help", keys=("?",), press="keys"),
        Found(_("Help"), reverse("pages:help"), "help"),
    ]
    return found
