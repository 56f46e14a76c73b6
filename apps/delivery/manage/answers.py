"""How prompts, drafts, versions, reviews, releases, suites and runs look in answers."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from apps.environments.models import Environment, Release
from apps.environments.queries import live_release
from apps.evaluations.checks import check_words
from apps.evaluations.models import Result, Run, Suite
from apps.evaluations.queries import Counts, run_summary, runs_of_suite
from apps.evaluations.queries.grids import case_name
from apps.prompts.models import Draft, Prompt, Version
from apps.prompts.queries import draft_document, latest_version
from apps.reviews.models import Review
from apps.reviews.queries import current_round

Document = dict[str, Any]
MANAGE = "/api/v1/manage"
NEWEST = 20  # runs


def instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def prompt_facts(prompt: Prompt) -> Document:
    return {
        "prompt": prompt.path,
        "name": prompt.name,
        "purpose": prompt.purpose,
        "tags": list(prompt.tags),
        "owner": str(prompt.owner) if prompt.owner else None,
        "lifecycle": prompt.lifecycle,
        "changed_at": instant(prompt.changed_at),
    }


def prompt_answer(prompt: Prompt, environment: Environment) -> Document:
    """With what is live in the key's environment."""
    newest, live = latest_version(prompt), live_release(prompt, environment)
    return {
        **prompt_facts(prompt),
        "latest_version": newest.number if newest else None,
        "environment": environment.name,
        "live": release_answer(live) if live else None,
    }


def draft_answer(draft: Draft) -> Document:
    """`document` is what a version made now would hold; `blocks` has each one's revision."""
    revisions = draft.blocks.filter(removed_at=None).values_list("key", "revision")
    return {
        "prompt": draft.prompt.path,
        "revision": draft.revision,
        "base_version": draft.base.number if draft.base else None,
        "changed_at": instant(draft.changed_at),
        "document": draft_document(draft),
        "blocks": [{"key": str(key), "revision": revision} for key, revision in revisions],
    }


def version_answer(version: Version, document: Document | None = None) -> Document:
    shown = {} if document is None else {"document": document}
    return {
        "prompt": version.prompt.path,
        "version": version.number,
        "content_hash": version.content_hash,
        "author": str(version.author) if version.author else None,
        "reason": version.reason,
        "made_at": instant(version.created_at),
        **shown,
    }


def release_answer(release: Release) -> Document:
    return {
        "prompt": release.prompt.path,
        "version": release.version.number,
        "environment": release.environment.name,
        "revision": release.revision,
        "how": str(release.how),
        "reason": release.reason,
        "by": str(release.made_by) if release.made_by else "Galley",
        "by_key": release.made_by_kind == "key",
        "released_at": instant(release.made_at),
    }


def review_answer(review: Review) -> Document:
    """The state, the round that counts, and who decided what in it."""
    number = current_round(review)
    return {
        "review": review.pk,
        "address": f"{MANAGE}/reviews/{review.pk}",
        "page": f"/reviews/{review.pk}/",
        "prompt": review.prompt.path,
        "environment": review.environment.name,
        "state": str(review.state),
        "version": number.version.number,
        "round": number.number,
        "reason": number.reason,
        "requested_by": str(number.requested_by),
        "release_when_approved": review.release_when_approved,
        "decisions": [
            {
                "person": str(decision.person),
                "decision": str(decision.kind),
                "reason": decision.reason,
                "at": instant(decision.made_at),
            }
            for decision in number.decisions.all()
        ],
        "revision": review.release.revision if review.release else None,
    }


def suite_facts(suite: Suite) -> Document:
    """Of a suite with its counts."""
    return {
        "suite": suite.pk,
        "address": f"{MANAGE}/suites/{suite.pk}",
        "page": f"/tests/{suite.pk}/",
        "name": suite.name,
        "namespace": suite.namespace.path,
        "purpose": suite.purpose,
        "state": str(suite.state),
        "variables": list(suite.variables),
        "cases": suite.case_total,  # type: ignore[attr-defined]
        "checks": suite.check_total,  # type: ignore[attr-defined]
    }


def suite_answer(suite: Suite, actor: Any) -> Document:
    checks = [
        {
            "check": str(one.key),
            "kind": one.kind,
            "words": check_words(one.kind, one.settings),
            "required": one.required,
            "enabled": one.enabled,
        }
        for one in suite.checks.all()
    ]
    runs = [_run_facts(one) for one in runs_of_suite(suite, actor)[:NEWEST]]
    return {**suite_facts(suite), "asked": checks, "runs": runs}


def _run_facts(run: Run) -> Document:
    return {
        "run": run.pk,
        "address": f"{MANAGE}/runs/{run.pk}",
        "prompt": run.prompt.path,
        "version": run.version.number if run.version else None,
        "state": str(run.state),
        "started_at": instant(run.started_at),
        "finished_at": instant(run.finished_at),
    }


def run_answer(run: Run) -> Document:
    """How far it is; when it is over, what came of it in numbers and words."""
    summary = run_summary(run)
    return {
        **_run_facts(run),
        "page": f"/tests/runs/{run.pk}/",
        "suite": run.suite_version.suite_id,
        "suite_version": run.suite_version.number,
        "content_hash": run.content_hash,
        "environment": run.environment.name if run.environment else None,
        "models": list(run.models),
        "repeats": run.repeats,
        "requested_by": str(run.requested_by) if run.requested_by else "Galley",
        "stopped": run.stopped,
        "answers": _counts(summary.own),
        "live": _counts(summary.live) if summary.live else None,
        "headline": str(summary.headline),
        "comparison": str(summary.words),
        "estimate_cost": _money(run.estimate_cost),
        "spent": _money(summary.spent),
    }


def _counts(counts: Counts) -> Document:
    names = ("total", "passed", "failed", "open", "could_not_run", "cancelled")
    return {name: getattr(counts, name) for name in names}


def _money(amount: Decimal | None) -> str | None:
    """Decimal, without an exponent: no program may round it."""
    return None if amount is None else f"{amount:f}"


def result_answer(run: Run, row: Result) -> Document:
    """One answer of a run, or of that of what was live."""
    case = run.suite_version.document["cases"][row.case_index]
    return {
        "result": row.pk,
        "case": row.case_index + 1,
        "name": case_name(case, row.case_index),
        "tags": list(case["tags"]),
        "of": "tested" if row.run_id == run.pk else "live",
        "model": row.model,
        "repeat": row.repeat + 1,
        "state": str(row.state),
        "passed": row.passed,
        "score": row.score,
        "expected": case["expected"],
        "answer": row.answer,
        "error": row.error,
        "verdicts": [
            {"check": key, **{name: kept[name] for name in ("state", "score", "reason")}}
            for key, kept in row.verdicts.items()
        ],
        "latency_ms": row.latency_ms,
        "input_tokens": row.input_tokens,
        "output_tokens": row.output_tokens,
        "cost": _money(row.cost),
    }
