"""What the trail says of experiments and of planned rollouts."""

from __future__ import annotations

from typing import Any

from apps.experiments.models import Experiment, RolloutPlan, Shadow
from apps.releases.denied import denied


def entry(experiment: Experiment, actor: Any, reason: str = "") -> dict[str, Any]:
    """What the trail says of it."""
    return {
        "actor": actor,
        "target": experiment.prompt,
        "reason": reason,
        "namespace": experiment.prompt.namespace,
        "environment": experiment.environment.name,
        "experiment": experiment.pk,
        "name": experiment.name,
    }


def refused(event: str, experiment: Experiment) -> dict[str, Any] | None:
    """How a refusal is written down: only those on protected environments are."""
    if not experiment.environment.protected:
        return None
    return {
        "event": event,
        "target": experiment.prompt,
        "namespace": experiment.prompt.namespace,
        "environment": experiment.environment.name,
        "data": {"experiment": experiment.pk, "name": experiment.name},
    }


def plan_entry(plan: RolloutPlan, actor: Any, reason: str = "") -> dict[str, Any]:
    return {
        "actor": actor,
        "target": plan.prompt,
        "reason": reason.strip(),
        "namespace": plan.prompt.namespace,
        "environment": plan.environment.name,
        "plan": plan.pk,
        "version": plan.version.number,
    }


def plan_denied(event: str, plan: RolloutPlan) -> dict[str, Any] | None:
    return denied(event, plan.version, plan.environment)


def shadow_entry(shadow: Shadow, actor: Any, reason: str = "") -> dict[str, Any]:
    return {
        "actor": actor,
        "target": shadow.prompt,
        "reason": reason.strip(),
        "namespace": shadow.prompt.namespace,
        "environment": shadow.environment.name,
        "shadow": shadow.pk,
        "version": shadow.version.number,
        "suite": shadow.suite_id,
    }
