"""E-mail over a real SMTP server: at once and as a digest, tried again, never twice, never to who
may not know, and never with the text of a prompt."""

from __future__ import annotations

import threading
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.subscribers import run_all
from apps.notifications.actions import mark_done, send_letter, try_letter_again
from apps.notifications.actions.letters import Outcome
from apps.notifications.models import Following, InboxItem, Letter, NoticeChoice
from apps.notifications.post import send_due, wait_after
from apps.reviews.actions import reply, start_thread, withdraw_review
from apps.teams.actions import deactivate_person, revoke
from tests.notifications.mail import text
from tests.releases.world import make_world

SECRET = "Never promise a refund."


def ask(world, place="production", body=SECRET, name="reply"):
    prompt = world.prompt(name)
    review = world.review(prompt, world.version(prompt, body), place)
    run_all()
    return review


def comment(review, by, body="Is this right?"):
    found = start_thread(review, block_key=None, body=body, actor=by)
    run_all()
    return found


def morning():
    """As if the time of every letter had come."""
    Letter.objects.filter(sent_at=None).update(due_at=timezone.now() - timedelta(seconds=1))


def letter_of(person):
    return Letter.objects.get(person=person)


def test_review_asked_is_told_at_once_in_words_and_links(world, server):
    review = ask(world)

    assert send_due() == 2

    assert sorted(to[0] for to in server.box.recipients) == [
        "reviewer2@test.example", "reviewer@test.example",
    ]  # fmt: skip
    message = server.box.messages[0]
    assert message["Subject"] == "Author asks you to review Reply v1 for Production"
    for kind in ("plain", "html"):
        words = text(message, kind)
        assert "Better words" in words
        assert f"https://galley.example.org/reviews/{review.pk}/" in words
        assert "1 added" in words
        assert SECRET not in words
    assert message["Auto-Submitted"] == "auto-generated"


def test_letter_is_sent_once(world, server):
    ask(world)

    sent = send_due(), send_due()
    assert sent == (2, 0)
    assert {send_letter(letter.pk) for letter in Letter.objects.all()} == {Outcome.GONE}
    assert len(server.box.messages) == 2


def test_digest_waits_for_eight_in_the_persons_morning_and_holds_everything(world, server):
    User.objects.filter(pk=world["author"].pk).update(time_zone="America/New_York")
    review = ask(world)
    thread = comment(review, world["reviewer"], "First")
    reply(thread, body="Second", actor=world["reviewer"])
    comment(review, world["reviewer2"], "Third")
    letter = letter_of(world["author"])

    local = letter.due_at.astimezone(ZoneInfo("America/New_York"))
    assert (local.hour, local.minute) == (8, 0)
    assert timezone.now() < letter.due_at <= timezone.now() + timedelta(hours=25)
    send_due()
    assert "author@test.example" not in [to[0] for to in server.box.recipients]

    morning()
    send_due()
    assert server.box.recipients[-1] == ["author@test.example"]
    words = text(server.box.messages[-1])
    assert [w in words for w in ("First", "Second", "Third")] == [True] * 3
    assert server.subjects[-1] == "Galley: 3 things that you may want to know"


def test_digest_is_grouped_by_prompt(world, server):
    first, second = ask(world), ask(world, name="second")
    comment(first, world["reviewer"], "One")
    comment(second, world["reviewer"], "Two")
    comment(first, world["reviewer2"], "Three")
    morning()
    send_due()

    at = server.box.recipients.index(["author@test.example"])
    plain = text(server.box.messages[at])
    places = [plain.index(word) for word in ("== Reply", "One", "Three", "== Second", "Two")]
    assert places == sorted(places)
    assert plain.count("== ") == 2
    html = text(server.box.messages[at], "html")
    assert html.count('class="group"') == 2
    assert "<h3>" in html
    alone = text(server.box.messages[0])
    assert "== " not in alone


def test_next_thing_after_a_digest_goes_into_the_next_one(world, server):
    review = ask(world)
    comment(review, world["reviewer"])
    morning()
    send_due()

    comment(review, world["reviewer2"])

    letters = Letter.objects.filter(person=world["author"]).order_by("pk")
    assert [letter.sent_at is None for letter in letters] == [False, True]
    assert [letter.items.count() for letter in letters] == [1, 1]


def test_server_that_was_away_gets_every_letter_later(world, server):
    server.stop()
    ask(world)

    assert send_due() == 0
    waiting = Letter.objects.filter(sent_at=None, parked_at=None)
    assert waiting.count() == 2
    assert waiting.filter(due_at__gt=timezone.now()).count() == 2  # nobody knocks once a letter
    assert sorted(letter.attempts for letter in waiting) == [0, 1]
    assert "cannot be reached" in waiting.get(attempts=1).problem

    server.start()
    assert send_due() == 0  # not before its time
    morning()
    assert send_due() == 2
    assert len(server.box.messages) == 2


def test_waiting_between_tries_grows_to_an_hour():
    waits = [wait_after(number).total_seconds() for number in (0, 1, 2, 6, 7, 100)]

    assert waits == [30, 60, 120, 1920, 3600, 3600]


def test_letter_refused_for_good_is_parked_with_the_reason_and_can_be_tried_again(world, server):
    server.box.answer = "550 No such person here"
    ask(world)
    assert send_due() == 0

    letter = letter_of(world["reviewer"])
    assert letter.parked_at is not None
    assert letter.problem == "The mail server said: 550 No such person here"
    morning()
    assert send_due() == 0  # it is not tried again by itself

    server.box.answer = ""
    try_letter_again(letter.pk, actor=world.admin)
    assert send_due() == 1


def test_letter_refused_for_now_comes_again(world, server):
    server.box.answer = "451 Busy, come again"
    ask(world)
    send_due()
    letter = letter_of(world["reviewer"])
    assert (letter.parked_at, letter.attempts) == (None, 1)

    server.box.answer = ""
    morning()
    assert send_due() == 2


def test_crash_after_the_server_took_it_sends_the_same_letter(world, server, monkeypatch):
    ask(world)
    pk = letter_of(world["reviewer"]).pk
    from apps.notifications.actions import letters

    def crash(letter):
        letters_deliver(letter)
        raise SystemExit

    letters_deliver = letters.deliver
    monkeypatch.setattr(letters, "deliver", crash)
    with pytest.raises(SystemExit):
        send_letter(pk)
    monkeypatch.undo()
    assert send_letter(pk) is Outcome.SENT

    first, second = server.box.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].endswith("@localhost>")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            lambda w, r: revoke(w.desk, role="reviewer", to=w["reviewer"], actor=w.admin),
            id="right lost",
        ),
        pytest.param(
            lambda w, r: deactivate_person(w["reviewer"], reason="Left", actor=w.admin), id="left"
        ),
        pytest.param(
            lambda w, r: mark_done(
                InboxItem.objects.get(person=w["reviewer"]).pk, actor=w["reviewer"]
            ),
            id="done",
        ),
        pytest.param(lambda w, r: withdraw_review(r, actor=w["author"]), id="withdrawn"),
        pytest.param(
            lambda w, r: Following.objects.create(
                person=w["reviewer"], prompt=r.prompt, level="mute"
            ),
            id="muted",
        ),
    ],
)
def test_letter_whose_news_is_none_any_more_is_not_sent(world, server, change):
    review = ask(world)
    change(world, review)

    send_due()

    assert ["reviewer@test.example"] not in server.box.recipients
    letter = letter_of(world["reviewer"])
    assert (letter.sent_at, letter.dropped_at is not None) == (None, True)


def test_letter_of_who_kept_the_right_is_sent(world, server):
    """The twin of the refusals above: somebody else's right was taken."""
    ask(world)
    revoke(world.desk, role="reviewer", to=world["reviewer2"], actor=world.admin)

    assert send_due() == 1
    assert server.box.recipients == [["reviewer@test.example"]]


def test_digest_leaves_out_what_is_done_already(world, server):
    review = ask(world)
    comment(review, world["reviewer"], "Read already")
    comment(review, world["reviewer2"], "New")
    done = InboxItem.objects.filter(person=world["author"]).earliest("pk")
    mark_done(done.pk, actor=world["author"])

    morning()
    send_due()

    words = text(server.box.messages[-1])
    assert ("New" in words, "Read already" in words) == (True, False)


def test_choice_decides_between_at_once_digest_and_nothing(world, server):
    people = {"reviewer": ("none", True), "reviewer2": ("digest", False)}
    for name, (email, shown) in people.items():
        NoticeChoice.objects.create(person=world[name], kind="review", email=email, inbox=shown)
    ask(world)

    letters = {letter.person.name: letter.kind for letter in Letter.objects.all()}
    assert letters == {"Reviewer2": "digest"}
    items = {i.person.name: i.in_inbox for i in InboxItem.objects.all()}
    assert items == {"Reviewer": True, "Reviewer2": False}


def test_no_name_or_title_writes_a_header(world, server):
    evil = "Eve\r\nBcc: victim@elsewhere.example\n\nHello"
    User.objects.filter(pk=world["author"].pk).update(name=evil)
    world["author"].name = evil
    review = ask(world)
    review.prompt.__class__.objects.filter(pk=review.prompt_id).update(
        name="Re\nX-Evil: 1\u202ecod"
    )

    assert send_due() == 2

    for message, raw in zip(server.box.messages, server.box.raw, strict=True):
        head = raw.split(b"\r\n\r\n")[0].lower()
        assert message["Bcc"] is None
        assert message["X-Evil"] is None
        assert b"\nbcc:" not in head
        assert "\u202e" not in message["Subject"]
        assert "[Right-to-left override]" in message["Subject"]
    assert all(len(to) == 1 for to in server.box.recipients)


def test_subject_in_any_script_arrives(world, server):
    name = "Grüße aus 東京 🙂"
    User.objects.filter(pk=world["author"].pk).update(name=name)
    world["author"].name = name
    ask(world)
    send_due()

    assert server.subjects[0] == f"{name} asks you to review Reply v1 for Production"
    assert name in text(server.box.messages[0])


def test_words_of_people_are_no_markup(world, server):
    review = ask(world)
    comment(review, world["reviewer"], "<b>bold</b> & <img src=x>")
    morning()
    send_due()

    message = server.box.messages[-1]
    assert "<b>bold</b> & <img src=x>" in text(message)
    assert "<img" not in text(message, "html")
    assert "&lt;b&gt;bold" in text(message, "html")


def test_two_workers_send_each_letter_once(own_database, server):
    world = make_world()
    ask(world)

    def work():
        try:
            send_due()
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(server.box.messages) == 2
    assert Letter.objects.filter(sent_at=None).count() == 0
