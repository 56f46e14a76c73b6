"""Whether the suites that a place asks for let a version go live there.

A result counts for exactly what was run: this content, the suite as it stands now, compared with
what is live now. Anything else, and anything that could not be judged, holds the release (T33).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.environments.models import Environment
from apps.environments.queries import live_version
from apps.evaluations.models import Run, SuiteRequirement
from apps.evaluations.queries.documents import standing_version
from apps.evaluations.queries.requirements import requirements_at
from apps.evaluations.queries.runs import latest_run
from apps.evaluations.queries.suite_changes import change_since
from apps.evaluations.queries.summaries import Counts, RunSummary, run_summary
from apps.evaluations.states import Condition, RunState
from apps.evaluations.suite_changes import SuiteChange
from apps.prompts.models import Version

ROUNDING = 1e-9  # shares of cases are fractions; equal ones are no worse


@dataclass(frozen=True)
class SuiteGate:
    """One suite that is asked for. `subject` names what was judged, where two people may waive it;
    `run` is where it can be read, `change` what its suite asks since the last release."""

    requirement: SuiteRequirement
    open: bool
    sentence: str
    detail: str = ""
    run: Run | None = None
    subject: str = ""
    change: SuiteChange | None = None


def suite_gates(version: Version, environment: Environment) -> list[SuiteGate]:
    """One for each suite that holds for the prompt in this environment alone."""
    asked = requirements_at(environment, version.prompt.namespace)
    return [_with_change(_gate(one, version, environment)) for one in asked]


def _with_change(gate: SuiteGate) -> SuiteGate:
    return replace(gate, change=change_since(gate.run)) if gate.run else gate


def runs_to_do(asked: SuiteRequirement, version: Version, environment: Environment) -> bool:
    """Whether nothing of the suite as it stands has run, or runs, that could open this gate."""
    run = _latest(asked, version, environment)
    return run is None or run.state in (RunState.PARTIAL, RunState.FAILED)


def _latest(asked: SuiteRequirement, version: Version, environment: Environment) -> Run | None:
    frozen = standing_version(asked.suite)
    return latest_run(frozen, version, environment=environment) if frozen else None


def _gate(asked: SuiteRequirement, version: Version, environment: Environment) -> SuiteGate:
    run = _latest(asked, version, environment)
    said: dict[str, object] = {"suite": asked.suite, "version": version}
    if run is None:
        words = _("“%(suite)s” has not run on %(version)s") % said
        return SuiteGate(asked, False, words, _("Run it as it stands now, then come back."))
    summary = run_summary(run)
    if run.is_under_way:
        words = _("“%(suite)s” is running: %(done)s of %(all)s")
        counted = {"done": summary.finished, "all": summary.total}
        return SuiteGate(asked, False, words % {**said, **counted}, run=run)
    if run.state != RunState.DONE:
        words = _("“%(suite)s” did not run to its end on %(version)s") % said
        return SuiteGate(asked, False, words, _missing(summary), run)
    if asked.condition == Condition.MUST_PASS:
        return _must_pass(asked, summary, said)
    return _not_worse(asked, summary, version, environment)


def _must_pass(asked: SuiteRequirement, summary: RunSummary, said: dict[str, object]) -> SuiteGate:
    own = summary.own
    words = _("“%(suite)s”: %(passed)s of %(all)s cases pass")
    sentence = words % {**said, "passed": own.passed, "all": own.total}
    enough = _share(own) >= asked.share - ROUNDING
    detail = _open_words(own) if enough or own.open else _needs(asked)
    return _judged(asked, summary, enough, sentence, detail)


def _not_worse(
    asked: SuiteRequirement, summary: RunSummary, version: Version, environment: Environment
) -> SuiteGate:
    live = live_version(version.prompt, environment)
    own, before = summary.own, summary.live
    if live is None or live.pk == version.pk:
        words = _("“%(suite)s”: %(passed)s of %(all)s cases pass, and nothing else is live")
        said = {"suite": asked.suite, "passed": own.passed, "all": own.total}
        return _judged(asked, summary, own.open == 0, words % said, _open_words(own))
    paired = summary.run.paired
    if paired is None or before is None or paired.version_id != live.pk:
        words = _("“%(suite)s” was not compared with %(live)s, which is live now")
        said = {"suite": asked.suite, "live": live}
        return SuiteGate(asked, False, words % said, _("Run it again."), summary.run)
    words = _("“%(suite)s”: %(passed)s of %(all)s cases pass, %(before)s with %(live)s")
    said = {
        "suite": asked.suite, "passed": own.passed, "all": own.total,
        "before": before.passed, "live": live,
    }  # fmt: skip
    enough = _share(before) - _share(own) <= asked.share + ROUNDING
    return _judged(asked, summary, enough, words % said, summary.headline or _open_words(own))


def _judged(
    asked: SuiteRequirement, summary: RunSummary, enough: bool, sentence: str, detail: str
) -> SuiteGate:
    subject = f"{asked.pk}:{summary.run.pk}"
    return SuiteGate(asked, enough, sentence, detail, summary.run, subject)


def _share(counts: Counts) -> float:
    """What a person or a judge has not judged is no pass."""
    return counts.passed / counts.total if counts.total else 0.0


def _missing(summary: RunSummary) -> str:
    lost = summary.own.could_not_run + (summary.live.could_not_run if summary.live else 0)
    if not lost:
        return summary.run.stopped or _("Run what is missing.")
    words = ngettext("%(n)s case could not run.", "%(n)s cases could not run.", lost)
    return f"{words % {'n': lost}} {summary.run.stopped}".strip()


def _open_words(counts: Counts) -> str:
    if not counts.open:
        return ""
    words = ngettext(
        "%(n)s answer has not been judged yet.",
        "%(n)s answers have not been judged yet.",
        counts.open,
    )
    return words % {"n": counts.open}


def _needs(asked: SuiteRequirement) -> str:
    return _("At least %(n)s %% have to pass.") % {"n": f"{round(asked.share * 100, 1):g}"}
