"""The pages on checks of live answers: what is shown, set and narrowed."""

from __future__ import annotations

import re

from django.urls import reverse

from apps.analytics.looking import look
from apps.analytics.models import LiveCheck, LiveWork
from apps.analytics.queries.calls import calls_of
from apps.analytics.watching import drain
from apps.evaluations.actions import add_check, make_suite
from apps.llm.questions import DEMO_MODEL
from tests.analytics.live import NOW, check_live, keep_answers, make_live_suite
from tests.analytics.test_traffic import browser


def page_of(told, name="pages:prompt_analytics", who="author", **asked):
    answer = browser(told.world[who]).get(reverse(name, args=[told.prompt.path]), asked)
    assert answer.status_code == 200
    return plain(answer)


def plain(answer):
    words = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(words.replace("\u00a0", " ").split())


def judged(told):
    live = check_live(told, make_live_suite(told))
    told.tell(NOW, 15, variables={"message": "Hi"}, output="Your refund comes.")
    told.tell(NOW, 5, output="No.", version_id=told.versions[1].pk)
    look(live.pk)
    drain()
    return live


def test_quality_stands_by_version_with_its_interval_and_as_a_file(told):
    keep_answers(told)
    judged(told)

    page = page_of(told)
    told_as_file = browser(told.world["viewer"]).get(
        reverse("pages:prompt_analytics", args=[told.prompt.path]), {"csv": "quality"}
    )

    assert (
        "75 % of 20 sampled answers pass every check; of all answers likely 53 % to 89 %." in page
    )
    assert "v2 Every check 0 % 0 % 43 % 5" in page
    assert "v1 Every check 100 % 80 % 100 % 15" in page
    assert "Quality 75 % of 20 sampled answers; nothing to compare with" in page
    rows = told_as_file.content.decode().splitlines()
    assert rows[1] == '"v2","Every check","0.0","0.0","0.4345","5"'


def test_a_prompt_without_checks_says_what_they_would_be(told):
    told.tell(NOW)
    drain()

    page = page_of(told)

    assert "No live answer is judged." in page
    assert "Quality of live answers" not in page
    assert "Judging takes answers that are kept: What is kept of a call" in page


def test_the_setting_is_shown_with_why_it_waits(told):
    keep_answers(told)
    live = check_live(told, make_live_suite(told), share=20, most_a_day=50)
    words = "20 % of the answers that are kept, at most 50 a day, by the checks of “Live basics”."
    told.tell(NOW)
    drain()

    first = page_of(told)
    LiveWork.objects.create(live=live, held="The team Payers has nothing left this month.")
    held = page_of(told, who="viewer")
    LiveWork.objects.update(held="")
    keep_answers(told, keep_values=False)
    nothing = page_of(told)

    assert f"Production {words} Judges 0 answers judged today Change Pause" in first
    assert f"{words} Waits: The team Payers has nothing left this month. 0 answers" in held
    assert "Change Pause" not in held
    assert f"{words} No answers are kept here, so there is nothing to judge." in nothing


def test_the_form_says_what_can_judge_and_sets_it(told):
    suite = make_live_suite(told)
    address = reverse("analytics:live_check", args=[told.prompt.path])
    page = browser(told.world["author"])

    shown = plain(page.get(address))
    data = {"environment": "production", "suite": suite.pk, "judge": DEMO_MODEL, "share": "25",
            "most_a_day": "40"}  # fmt: skip
    wrong = page.post(address, data | {"share": "101"})
    done = page.post(address, data)

    assert "Until the rule keeps answers, there is nothing to judge." in shown
    assert "Has at most 3 words Contains “refund” Equals the expected answer" in shown
    assert "It compares with the expected answer of a case." in shown
    assert (wrong.status_code, 'value="101"' in wrong.content.decode()) == (422, True)
    live = LiveCheck.objects.get()
    assert done["Location"].endswith(f"/-/analytics/#live-{live.pk}")
    assert (live.share, live.most_a_day, live.suite) == (25, 40, suite)
    assert 'value="25"' in page.get(address).content.decode()


def test_a_prompt_whose_suites_need_cases_is_told_so(told):
    suite = make_suite(told.world.desk, name="Of cases", actor=told.world["author"])
    add_check(suite, kind="equals", settings={}, actor=told.world["author"])
    page = browser(told.world["author"])
    address = reverse("analytics:live_check", args=[told.prompt.path])

    shown = plain(page.get(address))
    data = {"suite": suite.pk, "judge": DEMO_MODEL, "share": "5", "most_a_day": "5"}
    refused = page.post(address, {"environment": "production", **data})

    assert "No check that can judge a live answer" in shown
    assert refused.status_code == 422
    assert LiveCheck.objects.count() == 0


def test_it_is_paused_and_taken_up_again(told):
    live = check_live(told, make_live_suite(told))
    page = browser(told.world["author"])
    address = reverse("analytics:switch_live", args=[live.pk])

    states = []
    for act in ("pause", "resume"):
        page.post(address, {"act": act})
        live.refresh_from_db()
        states.append(live.state)

    assert states == ["paused", "on"]
    assert page.post(address, {"act": "explode"}).status_code == 404
    assert page.post(address, {"act": "resume"}).status_code == 409


def test_calls_are_narrowed_to_what_failed_and_what_people_found_bad(told):
    keep_answers(told)
    live = check_live(told, make_live_suite(told))
    place = told.world.places["production"]
    told.tell(NOW, ident="good", output="A refund comes.")
    told.tell(NOW, ident="short", variables={"message": "Where?"}, output="No refund, and never.")
    told.tell(NOW, ident="rated", output="refund")
    told.tell(NOW, ident="refused", output="refund")
    told.rate(NOW, -1, log_ident="rated")
    told.rate(NOW, 0, log_ident="refused", kind="yes_no")
    told.rate(NOW, 0, log_ident="good")  # neither good nor bad
    told.rate(NOW, -3, log_ident="good", kind="number", name="stars")
    look(live.pk)

    found = {
        outcome: {shown.call.ident for shown in calls_of(told.prompt, place, outcome=outcome)}
        for outcome in ("", "failed", "bad", "error")
    }
    page = page_of(told, "pages:prompt_calls", status="failed")

    assert found == {
        "": {"good", "short", "rated", "refused"}, "failed": {"short"},
        "bad": {"rated", "refused"}, "error": set(),
    }  # fmt: skip
    assert "Has at most 3 words" in page
    assert "4 words." in page


def test_a_failed_answer_becomes_a_case_from_the_narrowed_list(told):
    keep_answers(told)
    suite = make_live_suite(told)
    live = check_live(told, suite)
    told.tell(NOW, variables={"message": "Where?"}, output="No refund, and never.")
    look(live.pk)
    [shown] = calls_of(told.prompt, told.world.places["production"], outcome="failed")
    page = browser(told.world["author"])
    address = reverse("analytics:take_calls", args=[told.prompt.path])

    offered = page_of(told, "pages:prompt_calls", status="failed")
    page.post(address, {"suite": suite.pk, "environment": "production", "call": shown.place})

    assert "Make a test case" in offered
    assert shown.is_bad
    assert suite.cases.get().values == {"message": "Where?"}
