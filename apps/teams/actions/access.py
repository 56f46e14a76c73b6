"""Asking for a right that one lacks, and the answer of whoever manages the place."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.errors import Invalid, require
from apps.core.verdicts import not_possible
from apps.teams import events
from apps.teams.actions.grants import grant
from apps.teams.models import AccessRequest, Capability, Namespace
from apps.teams.permissions import can_decide_access, can_request_access
from apps.teams.rights import labels

MAX_NOTE = 2000


@governed
def request_access(
    namespace: Namespace, *, capability: str, note: str = "", actor: User
) -> AccessRequest:
    """Ask whoever manages a namespace that one may see. Raises NotVisible, or NotPossible for who
    has the right, asked already, was declined a moment ago, or asks for too much at once."""
    if capability not in Capability.values:
        raise Invalid({"capability": [_("Choose a right from the list.")]})
    text = _note(note)
    require(can_request_access(actor, namespace, capability))
    try:
        with transaction.atomic():
            asked = AccessRequest.objects.create(
                person=actor, namespace=namespace, capability=capability, note=text
            )
    except IntegrityError:  # the same request, sent at the same moment
        require(not_possible("asked_already", _("You asked for this already.")))
        raise
    record(events.ACCESS_REQUESTED, **_facts(asked), target=namespace, reason=text, actor=actor)
    return asked


def _note(note: str) -> str:
    text = note.replace("\r\n", "\n").strip()
    if "\x00" in text or len(text) > MAX_NOTE:
        sentence = _("This has %(have)s characters; at most %(most)s fit. Shorten it.")
        raise Invalid({"note": [sentence % {"have": len(text), "most": MAX_NOTE}]})
    return text


@governed
def grant_request(wish: AccessRequest, *, reason: str = "", actor: User) -> AccessRequest:
    """Give what was asked for, on the namespace that it was asked on."""
    asked = _locked(wish)
    require(can_decide_access(actor, asked))
    if not asked.person.holds(asked.capability, asked.namespace):
        grant(
            asked.namespace, to=asked.person, capabilities=[asked.capability], reason=reason,
            actor=actor,
        )  # fmt: skip
    _decide(asked, granted=True, actor=actor)
    record(events.ACCESS_GRANTED, **_facts(asked), target=asked.person, reason=reason, actor=actor)
    return asked


@governed
def decline_request(wish: AccessRequest, *, reason: str, actor: User) -> AccessRequest:
    """Say no, and why: the person reads it."""
    if not reason.strip():
        raise Invalid({"reason": [_("Say why, so that the person knows what to do next.")]})
    asked = _locked(wish)
    require(can_decide_access(actor, asked))
    _decide(asked, granted=False, actor=actor)
    record(events.ACCESS_DECLINED, **_facts(asked), target=asked.person, reason=reason, actor=actor)
    return asked


def _locked(wish: AccessRequest) -> AccessRequest:
    rows = AccessRequest.objects.select_for_update(of=("self",))
    return rows.select_related("person", "namespace").get(pk=wish.pk)


def _decide(asked: AccessRequest, *, granted: bool, actor: User) -> None:
    asked.granted, asked.decided_by, asked.decided_at = granted, actor, timezone.now()
    asked.save()


def _facts(asked: AccessRequest) -> dict[str, Any]:
    """`request` is the row's id; names of people come from labels alone."""
    return {
        "namespace": asked.namespace,
        "request": asked.pk,
        "right": labels([asked.capability])[0],
        "place": str(asked.namespace),
    }
