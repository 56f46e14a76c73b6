from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from apps.core.actors import Actor
from apps.core.verdicts import ALLOW, Verdict, not_allowed, not_possible
from apps.environments.models import Environment, Release
from apps.experiments.metrics import Metric
from apps.experiments.models import Experiment, RolloutPlan
from apps.experiments.sentences import missing_metric
from apps.experiments.states import ExperimentState, PlanState
from apps.prompts.models import Prompt
from apps.prompts.states import Lifecycle
from apps.releases.permissions import has_right_there
from apps.teams.models import Capability
from apps.teams.permissions import can

FRESH = timedelta(days=14)  # a metric that was received since then is one that arrives


def can_make_experiment(actor: Actor | None, prompt: Prompt) -> Verdict:
    """Whoever may edit or release here may set one up; to start it is another matter."""
    release = can(actor, Capability.RELEASE, prompt)
    publish = can(actor, Capability.PUBLISH, prompt)
    verdict = release or publish or can(actor, Capability.EDIT, prompt)
    if not verdict:
        return verdict
    if prompt.lifecycle == Lifecycle.DEPRECATED:
        words = _("This prompt is deprecated. Experiment with the one that follows it.")
        return not_possible("deprecated", words)
    if prompt.lifecycle == Lifecycle.ARCHIVED:
        return not_possible("archived", _("This prompt is archived. Restore it first."))
    return ALLOW


def can_change_experiment(actor: Actor | None, experiment: Experiment) -> Verdict:
    verdict = can_make_experiment(actor, experiment.prompt)
    return verdict and is_draft(experiment)


def can_abandon_experiment(actor: Actor | None, experiment: Experiment) -> Verdict:
    """Who made it, or anybody who may start it."""
    if actor is not None and actor.audit_id == experiment.made_by.audit_id:
        seen = can(actor, Capability.VIEW, experiment.prompt)
        return seen and is_draft(experiment)
    verdict = has_right_there(actor, experiment.prompt, experiment.environment)
    return verdict and is_draft(experiment)


def is_draft(experiment: Experiment) -> Verdict:
    if experiment.state == ExperimentState.DRAFT:
        return ALLOW
    if experiment.running:
        words = _(
            "It is running: what it asks was fixed when it started. Stop it, or make another."
        )
        return not_possible("started_already", words)
    return not_possible("over", _("This experiment is over. Make another one."))


def can_start_experiment(actor: Actor | None, experiment: Experiment) -> Verdict:
    """The right of a release there, and a draft; the gates are asked for each version."""
    verdict = has_right_there(actor, experiment.prompt, experiment.environment)
    return verdict and is_draft(experiment)


def no_other_runs(other: Experiment | None, environment: Environment) -> Verdict:
    if other is None:
        return ALLOW
    words = _("“%(name)s” runs in %(place)s. Two at once would spoil each other: stop it first.")
    return not_possible("another_runs", words % {"name": other, "place": environment})


def begins_with_live(experiment: Experiment, live: Release | None) -> Verdict:
    first = experiment.arms[0]["version"]
    if live is not None and live.version.number == first:
        return ALLOW
    if live is None:
        words = _("Nothing is live in %(place)s. Release v%(version)s there first.")
        said = {"place": experiment.environment, "version": first}
        return not_possible("nothing_live", words % said)
    words = _("%(live)s is live in %(place)s now, and the experiment begins with v%(version)s.")
    said = {"live": live.version, "place": experiment.environment, "version": first}
    return not_possible("other_live", words % said + " " + _("Change it first."))


def metric_arrives(metric: Metric, last: datetime | None, now: datetime) -> Verdict:
    """A metric that nobody sends decides nothing."""
    if last is not None and last > now - FRESH:
        return ALLOW
    return not_possible("no_metric", missing_metric(metric, last))


def can_end_experiment(actor: Actor | None, experiment: Experiment) -> Verdict:
    verdict = has_right_there(actor, experiment.prompt, experiment.environment)
    return verdict and is_running(experiment)


def is_running(experiment: Experiment) -> Verdict:
    if experiment.running:
        return ALLOW
    return not_possible("not_running", _("This experiment does not run. Look again."))


def is_arm(experiment: Experiment, arm: str) -> Verdict:
    if arm in {each["arm"] for each in experiment.arms}:
        return ALLOW
    return not_possible("no_arm", _("There is no such version in this experiment."))


def system_only(actor: Actor) -> Verdict:
    if actor.kind == "system":
        return ALLOW
    return not_allowed("system_only", _("Galley does this by itself."))


def is_interrupted(experiment: Experiment, live: Release | None) -> Verdict:
    """Whether something else than this experiment is live in its place."""
    same = live is not None and live.split and live.split["id"] == experiment.split_id
    if not experiment.running or same:
        return not_possible("goes_on", _("This experiment goes on."))
    return ALLOW


def can_plan_rollout(
    actor: Actor | None, prompt: Prompt, environment: Environment, known: RolloutPlan | None
) -> Verdict:
    verdict = has_right_there(actor, prompt, environment)
    if not verdict or known is None:
        return verdict
    words = _("This rollout has a plan already. End that one first.")
    return not_possible("planned_already", words)


def can_change_plan(actor: Actor | None, plan: RolloutPlan, *states: str) -> Verdict:
    verdict = has_right_there(actor, plan.prompt, plan.environment)
    return verdict and stands(plan, *states)


def stands(plan: RolloutPlan, *states: str) -> Verdict:
    wanted: Sequence[str] = states or (PlanState.RUNNING, PlanState.PAUSED)
    if plan.state in wanted:
        return ALLOW
    words = _("The plan is “%(state)s” now. Look again.")
    return not_possible("plan_moved", words % {"state": plan.get_state_display()})


def is_overtaken(plan: RolloutPlan, live: Release | None) -> Verdict:
    """Whether its rollout is over, by whatever went live since."""
    if live is not None and live.split and live.split["id"] == plan.split_id:
        return not_possible("goes_on", _("This rollout goes on."))
    return ALLOW
