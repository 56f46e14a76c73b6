"""Labels: further named pointers, moved under the right and the gates of a release."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from apps.audit.restored import can_release_at_all
from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import Actor
from apps.core.errors import Invalid, require
from apps.core.live import touch
from apps.environments.locks import hold_rules, lock_prompt
from apps.environments.models import Environment, Label
from apps.prompts.models import Prompt, Version
from apps.releases.events import LABEL_MOVED, LABEL_REMOVED
from apps.releases.label_gates import label_gates
from apps.releases.label_permissions import (
    can_carry_label,
    is_there,
    moves,
    name_fault,
    still_points,
)
from apps.releases.permissions import all_open, belongs, has_right_there
from apps.releases.queries.labels import label_of, labelled_release


@governed
def move_label(
    prompt: Prompt,
    *,
    environment: Environment,
    name: str,
    version: Version,
    expects: int | None,
    reason: str = "",
    acknowledged: bool = False,
    actor: Actor,
) -> Label:
    """Put a label on a version that was released there; make it where it is new.

    `expects` is the id of the release that it points to (None: there is no such label yet).
    """
    prompt = lock_prompt(prompt)
    hold_rules(prompt, environment)
    label = label_of(prompt, environment, name)
    refusal = _denied(LABEL_MOVED, prompt, environment, name, version)
    require(belongs(version, prompt), refusal)
    require(has_right_there(actor, prompt, environment), refusal)
    if label is None and (fault := name_fault(name)):
        raise Invalid({"name": [fault]})
    require(still_points(label, expects, name, environment), refusal)
    require(can_carry_label(prompt, version, environment), refusal)
    require(moves(label, version), refusal)
    require(can_release_at_all(), refusal)
    require(all_open(label_gates(version, environment, acknowledged=acknowledged)), refusal)
    before = label.release if label else None
    label = label or Label(prompt=prompt, environment=environment, name=name)
    label.release = labelled_release(version, environment)
    label.save()
    touch("release", label.release.pk)
    touch("prompt", prompt.pk)
    record(
        LABEL_MOVED,
        actor=actor,
        target=prompt,
        reason=reason.strip(),
        namespace=prompt.namespace,
        environment=environment.name,
        before={"version": before.version.number} if before else None,
        after={"version": version.number, "content_hash": version.content_hash},
        label=name,
        release=label.release.pk,
        version=version.number,
        replaced=before.version.number if before else None,
        acknowledged=acknowledged,
    )
    return label


@governed
def remove_label(
    prompt: Prompt,
    *,
    environment: Environment,
    name: str,
    expects: int | None,
    reason: str,
    actor: Actor,
) -> Prompt:
    """Take a label away: whoever fetches it is told that there is none, and which there are."""
    prompt = lock_prompt(prompt)
    hold_rules(prompt, environment)
    label = label_of(prompt, environment, name)
    refusal = _denied(LABEL_REMOVED, prompt, environment, name)
    require(has_right_there(actor, prompt, environment), refusal)
    require(is_there(label, name, environment), refusal)
    require(still_points(label, expects, name, environment), refusal)
    if not reason.strip():
        raise Invalid({"reason": [_("Say why. Applications that ask for it get an error.")]})
    assert label is not None
    number = label.release.version.number
    label.delete()
    touch("release", label.release_id)
    touch("prompt", prompt.pk)
    record(
        LABEL_REMOVED,
        actor=actor,
        target=prompt,
        reason=reason.strip(),
        namespace=prompt.namespace,
        environment=environment.name,
        before={"version": number},
        label=name,
        replaced=number,
    )
    return prompt


def _denied(
    event: str,
    prompt: Prompt,
    environment: Environment,
    name: str,
    version: Version | None = None,
) -> dict[str, Any] | None:
    if not environment.protected:
        return None
    data = {"label": name} | ({"version": version.number} if version else {})
    return {
        "event": event, "target": prompt, "namespace": prompt.namespace,
        "environment": environment.name, "data": data,
    }  # fmt: skip
