from __future__ import annotations

import re

from django.utils.translation import gettext as _

from apps.core.verdicts import ALLOW, Verdict, not_possible, not_visible
from apps.environments.models import Environment, Label, Release
from apps.environments.queries import environments
from apps.prompts.models import Prompt, Version
from apps.prompts.states import Lifecycle
from apps.teams.paths import check_segment

TAKEN = {"latest", "live"}
_NUMBER = re.compile(r"v?[0-9]+")


def name_fault(name: str) -> str:
    """A sentence that says why a label cannot have this name, "" when it can."""
    fault = check_segment(name)
    if fault:
        return fault
    if name in {place.name for place in environments()}:
        return _("“%(name)s” is the name of an environment. Give the label another name.") % {
            "name": name
        }
    if name in TAKEN or _NUMBER.fullmatch(name):
        return _(
            "“%(name)s” would be read as a version. Give the label a name such as “stable”."
        ) % {"name": name}
    return ""


def can_carry_label(prompt: Prompt, version: Version, environment: Environment) -> Verdict:
    """Only what was released there, of a prompt that is not archived."""
    if version.prompt_id != prompt.pk:
        return not_visible()
    if prompt.lifecycle == Lifecycle.ARCHIVED:
        return not_possible("archived", _("This prompt is archived. Restore it first."))
    if Release.objects.filter(version=version, environment=environment).exists():
        return ALLOW
    return not_possible(
        "never_live",
        _("v%(number)s was never live in %(place)s. Release it there, then give it the label.")
        % {"number": version.number, "place": environment},
    )


def still_points(
    label: Label | None, expects: int | None, name: str, environment: Environment
) -> Verdict:
    """Compare and swap: the label must be where the person saw it."""
    if (label.release_id if label else None) == expects:
        return ALLOW
    words = {"name": name, "place": environment}
    if label is None:
        words_gone = _("The label “%(name)s” was removed from %(place)s meanwhile.")
        return not_possible("stale_label", words_gone % words)
    return not_possible(
        "stale_label",
        _("“%(name)s” is on %(version)s in %(place)s now. Look at it, then decide.")
        % {**words, "version": label.release.version},
        version=label.release.version.number,
    )


def is_there(label: Label | None, name: str, environment: Environment) -> Verdict:
    if label is not None:
        return ALLOW
    words = _("There is no label “%(name)s” in %(place)s.")
    return not_possible("no_label", words % {"name": name, "place": environment})


def moves(label: Label | None, version: Version) -> Verdict:
    """A label that is there already is not moved."""
    if label is None or label.release.version_id != version.pk:
        return ALLOW
    return not_possible(
        "already_there",
        _("“%(name)s” is on %(version)s already.") % {"name": label, "version": version},
    )
