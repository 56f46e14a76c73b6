from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from apps.environments.models import Environment, Label, Release
from apps.prompts.models import Prompt, Version


@dataclass(frozen=True)
class LabelStep:
    """One move of a label: `version` None when it was removed."""

    who: str
    at: Any
    version: Version | None
    reason: str


@dataclass(frozen=True)
class LabelLine:
    """A label of a prompt, with what happened to it, newest first; `label` None: it was removed."""

    name: str
    label: Label | None
    steps: list[LabelStep]


def label_of(prompt: Prompt, environment: Environment, name: str) -> Label | None:
    rows = Label.objects.filter(prompt=prompt, environment=environment, name=name)
    return rows.select_related("release__version").first()


def labels_of(prompt: Prompt) -> dict[int, list[LabelLine]]:
    """Environment id → its labels by name, and after them those that were removed. Two queries."""
    rows = Label.objects.filter(prompt=prompt).select_related("environment", "release__version")
    steps = _steps(prompt)
    found: dict[int, list[LabelLine]] = {}
    for row in rows.defer("release__version__content"):
        line = LabelLine(row.name, row, steps.pop((row.environment_id, row.name), []))
        found.setdefault(row.environment_id, []).append(line)
    for (place, name), gone in sorted(steps.items(), key=lambda one: one[0]):
        found.setdefault(place, []).append(LabelLine(name, None, gone))
    return found


def labelled_release(version: Version, environment: Environment) -> Release:
    """The release by which a version was live there last: what a label points to."""
    rows = Release.objects.filter(version=version, environment=environment)
    return rows.select_related("version").latest("revision")


def label_versions(prompt: Prompt, environment: Environment) -> list[Version]:
    """What a label there may name: every version that was released there, newest first."""
    rows = Version.objects.filter(prompt=prompt, releases__environment=environment)
    return list(rows.defer("content").distinct().order_by("-number"))


def _steps(prompt: Prompt) -> dict[tuple[int, str], list[LabelStep]]:
    rows = Label.history.filter(prompt=prompt).select_related("history_user", "release__version")
    found: dict[tuple[int, str], list[LabelStep]] = {}
    for row in rows.defer("release__version__content").order_by("-history_id"):
        version = None if row.history_type == "-" else row.release.version
        step = LabelStep(
            str(row.history_user or "Galley"), row.history_date, version, row.history_change_reason
        )
        found.setdefault((row.environment_id, row.name), []).append(step)
    return found
