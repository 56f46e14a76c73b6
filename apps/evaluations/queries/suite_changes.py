"""What changed in a suite since the last release that it let through (evidence, not a gate)."""

from __future__ import annotations

from apps.environments.models import Release
from apps.environments.states import How
from apps.evaluations.models import Run, SuiteVersion
from apps.evaluations.states import RunState
from apps.evaluations.suite_changes import SuiteChange, suite_change

THROUGH_GATES = (How.PUBLISH, How.PROMOTE, How.SCHEDULE, How.STEP)
LOOKED_AT = 20  # releases before the run
REMEMBERED = 500
_known: dict[tuple[str, str], SuiteChange | None] = {}


def change_since(run: Run) -> SuiteChange | None:
    """Between the suite that let the release before this run through, and the suite of the run;
    None where it is the same, or where no release there was asked for it."""
    before = _last_asked(run)
    after = SuiteVersion.objects.defer("document").get(pk=run.suite_version_id)
    if before is None or before.pk == after.pk:
        return None
    pair = (before.content_hash, after.content_hash)  # versions never change: compared once
    if pair not in _known:
        if len(_known) >= REMEMBERED:
            _known.clear()
        _known[pair] = suite_change(before.document, after.document)
    return _known[pair]


def _last_asked(run: Run) -> SuiteVersion | None:
    releases = Release.objects.filter(
        prompt=run.prompt_id, environment=run.environment_id, how__in=THROUGH_GATES,
        made_at__lt=run.created_at,
    ).order_by("-pk").values_list("version", "made_at")[:LOOKED_AT]  # fmt: skip
    found = list(releases)
    runs = Run.objects.filter(
        version__in={version for version, _at in found}, environment=run.environment_id,
        suite_version__suite=run.suite_version.suite_id, state=RunState.DONE, candidate=None,
    ).select_related("suite_version").defer("content", "suite_version__document")  # fmt: skip
    rows = list(runs.order_by("-pk"))
    for version, at in found:
        for one in rows:
            if one.version_id == version and one.finished_at and one.finished_at <= at:
                return one.suite_version
    return None
