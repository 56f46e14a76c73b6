from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from apps.audit.models import AuditEntry
from apps.audit.subscribers import run_all
from apps.core.errors import Invalid, NotAllowed, NotPossible, NotVisible
from apps.evaluations.actions import (
    RatingTerms,
    add_check,
    ask_for_ratings,
    close_rating_request,
    decide_rating,
    drop_rater,
    rate_answer,
    rate_task,
    take_back_rating,
)
from apps.evaluations.models import Rating, RatingTask, Result
from apps.evaluations.queries import run_summary
from apps.evaluations.queries.agreement import agreements_of
from apps.evaluations.queries.rating_queue import next_task, queue_of
from apps.evaluations.states import Preference, RatingSample, RatingWay
from apps.llm.actions import set_budget
from apps.llm.budget_queries import month_for
from apps.llm.models import Reservation
from apps.notifications.models import InboxItem
from apps.notifications.rows import rows_of
from apps.teams.actions import add_member, create_team, deactivate_person
from tests.evaluations.running import MODEL, Lab, connect_to, make_lab, rows, work_all
from tests.llm.provider import running
from tests.standing import standing

DEMO = {"models": ["galley/demo"]}


def make_rated() -> Lab:
    """A run whose answers wait for two people each."""
    lab = make_lab()
    add_check(lab.suite, kind="person_thumbs", settings={"raters": 2}, actor=lab.ana)
    lab.run = work_all(lab.start(**DEMO))  # type: ignore[attr-defined]
    return lab


def make_compared() -> Lab:
    """A run of v2 beside v1, which is live; nobody is asked by a check."""
    lab = make_lab()
    lab.put_live(lab.v1)
    lab.run = work_all(  # type: ignore[attr-defined]
        lab.start(lab.version("Be short:"), environment=lab.development, **DEMO)
    )
    return lab


rated = standing(make_rated)
compared = standing(make_compared)


def check_key(lab):
    return str(lab.suite.checks.get(kind="person_thumbs").key)


def fresh(row):
    return Result.objects.get(pk=row.pk)


def asked(lab, *people, **terms):
    return ask_for_ratings(
        lab.run, terms=RatingTerms(raters=people, seed=7, **terms), actor=lab.ana
    )


# --- one's own rating -----------------------------------------------------------------------


def test_check_waits_until_enough_people_rated_and_the_run_follows(rated):
    row, key = rows(rated.run)[0], check_key(rated)

    rate_answer(row, value=True, check_key=key, actor=rated.ana)
    waits = fresh(row)
    rate_answer(row, value=True, check_key=key, note="Kind", actor=rated.house.ben)
    done = fresh(row)

    assert (waits.passed, waits.verdicts[key]["reason"]) == (None, "1 of 2 people have rated it.")
    other = next(state for k, state in done.verdicts.items() if k != key)["state"]
    assert done.verdicts[key]["state"] == "pass"
    assert done.passed is (other == "pass")
    assert run_summary(rated.run).own.open == 2


def test_rating_is_changed_and_taken_back_by_its_person(rated):
    row, key = rows(rated.run)[0], check_key(rated)
    rate_answer(row, value=True, check_key=key, actor=rated.ana)
    rate_answer(row, value=True, check_key=key, actor=rated.house.ben)

    rate_answer(row, value=False, check_key=key, actor=rated.house.ben)
    changed = fresh(row)
    take_back_rating(row, check_key=key, actor=rated.house.ben)
    take_back_rating(row, check_key=key, actor=rated.house.ben)

    assert (changed.verdicts[key]["state"], changed.passed) == ("fail", False)
    assert fresh(row).passed is None
    assert list(Rating.objects.values_list("person__name", "value")) == [("Ana", True)]
    kinds = Rating.history.order_by("history_id").values_list("history_type", flat=True)
    assert "".join(kinds) == "++~-"


def test_rating_of_the_whole_answer_leaves_the_checks_alone(rated):
    row = rows(rated.run)[0]

    rating = rate_answer(row, value=False, note="Too long", seconds=9999, actor=rated.ana)

    assert (rating.check_key, rating.seconds) == (None, 3600)
    assert fresh(row).verdicts == row.verdicts


@pytest.mark.parametrize("value", [1, 7, "y", None, "Good"])
def test_value_that_the_check_does_not_know_is_refused(rated, value):
    row, key = rows(rated.run)[0], check_key(rated)

    with pytest.raises(Invalid) as refused:
        rate_answer(row, value=value, check_key=key, actor=rated.ana)
    rate_answer(row, value=True, check_key=key, actor=rated.ana)

    assert refused.value.errors == {"value": ["Choose a rating: Good or Bad."]}


def test_rating_is_for_who_may_comment_and_of_an_answer(rated):
    row, house = rows(rated.run)[0], rated.house
    waiting = rows(rated.start(**DEMO))[0]

    with pytest.raises(NotAllowed):
        rate_answer(row, value=True, actor=house.viewer)
    with pytest.raises(NotVisible):
        rate_answer(row, value=True, actor=house.outsider)
    with pytest.raises(NotPossible) as refused:
        rate_answer(waiting, value=True, actor=house.ben)
    with pytest.raises(Invalid):
        rate_answer(row, value=True, check_key="0" * 8, actor=house.ben)
    rate_answer(row, value=True, actor=house.ben)

    assert str(refused.value) == "There is no answer here that could be rated."


def refuses(row, **change):
    with pytest.raises(DatabaseError), transaction.atomic():
        Result.objects.filter(pk=row.pk).update(**change)


def test_r04_what_a_worker_found_is_kept_by_the_database(rated):
    row = rows(rated.run)[0]
    key = next(key for key in row.verdicts if key != check_key(rated))
    told = {**row.verdicts, key: {**row.verdicts[key], "state": "pass", "score": 9}}

    refuses(row, answer="Another")
    refuses(row, verdicts=told)
    refuses(row, case_index=9)

    assert Result.objects.filter(pk=row.pk).update(passed=None) == 1


def test_r04_verdict_that_no_person_gives_is_kept_by_the_database(compared):
    row = rows(compared.run)[0]

    refuses(row, passed=None)
    refuses(row, verdicts={})
    refuses(row, score=0.25)

    assert fresh(row).passed is row.passed


def test_answer_that_is_used_again_keeps_what_people_said(rated):
    key = check_key(rated)
    for person in (rated.ana, rated.house.ben):
        rate_answer(rows(rated.run)[0], value=True, check_key=key, actor=person)

    again = rows(work_all(rated.start(**DEMO)))[0]
    rate_answer(again, value=False, check_key=key, actor=rated.house.ben)

    assert again.verdicts[key]["state"] == "pass"
    assert fresh(again).verdicts[key] == {
        "state": "fail", "score": 0.5, "reason": "2 people rated it.", "data": {"people": 2},
    }  # fmt: skip


# --- asking and the queue -------------------------------------------------------------------


def test_asking_shares_answers_out_and_reaches_the_inbox(compared):
    house = compared.house

    request = asked(compared, house.ben, compared.ana, each=2, note="Is it kind?")
    run_all()

    tasks = RatingTask.objects.filter(request=request)
    assert sorted(tasks.values_list("rater__name", "result__case_index")) == [
        (name, place) for name in ("Ana", "Ben") for place in range(3)
    ]
    [item] = InboxItem.objects.filter(person=house.ben, event="evaluations.ratings.asked")
    [row] = rows_of([item])
    assert item.needs_action
    assert row.title == "Ana asks you to rate answers of Refund reply v2"
    assert (row.url, row.opens) == (f"/tests/ratings/{request.pk}/", "Rate answers")
    assert [(one.request, one.left) for one in queue_of(house.ben)] == [(request, 3)]


def test_inbox_item_stands_until_everything_is_rated_and_the_asker_hears(compared):
    from apps.notifications.queries import count_waiting

    ben = compared.house.ben
    request = asked(compared, ben, sample=RatingSample.SOME, many=1)
    run_all()
    before = count_waiting(ben)

    task = next_task(request, ben)
    rate_task(task, value=True, actor=ben)
    run_all()

    assert (before, count_waiting(ben)) == (1, 0)
    [item] = InboxItem.objects.filter(person=compared.ana, event="evaluations.ratings.done")
    [told] = rows_of([item])
    assert told.title == "Every answer of Refund reply v2 that you asked for is rated"
    found = (told.url, told.opens)
    assert found == (f"/tests/runs/{compared.run.pk}/ratings/", "See the ratings")


def test_bad_terms_are_refused_in_words(compared):
    house = compared.house
    cases = [
        ({"people": (house.ben,), "each": 2}, "people"),
        ({"people": (house.viewer,)}, "people"),
        ({"people": (house.ben,), "each": 6}, "each"),
        ({"people": (house.ben,), "check_key": "nothing"}, "check"),
        ({"people": (house.ben,), "sample": "apart"}, "sample"),
        ({"people": (house.ben,), "way": "compare"}, "second"),
    ]  # fmt: skip

    for terms, field in cases:
        people = terms.pop("people")
        with pytest.raises(Invalid) as refused:
            asked(compared, *people, **terms)
        assert list(refused.value.errors) == [field]

    assert asked(compared, house.ben).tasks.count() == 3


def test_asking_is_for_who_edits_the_suite_and_waits_for_the_end_of_the_run(compared):
    house, terms = compared.house, RatingTerms(raters=(compared.house.ben,))
    under_way = compared.start(**DEMO)

    with pytest.raises(NotAllowed):
        ask_for_ratings(compared.run, terms=terms, actor=house.viewer)
    with pytest.raises(NotVisible):
        ask_for_ratings(compared.run, terms=terms, actor=house.outsider)
    with pytest.raises(NotPossible):
        ask_for_ratings(under_way, terms=terms, actor=compared.ana)
    ask_for_ratings(compared.run, terms=terms, actor=compared.ana)

    assert AuditEntry.objects.order_by("-seq").first().event == "evaluations.ratings.asked"


def test_task_is_its_raters_alone_and_over_with_the_request(compared):
    ben = compared.house.ben
    request = asked(compared, ben)
    task = next_task(request, ben)

    with pytest.raises(NotVisible):
        rate_task(task, value=True, actor=compared.ana)
    rate_task(task, value=True, actor=ben)
    rate_task(task, value=False, actor=ben)
    close_rating_request(request, actor=compared.ana)
    with pytest.raises(NotPossible):
        rate_task(next_task(request, ben), value=True, actor=ben)

    assert [one.value for one in Rating.objects.all()] == [False]
    assert queue_of(ben) == []


def test_rater_who_left_gives_the_rest_to_the_others(compared):
    house = compared.house
    request = asked(compared, house.ben, compared.ana)
    left = request.tasks.filter(rater=house.ben).count()
    deactivate_person(house.ben, actor=house.admin)

    with pytest.raises(NotVisible):
        rate_task(next_task(request, house.ben), value=True, actor=house.ben)
    drop_rater(request, person=house.ben, actor=compared.ana)
    with pytest.raises(Invalid):
        drop_rater(request, person=house.ben, actor=compared.ana)

    assert left in (1, 2)
    assert [one.left for one in queue_of(compared.ana)] == [3]


# --- agreement and disputes -----------------------------------------------------------------


def test_agreement_is_said_in_a_sentence_with_its_figures(compared):
    said = ((True, True), (True, False), (False, False))
    for row, (one, other) in zip(rows(compared.run), said, strict=True):
        rate_answer(row, value=one, actor=compared.ana)
        rate_answer(row, value=other, actor=compared.house.ben)

    [found] = agreements_of(compared.run, compared.run.suite_version.document)

    assert (found.n, found.same, round(found.kappa, 3)) == (3, 2, 0.4)
    assert found.sentence.startswith("Ana and Ben say the same of 2 of 3 answers.")
    assert "n = 3, Cohen's kappa 0.40" in found.sentence
    assert [item.place for item in found.asked.disputes] == [1]


def test_dispute_is_decided_with_a_reason_and_counts(rated):
    row, key, ana = rows(rated.run)[0], check_key(rated), rated.ana
    rate_answer(row, value=True, check_key=key, actor=ana)
    rate_answer(row, value=False, check_key=key, actor=rated.house.ben)
    terms = {"run": rated.run, "value": True, "check_key": key}

    with pytest.raises(Invalid):
        decide_rating(row, **terms, reason=" ", actor=ana)
    with pytest.raises(NotAllowed):
        decide_rating(row, **terms, reason="Fine", actor=rated.house.viewer)
    with pytest.raises(NotPossible):
        decide_rating(rows(rated.run)[1], **terms, reason="Fine", actor=ana)
    decide_rating(row, **terms, reason="It says what happens next.", actor=ana)

    assert fresh(row).verdicts[key]["state"] == "pass"
    entry = AuditEntry.objects.order_by("-seq").first()
    assert (entry.event, entry.reason) == (
        "evaluations.rating.decided", "It says what happens next.",
    )  # fmt: skip


def test_two_answers_side_by_side_without_their_names(compared, signed_in):
    run, ben = compared.run, compared.house.ben
    columns = {"first": (run.paired_id, "galley/demo"), "second": (run.pk, "galley/demo")}
    request = asked(compared, ben, way=RatingWay.COMPARE, **columns)
    page, address = signed_in(ben), f"/tests/ratings/{request.pk}/"

    shown = page.get(address).content.decode()
    while (task := next_task(request, ben)) is not None:
        choice = "right" if task.swapped else "left"
        page.post(address, {"task": task.pk, "value": choice, "do": "rate"})
    over = page.get(address).content.decode()

    assert not any(word in shown for word in ("v1", "v2", "galley/demo"))
    chosen = set(request.tasks.values_list("preference", flat=True))
    assert chosen == {Preference.FIRST} and {t.swapped for t in request.tasks.all()} == {
        True,
        False,
    }
    assert "v1, live 3, v2 0" in " ".join(over.split())
    [found] = agreements_of(run, run.suite_version.document)
    assert found.outcome.startswith("Of 3 pairs, v1, live is preferred in 3, v2 in 0.")


# --- pages ----------------------------------------------------------------------------------


def test_queue_goes_answer_by_answer_with_skip_and_undo(compared, signed_in):
    ben = compared.house.ben
    request = asked(compared, ben)
    page, address = signed_in(ben), f"/tests/ratings/{request.pk}/"
    first = next_task(request, ben)

    page.post(address, {"task": first.pk, "do": "skip"})
    second = next_task(request, ben)
    page.post(address, {"task": second.pk, "value": "y", "do": "rate", "note": "Good one"})
    empty = page.post(address, {"task": first.pk, "do": "rate", "note": "typed"})
    page.post(address, {"do": "undo"})
    again = next_task(request, ben)
    for _left in range(3):
        page.post(address, {"task": next_task(request, ben).pk, "value": "n", "do": "rate"})
    done = page.get(address).content.decode()

    assert (first.pk != second.pk, again.pk == second.pk) == (True, True)
    assert empty.status_code == 422 and "typed" in empty.content.decode()
    assert "Choose a rating: Good or Bad." in empty.content.decode()
    assert "3 of 3 rated" in done and "Done: you have rated everything" in done
    assert page.get("/tests/ratings/").content.decode().count("Nothing waits for your rating") == 1


def test_queue_of_another_person_is_not_there(compared, signed_in):
    request = asked(compared, compared.house.ben)
    address = f"/tests/ratings/{request.pk}/"
    task = next_task(request, compared.house.ben)

    codes = [
        signed_in(person).get(address).status_code
        for person in (compared.ana, compared.house.outsider, compared.house.ben)
    ]
    stolen = asked(compared, compared.ana, sample=RatingSample.SOME, many=1)
    own = signed_in(compared.ana)
    strange = own.post(f"/tests/ratings/{stolen.pk}/", {"task": task.pk, "value": "y"})

    assert codes == [404, 404, 200]
    assert strange.status_code == 404


def test_answer_is_rated_where_it_is_read(rated, signed_in):
    row, page = rows(rated.run)[0], signed_in(rated.ana)
    address = f"/tests/results/{row.pk}/rate/"

    part = page.post(
        address, {"value": "n", "note": "Cold", "check": check_key(rated)},
        headers={"HX-Request": "true"},
    )  # fmt: skip
    plain = page.post(address, {"value": "y"})
    wrong = page.post(address, {"value": "9"})
    shown = page.get(f"/tests/results/{row.pk}/").content.decode()
    page.post(address, {"undo": "1"})

    assert (part.status_code, plain.status_code, wrong.status_code) == (200, 302, 422)
    assert "Cold" in part.content.decode() and shown.count('aria-pressed="true"') == 2
    assert [one.note for one in Rating.objects.all()] == ["Cold"]


def test_page_of_ratings_hides_what_others_say_from_who_still_rates_blind(compared, signed_in):
    row, ben = rows(compared.run)[0], compared.house.ben
    rate_answer(row, value=True, note="Secret word", actor=compared.ana)
    asked(compared, ben)
    address = f"/tests/runs/{compared.run.pk}/ratings/"

    of_rater = signed_in(ben).get(address).content.decode()
    of_asker = signed_in(compared.ana).get(address).content.decode()
    case = signed_in(ben).get(f"/tests/results/{row.pk}/").content.decode()

    assert "You still have answers of this run to rate by yourself" in of_rater
    assert "agreement cannot be told" in of_asker and "agreement cannot" not in of_rater
    assert "Secret word" not in case


def test_asking_page_takes_a_form_and_keeps_what_was_typed(compared, signed_in):
    page = signed_in(compared.ana)
    address = f"/tests/runs/{compared.run.pk}/ratings/ask/"
    data = {
        "people": [compared.house.ben.pk], "way": "rate", "check": "", "sample": "some",
        "many": "2", "each": "1", "blind": "on", "note": "Is it kind?",
    }  # fmt: skip

    wrong = page.post(address, {**data, "each": "4"})
    asked_ = page.post(address, data)

    assert wrong.status_code == 422 and "Is it kind?" in wrong.content.decode()
    assert "Each answer is to be rated by 4 people." in wrong.content.decode()
    assert asked_.status_code == 302
    assert RatingTask.objects.count() == 2


def test_dispute_is_decided_on_its_page(compared, signed_in):
    row, page = rows(compared.run)[0], signed_in(compared.ana)
    rate_answer(row, value=True, actor=compared.ana)
    rate_answer(row, value=False, note="Cold", actor=compared.house.ben)
    address = f"/tests/results/{row.pk}/decide/"

    listed = page.get(f"/tests/runs/{compared.run.pk}/ratings/").content.decode()
    wrong = page.post(address, {"value": "y", "reason": ""})
    done = page.post(address, {"value": "y", "reason": "It is polite"})
    after = page.get(f"/tests/runs/{compared.run.pk}/ratings/").content.decode()
    nobody = page.get(f"/tests/results/{rows(compared.run)[1].pk}/decide/")

    assert "1 dispute" in listed and address in listed
    assert (wrong.status_code, done.status_code, nobody.status_code) == (422, 302, 404)
    assert "It is polite" in after


def test_export_holds_the_ratings(compared, signed_in):
    row = rows(compared.run)[0]
    rate_answer(row, value=True, note="=1+1", actor=compared.ana)
    rate_answer(row, value=False, actor=compared.house.ben)
    page = signed_in(compared.ana)

    table = page.get(f"/tests/runs/{compared.run.pk}/export/").content.decode()
    document = page.get(f"/tests/runs/{compared.run.pk}/export/?form=json").json()

    cells = [line["ratings"] for line in csv.DictReader(io.StringIO(table)) if line["ratings"]]
    assert cells == ["Ana: Good (=1+1); Ben: Bad"]
    [told] = [one["ratings"] for one in document if one["ratings"]]
    assert [(one["person"], one["rating"], one["note"]) for one in told] == [
        ("Ana", "Good", "=1+1"), ("Ben", "Bad", ""),
    ]  # fmt: skip


# --- trying a check -------------------------------------------------------------------------


def test_check_is_tried_beside_what_people_say_and_keeps_nothing(compared, signed_in):
    said = (True, False, True)
    for row, good in zip(rows(compared.run), said, strict=True):
        rate_answer(row, value=good, actor=compared.ana)
    before = list(Result.objects.order_by("pk").values())
    check, page = compared.suite.checks.get(), signed_in(compared.ana)
    address = f"/tests/checks/{check.pk}/try/"
    data = {"run": compared.run.pk, "many": 20, "seed": 1}

    estimated = page.post(address, {**data, "estimate": "1"}).content.decode()
    tried = page.post(address, data)
    wrong = page.post(address, {**data, "many": 21})

    passes = [row.verdicts[str(check.key)]["state"] == "pass" for row in rows(compared.run)]
    same = sum(one is other for one, other in zip(passes, said, strict=True))
    assert "3 answers, no model is asked." in estimated
    assert f"say the same of {same} of 3 rated answers" in tried.content.decode()
    assert wrong.status_code == 422
    assert list(Result.objects.order_by("pk").values()) == before


def test_judge_is_tried_with_its_price_and_within_the_budget(compared, signed_in):
    question = {"question": "Is it polite?"}
    check = add_check(compared.suite, kind="judge_question", settings=question, actor=compared.ana)
    page = signed_in(compared.ana)
    data = {"run": compared.run.pk, "many": 2, "seed": 1}

    tried = page.post(f"/tests/checks/{check.pk}/try/", data)

    assert "2 answers, 2 questions to galley/demo, about" in tried.content.decode()
    assert {one.verdict.state for one in tried.context["tried"]} <= {"pass", "fail"}
    assert "People have rated none of these answers" in tried.content.decode()


def test_check_of_people_and_of_a_viewer_is_not_tried(rated, signed_in):
    of_people = rated.suite.checks.get(kind="person_thumbs")
    other = rated.suite.checks.exclude(pk=of_people.pk).get()
    data = {"run": rated.run.pk, "many": 2, "seed": 1}

    codes = [
        signed_in(person).post(f"/tests/checks/{check.pk}/try/", data).status_code
        for person, check in (
            (rated.ana, of_people), (rated.house.viewer, other), (rated.house.outsider, other),
            (rated.ana, other),
        )
    ]  # fmt: skip

    assert codes == [409, 403, 404, 200]


def test_judge_is_asked_within_the_budget_and_paid(compared, signed_in):
    lab, admin = compared, compared.house.admin
    team = create_team(name="Payers", actor=admin)
    add_member(team, person=lab.ana, actor=admin)
    with running(reply=lambda _body: '{"answer": "yes", "evidence": "Reply"}') as provider:
        connect_to(lab, provider.url, input_price=Decimal(100), output_price=Decimal(100))
        settings = {"question": "Is it polite?", "model": MODEL}
        check = add_check(lab.suite, kind="judge_question", settings=settings, actor=lab.ana)
        run = work_all(lab.start(**DEMO))
        set_budget(team, month_limit=Decimal("0.01"), actor=admin)
        page, data = signed_in(lab.ana), {"run": run.pk, "many": 2, "seed": 1}
        asked_before = len(provider.calls)
        poor = page.post(f"/tests/checks/{check.pk}/try/", data)
        refused = len(provider.calls) - asked_before
        set_budget(team, month_limit=Decimal(5), actor=admin)
        spent = month_for(team).spent
        rich = page.post(f"/tests/checks/{check.pk}/try/", data)

    assert (poor.status_code, refused) == (409, 0)
    assert "this month, and this may cost" in " ".join(poor.content.decode().split())
    assert (rich.status_code, len(provider.calls) - asked_before) == (200, 2)
    assert month_for(team).spent > spent
    assert [one.settled_at is None for one in Reservation.objects.filter(purpose="check")] == [
        False
    ]


def test_words_of_people_are_shown_as_words(compared, signed_in):
    row, payload = rows(compared.run)[0], "<img src=x onerror=alert(1)>"
    rate_answer(row, value=True, note=payload, actor=compared.ana)
    rate_answer(row, value=False, note=payload, actor=compared.house.ben)
    request = asked(compared, compared.house.ben, note=payload)
    where = (
        (compared.ana, f"/tests/results/{row.pk}/"), (compared.house.ben, "/tests/ratings/"),
        (compared.ana, f"/tests/runs/{compared.run.pk}/ratings/"),
        (compared.ana, f"/tests/results/{row.pk}/decide/"),
        (compared.house.ben, f"/tests/ratings/{request.pk}/"),
    )  # fmt: skip

    found = [signed_in(person).get(address).content.decode() for person, address in where]

    assert [payload in page for page in found] == [False] * 5
    assert all("&lt;img" in page for page in found)
