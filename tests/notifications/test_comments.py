"""Who is told of comments, mentions and suggestions: once each, and never who may not see them."""

from __future__ import annotations

import re
import threading

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from apps.audit.subscribers import run_all
from apps.core.errors import Invalid, NotVisible
from apps.notifications.actions import follow_thread, tell_comment
from apps.notifications.comments import untold_comments
from apps.notifications.kinds import SUGGESTED
from apps.notifications.models import Following, InboxItem, Letter, ToldComment
from apps.notifications.queries import ALL, inbox, worth_telling
from apps.prompts.queries import draft_of
from apps.reviews.actions import reply, start_thread
from apps.reviews.actions import suggest as suggest_wording
from apps.reviews.models import Comment, Mention, Suggestion, Thread
from apps.teams.actions import add_member, create_team, grant, revoke
from tests.releases.world import make_world


def titles(person, tab="needs"):
    return [row.title for row in inbox(person, tab).rows]


def told(comment):
    """Name → event of everyone who has an item of a comment."""
    rows = InboxItem.objects.filter(comment=comment).select_related("person")
    return {row.person.name: row.event.rpartition(".")[2] for row in rows}


@pytest.fixture
def review(world):
    prompt = world.prompt()
    return world.review(prompt, world.version(prompt, "Be brief."), "production")


def comment_on(review, by, body="Why?"):
    thread = start_thread(review, block_key=None, body=body, actor=by)
    return thread.comments.get()


def mention(comment, *, person=None, team=None):
    return Mention.objects.create(comment=comment, person=person, team=team)


def suggest(review, by, state="open"):
    comment = comment_on(review, by, "Better so")
    block = draft_of(review.prompt).blocks.get()
    return Suggestion.objects.create(
        comment=comment, block_key=block.key, base="Be brief.", body="Be kind.", state=state
    )


def test_comment_reaches_who_asked_for_the_review_and_not_who_wrote_it(world, review):
    comment = comment_on(review, world["reviewer"], "Is this true?")

    run_all()

    assert told(comment) == {"Author": "made"}
    assert titles(world["author"], ALL)[0] == "Reviewer commented on Reply"
    assert inbox(world["author"], ALL).rows[0].reason == "Is this true?"
    assert titles(world["author"]) == []  # it is told, it asks for nothing


def test_answer_reaches_everyone_who_took_part(world, review):
    first = comment_on(review, world["reviewer"])
    second = reply(first.thread, body="Because", actor=world.admin)
    third = reply(first.thread, body="I see", actor=world["author"])
    run_all()

    assert told(second) == {"Reviewer": "replied", "Author": "made"}
    assert told(third) == {"Reviewer": "replied", "Admin": "replied"}


def test_mention_asks_for_an_answer_until_the_conversation_is_resolved(world, review):
    from apps.reviews.actions import resolve_thread

    comment = comment_on(review, world["author"])
    mention(comment, person=world["releaser"])
    run_all()

    assert titles(world["releaser"]) == ["Author mentions you on Reply"]

    resolve_thread(comment.thread, actor=world["author"])
    assert titles(world["releaser"]) == []
    assert titles(world["releaser"], ALL) == ["Author mentions you on Reply"]


def test_mention_of_a_team_reaches_each_of_its_people_once(world, review):
    team = create_team(name="Desk", purpose="", actor=world.admin)
    for name in ("releaser", "viewer", "outsider"):
        add_member(team, person=world[name], actor=world.admin)
    comment = comment_on(review, world["author"])
    mention(comment, team=team)
    mention(comment, person=world["releaser"])

    run_all()

    assert told(comment) == {"Releaser": "mentioned", "Viewer": "mentioned"}


def test_mention_of_who_may_not_see_reaches_nobody_and_of_who_may_does(world, review):
    comment = comment_on(review, world["author"])
    mention(comment, person=world["outsider"])
    run_all()
    assert told(comment) == {}

    grant(world.desk, role="viewer", to=world["outsider"], actor=world.admin)
    again = comment_on(review, world["author"])
    mention(again, person=world["outsider"])
    run_all()

    assert told(again) == {"Outsider": "mentioned"}


def test_suggestion_reaches_who_wrote_the_block_and_goes_when_it_is_decided(world, review):
    suggestion = suggest(review, world["reviewer"])
    run_all()

    item = InboxItem.objects.get(comment=suggestion.comment)
    assert (item.person, item.event) == (world["author"], SUGGESTED)
    row = inbox(world["author"]).rows[0]
    assert row.title == "Reviewer suggests a wording for Reply"
    assert [s.text for s in row.proposal.segments if s.op == "insert"] == ["kind"]

    Suggestion.objects.filter(pk=suggestion.pk).update(state="accepted", decided_by=world["author"])
    run_all()

    assert titles(world["author"]) == []
    assert titles(world["reviewer"], ALL)[0] == "Author accepted your wording for Reply"


def test_who_decides_their_own_suggestion_is_not_told(world, review):
    suggestion = suggest(review, world["reviewer"], state="dismissed")
    Suggestion.objects.filter(pk=suggestion.pk).update(decided_by=world["reviewer"])
    other = suggest(review, world["reviewer"], state="dismissed")
    Suggestion.objects.filter(pk=other.pk).update(decided_by=world["author"])

    run_all()

    assert "dismissed" not in told(suggestion.comment).values()
    assert told(other.comment)["Reviewer"] == "dismissed"


def test_suggestion_that_is_taken_up_again_is_told_again(world, review):
    suggestion = suggest(review, world["reviewer"], state="dismissed")
    rows = Suggestion.objects.filter(pk=suggestion.pk)
    rows.update(decided_by=world["author"])
    run_all()
    rows.update(state="accepted")
    run_all()
    run_all()

    assert titles(world["reviewer"], ALL)[:2] == [
        "Author accepted your wording for Reply", "Author dismissed your wording for Reply",
    ]  # fmt: skip


def test_muted_hears_nothing_and_watching_hears_everything(world, review):
    Following.objects.create(person=world["author"], prompt=review.prompt, level="mute")
    Following.objects.create(person=world["viewer"], namespace=world.desk, level="watch")
    Following.objects.create(person=world["outsider"], namespace=world.desk, level="watch")

    comment = comment_on(review, world["reviewer"])
    run_all()

    assert told(comment) == {"Viewer": "made"}


def test_the_nearest_word_counts(world, review):
    Following.objects.create(person=world["author"], namespace=world.desk, level="mute")
    Following.objects.create(person=world["author"], prompt=review.prompt, level="watch")

    comment = comment_on(review, world["reviewer"])
    run_all()

    assert told(comment) == {"Author": "made"}


def test_telling_twice_adds_nothing(world, review):
    comment = comment_on(review, world["reviewer"])
    run_all()
    before = InboxItem.objects.count()

    tell_comment(comment.pk)
    ToldComment.objects.all().delete()
    run_all()

    assert InboxItem.objects.count() == before


def test_comment_on_a_draft_is_told_to_who_is_mentioned(world):
    prompt = world.prompt()
    thread = Thread.objects.create(
        prompt=prompt, draft=draft_of(prompt), created_by=world["author"]
    )
    comment = Comment.objects.create(thread=thread, author=world["author"], body="Look")
    mention(comment, person=world["reviewer"])

    run_all()

    assert told(comment) == {"Reviewer": "mentioned"}
    assert inbox(world["reviewer"]).rows[0].url.startswith("/prompts/desk/reply/-/write/")


def test_items_of_comments_go_with_the_right_to_see_the_prompt(world, review):
    comment = comment_on(review, world["author"])
    mention(comment, person=world["reviewer"])
    run_all()
    assert "Author mentions you on Reply" in titles(world["reviewer"])

    revoke(world.desk, role="reviewer", to=world["reviewer"], actor=world.admin)

    assert titles(world["reviewer"], ALL) == []


def test_comment_that_commits_late_is_told_all_the_same(own_database):
    """A later comment is committed and told while an earlier one is still open elsewhere."""
    world = make_world()
    prompt = world.prompt()
    review = world.review(prompt, world.version(prompt, "Be brief."), "production")
    thread = start_thread(review, block_key=None, body="First", actor=world["reviewer"])
    run_all()
    wrote, go_on = threading.Event(), threading.Event()
    early: list[Comment] = []

    def write_slowly():
        try:
            with transaction.atomic():
                early.append(reply(thread, body="Early", actor=world["reviewer"]))
                wrote.set()
                go_on.wait(20)
        finally:
            connection.close()

    slow = threading.Thread(target=write_slowly)
    slow.start()
    assert wrote.wait(20)
    other = Thread.objects.create(
        prompt=prompt, review=review, version=thread.version, created_by=world["reviewer"]
    )
    late = Comment.objects.create(thread=other, author=world["reviewer"], body="Late")
    run_all()
    assert early[0].pk < late.pk
    assert (told(late), told(early[0])) == ({"Author": "made"}, {})

    go_on.set()
    slow.join()
    run_all()

    assert told(early[0]) == {"Author": "made"}
    assert list(untold_comments()) == []


def test_two_workers_tell_one_comment_once(own_database):
    world = make_world()
    prompt = world.prompt()
    review = world.review(prompt, world.version(prompt, "Be brief."), "production")
    comment = comment_on(review, world["reviewer"])

    def tell():
        try:
            tell_comment(comment.pk)
        finally:
            connection.close()

    workers = [threading.Thread(target=tell) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert told(comment) == {"Author": "made"}


def test_who_is_named_by_an_edit_is_told_and_nobody_twice(world, review):
    comment = comment_on(review, world["author"])
    mention(comment, person=world["releaser"])
    run_all()
    before = InboxItem.objects.count()

    mention(comment, person=world["viewer"])
    Comment.objects.filter(pk=comment.pk).update(edited_at=timezone.now())
    run_all()
    run_all()

    assert told(comment) == {"Releaser": "mentioned", "Viewer": "mentioned"}
    assert InboxItem.objects.count() == before + 1


def suggestion_for_author(review, by, text="Be kind."):
    block = draft_of(review.prompt).blocks.get()
    return suggest_wording(review, block_key=block.key, text=text, actor=by)


def test_wording_is_accepted_from_its_row_in_one_act(world, review, client):
    found = suggestion_for_author(review, world["reviewer"])
    run_all()
    client.force_login(world["author"])
    page = client.get("/").content.decode()
    address = re.search(r'action="(/inbox/\d+/accept/)"', page)[1]

    answer = client.post(address, {"tab": "needs"}, headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert b"has the new wording" in answer.content
    assert draft_of(review.prompt).blocks.get().body == "Be kind."
    found.refresh_from_db()
    assert (found.state, found.decided_by) == ("accepted", world["author"])


def test_wording_is_not_offered_to_who_may_not_write(world, review, client):
    suggestion_for_author(review, world["reviewer"])
    run_all()
    revoke(world.desk, role="author", to=world["author"], actor=world.admin)
    grant(world.desk, role="viewer", to=world["author"], actor=world.admin)
    client.force_login(world["author"])

    page = client.get("/").content.decode()
    assert 'class="proposal"' in page
    assert "/accept/" not in page
    pk = InboxItem.objects.get(event=SUGGESTED).pk
    assert client.post(f"/inbox/{pk}/accept/").status_code == 403
    client.force_login(world["author2"])
    assert client.post(f"/inbox/{pk}/accept/").status_code == 404
    assert draft_of(review.prompt).blocks.get().body == "Be brief."


def test_muted_conversation_is_quiet_but_for_a_mention_of_oneself(world, review):
    thread = comment_on(review, world["reviewer"], "First").thread
    run_all()
    follow_thread(thread, level="mute", actor=world["author"])

    answer = reply(thread, body="Second", actor=world["reviewer"])
    elsewhere = comment_on(review, world["reviewer"], "Other thread")
    named = reply(thread, body="@Author, look", actor=world["reviewer"])
    run_all()

    assert told(answer) == {}
    assert told(elsewhere)["Author"] == "made"
    assert told(named)["Author"] == "mentioned"
    assert titles(world["author"]) == ["Reviewer mentions you on Reply"]


def test_muting_a_conversation_takes_it_from_the_inbox_and_back(world, review, client):
    comment = comment_on(review, world["author"], "@Reviewer, is it?")
    run_all()
    client.force_login(world["reviewer"])
    mute = reverse("notifications:follow_thread", args=["mute", comment.thread_id])
    seen = client.get(reverse("pages:home")).content.decode()
    assert f'action="{mute}"' in seen

    page = client.post(mute, {"tab": "needs"}, headers={"HX-Request": "true"}).content.decode()
    assert "mentions you" not in page
    undo = reverse("notifications:follow_thread", args=["normal", comment.thread_id])
    assert f'action="{undo}"' in page
    assert worth_telling(world["reviewer"], letter_about(comment, world["reviewer"])) == []
    client.post(undo)

    assert "mentions you" in client.get(reverse("pages:home")).content.decode()
    assert len(worth_telling(world["reviewer"], letter_about(comment, world["reviewer"]))) == 1


def letter_about(comment, person):
    return Letter.objects.get(items__comment=comment, person=person).pk


def test_conversation_is_muted_where_it_stands_and_let_go_in_the_settings(world, review, client):
    thread = comment_on(review, world["author"]).thread
    client.force_login(world["reviewer"])
    mute = reverse("notifications:follow_thread", args=["mute", thread.pk])
    page = reverse("pages:review", args=[review.pk])
    assert f'action="{mute}"' in client.get(page).content.decode()

    button = client.post(mute, headers={"HX-Request": "true"}).content.decode()
    assert "Unmute" in button
    assert "<section" not in button
    assert "Unmute" in client.get(page).content.decode()

    settings = reverse("notifications:settings")
    assert "one conversation" in client.get(settings).content.decode()
    row = Following.objects.get()
    client.post(reverse("notifications:stop_following", args=[row.pk]))
    assert Following.objects.count() == 0


def test_conversation_is_not_watched_and_not_muted_by_who_may_not_see_it(world, review, client):
    thread = comment_on(review, world["author"]).thread
    with pytest.raises(Invalid):
        follow_thread(thread, level="watch", actor=world["reviewer"])
    with pytest.raises(NotVisible):
        follow_thread(thread, level="mute", actor=world["outsider"])
    assert Following.objects.count() == 0
