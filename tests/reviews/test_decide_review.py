from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.audit.models import AuditEntry
from apps.core.errors import Invalid, NotAllowed, NotPossible, NotVisible
from apps.environments.models import Environment, Rule
from apps.prompts.actions import make_version
from apps.prompts.queries import draft_of
from apps.reviews.actions import approve_review, request_changes, request_review, withdraw_review
from apps.reviews.models import Decision
from apps.reviews.permissions import can_decide_review
from apps.reviews.queries import approvals_for, current_round, reviewers_of, waiting_for
from apps.teams.actions import add_member, create_team, deactivate_person, grant, revoke
from tests.releases.test_t01_unauthorised import signed_in
from tests.releases.world import approve, edit, loosen, move_back, shown, standing


@pytest.fixture
def review(world):
    prompt = world.prompt()
    return world.review(prompt, world.version(prompt, "One"), "production")


def test_approval_pins_text_environment_and_live_revision(world, review):
    approve(review, world["reviewer"], "Reads well")

    decision = Decision.objects.get()
    version = current_round(review).version
    assert (decision.content_hash, decision.live_revision, decision.reason) == (
        version.content_hash, 0, "Reads well",
    )  # fmt: skip
    entry = AuditEntry.objects.get(event="reviews.review.approved")
    assert entry.data == {
        "review": review.pk, "round": 1, "version": 1, "content_hash": version.content_hash,
        "live_revision": 0, "last": True,
    }  # fmt: skip
    review.refresh_from_db()
    assert review.state == "approved"


def test_request_of_changes_needs_a_reason_and_stops_the_review(world, review):
    shown = current_round(review).version.content_hash

    with pytest.raises(Invalid) as refused:
        request_changes(review, content_hash=shown, reason=" ", actor=world["reviewer"])
    request_changes(review, content_hash=shown, reason="Too long", actor=world["reviewer"])

    assert refused.value.errors == {"text": ["Say what should change."]}
    review.refresh_from_db()
    assert review.state == "changes_requested"
    assert can_decide_review(world["reviewer2"], review).code == "not_open"


def test_t32_approval_of_another_text_than_the_one_shown_is_refused(world, review):
    seen = shown(review)
    world.review(review.prompt, world.version(review.prompt, "Two"), "production")
    before = standing()

    with pytest.raises(NotPossible) as refused:
        approve_review(review, **seen, actor=world["reviewer"])

    assert (refused.value.code, refused.value.status) == ("text_changed", 409)
    assert Decision.objects.count() == 0
    assert standing().denied == before.denied + 1
    approve(review, world["reviewer"])
    assert Decision.objects.count() == 1


@pytest.mark.parametrize("survives", [False, True])
def test_approval_signs_what_was_live_when_the_page_was_read(world, survives):
    if survives:
        loosen(world, approvals_survive=True)
    prompt = world.prompt()
    for words in ("One", "Two"):
        world.put_live(prompt, world.version(prompt, words), "production")
    review = world.review(prompt, world.version(prompt, "Three"), "production")
    seen = shown(review)
    move_back(world, prompt)
    before = standing()

    if survives:
        approve_review(review, **seen, actor=world["reviewer"])
        assert current_round(review).decisions.get().live_revision == 2
        return
    with pytest.raises(NotPossible) as refused:
        approve_review(review, **seen, actor=world["reviewer"])

    assert (refused.value.code, refused.value.status) == ("base_moved", 409)
    assert standing().denied == before.denied + 1
    assert not current_round(review).decisions.exists()
    approve(review, world["reviewer"])
    assert current_round(review).decisions.get().live_revision == 3


@pytest.mark.parametrize("made_up", [-1, 1, 2**70])
def test_nobody_signs_a_state_that_never_was_even_where_approvals_survive(world, review, made_up):
    loosen(world, approvals_survive=True)

    with pytest.raises(NotPossible) as refused:
        approve_review(
            review, **(shown(review) | {"live_revision": made_up}), actor=world["reviewer"]
        )

    assert refused.value.code == "base_moved"


def test_new_version_begins_a_round_and_old_decisions_count_for_nothing(world, review):
    approve(review, world["reviewer"])
    first = current_round(review).version

    second = world.version(review.prompt, "Two")
    world.review(review.prompt, second, "production")

    review.refresh_from_db()
    assert (review.state, current_round(review).number) == ("open", 2)
    assert approvals_for(second, review.environment) == []
    assert approvals_for(first, review.environment) == []
    approve(review, world["reviewer"])
    assert [d.person for d in approvals_for(second, review.environment)] == [world["reviewer"]]


def test_nobody_decides_twice_in_a_round(world, review):
    rule = world.places["production"].rules.get()
    rule.approvals = 2
    rule.save()
    approve(review, world["reviewer"])

    with pytest.raises(NotPossible) as refused:
        approve(review, world["reviewer"])
    approve(review, world["reviewer2"])

    assert refused.value.code == "decided"
    review.refresh_from_db()
    assert review.state == "approved"


class TestApprovedReviewThatLacksApprovals:
    """The rule or its people changed after the last approval: somebody has to be able to act."""

    @pytest.fixture(params=["two needed", "right lost"])
    def review(self, request, world, review):
        approve(review, world["reviewer"])
        if request.param == "two needed":
            world.places["production"].rules.update(approvals=2)
        else:
            revoke(world.desk, role="reviewer", to=world["reviewer"], actor=world.admin)
        review.refresh_from_db()
        return review

    def test_another_approval_completes_it(self, world, review):
        version = current_round(review).version

        approve(review, world["reviewer2"])

        review.refresh_from_db()
        assert review.state == "approved"
        entry = AuditEntry.objects.filter(event="reviews.review.approved").latest("seq")
        assert entry.data["last"] is True
        world.release(review.prompt, version, "production")
        assert world.live(review.prompt, "production") == 1

    def test_changes_can_be_asked_for(self, world, review):
        shown = current_round(review).version.content_hash

        request_changes(review, content_hash=shown, reason="No", actor=world["reviewer2"])

        review.refresh_from_db()
        assert review.state == "changes_requested"

    def test_it_waits_again_while_one_is_missing_still(self, world, review):
        grant(world.desk, role="reviewer", to=world["viewer"], actor=world.admin)
        world.places["production"].rules.update(approvals=3)

        approve(review, world["reviewer2"])

        review.refresh_from_db()
        assert review.state == "open"

    def test_page_offers_the_decision_to_who_may_still_decide(self, world, review):
        address = reverse("pages:review", args=[review.pk])

        pages = {
            who: signed_in(world, who).get(address).content.decode()
            for who in ("reviewer", "reviewer2")
        }

        assert 'name="outcome"' in pages["reviewer2"]
        assert 'name="outcome"' not in pages["reviewer"]


def test_approved_review_with_enough_approvals_is_decided(world, review):
    approve(review, world["reviewer"])

    with pytest.raises(NotPossible) as refused:
        approve(review, world["reviewer2"])

    assert refused.value.code == "not_open"


@pytest.mark.parametrize(
    ("who", "error", "code"),
    [
        ("author", NotAllowed, "missing_right"),
        ("viewer", NotAllowed, "missing_right"),
        ("releaser", NotAllowed, "missing_right"),
        ("admin", NotAllowed, "missing_right"),
        ("outsider", NotVisible, "not_found"),
    ],
)
def test_who_may_not_review_is_refused_and_recorded(world, review, who, error, code):
    before = standing()

    with pytest.raises(error) as refused:
        approve(review, world[who])

    assert refused.value.code == code
    after = standing()
    assert (after.denied - before.denied, after.done - before.done) == (1, 0)


def test_only_people_of_the_named_team_decide(world, review):
    leads = create_team(name="Leads", purpose="", actor=world.admin)
    add_member(leads, person=world["reviewer2"], actor=world.admin)
    world.places["production"].rules.get().teams.add(leads)

    with pytest.raises(NotAllowed) as refused:
        approve(review, world["reviewer"])

    assert refused.value.verdict.sentence == (
        "For Production only people of Leads decide. You may comment."
    )
    assert reviewers_of(review) == [world["reviewer2"]]
    approve(review, world["reviewer2"])


class TestOwnEdits:
    """Nobody approves what they edited since the version that is live was made."""

    @pytest.fixture
    def editor(self, world):
        """The reviewer may edit too."""
        grant(world.desk, capabilities=["edit"], to=world["reviewer"], actor=world.admin)
        return world["reviewer"]

    def test_who_made_the_version_may_not(self, world, editor):
        prompt = world.prompt()
        review = world.review(prompt, world.version(prompt, "One", "reviewer"), "production")

        with pytest.raises(NotAllowed) as refused:
            approve(review, editor)

        assert refused.value.code == "own_edit"
        approve(review, world["reviewer2"])

    def test_who_only_typed_into_the_draft_may_not(self, world, editor):
        prompt = world.prompt()
        edit(prompt, "Typed by the reviewer", editor)
        edit(prompt, "Typed over by the author", world["author"])
        version = make_version(draft_of(prompt), reason="Why", actor=world["author"])
        review = world.review(prompt, version, "production")

        with pytest.raises(NotAllowed) as refused:
            approve(review, editor)

        assert refused.value.code == "own_edit"

    def test_who_edited_an_older_version_that_never_went_live_may_not(self, world, editor):
        prompt = world.prompt()
        world.version(prompt, "One", "reviewer")
        review = world.review(prompt, world.version(prompt, "Two"), "production")

        assert can_decide_review(editor, review).code == "own_edit"

    def test_who_edited_what_is_live_already_may(self, world, editor):
        prompt = world.prompt()
        first = world.version(prompt, "One", "reviewer")
        world.approved(prompt, first, "production", by="reviewer2")
        world.release(prompt, first, "production")
        review = world.review(prompt, world.version(prompt, "Two"), "production")

        assert can_decide_review(editor, review).code == "ok"
        approve(review, editor)

    def test_an_older_version_than_the_live_one_counts_from_the_beginning(self, world, editor):
        prompt = world.prompt()
        first = world.version(prompt, "One", "reviewer")
        world.put_live_with(prompt, world.version(prompt, "Two"), "production", "reviewer2")
        review = world.review(prompt, first, "production")

        assert can_decide_review(editor, review).code == "own_edit"

    def test_own_approval_is_the_rules_to_allow_but_never_on_production(self, world, editor):
        places = Environment.objects.filter(pk=world.places["production"].pk)
        places.update(protected=False)  # the rule is from before it was protected
        Rule.objects.filter(environment__name__in=["staging", "production"]).update(
            own_approval=True
        )
        places.update(protected=True)
        prompt = world.prompt()
        version = world.version(prompt, "One", "reviewer")
        staging = world.review(prompt, version, "staging")
        production = world.review(prompt, version, "production")

        assert can_decide_review(editor, staging).code == "ok"
        assert can_decide_review(editor, production).code == "own_edit"
        Rule.objects.update(own_approval=False)  # the database would not keep it


def test_withdrawn_review_cannot_be_decided_and_another_can_begin(world, review):
    withdraw_review(review, reason="Not yet", actor=world["author"])

    assert can_decide_review(world["reviewer"], review).code == "ok"  # as it was read before
    with pytest.raises(NotPossible):
        approve(review, world["reviewer"])
    again = request_review(
        review.prompt, environment=review.environment, reason="Now", actor=world["author"]
    )
    assert (again.pk == review.pk, current_round(again).version.number) == (False, 1)


def test_switched_off_person_decides_nothing_and_their_approval_ends(world, review):
    approve(review, world["reviewer"])
    version = current_round(review).version
    assert len(approvals_for(version, review.environment)) == 1

    deactivate_person(world["reviewer"], actor=world.admin)

    assert approvals_for(version, review.environment) == []


@pytest.mark.parametrize("state", ["open", "changes_requested", "approved"])
def test_the_same_version_again_is_asked_only_when_something_happened(world, review, state):
    version = current_round(review).version
    if state == "approved":
        approve(review, world["reviewer"])
    if state == "changes_requested":
        request_changes(
            review, content_hash=version.content_hash, reason="No", actor=world["reviewer"]
        )

    if state == "changes_requested":
        with pytest.raises(NotPossible, match="nothing in it changed since"):
            world.review(review.prompt, version, "production")
        request_review(
            review.prompt, environment=review.environment, version=version,
            reason="The number was checked: it is right as it stands.", actor=world["author"],
        )  # fmt: skip
        assert current_round(review).number == 2
    else:
        with pytest.raises(NotPossible) as refused:
            world.review(review.prompt, version, "production")
        assert refused.value.code == "under_review"


def test_development_needs_no_review(world):
    prompt = world.prompt()

    with pytest.raises(NotPossible) as refused:
        world.review(prompt, world.version(prompt, "One"), "development")

    assert refused.value.code == "no_approval_needed"


def test_review_of_the_draft_makes_a_version_with_its_own_entry(world):
    prompt = world.prompt()
    edit(prompt, "One", world["author"])

    review = request_review(
        prompt, environment=world.places["staging"], reason="Why not", actor=world["author"]
    )

    assert current_round(review).version.reason == "Why not"
    events = AuditEntry.objects.order_by("-seq").values_list("event", flat=True)[:2]
    assert list(events) == ["reviews.review.requested", "prompts.version.made"]


def test_waiting_list_says_what_the_permission_says(world, django_assert_num_queries):
    leads = create_team(name="Leads", purpose="", actor=world.admin)
    add_member(leads, person=world["reviewer2"], actor=world.admin)
    grant(world.desk, capabilities=["edit"], to=world["reviewer"], actor=world.admin)
    world.places["staging"].rules.get().teams.add(leads)
    reviews = []
    for number, (author, place) in enumerate(
        [("author", "production"), ("reviewer", "production"), ("author", "staging")] * 2
    ):
        prompt = world.prompt(f"p{number}")
        reviews.append(world.review(prompt, world.version(prompt, "One", author), place))
    approve(reviews[0], world["reviewer"])

    for name in (*world.people,):
        person = world[name]
        allowed = {review.pk for review in reviews if can_decide_review(person, fresh(review))}
        assert {review.pk for review in waiting_for(person)} == allowed, name
    with django_assert_num_queries(QUERIES):
        waiting_for(world["reviewer2"])


def third_approved(world, name: str):
    """v1 and v2 were live in production, v3 is approved for it."""
    prompt = world.prompt(name)
    for words in ("One", "Two"):
        version = world.version(prompt, words)
        world.put_live(prompt, version, "staging")
        world.put_live(prompt, version, "production")
    return world.approved(prompt, world.version(prompt, "Three"), "production")


def two_are_needed(world, review) -> None:
    world.places["production"].rules.update(approvals=2)


def right_is_lost(world, review) -> None:
    revoke(world.desk, role="reviewer", to=world["reviewer"], actor=world.admin)


def another_team_decides(world, review) -> None:
    leads = create_team(name="Leads", purpose="", actor=world.admin)
    add_member(leads, person=world["reviewer2"], actor=world.admin)
    world.places["production"].rules.get().teams.add(leads)


def what_is_live_moved(world, review) -> None:
    world.places["production"].rules.update(approvals_survive=True)
    move_back(world, review.prompt)
    world.places["production"].rules.update(approvals_survive=False)


def nothing_changed(world, review) -> None:
    """The approval is enough."""


@pytest.mark.parametrize(
    ("change", "waits"),
    [
        (nothing_changed, False),
        (two_are_needed, True),
        (right_is_lost, True),
        (another_team_decides, True),
        (what_is_live_moved, True),
    ],
)
def test_waiting_list_has_approved_reviews_that_lack_approvals_again(world, change, waits):
    review = third_approved(world, "reply")
    change(world, review)

    for name in (*world.people,):
        allowed = bool(can_decide_review(world[name], fresh(review)))
        assert ([found.pk for found in waiting_for(world[name])] == [review.pk]) == allowed, name
    assert ([found.pk for found in waiting_for(world["reviewer2"])] == [review.pk]) == waits


def test_waiting_list_asks_as_often_for_many_approved_reviews(world, django_assert_num_queries):
    third_approved(world, "one")
    with CaptureQueriesContext(connection) as few:
        waiting_for(world["reviewer2"])
    third_approved(world, "two")
    third_approved(world, "three")

    with django_assert_num_queries(len(few)):
        assert waiting_for(world["reviewer2"]) == []


QUERIES = 15  # six of them because an approved review is among them


def fresh(review):
    return type(review).objects.select_related("prompt__namespace", "environment").get(pk=review.pk)
