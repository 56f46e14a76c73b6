"""Suites and their runs: a pipeline adds cases, runs a suite on a version and reads what came."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from apps.delivery import query
from apps.delivery.manage import out, shapes
from apps.delivery.manage.answers import (
    result_answer,
    run_answer,
    suite_answer,
    suite_facts,
)
from apps.delivery.manage.calls import actor_of, after_of, ident, paged, read, write
from apps.delivery.manage.openapi import WRITING, answers, asks
from apps.environments.key_actor import KeyActor
from apps.evaluations import actions
from apps.evaluations.actions import RunTerms
from apps.evaluations.entrance import NewCase
from apps.evaluations.models import Result, Suite
from apps.evaluations.queries import run_for, suite_for, visible_suites, with_counts
from apps.evaluations.queries.runs import family_of
from apps.evaluations.states import CaseSource
from apps.prompts.models import Draft, Version
from apps.prompts.queries import draft_of, prompt_for, version_of

router = Router(tags=["Automation"])
PAGE = 200
Document = dict[str, Any]


@router.get(
    "/suites",
    response=answers(200, out.SuitesOut),
    summary="List the suites of a key",
    operation_id="list_suites",
    openapi_extra=asks("after"),
)
def list_suites(request: HttpRequest) -> HttpResponse:
    """In the order in which they were made, 200 at a time; `after` is the last one of the page
    before."""
    actor = actor_of(request)
    after = after_of(request)

    def work() -> Document:
        rows = with_counts(visible_suites(actor)).filter(pk__gt=after).order_by("pk")
        page, more = paged(rows, PAGE)
        return {"suites": [suite_facts(one) for one in page], "after": more}

    return read(request, work)


@router.get(
    "/suites/{int:suite}",
    response=answers(200, out.SuiteOut),
    summary="Read a suite",
    operation_id="read_suite",
)
def read_suite(request: HttpRequest, suite: int) -> HttpResponse:
    """With its checks in words, and its newest runs."""
    actor = actor_of(request)
    query.read(request.META.get("QUERY_STRING", ""), ())
    return read(request, lambda: suite_answer(_counted(actor, suite), actor))


@router.post(
    "/suites/{int:suite}/cases",
    response=answers(201, out.SuiteOut),
    summary="Add cases to a suite",
    operation_id="add_cases",
)
def add_cases(request: HttpRequest, suite: int, body: shapes.CasesIn) -> HttpResponse:
    """All of them at its end, or none. A variable that the suite did not know becomes a column."""
    actor = actor_of(request, WRITING)

    def work() -> tuple[int, Document]:
        cases = [
            NewCase(values=one.values, expected=one.expected, name=one.name, tags=tuple(one.tags))
            for one in body.cases
        ]
        found = suite_for(actor, ident(suite))
        actions.import_cases(
            found, cases=cases, source=CaseSource.KEY, reason=body.reason, actor=actor
        )
        return 201, suite_answer(_counted(actor, found.pk), actor)

    return write(request, actor, work)


@router.post(
    "/runs",
    response=answers(202, out.RunOut),
    summary="Run a suite",
    operation_id="start_run",
)
def start_run(request: HttpRequest, body: shapes.RunIn) -> HttpResponse:
    """The suite as it stands, on a version or on what the draft says. It works on while you read
    it at its address; it costs what the models cost, within the budgets of the pages."""
    actor = actor_of(request, WRITING)

    def work() -> tuple[int, Document]:
        run = actions.start_run(
            suite_for(actor, ident(body.suite)),
            tested=_tested(actor, body.prompt, body.version),
            terms=RunTerms(
                models=body.models,
                repeats=body.repeats,
                environment=actor.key.environment if body.compare_with_live else None,
                fresh=body.fresh,
                most_cost=Decimal(str(body.most_cost)) if body.most_cost is not None else None,
            ),
            actor=actor,
        )
        return 202, run_answer(run_for(actor, run.pk))

    return write(request, actor, work)


@router.get(
    "/runs/{int:run}",
    response=answers(200, out.RunOut),
    summary="Read a run",
    operation_id="read_run",
)
def read_run(request: HttpRequest, run: int) -> HttpResponse:
    """How far it is, and when it is over what came of it."""
    actor = actor_of(request)
    query.read(request.META.get("QUERY_STRING", ""), ())
    return read(request, lambda: run_answer(run_for(actor, ident(run))))


@router.get(
    "/runs/{int:run}/results",
    response=answers(200, out.ResultsOut),
    summary="Read the answers of a run",
    operation_id="read_results",
    openapi_extra=asks("after"),
)
def read_results(request: HttpRequest, run: int) -> HttpResponse:
    """Each answer with what the checks say of it, 200 at a time; `after` is the last one of the
    page before. Those of what was live come first."""
    actor = actor_of(request)
    after = after_of(request)

    def work() -> Document:
        row = run_for(actor, ident(run))
        rows = Result.objects.filter(run__in=family_of(row), pk__gt=after).defer("tool_calls")
        page, more = paged(rows.order_by("pk"), PAGE)
        return {"results": [result_answer(row, one) for one in page], "after": more}

    return read(request, work)


@router.post(
    "/runs/{int:run}/cancel",
    response=answers(200, out.RunOut),
    summary="Cancel a run",
    operation_id="cancel_run",
)
def cancel_run(request: HttpRequest, run: int, body: shapes.CancelIn) -> HttpResponse:
    """No further answer is asked for; what was answered is kept."""
    actor = actor_of(request, WRITING)

    def work() -> tuple[int, Document]:
        found = run_for(actor, ident(run))
        actions.cancel_run(found, reason=body.reason, actor=actor)
        return 200, run_answer(run_for(actor, found.pk))

    return write(request, actor, work)


def _counted(actor: KeyActor, pk: int) -> Suite:
    return with_counts(visible_suites(actor)).get(pk=suite_for(actor, ident(pk)).pk)


def _tested(actor: KeyActor, path: str, number: int | None) -> Version | Draft:
    prompt = prompt_for(actor, path)
    return draft_of(prompt) if number is None else version_of(prompt, number)
