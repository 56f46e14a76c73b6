from apps.experiments.actions.designs import (
    Design,
    abandon_experiment,
    change_experiment,
    make_experiment,
)
from apps.experiments.actions.ending import (
    choose_winner,
    interrupt_experiment,
    stop_experiment,
    tell_finding,
)
from apps.experiments.actions.plans import (
    close_plan,
    end_plan,
    guard_rollout,
    pause_plan,
    release_by_itself,
    resume_plan,
)
from apps.experiments.actions.shadows import (
    end_shadow,
    hold_shadow,
    pause_shadow,
    resume_shadow,
    start_shadow,
    stop_shadow,
)
from apps.experiments.actions.starting import start_experiment
from apps.experiments.actions.watching import answer_harm, hold_plan, take_next_step

__all__ = [
    "Design",
    "abandon_experiment",
    "answer_harm",
    "change_experiment",
    "choose_winner",
    "close_plan",
    "end_plan",
    "end_shadow",
    "guard_rollout",
    "hold_plan",
    "hold_shadow",
    "interrupt_experiment",
    "make_experiment",
    "pause_plan",
    "pause_shadow",
    "release_by_itself",
    "resume_plan",
    "resume_shadow",
    "start_experiment",
    "start_shadow",
    "stop_experiment",
    "stop_shadow",
    "take_next_step",
    "tell_finding",
]
