"""A suite that a place asks for holds a release until it has run on exactly this content, as it
stands now, beside what is live now; nothing else opens it."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.audit.subscribers import run_all
from apps.core.errors import NotPossible
from apps.environments.queries import environment_for, live_release, live_version
from apps.evaluations.actions import add_requirement, change_suite, remove_case
from apps.evaluations.models import Case, Result, Run
from apps.evaluations.queries import outputs_for
from apps.prompts.actions import make_version, write_document
from apps.prompts.content import new_block, new_content
from apps.prompts.queries import draft_of
from apps.releases.actions import release_version
from apps.releases.gates import own_gates
from apps.reviews.actions import approve_review, request_review
from apps.teams.actions import add_person, grant
from tests.evaluations.running import MODEL, connect_to, document, make_lab, work_all
from tests.llm.provider import running
from tests.releases.world import shown
from tests.standing import standing

lab = standing(make_lab)


@pytest.fixture
def provider(lab):
    with running() as found:
        connect_to(lab, found.url)
        yield found


def ask(lab, condition="must_pass", share=1.0, place="development"):
    return add_requirement(
        environment_for(place), namespace=lab.house.space, suite=lab.suite, condition=condition,
        share=share, actor=lab.house.admin,
    )  # fmt: skip


def gate(lab, version, place="development"):
    [found] = [one for one in own_gates(version, environment_for(place)) if one.code == "suite"]
    return found


def run(lab, version):
    return work_all(lab.start(version, environment=lab.development))


def deaf(lab):
    """A version that does not hear what was asked: only the case that says hello passes."""
    said = new_content() | {"blocks": [new_block("input", body="Only say hello")]}
    write_document(draft_of(lab.prompt), document=said, actor=lab.ana)
    return make_version(draft_of(lab.prompt), reason="Deaf", actor=lab.ana)


def release(lab, version):
    live = live_release(lab.prompt, lab.development)
    return release_version(
        lab.prompt, version=version, environment=lab.development,
        expects=live.pk if live else None, actor=lab.ana,
    )  # fmt: skip


def test_t33_what_did_not_run_is_not_released_and_what_passed_is(lab, provider):
    ask(lab)

    before = gate(lab, lab.v1)
    with pytest.raises(NotPossible) as refused:
        release(lab, lab.v1)
    run(lab, lab.v1)
    after = gate(lab, lab.v1)

    assert (before.open, before.sentence) == (False, "“Refund basics” has not run on v1")
    assert refused.value.code == "gate_closed"
    assert (after.open, after.sentence) == (True, "“Refund basics”: 3 of 3 cases pass")
    assert release(lab, lab.v1).version == lab.v1


@pytest.mark.parametrize(("share", "is_open"), [(1.0, False), (0.34, False), (0.33, True)])
def test_t33_as_many_cases_pass_as_the_place_asks_for(lab, provider, share, is_open):
    ask(lab, share=share)
    version = deaf(lab)

    run(lab, version)

    found = gate(lab, version)
    assert found.sentence == "“Refund basics”: 1 of 3 cases pass"
    assert found.open is is_open


def test_t33_a_result_of_other_words_opens_nothing(lab, provider):
    ask(lab)
    run(lab, lab.v1)

    assert gate(lab, lab.version("Answer that:")).open is False
    assert gate(lab, lab.v1).open is True


def test_t33_a_suite_that_changed_since_has_to_run_again(lab, provider):
    ask(lab)
    run(lab, lab.v1)

    change_suite(lab.suite, name="Refund basics", purpose="", threshold=0.5, actor=lab.ana)

    assert gate(lab, lab.v1).open is False
    run(lab, lab.v1)
    assert gate(lab, lab.v1).open is True


@pytest.mark.parametrize(("share", "is_open"), [(0.0, False), (0.6, False), (0.67, True)])
def test_t33_not_worse_is_against_what_is_live(lab, provider, share, is_open):
    lab.put_live(lab.v1)
    ask(lab, condition="not_worse", share=share)
    version = deaf(lab)

    run(lab, version)

    found = gate(lab, version)
    assert found.sentence == "“Refund basics”: 1 of 3 cases pass, 3 with v1"
    assert found.open is is_open


def test_t33_a_comparison_with_what_is_live_no_more_opens_nothing(lab, provider):
    lab.put_live(lab.v1)
    same = lab.version("Answer that:")
    run(lab, same)
    other = lab.version("Answer this one:")
    lab.put_live(other)
    ask(lab, condition="not_worse", share=0.0)

    stale = gate(lab, same)
    run(lab, same)

    assert stale.open is False
    assert stale.sentence == f"“Refund basics” was not compared with {other}, which is live now"
    assert gate(lab, same).open is True


def test_t33_what_could_not_run_is_no_pass(lab, provider):
    ask(lab, share=0.0)
    provider.fault = "401"

    lost = run(lab, lab.v1)
    closed = gate(lab, lab.v1)
    provider.fault = ""
    run(lab, lab.v1)

    assert lost.state == "failed"
    assert (closed.open, closed.sentence) == (
        False, "“Refund basics” did not run to its end on v1",
    )  # fmt: skip
    assert gate(lab, lab.v1).open is True


def test_t33_a_row_that_was_judged_is_not_edited(lab, provider):
    ask(lab)
    version = deaf(lab)
    done = run(lab, version)

    with pytest.raises(DatabaseError), transaction.atomic():
        Result.objects.filter(run=done, passed=False).update(passed=True)

    assert gate(lab, version).open is False


def reviewer(lab):
    person = add_person(email="rea@example.org", name="Rea", actor=lab.house.admin)
    grant(lab.house.space, role="reviewer", to=person, actor=lab.house.admin)
    return person


def test_a_request_for_a_review_runs_what_its_place_asks_for_once(lab, provider):
    ask(lab, place="staging")
    write_document(draft_of(lab.prompt), document=document("Answer that:"), actor=lab.ana)

    request_review(
        lab.prompt, environment=environment_for("staging"), reason="Clearer", actor=lab.ana
    )
    run_all()
    run_all()

    [started] = Run.objects.all()
    assert (str(started.version), str(started.environment)) == ("v2", "Staging")


def test_the_last_run_releases_what_was_approved_before_it(lab, provider):
    ask(lab, place="staging")
    said = document("Answer that:")
    said["models"] = [{"model": MODEL, "parameters": {}, "overrides": {}}]
    write_document(draft_of(lab.prompt), document=said, actor=lab.ana)
    staging = environment_for("staging")
    review = request_review(lab.prompt, environment=staging, reason="Clearer", actor=lab.ana)
    run_all()
    approve_review(review, **shown(review), actor=reviewer(lab))
    run_all()
    waiting = live_version(lab.prompt, staging)

    work_all(Run.objects.get())
    run_all()

    assert waiting is None
    assert str(live_version(lab.prompt, staging)) == "v2"


def test_a_review_shows_what_got_worse_before_anything_else(lab, provider, client):
    staging, rea = environment_for("staging"), reviewer(lab)
    first = request_review(
        lab.prompt, environment=staging, version=lab.v1, reason="First", actor=lab.ana
    )
    approve_review(first, **shown(first), actor=rea)
    run_all()
    version = deaf(lab)
    review = request_review(
        lab.prompt, environment=staging, version=version, reason="Shorter", actor=lab.ana
    )
    work_all(lab.start(version, environment=staging))
    client.force_login(rea, backend="allauth.account.auth_backends.AuthenticationBackend")

    page = client.get(f"/reviews/{review.pk}/").content.decode()

    _before, answers = page.split("Answers: Refund basics")
    assert answers.count("Newly fails") == 2
    assert answers.index("Where is my money?") < answers.index("Hello there")
    assert answers.index("Hello there") < answers.index("Open all answers")


# --- a suite that became easier ------------------------------------------------------------------


def test_t33_gate_says_what_the_suite_asks_less_since_the_last_release(lab, provider):
    """It opens as any other; whoever decides sees it."""
    ask(lab)
    run(lab, lab.v1)
    release(lab, lab.v1)
    same = lab.version("Answer that:")
    run(lab, same)
    before = gate(lab, same).suite.change

    remove_case(lab.suite.cases.first(), actor=lab.ana)
    run(lab, same)
    after = gate(lab, same).suite.change

    assert before is None
    assert after.sentence == ("This suite changed since the last approved release: 1 case removed.")
    assert (after.easier, gate(lab, same).open) == (True, True)


def test_t33_answers_of_a_review_say_it_too_and_a_first_release_has_nothing_to_say(lab, provider):
    ask(lab)
    run(lab, lab.v1)
    first = outputs_for(lab.v1, lab.development)[0].change
    release(lab, lab.v1)
    change_suite(lab.suite, name="Refund basics", purpose="", threshold=0.5, actor=lab.ana)
    version = lab.version("Answer that:")

    run(lab, version)

    [found] = outputs_for(version, lab.development)
    assert first is None
    assert found.change.counts == ("a case needs 50 % of the score, no longer 100 %",)


# --- the suite as it stands ----------------------------------------------------------------------


def test_t33_gate_reads_no_case_of_a_suite_that_stands_as_it_was_frozen(lab, provider):
    ask(lab)
    run(lab, lab.v1)

    with CaptureQueriesContext(connection) as frozen:
        found = gate(lab, lab.v1)
    change_suite(lab.suite, name="Refund basics", purpose="", threshold=0.5, actor=lab.ana)
    with CaptureQueriesContext(connection) as changed:
        gate(lab, lab.v1)

    assert found.open is True
    assert [reads_cases(one) for one in (frozen, changed)] == [False, True]  # the control


def reads_cases(queries):
    return any('"evaluations_case"."expected"' in query["sql"] for query in queries)


@pytest.mark.parametrize("part", ["case", "check", "added", "removed"])
def test_t33_any_change_of_a_suite_closes_its_gate_whoever_makes_it(lab, provider, part):
    """Even one that goes around the actions; the same content is the same suite again."""
    ask(lab)
    run(lab, lab.v1)
    assert gate(lab, lab.v1).open is True
    case = lab.suite.cases.last()

    with transaction.atomic():
        if part == "case":
            Case.objects.filter(pk=case.pk).update(expected="Something else")
        elif part == "check":
            lab.suite.checks.update(weight=2)
        elif part == "added":
            Case(suite=lab.suite, position=99, values=case.values, expected="x").save()
        else:
            Case.objects.filter(pk=case.pk).update(enabled=False)

    assert gate(lab, lab.v1).open is False
    if part == "case":
        Case.objects.filter(pk=case.pk).update(expected=case.expected)
        assert gate(lab, lab.v1).open is True
