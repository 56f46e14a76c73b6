"""The path of a prompt: found free, and changed. What is live stays live, whatever it is called."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.errors import Invalid, require
from apps.core.live import touch
from apps.core.verdicts import not_possible
from apps.prompts import content, events
from apps.prompts.actions.desk import Desk
from apps.prompts.entrance import clean_reason
from apps.prompts.models import Prompt, PromptFormerPath
from apps.prompts.naming import fits
from apps.prompts.permissions import can_move_prompt
from apps.prompts.queries.naming import naming_rule_for
from apps.prompts.queries.paths import held_by_another
from apps.teams.models import Namespace

FORMER_PATH_DAYS = 90


@governed
def move_prompt(
    prompt: Prompt, *, namespace: Namespace, segment: str, reason: str, actor: Any
) -> Prompt:
    """Another last part of the path, another namespace, or both.

    What is live in which environment is left as it is; the rules of the new namespace hold for
    what comes. The path that it leaves leads on for `FORMER_PATH_DAYS`, and stays its own as long.
    """
    why = clean_reason(reason)
    here, there = _locked_places(prompt.namespace, namespace)
    locked = Desk.lock(prompt.pk)
    _require_still_at(locked, here)
    require(can_move_prompt(actor, locked, there))
    former, path = locked.path, _free_path(there, segment, prompt=locked)
    if path == former:
        raise Invalid({"segment": [_("It is at %(path)s already.") % {"path": path}]})
    until = _leave(locked)
    _take_path(path)
    locked.namespace, locked.path = there, path
    locked.save()
    touch("prompt", locked.pk)
    record(
        events.MOVED,
        actor=actor, target=locked, namespace=there, reason=why,
        before={"path": former}, after={"path": path}, path=path, former=former,
        until=until.date().isoformat(), namespaces=sorted({here.pk, there.pk}),
    )  # fmt: skip
    return locked


def _locked_namespace(namespace: Namespace) -> Namespace:
    """Locked, so that nobody makes a namespace of the same path at the same time."""
    return Namespace.objects.select_for_update(no_key=True, of=("self",)).get(pk=namespace.pk)


def _locked_places(here: Namespace, there: Namespace) -> tuple[Namespace, Namespace]:
    """Both locked, always in the same order, so that two moves never wait for each other."""
    wanted = sorted({here.pk, there.pk})
    rows = Namespace.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=wanted)
    found = {row.pk: row for row in rows.order_by("pk")}
    return found[here.pk], found[there.pk]


def _require_still_at(prompt: Prompt, here: Namespace) -> None:
    if prompt.namespace_id != here.pk:
        sentence = _("Somebody moved it to %(path)s meanwhile. Look there first.")
        require(not_possible("moved_meanwhile", sentence % {"path": prompt.path}))


def _leave(prompt: Prompt) -> datetime:
    """The path that the prompt has now becomes a former one; until when it holds."""
    until = timezone.now() + timedelta(days=FORMER_PATH_DAYS)
    _take_path(prompt.path)
    PromptFormerPath.objects.create(
        prompt=prompt, path=prompt.path, namespace=prompt.namespace, until=until
    )
    return until


def _take_path(path: str) -> None:
    """What once led from here to somewhere else does so no longer."""
    PromptFormerPath.objects.filter(path=path).delete()


def _free_path(namespace: Namespace, segment: str, *, prompt: Prompt | None = None) -> str:
    """The path for `prompt`, or for a new one; Invalid for what cannot be or is taken."""
    path = f"{namespace.path}/{segment}"
    sentence = content.check_segment(segment) or content.check_path(path)
    sentence = sentence or _misnamed(namespace, segment) or _taken(path, prompt)
    if sentence:
        raise Invalid({"segment": [sentence]})
    return path


def _misnamed(namespace: Namespace, segment: str) -> str:
    rule = naming_rule_for(namespace)
    if rule is None or fits(segment, rule.pattern):
        return ""
    words = {"name": segment, "rule": rule.words, "place": rule.namespace}
    return _("“%(name)s” does not fit. %(rule)s So says %(place)s.") % words


def _taken(path: str, prompt: Prompt | None) -> str:
    words: dict[str, Any] = {"path": path}
    there = Prompt.objects.filter(path=path).first()
    if there is not None and there != prompt:
        return _("There is a prompt at %(path)s already.") % words
    if Namespace.objects.filter(path=path).exists():
        return _("There is a namespace at %(path)s already.") % words
    held = held_by_another(path, prompt)
    if held is None:
        return ""
    words["day"] = held.until.date()
    return (
        _("%(path)s leads on to a prompt that was there, until %(day)s. Choose another name.")
        % words
    )
