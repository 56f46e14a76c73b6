"""Runs: started, cancelled, taken up again. A worker is woken; what is to do stands in the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import person_behind
from apps.core.errors import Invalid, require
from apps.core.live import touch
from apps.core.states import move
from apps.core.verdicts import not_possible
from apps.environments.models import Environment
from apps.environments.queries import live_version
from apps.evaluations import events
from apps.evaluations.actions.suites import freeze_suite
from apps.evaluations.checks import JUDGE_VERSION
from apps.evaluations.locks import lock_run, lock_suite
from apps.evaluations.models import Result, Run, Suite, SuiteVersion
from apps.evaluations.permissions import can_cancel_run, can_rerun_failed, can_start_run
from apps.evaluations.queries.estimates import Estimate, estimate, judgings
from apps.evaluations.queries.paying import paying_team
from apps.evaluations.queries.runs import family_of
from apps.evaluations.states import RUN, ResultState, RunState
from apps.evaluations.tasks import wake
from apps.llm.budget_queries import month_for
from apps.llm.permissions import can_ask_model
from apps.llm.prices import money
from apps.llm.queries import active_models
from apps.llm.questions import DEMO_MODEL
from apps.llm.states import ModelUse
from apps.prompts import content
from apps.prompts.models import Draft, Prompt, Version
from apps.prompts.queries.documents import draft_document
from apps.teams.models import Team

MAX_RESULTS = 50_000
MAX_MODELS, MAX_REPEATS = 4, 20


@dataclass(frozen=True)
class RunTerms:
    """How to run: with which models, how often each case, compared with what is live where.

    `fresh` asks even where an equal answer is known; `most_cost` is this run's own budget. A model
    for which the prompt has no variant is asked in that of `variant_of`.
    """

    models: Sequence[str] = ()
    repeats: int = 1
    environment: Environment | None = None
    judge: str = ""
    embedding: str = ""
    fresh: bool = False
    most_cost: Decimal | None = None
    variant_of: str = ""


@governed
def start_run(
    suite: Suite,
    *,
    tested: Version | Draft,
    terms: RunTerms | None = None,
    on_behalf: User | None = None,
    actor: Any,
) -> Run:
    """Run the suite as it stands on a version, or on a draft as it stands, and on what is live.

    Refuses without cases or checks, with an unknown model, and where the budget is too small. What
    was planned is started by SYSTEM `on_behalf` of a person, whose rights count and who is told.
    """
    locked, prompt, who = lock_suite(suite.pk), tested.prompt, on_behalf or actor
    require(can_start_run(who, locked, prompt))
    frozen = freeze_suite(locked, actor=actor)
    plan = _planned(frozen, tested, terms or RunTerms(), who)
    _require_affordable(plan)
    paired = _new_run(plan, plan.live, None, who) if plan.live is not None else None
    run = _new_run(plan, tested, paired, who)
    transaction.on_commit(lambda: wake(run.pk))
    record(
        events.RUN_STARTED, actor=actor, target=run, namespace=prompt.namespace, run=run.pk,
        suite=locked.pk, suite_version=frozen.number, prompt=prompt.pk,
        version=tested.number if isinstance(tested, Version) else None,
        content_hash=run.content_hash, paired=paired.pk if paired else None,
        calls=plan.estimate.calls, on_behalf=[on_behalf] if on_behalf else [],
    )  # fmt: skip
    return run


@governed
def cancel_run(run: Run, *, reason: str = "", actor: Any) -> Run:
    """Ask for no further answer. What is answered stays, and what is asked just now is kept."""
    locked = lock_run(run.pk)
    require(can_cancel_run(actor, locked))
    rows = Result.objects.filter(run__in=family_of(locked), state=ResultState.WAITING)
    left = rows.update(state=ResultState.CANCELLED)
    for row in _family(locked):
        move(row, "state", RunState.CANCELLED, RUN)
        _stamp_end(row, _cancelled_words(left))
    touch("run", locked.pk)
    record(
        events.RUN_CANCELLED, actor=actor, target=locked, namespace=locked.prompt.namespace,
        reason=reason, run=locked.pk,
    )  # fmt: skip
    return locked


@governed
def rerun_failed(run: Run, *, actor: Any) -> Run:
    """Ask again for what could not run or was cancelled. What is answered is not asked again."""
    locked = lock_run(run.pk)
    require(can_rerun_failed(actor, locked))
    again = (ResultState.COULD_NOT_RUN, ResultState.CANCELLED)
    rows = Result.objects.filter(run__in=family_of(locked), state__in=again)
    many = rows.update(state=ResultState.WAITING, attempts=0, error_code="", error="")
    if not many:
        words = _("Everything of this run has an answer. Reload to see it.")
        require(not_possible("nothing_to_run", words))
    for row in _family(locked):
        if not row.is_under_way and row.state != RunState.DONE:
            move(row, "state", RunState.QUEUED, RUN)
            Run.objects.filter(pk=row.pk).update(finished_at=None, stopped="")
    touch("run", locked.pk)
    transaction.on_commit(lambda: wake(locked.pk))
    record(
        events.RUN_AGAIN, actor=actor, target=locked, namespace=locked.prompt.namespace,
        run=locked.pk, calls=many,
    )  # fmt: skip
    return locked


@dataclass(frozen=True)
class _Plan:
    suite_version: SuiteVersion
    prompt: Prompt
    live: Version | None
    models: list[str]
    terms: RunTerms
    judge: str
    embedding: str
    team: Team | None
    estimate: Estimate


def _planned(frozen: SuiteVersion, tested: Version | Draft, terms: RunTerms, actor: Any) -> _Plan:
    prompt, document = tested.prompt, frozen.document
    live = live_version(prompt, terms.environment) if terms.environment else None
    if isinstance(tested, Version) and live is not None and live.pk == tested.pk:
        live = None  # it would be compared with itself
    models = _models(terms, tested)
    judge, embedding = terms.judge or models[0], terms.embedding or _embedding()
    _require_models(prompt, [*models, *(j.model for j in judgings(
        document["checks"], judge, embedding))])  # fmt: skip
    own = _document(tested)
    both = [own, _document(live)] if live is not None else [own]
    found = estimate(
        document, both, prompt, models=models, repeats=terms.repeats, judge=judge,
        embedding=embedding,
    )  # fmt: skip
    _require_size(frozen.case_count * len(models) * terms.repeats)
    payer = paying_team(prompt, actor)
    return _Plan(frozen, prompt, live, models, terms, judge, embedding, payer, found)


def _models(terms: RunTerms, tested: Version | Draft) -> list[str]:
    """Those asked for; else the one that the prompt names first, else the demo model."""
    named = [variant["model"] for variant in _document(tested)["models"]]
    models = list(dict.fromkeys(terms.models)) or named[:1] or [DEMO_MODEL]
    if len(models) > MAX_MODELS:
        raise Invalid({"models": [_("Choose at most %(most)s models.") % {"most": MAX_MODELS}]})
    if not 1 <= terms.repeats <= MAX_REPEATS:
        words = _("A case is asked 1 to %(most)s times.") % {"most": MAX_REPEATS}
        raise Invalid({"repeats": [words]})
    return models


def _embedding() -> str:
    first = active_models(ModelUse.EMBEDDING).order_by("name").first()
    return first.name if first else DEMO_MODEL


def _require_models(prompt: Prompt, names: Sequence[str]) -> None:
    for name in dict.fromkeys(names):
        require(can_ask_model(name, prompt.namespace))


def _require_size(answers: int) -> None:
    if answers > MAX_RESULTS:
        words = _(
            "This run would ask for %(many)s answers; at most %(most)s fit into one. Choose fewer "
            "models or repeats, or switch cases off."
        )
        numbers = {"many": f"{answers:,}", "most": f"{MAX_RESULTS:,}"}
        require(not_possible("run_too_large", words % numbers))


def _require_affordable(plan: _Plan) -> None:
    """Only where somebody set a budget: of the team's month, or of this run, which may be less than
    the run would cost: it stops there."""
    cost, most = plan.estimate.cost, plan.terms.most_cost
    left = month_for(plan.team).left if plan.team else None
    if cost is None and (left is not None or most is not None):
        words = _(
            "The price of a model of this run is not known, so the budget cannot be kept. An admin "
            "can enter its price."
        )
        require(not_possible("price_unknown", words))
    if cost is None:
        return
    if most is not None:
        cost = min(cost, most)
    if left is not None and cost > left:
        words = _(
            "This run may cost %(cost)s, and the team %(team)s has %(left)s left this month. Run "
            "fewer cases, choose a cheaper model, or ask an admin to raise the budget."
        )
        names = {"cost": money(cost), "team": plan.team, "left": money(left)}
        require(not_possible("over_budget", words % names))


def _document(tested: Version | Draft) -> content.Document:
    if isinstance(tested, Version):
        return content.parse(bytes(tested.content))
    return draft_document(tested)


def _new_run(plan: _Plan, tested: Version | Draft, paired: Run | None, actor: Any) -> Run:
    """The run with all its rows."""
    own = None if isinstance(tested, Version) else content.canonical_bytes(_document(tested))
    digest = (
        tested.content_hash if isinstance(tested, Version) else content.content_hash(own or b"")
    )
    run = Run(
        suite_version=plan.suite_version,
        prompt=plan.prompt,
        version=tested if isinstance(tested, Version) else None,
        draft=None if isinstance(tested, Version) else tested,
        content=own,
        content_hash=digest,
        models=plan.models,
        judge=plan.judge,
        embedding=plan.embedding,
        judge_version=JUDGE_VERSION,
        repeats=plan.terms.repeats,
        fresh=plan.terms.fresh,
        paired=paired,
        environment=plan.terms.environment,
        team=plan.team,
        requested_by=person_behind(actor),
        estimate_calls=plan.estimate.calls,
        estimate_cost=plan.estimate.cost,
        estimate_seconds=plan.estimate.seconds,
        most_cost=plan.terms.most_cost,
        variant_of=plan.terms.variant_of,
    )
    run.save()
    Result.objects.bulk_create(_rows(run, plan), batch_size=1000)
    return run


def _rows(run: Run, plan: _Plan) -> list[Result]:
    return [
        Result(run=run, case_key=case["key"], case_index=place, model=model, repeat=repeat)
        for place, case in enumerate(plan.suite_version.document["cases"])
        for model in plan.models
        for repeat in range(plan.terms.repeats)
    ]


def _family(run: Run) -> list[Run]:
    return [run.paired, run] if run.paired is not None else [run]


def _stamp_end(run: Run, stopped: str) -> None:
    Run.objects.filter(pk=run.pk).update(
        finished_at=Now(), worker="", worker_until=None, stopped=stopped
    )


def _cancelled_words(left: int) -> str:
    words = ngettext(
        "Cancelled with %(n)s answer to go. What was answered is kept.",
        "Cancelled with %(n)s answers to go. What was answered is kept.",
        left,
    )
    return words % {"n": f"{left:,}"}
