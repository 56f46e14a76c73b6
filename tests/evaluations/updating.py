"""Worlds of model updates: v1 of the prompt names the old model, and both models can be asked."""

from __future__ import annotations

from typing import Any

from apps.evaluations.actions import begin_planned, start_update
from apps.evaluations.models import ModelUpdate
from apps.evaluations.queries.planned import waiting_planned
from apps.evaluations.running.slices import work
from apps.evaluations.subscribers import finish_what_is_over
from apps.llm.models import Connection
from apps.prompts.actions import make_version, write_document
from apps.prompts.models import Version
from apps.prompts.queries import draft_of
from tests.evaluations.running import Lab, connect_to, document, make_lab
from tests.llm.provided import connected_model

OLD, NEW = "test/model", "test/newer"


def make_update_lab() -> Lab:
    """v1 names the old model, and is live in development."""
    lab = make_lab()
    lab.v1 = version_on(lab, OLD)
    lab.put_live(lab.v1)
    return lab


def version_on(lab: Lab, *models: str, **temperatures: float) -> Version:
    """A version that names these models; `temperatures` by the last part of their names."""
    variants = [
        {"model": name, "parameters": _heat(name, temperatures), "overrides": {}} for name in models
    ]
    changed = document("Answer this:") | {"models": variants}
    write_document(draft_of(lab.prompt), document=changed, actor=lab.ana)
    return make_version(draft_of(lab.prompt), reason="Other models", actor=lab.ana)


def _heat(name: str, temperatures: dict[str, float]) -> dict[str, float]:
    last = name.rpartition("/")[2]
    return {"temperature": temperatures[last]} if last in temperatures else {}


def connect_both(lab: Lab, url: str, **prices: Any) -> None:
    connect_to(lab, url, **prices)
    connected_model(
        lab.house.admin, NEW, connection=Connection.objects.get(), remote_name="test-model-2",
        **prices,
    )  # fmt: skip


def begin(actor: Any, **more: Any) -> ModelUpdate:
    update = start_update(**({"before": OLD, "after": NEW} | more), actor=actor)
    begin_all()
    return update


def begin_all() -> None:
    for pk in waiting_planned(100):
        begin_planned(pk)


def finish(update: ModelUpdate) -> ModelUpdate:
    """As a worker and the sweeper would."""
    for planned in update.planned.exclude(run=None):
        while work(planned.run_id):
            pass
    finish_what_is_over()
    update.refresh_from_db()
    return update
