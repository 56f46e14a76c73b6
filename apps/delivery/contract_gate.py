"""The gate that keeps a release from breaking the applications that call: a variable that a version
needs must be one that they send."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.text import listing
from apps.delivery.models import SentName
from apps.delivery.sent import ANY
from apps.environments.models import Environment
from apps.environments.queries import live_version
from apps.prompts.content import Document
from apps.prompts.models import Version
from apps.prompts.queries import version_document
from apps.releases.gates import Gate

SEEN_WITHIN = timedelta(days=30)
CODE = "contract"


def contract_gate(version: Version, environment: Environment) -> Gate | None:
    """None outside the order of the environments: there such a change is tried. What the version
    that is live needs already breaks nobody anew."""
    if environment.position is None:
        return None
    live = live_version(version.prompt, environment)
    if live is None:
        words = _("Nothing of this is live in %(place)s, so no application can break")
        return Gate(CODE, True, words % {"place": environment})
    if live.pk == version.pk:  # another share of a rollout: it was asked when it began
        return Gate(CODE, True, _("Applications keep working"))
    old, new = version_document(live), version_document(version)
    sent = sent_names(version.prompt_id, environment.pk)
    missing = [name for name in needed(new) if name not in needed(old) and name not in sent]
    if missing:
        return _closed(version, environment, live, missing, seen=bool(sent))
    return _open(environment, live, sorted(sent & _gone(old, new)), seen=bool(sent))


def needed(document: Document) -> list[str]:
    """The variables without which a call fails."""
    return [
        variable["name"]
        for variable in document["variables"]
        if variable["required"] and variable["default"] is None
    ]


def sent_names(prompt: int, environment: int) -> set[str]:
    """What callers sent lately; the empty name among them when any call was seen."""
    rows = SentName.objects.filter(
        prompt=prompt, environment=environment, last_seen__gt=timezone.now() - SEEN_WITHIN
    )
    return set(rows.values_list("name", flat=True))


def _gone(old: Document, new: Document) -> set[str]:
    return {v["name"] for v in old["variables"]} - {v["name"] for v in new["variables"]} - {ANY}


def _closed(
    version: Version, environment: Environment, live: Version, missing: list[str], *, seen: bool
) -> Gate:
    facts = {
        "number": version.number,
        "live": live.number,
        "names": listing([f"“{name}”" for name in missing]),
        "place": environment.name,
    }
    advice = _("Let the application send it first: until then it is ignored. Or give it a default.")
    if seen:
        words = _(
            "Version %(number)s needs %(names)s, which the application calling %(place)s does not "
            "send"
        )
        return Gate(CODE, False, words % facts, advice)
    words = _("Version %(number)s needs %(names)s, which v%(live)s, live in %(place)s, does not")
    unseen = _("No call was seen there in 30 days, so this compares the two versions.")
    return Gate(CODE, False, words % facts, f"{unseen} {advice}")


def _open(environment: Environment, live: Version, gone: list[str], *, seen: bool) -> Gate:
    detail = ""
    if gone:
        words = ngettext(
            "%(names)s is ignored from then on.", "%(names)s are ignored from then on.", len(gone)
        )
        detail = words % {"names": listing([f"“{name}”" for name in gone])}
    if seen:
        words = _("The application calling %(place)s sends what this version needs")
        return Gate(CODE, True, words % {"place": environment.name}, detail)
    facts = {"live": live.number, "place": environment.name}
    unseen = _("It needs nothing that v%(live)s does not. No call was seen in 30 days.") % facts
    return Gate(CODE, True, _("Applications keep working"), f"{unseen} {detail}".strip())
