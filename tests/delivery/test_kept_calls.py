"""What is kept of calls beside their figures: what the namespace's rule says, and no more."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.core.errors import Invalid, NotAllowed
from apps.delivery.actions import (
    drop_old_days,
    erase_values,
    forget_calls,
    make_days_ahead,
    remove_keeping_rule,
    set_keeping_rule,
)
from apps.delivery.calls.chosen import calls
from apps.delivery.keeping_terms import Terms
from apps.delivery.models import FeedbackEvent, KeepingRule, LogEvent
from apps.prompts.models import Prompt
from apps.teams.queries import root_namespace
from tests.delivery.calls.made import call, feedback
from tests.delivery.test_feedback import about
from tests.delivery.test_feedback import send as opine
from tests.delivery.test_logs import event, send

TOLD = {"message": "I am ana@acme.io, call +43 660 1234567", "deep": [{"card": 4111111111111111}]}
WORDS = {
    "variables": TOLD, "output": {"say": "ana@acme.io\u0000"}, "status": "error",
    "error": "no mail to ana@acme.io",
}  # fmt: skip


def keep(story, place=None, **terms):
    return set_keeping_rule(
        place or story.world.desk, terms=Terms(**{"keep_values": True, **terms}),
        actor=story.world.admin,
    )  # fmt: skip


def words(ident="call-1"):
    found = LogEvent.objects.get(ident=ident)
    return found.variables, found.output, found.error


def test_words_are_kept_masked_where_a_rule_says_so(client, story):
    _, key = story.key()
    send(client, key, event(**WORDS))
    keep(story)

    send(client, key, event(id="call-2", **WORDS))
    opine(client, key, about("call-2", comment="Wrote to ana@acme.io"))

    assert words() == (None, None, "")
    assert words("call-2") == (
        {
            "message": "I am [e-mail address], call [telephone number]",
            "deep": [{"card": "[card number]"}],
        },
        '{"say": "[e-mail address]\\u0000"}',
        "no mail to [e-mail address]",
    )
    assert FeedbackEvent.objects.get().comment == "Wrote to [e-mail address]"


def test_call_whose_words_are_nested_too_deep_counts_without_them(client, story):
    _, key = story.key()
    keep(story)
    deep = []
    for _level in range(600):
        deep = [deep]

    answer = send(client, key, event(**{**WORDS, "variables": {"deep": deep}}))

    assert answer.json()["accepted"] == 1
    assert words() == (None, None, "no mail to [e-mail address]")


def test_nearest_rule_holds(client, story):
    _, key = story.key()
    keep(story, root_namespace())
    send(client, key, event(**WORDS))
    keep(story, keep_values=False)

    send(client, key, event(id="call-2", **WORDS))
    remove_keeping_rule(story.world.desk, actor=story.world.admin)
    send(client, key, event(id="call-3", **WORDS))

    assert [words(one)[0] is None for one in ("call-1", "call-2", "call-3")] == [
        False, True, False,
    ]  # fmt: skip


def test_share_of_the_calls_is_kept_and_the_same_ones_again(client, story):
    _, key = story.key()
    keep(story, sample_share=30)

    send(client, key, *(event(id=f"c{n}", output="x") for n in range(400)))

    assert 80 < LogEvent.objects.filter(output="x").count() < 160


def test_words_as_they_were_sent_where_nothing_is_masked(client, story):
    _, key = story.key()
    keep(story, mask=False)

    send(client, key, event(variables={**TOLD, "odd": "\ud800\u0000", "n": float("inf")}))

    assert words()[0] == {**TOLD, "odd": "\ufffd\ufffd", "n": None}


def test_rule_is_set_by_who_manages_and_written_down(story):
    from apps.audit.models import AuditEntry

    with pytest.raises(NotAllowed):
        set_keeping_rule(story.world.desk, terms=Terms(), actor=story.world["author"])
    for wrong in ({"keep_days": 91}, {"call_days": 30}, {"call_days": 91},
                  {"call_days": 40, "keep_days": 41}):  # fmt: skip
        with pytest.raises(Invalid):
            keep(story, **wrong)
    assert KeepingRule.objects.count() == 0

    keep(story, keep_days=7, call_days=31)

    entry = AuditEntry.objects.order_by("-seq").first()
    assert (entry.event, entry.after["keep_days"]) == ("delivery.keeping.set", 7)
    assert entry.after["call_days"] == 31
    assert KeepingRule.objects.get().history.count() == 1


def test_words_are_erased_when_their_days_are_over(client, story):
    _, key = story.key()
    keep(story, keep_days=7)
    old, new = (timezone.now() - timedelta(days=days) for days in (8, 6))
    send(client, key, event(started_at=old.isoformat(), **WORDS))
    send(client, key, event(id="new", started_at=new.isoformat(), **WORDS))

    assert erase_values() == 1
    assert (words()[0], words("new")[0] is not None) == (None, True)

    remove_keeping_rule(story.world.desk, actor=story.world.admin)
    assert erase_values() == 1
    assert words("new") == (None, None, "")
    assert LogEvent.objects.count() == 2


def test_calls_are_dropped_after_the_days_of_their_namespace_and_their_sums_stay(client, story):
    """What the nearest rule says; the sums were counted before, and are not counted again."""
    now = timezone.now()
    prompts = {"here": story.prompt, "there": Prompt.objects.get(path="other/secret")}
    keep(story, call_days=40, keep_days=1)
    calls().write([
        call(f"{name}-{days}", at=now - timedelta(days=days), prompt_id=one.pk)
        for name, one in prompts.items() for days in (39, 42)
    ])  # fmt: skip
    calls().write_feedback([feedback("f", at=now - timedelta(days=42), prompt_id=story.prompt.pk)])

    assert forget_calls() == 2
    assert set(LogEvent.objects.values_list("ident", flat=True)) == {
        "here-39", "there-39", "there-42",
    }  # fmt: skip
    assert (FeedbackEvent.objects.count(), forget_calls()) == (0, 0)


def test_old_days_are_dropped_and_coming_ones_made(db):
    now = timezone.now()
    calls().write([
        call("old", at=now - timedelta(days=91)), call("new", at=now - timedelta(days=89)),
    ])  # fmt: skip

    make_days_ahead()

    assert drop_old_days() == 1
    assert [one.ident for one in LogEvent.objects.all()] == ["new"]
    assert drop_old_days() == 0


def test_page_says_what_holds_and_keeps_what_was_typed(client, story):
    client.force_login(story.world.admin)
    address = f"/admin/namespaces/{story.world.desk.pk}/calls/"
    assert "Figures alone are kept" in client.get(address).content.decode()

    share = {"sample_share": "20", "call_days": "45"}
    long = client.post(address, {"keep_values": "on", "keep_days": "46", **share})
    wrong = client.post(address, {"keep_values": "on", "keep_days": "91", **share})
    right = client.post(address, {"keep_values": "on", "keep_days": "9", **share})

    assert (long.status_code, wrong.status_code, right.status_code) == (422, 422, 302)
    assert "at most the 45 days of the calls" in long.content.decode()
    assert 'value="91"' in wrong.content.decode()
    assert "20 % of the calls" in client.get(address).content.decode()
    assert "for 9 days, as they were sent" in client.get(address).content.decode()
    assert "Single calls are kept for 45 days" in client.get(address).content.decode()
    assert json.loads(json.dumps(Terms().as_json())) == Terms().as_json()
