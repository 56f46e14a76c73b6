"""A sample of real calls, brought into a suite and run on a candidate: all of it, or nothing."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.analytics.events import CALLS_REPLAYED
from apps.analytics.permissions import can_replay_calls
from apps.analytics.queries.samples import cases_of_sample, unknown_to
from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.errors import require
from apps.core.verdicts import not_possible
from apps.environments.models import Environment
from apps.evaluations.actions import RunTerms, import_cases, start_run
from apps.evaluations.models import Run, Suite
from apps.evaluations.states import CaseSource
from apps.prompts.models import Draft, Prompt, Version


@governed
def replay_calls(
    suite: Suite,
    *,
    prompt: Prompt,
    place: Environment,
    tested: Version | Draft,
    many: int,
    seed: int,
    terms: RunTerms | None = None,
    actor: User,
) -> Run:
    """At most `many` of last week's calls in `place`, personal data masked, become cases; the suite
    is run on `tested` beside what is live there. Cases that it has already are not added twice.

    Refused, with nothing kept: 409 `no_calls`, and all that bringing cases in and a run refuse.
    """
    require(can_replay_calls(actor, suite, prompt))
    found = cases_of_sample(prompt, place, many, seed)
    if not found:
        words = _("No values are kept of last week's calls in %(place)s, so nothing can be asked.")
        require(not_possible("no_calls", words % {"place": place}))
    new = unknown_to(suite, found)
    if new:
        import_cases(suite, cases=new, source=CaseSource.TRAFFIC, actor=actor)
    run = start_run(
        suite, tested=tested, terms=replace(terms or RunTerms(), environment=place), actor=actor
    )
    record(
        CALLS_REPLAYED, actor=actor, target=prompt, namespace=prompt.namespace,
        environment=place.name, prompt=prompt.pk, suite=suite.pk, run=run.pk, cases=len(new),
        version=tested.number if isinstance(tested, Version) else None,
    )  # fmt: skip
    return run
