"""Batches that share a transaction: each is answered as if it had come alone."""

from __future__ import annotations

import asyncio
import json
import threading
from types import SimpleNamespace

import psycopg
import pytest
from django.db import OperationalError

from apps.delivery.doorway import _problem
from apps.delivery.intake import taking
from apps.delivery.intake.receiving import LOGS, Sent, is_one_of_many, receive_together
from apps.delivery.models import LogEvent, TouchedHour
from apps.delivery.problems import Problem
from apps.delivery.process import STORE
from apps.delivery.together import Together
from tests.delivery.calls.made import call
from tests.delivery.test_logs import event


def sent(*idents, **more):
    body = json.dumps({"events": [event(id=ident, **more) for ident in idents]})
    return Sent(LOGS, body.encode(), {})


@pytest.fixture
def reader(story):
    from apps.delivery.keycheck import authenticate

    _, secret = story.key()
    STORE.refresh()
    return authenticate(STORE, f"Bearer {secret}", "127.0.0.1", sure=True)


def answers(reader, *several):
    outcomes = receive_together(STORE, [(reader, one) for one in several])
    return [one if isinstance(one, Exception) else json.loads(one.data) for one in outcomes]


def told(accepted, duplicates=0):
    return {"accepted": accepted, "duplicates": duplicates, "rejected": []}


def test_batches_that_are_new_are_one_copy(reader, django_assert_num_queries):
    answers(reader, sent("warm"))
    with django_assert_num_queries(4):  # begun, one COPY, one mark, kept
        assert answers(reader, sent("a", "b"), sent("c")) == [told(2), told(1)]
    assert LogEvent.objects.count() == 4
    assert TouchedHour.objects.count() == 2


def test_what_is_known_counts_in_its_own_batch_alone(reader):
    answers(reader, sent("a"))
    assert answers(reader, sent("a", "b"), sent("c")) == [told(1, 1), told(1)]
    assert answers(reader, sent("d", "d"), sent("d", "e")) == [told(1, 1), told(1, 1)]
    assert LogEvent.objects.count() == 5


def test_a_body_that_is_no_batch_is_refused_alone(reader):
    wrong = Sent(LOGS, b"[]", {})
    packed = Sent(LOGS, b"no gzip", {"content-encoding": "gzip"})
    first, second, third = answers(reader, wrong, sent("a"), packed)
    assert isinstance(first, Problem) and isinstance(third, Problem)
    assert second == told(1)
    assert LogEvent.objects.count() == 1


def test_a_call_that_cannot_be_kept_spoils_no_other_batch(reader, story):
    version = story.versions[0]
    place = {"environment_id": reader.environment_id, "key_id": reader.id}
    good = call("good", prompt_id=version.prompt_id, version_id=version.pk, **place)
    bad = good._replace(ident="bad", model="\x00")
    batches = [taking.Batch(taking.Taken(), [one], 1) for one in (bad, good)]
    first, second = taking.keep_together(batches)
    assert isinstance(first, Exception)
    assert second.accepted == 1
    assert list(LogEvent.objects.values_list("ident", flat=True)) == ["good"]


def test_a_database_that_is_away_is_asked_once(monkeypatch):
    asked = []

    def away(calls):
        asked.append(calls)
        raise psycopg.OperationalError

    monkeypatch.setattr(taking, "take_new_calls", away)
    monkeypatch.setattr(taking, "connection", SimpleNamespace(is_usable=lambda: False))
    outcomes = taking.keep_together([taking.Batch(taking.Taken()) for _ in range(3)])
    assert len(asked) == 1
    assert [_problem(one).status for one in outcomes] == [503] * 3


def test_a_database_that_is_there_and_refuses_some_of_it_is_asked_for_each(reader, monkeypatch):
    """As a deadlock does, of which only one of the batches is a part."""
    take, asked = taking.take_new_calls, []

    def deadlocked(calls):
        asked.append([call.ident for call in calls])
        if "bad" in asked[-1]:
            raise OperationalError("deadlock detected")
        return take(calls)

    monkeypatch.setattr(taking, "take_new_calls", deadlocked)
    first, second, third = answers(reader, sent("a"), sent("bad"), sent("b"))
    assert asked == [["a", "bad", "b"], ["a"], ["bad"], ["b"]]
    assert (first, third) == (told(1), told(1))
    assert isinstance(second, OperationalError)


def test_what_is_known_counts_in_its_own_batch_in_the_columnar_engine(reader, monkeypatch):
    from apps.delivery.actions import intake
    from apps.delivery.calls.columnar import ColumnarCalls
    from tests.delivery.calls.made import emptied

    engine = ColumnarCalls(emptied())
    monkeypatch.setattr(intake, "calls", lambda: engine)
    assert answers(reader, sent("a"), sent("b")) == [told(1), told(1)]
    assert answers(reader, sent("a", "c"), sent("d"), sent("d")) == [
        told(1, 1), told(1), told(0, 1),
    ]  # fmt: skip


def test_what_has_an_idempotency_key_is_taken_alone():
    assert is_one_of_many(sent("a"))
    assert not is_one_of_many(Sent(LOGS, b"", {"idempotency-key": "k"}))
    assert not is_one_of_many(Sent("/api/v1/feedback", b"", {}))


def test_what_came_meanwhile_is_done_together_and_no_more_than_may_be():
    free, groups = threading.Event(), []

    def work(several):
        groups.append(list(several))
        if len(groups) == 1:
            free.wait(10)
        return [ValueError("no") if one == 3 else one * 10 for one in several]

    together = Together(work, threads=1, most=4)

    async def all_of_them():
        first = asyncio.create_task(together.done(0))
        while not groups:
            await asyncio.sleep(0.001)
        others = [asyncio.create_task(together.done(one)) for one in range(1, 7)]
        await asyncio.sleep(0)
        free.set()
        return await asyncio.gather(first, *others, return_exceptions=True)

    outcomes = asyncio.run(all_of_them())
    assert groups == [[0], [1, 2, 3, 4], [5, 6]]
    assert [str(one) for one in outcomes] == ["0", "10", "20", "no", "40", "50", "60"]


def test_work_that_breaks_is_told_to_each():
    def work(several):
        raise RuntimeError("broken")

    async def two():
        together = Together(work, threads=1, most=4)
        return await asyncio.gather(together.done(1), together.done(2), return_exceptions=True)

    assert [str(one) for one in asyncio.run(two())] == ["broken", "broken"]
