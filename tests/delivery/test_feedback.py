"""POST /api/v1/feedback: each finds its call, or waits; a change of mind replaces."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.delivery.actions import match_waiting
from apps.delivery.models import FeedbackEvent, LogEvent, TouchedHour, Unmatched, WaitingFeedback
from tests.delivery.story import bearer
from tests.delivery.test_logs import event
from tests.delivery.test_logs import send as log

ADDRESS = "/api/v1/feedback"
REACHES = "This key reaches no prompt “{}”."


def send(client, key, *told, **headers):
    body = json.dumps({"feedback": list(told)})
    return client.post(ADDRESS, body, "application/json", headers={**bearer(key), **headers})


def about(log_id="call-1", value=1, **more):
    return {"log_id": log_id, "name": "thumbs", "value": value, **more}


def kept():
    rows = FeedbackEvent.objects.order_by("value")
    return list(rows.values_list("log_ident", "name", "kind", "value"))


def test_feedback_lies_where_its_call_does(client, story):
    _, key = story.key()
    began = timezone.now() - timedelta(hours=30)
    log(client, key, event(started_at=began.isoformat(), unit="ana"))
    TouchedHour.objects.all().delete()

    answer = send(client, key, about(value=-0.5))

    assert (answer.status_code, answer.json()) == (
        202, {"accepted": 1, "duplicates": 0, "rejected": [], "waiting": 0},
    )  # fmt: skip
    call, found = LogEvent.objects.get(), FeedbackEvent.objects.get()
    same = ("prompt_id", "version_id", "environment_id", "started_at", "day", "arm")
    assert [getattr(found, name) for name in same] == [getattr(call, name) for name in same]
    assert bytes(found.unit_hash) == bytes(call.unit_hash)
    assert kept() == [("call-1", "thumbs", "score", -0.5)]
    hour = began.replace(minute=0, second=0, microsecond=0)
    assert list(TouchedHour.objects.values_list("prompt_id", "hour")) == [(story.prompt.pk, hour)]


def test_last_opinion_of_a_name_holds_and_an_id_counts_once(client, story):
    _, key = story.key()
    log(client, key, event())

    first = send(client, key, about(value=1), about(value=True, name="useful", id="f-1"))
    again = send(client, key, about(value=-1), about(value=False, name="useful", id="f-1"))
    third = send(client, key, about(value=-1))

    assert [one.json()["accepted"] for one in (first, again, third)] == [2, 1, 0]
    assert [one.json()["duplicates"] for one in (first, again, third)] == [0, 1, 1]
    assert kept() == [("call-1", "thumbs", "score", -1.0), ("call-1", "useful", "yes_no", 1.0)]


def test_unit_and_prompt_do_for_a_call(client, story):
    _, key = story.key()
    log(client, key, event(unit="ana@example.org"))

    answer = send(
        client, key, {"unit": "ana@example.org", "prompt": "desk/reply", "name": "stars",
                      "value": 4, "id": "f-1"},
    )  # fmt: skip

    assert answer.json()["accepted"] == 1
    found = FeedbackEvent.objects.get()
    assert (found.prompt, found.version, found.kind, found.value) == (
        story.prompt, None, "number", 4.0,
    )  # fmt: skip
    assert bytes(found.unit_hash) == bytes(LogEvent.objects.get().unit_hash)


@pytest.mark.parametrize(
    ("bad", "code", "words"),
    [
        (about(value=float("nan")), "bad_event", "value:"),
        (about(value="good"), "bad_event", "value:"),
        (about(value=3, kind="score"), "bad_event", "value: a score lies"),
        (about(value=1, kind="yes_no"), "bad_event", "value: a yes or no"),
        (about(value=True, kind="number"), "bad_event", "value: a number"),
        (about(log_id=None), "bad_event", "log_id:"),
        ({"unit": "ana", "name": "x", "value": 1}, "bad_event", "log_id:"),
        (about(name=""), "bad_event", "name:"),
        (about(name="check:all"), "bad_event", "name: names that begin with “check:” are for"),
        (about(name=" Check:mine"), "bad_event", "name: names that begin with “check:”"),
        (about(stars=1), "unknown_field", "There is no field “stars”"),
        (about(prompt="other/secret"), "unknown_prompt", REACHES.format("other/secret")),
        (about(prompt="desk/none"), "unknown_prompt", REACHES.format("desk/none")),
    ],
)  # fmt: skip
def test_one_bad_feedback_never_spoils_its_batch(client, story, bad, code, words):
    _, key = story.key()
    log(client, key, event())

    said = send(client, key, about(), bad, about(name="useful")).json()

    assert (said["accepted"], said["waiting"]) == (2, 0)
    assert [(one["index"], one["code"]) for one in said["rejected"]] == [(1, code)]
    assert said["rejected"][0]["detail"].startswith(words)


def test_feedback_waits_for_its_call(client, story):
    _, key = story.key()

    first = send(client, key, about(value=1), about("call-2", prompt="desk/reply"))
    again = send(client, key, about(value=1), about(value=0.5))

    assert (first.json()["waiting"], first.json()["accepted"]) == (2, 0)
    assert (again.json()["waiting"], again.json()["duplicates"]) == (1, 1)
    assert match_waiting() == 0
    log(client, key, event())
    assert match_waiting() == 1
    assert kept() == [("call-1", "thumbs", "score", 0.5)]
    assert WaitingFeedback.objects.get().log_ident == "call-2"


def test_what_waited_for_a_day_is_counted_and_forgotten(client, story):
    found, key = story.key()
    send(client, key, about("never"), about("soon"))
    WaitingFeedback.objects.update(received_at=timezone.now() - timedelta(hours=25))
    log(client, key, event(id="soon"))

    match_waiting()

    assert kept() == [("soon", "thumbs", "score", 1.0)]
    assert WaitingFeedback.objects.count() == 0
    assert list(Unmatched.objects.values_list("key_id", "count")) == [(found.pk, 1)]


def test_t11_call_of_another_team_is_like_one_that_never_was(client, story):
    _, mine = story.key()
    _, theirs = story.key(namespace=story.other)
    log(client, theirs, event(id="secret-call", prompt="other/secret"))
    assert LogEvent.objects.count() == 1

    there, nowhere = (send(client, mine, about(one)) for one in ("secret-call", "no-such-call"))

    assert there.json() == nowhere.json()
    assert match_waiting() == 0
    assert FeedbackEvent.objects.count() == 0
    assert send(client, theirs, about("secret-call")).json()["accepted"] == 1


def test_thousand_and_one_are_refused_whole(client, story):
    _, key = story.key()

    answer = send(client, key, *[about()] * 1001)

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_body")
    assert answer.json()["detail"] == (
        "“feedback” is a list of 1 to 1,000; this one has 1,001. Send more in several calls."
    )
    assert send(client, key, about()).status_code == 202
