from __future__ import annotations

import csv
import io

import pytest

from apps.audit.models import AuditEntry
from apps.audit.subscribers import run_all
from apps.core.errors import Invalid, NotAllowed, NotPossible
from apps.evaluations.actions import archive_suite, cancel_update, start_update
from apps.evaluations.models import ModelUpdate, PlannedRun
from apps.evaluations.queries.model_use import model_uses
from apps.evaluations.queries.update_reports import update_report
from apps.evaluations.update_plans import plan_update
from apps.notifications.models import InboxItem
from apps.notifications.rows import rows_of
from apps.prompts.actions import create_prompt
from apps.teams.models import Namespace
from tests.evaluations.running import rows
from tests.evaluations.updating import (
    NEW,
    OLD,
    begin,
    begin_all,
    connect_both,
    finish,
    make_update_lab,
    version_on,
)
from tests.llm.provider import last_text, running
from tests.standing import standing

lab = standing(make_update_lab)


def forgetful(body):
    """The newer model does not say the expected word where there is "money 1" in the message."""
    text = last_text(body)
    worse = body["model"] == "test-model-2" and "money" in text
    return "I do not know." if worse else f"You said: {text}"


def test_prompts_that_use_a_model_are_those_whose_live_or_latest_version_names_it(lab):
    other = create_prompt(lab.house.space, segment="other", name="Other", actor=lab.ana)

    found = model_uses(lab.ana)

    assert [(use.prompt, use.version, str(use.place)) for use in found.of(OLD)] == [
        (lab.prompt, lab.v1, "Development")
    ]
    assert other not in [use.prompt for use in found.of(OLD)]
    assert model_uses(lab.house.outsider).by_model == {}


def test_live_version_counts_before_a_later_one_that_is_live_nowhere(lab):
    later = version_on(lab, NEW, OLD)

    found = model_uses(lab.ana)

    assert [(use.version, use.place) for use in found.of(NEW)] == [(later, None)]
    assert [use.version for use in found.of(OLD)] == [lab.v1]


def test_update_asks_both_models_and_says_which_prompt_gets_worse(lab):
    lab.more_cases(27)
    with running(reply=forgetful) as provider:
        connect_both(lab, provider.url)
        update = finish(begin(lab.ana))

    [line] = update_report(update).lines
    assert (update.state, len(provider.calls)) == ("done", 60)
    assert (line.verdict, line.comparison.newly_failing) == ("worse", 28)
    assert line.failing[0].name == "Where is my money?"
    entry = AuditEntry.objects.filter(event="evaluations.update.finished").get()
    assert (entry.actor_kind, entry.data["worse"], entry.data["unclear"]) == ("system", 1, 0)


def test_same_answers_are_unchanged_where_there_are_enough_cases(lab):
    with running() as provider:
        connect_both(lab, provider.url)
        few = finish(begin(lab.ana))
        lab.more_cases(27)
        many = finish(begin(lab.ana))

    assert update_report(few).lines[0].verdict == "unclear"
    assert update_report(many).lines[0].verdict == "unchanged"


def test_model_that_cannot_be_asked_is_neither_better_nor_unchanged(lab):
    lab.more_cases(27)
    with running() as provider:
        connect_both(lab, provider.url)
        provider.model = "test-model-1"  # whatever it is asked, it says that it is this one
        update = finish(begin(lab.ana))

    [line] = update_report(update).lines
    assert (line.verdict, line.comparison.could_not_run) == ("unclear", 30)


def test_newer_model_is_asked_in_the_variant_of_the_older(lab):
    lab.put_live(version_on(lab, "third/other", OLD, other=1.5, model=0.25))
    with running() as provider:
        connect_both(lab, provider.url)
        update = finish(begin(lab.ana))

    assert {call.body["temperature"] for call in provider.calls} == {0.25}
    assert update.planned.get().run.variant_of == OLD


def test_equal_answers_of_the_old_model_are_used_again(lab):
    with running() as provider:
        connect_both(lab, provider.url)
        finish(begin(lab.ana))
        asked = len(provider.calls)
        again = finish(begin(lab.ana))

    assert (asked, len(provider.calls)) == (6, 6)
    assert all(row.reused_from_id for row in rows(again.planned.get().run))


def test_prompt_without_a_suite_is_listed_as_untested(lab):
    with running() as provider:
        connect_both(lab, provider.url)
        update = finish(begin(lab.ana))
        archive_suite(lab.suite, actor=lab.ana)
        with pytest.raises(NotPossible, match="No suite tests the prompts that use test/model"):
            begin(lab.ana)

    plan = plan_update(lab.ana, model_uses(lab.ana).of(OLD), before=OLD, after=NEW, repeats=1)
    assert [row.suite for row in plan.rows] == [None]
    assert update_report(update).counts["untested"] == 0


def test_update_is_refused_with_a_reason(lab):
    with running() as provider:
        connect_both(lab, provider.url)
        with pytest.raises(Invalid):
            start_update(before=OLD, after=OLD, actor=lab.ana)
        with pytest.raises(NotPossible, match="No prompt that you may see uses nobody/knows"):
            start_update(before="nobody/knows", after=NEW, actor=lab.ana)
        with pytest.raises(NotPossible, match="nobody/knows is not connected"):
            start_update(before=OLD, after="nobody/knows", actor=lab.ana)
        with pytest.raises(NotAllowed):
            start_update(before=OLD, after=NEW, actor=lab.house.viewer)
        with pytest.raises(NotPossible, match="No prompt"):
            start_update(before=OLD, after=NEW, actor=lab.house.outsider)

        assert begin(lab.ana).planned.get().run.models == [OLD, NEW]


def test_cancelled_update_keeps_what_is_answered_and_starts_nothing(lab):
    with running() as provider:
        connect_both(lab, provider.url)
        update = begin(lab.ana)
        with pytest.raises(NotAllowed):
            cancel_update(update, actor=lab.house.ben)
        cancel_update(update, actor=lab.ana)
        finish(update)

    assert (update.state, len(provider.calls)) == ("cancelled", 0)
    assert update.planned.get().run.stopped.startswith("Cancelled with 6 answers to go")


def test_update_is_in_the_inbox_once_and_its_runs_are_not(lab):
    with running() as provider:
        connect_both(lab, provider.url)
        update = finish(begin(lab.ana))
    run_all()

    items = list(InboxItem.objects.filter(person=lab.ana, event__startswith="evaluations."))

    assert [item.event for item in items] == ["evaluations.update.finished"]
    [row] = rows_of(items)
    assert (row.url, row.title) == (
        f"/tests/models/{update.pk}/", "test/model → test/newer is tested: read what changes",
    )  # fmt: skip


def test_pages_of_an_update_from_the_choice_to_the_report(lab, signed_in):
    page = signed_in(lab.ana)
    with running(reply=forgetful) as provider:
        connect_both(lab, provider.url)
        chosen = page.get("/tests/models/", {"before": OLD, "after": NEW})
        started = page.post("/tests/models/", {"before": OLD, "after": NEW, "repeats": "1"})
        under_way = page.get(started.url).content.decode()
        begin_all()
        update = finish(ModelUpdate.objects.get())

    report = page.get(started.url).content.decode()
    table = page.get(f"/tests/models/{update.pk}/export/").content.decode()
    assert "6 answers" in chosen.content.decode()
    assert "<progress" in under_way
    assert "cannot be told" in report and "Where is my money?" in report
    [line] = csv.DictReader(io.StringIO(table))
    assert (line["prompt"], line["verdict"], line["newly failing"]) == (
        "support/reply", "cannot tell", "1",
    )  # fmt: skip


def test_list_of_updates_says_what_came_of_each_to_those_who_see_all_its_prompts(lab, signed_in):
    lab.more_cases(27)
    with running(reply=forgetful) as provider:
        connect_both(lab, provider.url)
        update = finish(begin(lab.ana))
    page = signed_in(lab.ana)

    seen = page.get("/tests/models/").context["updates"]
    elsewhere, outsider = Namespace.objects.get(path="other"), lab.house.outsider
    hidden = create_prompt(elsewhere, segment="hidden", name="Hidden", actor=outsider)
    PlannedRun.objects.create(update_of=update, prompt=hidden, state="untested")
    partly = page.get("/tests/models/").context["updates"]

    assert [words for _update, words in seen] == ["1 worse"]
    assert [words for _update, words in partly] == [""]


def test_bad_choice_keeps_what_was_chosen(lab, signed_in):
    page = signed_in(lab.ana)

    wrong = page.post("/tests/models/", {"before": OLD, "after": "x/y", "repeats": "99"})

    assert wrong.status_code == 422
    assert 'value="99"' in wrong.content.decode()
