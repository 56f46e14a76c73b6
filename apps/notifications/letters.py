"""A letter's words: what happened, in sentences and links. Never the text of a prompt."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.accounts.zones import zone
from apps.notifications import tokens
from apps.notifications.kinds import Kind, kind_of
from apps.notifications.models import InboxItem, Letter
from apps.notifications.queries import worth_telling
from apps.notifications.rows import InboxRow, facts_of, rows_of
from apps.prompts.invisible import visible
from apps.prompts.models import Prompt

MOST_LINES = 50
MOST_WORDS = 300
FOLDER = "notifications/email"


@dataclass(frozen=True)
class Line:
    """One thing: its sentence, the reason or words of who did it, facts, and where it is."""

    title: str
    words: str
    facts: tuple[str, ...]
    link: str


@dataclass(frozen=True)
class Group:
    """What a digest says of one prompt. A letter about one thing has one group without a name."""

    name: str
    lines: tuple[Line, ...]


def compose(letter: Letter) -> EmailMultiAlternatives | None:
    """The message, or None when nothing in it is for this person any more."""
    person = letter.person
    items = worth_telling(person, letter.pk) if person.is_active and person.email else []
    if not items:
        return None
    with timezone.override(zone(person.time_zone)):
        return _message(letter, person, items)


def _message(letter: Letter, person: User, items: list[InboxItem]) -> EmailMultiAlternatives:
    shown = items[:MOST_LINES]
    lines = [_line(row, item) for row, item in zip(rows_of(shown), shown, strict=True)]
    groups = _groups(shown, lines) if letter.kind == Letter.Kind.DIGEST else [_alone(lines)]
    quiet, off = _unsubscribe(letter, person, items[0])
    context = {
        "person": one_line(person.get_short_name()), "groups": groups, "quiet": quiet,
        "more": len(items) - len(lines), "home": address("pages:home"), "off": off,
        "prompts": _prompts(person, shown), "settings": address("notifications:settings"),
        "subject": _subject(letter, lines, len(items)),
    }  # fmt: skip
    message = EmailMultiAlternatives(
        subject=context["subject"],
        body=render_to_string(f"{FOLDER}/letter.txt", context),
        to=[person.email],
        headers={
            "Message-ID": message_id(letter),
            "List-Unsubscribe": f"<{off}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(render_to_string(f"{FOLDER}/letter.html", context), "text/html")
    return message


def _line(row: InboxRow, item: InboxItem) -> Line:
    facts = tuple(one_line(fact.words) for fact in facts_of(item))
    words = Truncator(" ".join(drawn(row.reason).split())).chars(MOST_WORDS)
    return Line(one_line(row.title), words, facts, site() + row.url)


def _groups(items: list[InboxItem], lines: list[Line]) -> list[Group]:
    """By prompt, in the order in which one first hears of each; what is of none comes last."""
    by_prompt: dict[Prompt | None, list[Line]] = {}
    for item, line in zip(items, lines, strict=True):
        by_prompt.setdefault(item.prompt, []).append(line)
    last = by_prompt.pop(None, [])
    found = [Group(one_line(str(prompt)), tuple(said)) for prompt, said in by_prompt.items()]
    return [*found, *([Group(_("Access"), tuple(last))] if last else [])]


def _alone(lines: list[Line]) -> Group:
    return Group("", tuple(lines))


def _subject(letter: Letter, lines: list[Line], count: int) -> str:
    if letter.kind == Letter.Kind.NOW:
        return lines[0].title
    return ngettext(
        "Galley: %(n)d thing that you may want to know",
        "Galley: %(n)d things that you may want to know", count,
    ) % {"n": count}  # fmt: skip


def _unsubscribe(letter: Letter, person: User, item: InboxItem) -> tuple[str, str]:
    """What the link at the end stops, in words, and the link."""
    if letter.kind == Letter.Kind.DIGEST:
        return _("Stop the daily digest"), mute_link(person, tokens.DIGEST)
    kind = kind_of(item.event, to_act=item.needs_action)
    words = _("Stop e-mail of this kind: %(kind)s") % {"kind": Kind(kind).label}
    return words, mute_link(person, f"kind:{kind.value}")


def _prompts(person: User, items: list[InboxItem]) -> list[tuple[str, str]]:
    """Each prompt once, with the link that mutes it."""
    prompts = {item.prompt.pk: item.prompt for item in items if item.prompt is not None}
    return [
        (one_line(str(prompt)), mute_link(person, f"prompt:{pk}")) for pk, prompt in prompts.items()
    ]


def mute_link(person: User, what: str) -> str:
    return address("notifications:mute_by_letter", tokens.sign(person, what))


def site() -> str:
    return str(settings.PUBLIC_URL or settings.ADDRESS)


def address(name: str, *args: str) -> str:
    return site() + reverse(name, args=args)


def message_id(letter: Letter) -> str:
    """The same at each try, so that a letter sent twice by a crash is seen once."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    mark = salted_hmac("galley.letter", str(letter.pk)).hexdigest()[:16]
    return f"<letter.{letter.pk}.{mark}@{domain}>"


def drawn(text: str) -> str:
    """Characters that nobody can see are written with their names, as on the pages."""
    return "".join(f"[{part.marker}]" if part.marker else part.text for part in visible(text))


def one_line(text: str) -> str:
    """For headers and headings: no line end is left, whatever a name holds."""
    return " ".join(drawn(" ".join(text.split())).split())


def send_test(person: User) -> str:
    """A letter to oneself, now. "" or what went wrong, in words."""
    from apps.notifications.post import failure_of

    message = EmailMultiAlternatives(
        subject=_("Mail from Galley arrives"),
        body=render_to_string(f"{FOLDER}/test.txt", {"person": one_line(person.get_short_name())}),
        to=[person.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
    try:
        message.send()
    except (OSError, ValueError) as error:
        return failure_of(error).words
    return ""
