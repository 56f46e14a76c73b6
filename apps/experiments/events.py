"""Events of experiments and of rollouts that look after themselves. The target is the prompt."""

from __future__ import annotations

from apps.audit.registry import declare

_KEYS = ("experiment", "name")

MADE = declare(
    "experiments.experiment.made",
    "{actor} set up the experiment “{name}” on {target} for {environment}",
    *_KEYS,
)
CHANGED = declare(
    "experiments.experiment.changed", "{actor} changed the experiment “{name}” on {target}", *_KEYS
)
STARTED = declare(
    "experiments.experiment.started",
    "{actor} started the experiment “{name}” on {target} in {environment}",
    *_KEYS, "release", "arms", "audience", "split", "metric", "guards",
    denied="{actor} tried to start the experiment “{name}” on {target} in {environment}",
)  # fmt: skip
STOPPED = declare(
    "experiments.experiment.stopped",
    "{actor} stopped the experiment “{name}” on {target} in {environment}",
    *_KEYS, "release",
    denied="{actor} tried to stop the experiment “{name}” on {target} in {environment}",
)  # fmt: skip
DECIDED = declare(
    "experiments.experiment.decided",
    "{actor} chose v{version} as the winner of the experiment “{name}” on {target}",
    *_KEYS, "release", "version", "winner", "finding",
    denied="{actor} tried to decide the experiment “{name}” on {target} in {environment}",
)  # fmt: skip
ABANDONED = declare(
    "experiments.experiment.abandoned",
    "{actor} gave up the experiment “{name}” on {target} before its start",
    *_KEYS,
)
INTERRUPTED = declare(
    "experiments.experiment.interrupted",
    "The experiment “{name}” on {target} ended: something else went live in {environment}",
    *_KEYS, "release",
)  # fmt: skip
SPOKEN = declare(
    "experiments.experiment.spoken",
    "The experiment “{name}” on {target} has something to say",
    *_KEYS, "finding",
)  # fmt: skip

_PLAN = ("plan", "version", "share", "evidence")

PLANNED = declare(
    "experiments.rollout.planned",
    "{actor} lets the rollout of {target} v{version} in {environment} go on by itself",
    *_PLAN, "steps", "hold", "guards", "on_harm",
    denied="{actor} tried to plan the rollout of {target} v{version} in {environment}",
)  # fmt: skip
MOVED = declare(
    "experiments.rollout.moved",
    "The rollout of {target} v{version} in {environment} took its next step",
    *_PLAN, "release",
)  # fmt: skip
PAUSED = declare(
    "experiments.rollout.paused",
    "{actor} paused the rollout of {target} v{version} in {environment}",
    *_PLAN,
    denied="{actor} tried to pause the rollout of {target} v{version} in {environment}",
)
RESUMED = declare(
    "experiments.rollout.resumed",
    "{actor} let the rollout of {target} v{version} in {environment} go on",
    *_PLAN,
    denied="{actor} tried to resume the rollout of {target} v{version} in {environment}",
)
HARMED = declare(
    "experiments.rollout.harmed",
    "The guards of {target} v{version} in {environment} saw harm",
    *_PLAN, "done", "release",
)  # fmt: skip
ENDED = declare(
    "experiments.rollout.ended",
    "{actor} ended the plan of the rollout of {target} v{version} in {environment}",
    *_PLAN,
    denied="{actor} tried to end the plan of the rollout of {target} v{version} in {environment}",
)
CLOSED = declare(
    "experiments.rollout.closed",
    "The plan of the rollout of {target} v{version} in {environment} is over",
    *_PLAN,
)

_SHADOW = ("shadow", "version", "suite")

SHADOW_STARTED = declare(
    "experiments.shadow.started",
    "{actor} lets v{version} of {target} answer calls of {environment} in the shadow",
    *_SHADOW, "model", "judge", "share", "a_day", "most", "days",
)  # fmt: skip
SHADOW_PAUSED = declare(
    "experiments.shadow.paused",
    "{actor} paused the shadow of v{version} of {target} in {environment}",
    *_SHADOW,
)
SHADOW_RESUMED = declare(
    "experiments.shadow.resumed",
    "{actor} let the shadow of v{version} of {target} in {environment} go on",
    *_SHADOW,
)
SHADOW_STOPPED = declare(
    "experiments.shadow.stopped",
    "{actor} stopped the shadow of v{version} of {target} in {environment}",
    *_SHADOW, "answers",
)  # fmt: skip
SHADOW_ENDED = declare(
    "experiments.shadow.ended",
    "The shadow of v{version} of {target} in {environment} is over",
    *_SHADOW, "answers",
)  # fmt: skip
