"""How people choose what reaches them: the matrix, places, and the links of letters."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.subscribers import run_all
from apps.notifications.choices import ways_of
from apps.notifications.kinds import DEFAULTS, Kind, Way
from apps.notifications.models import Following, NoticeChoice
from apps.notifications.post import send_due
from apps.notifications.times import next_digest, snooze_until, snoozes
from apps.notifications.tokens import sign
from tests.notifications.mail import text

SETTINGS = "/account/notifications/"


@pytest.fixture
def browser(world):
    client = Client()
    client.force_login(world["reviewer"])
    return client


def all_of(email, inbox=()):
    data = {f"email-{kind.value}": email for kind in Kind}
    return data | {f"inbox-{kind}": "on" for kind in inbox}


def ask(world):
    prompt = world.prompt()
    review = world.review(prompt, world.version(prompt, "Be brief."), "production")
    run_all()
    return review


def test_every_event_has_a_kind_and_every_kind_a_default():
    from apps.notifications.kinds import KIND_OF
    from apps.notifications.recipients import RECIPIENTS
    from apps.notifications.sentences import SENTENCES

    assert set(RECIPIENTS) <= set(KIND_OF)
    assert set(KIND_OF) == set(SENTENCES)
    assert set(DEFAULTS) == set(Kind)


def test_defaults_are_at_once_for_what_waits_for_one_and_the_digest_for_the_rest(world):
    at_once = {k for k, way in ways_of(world["author"]).items() if way.email == "now"}

    assert at_once == {Kind.REVIEW, Kind.MENTION, Kind.SUGGESTION, Kind.DRIFT, Kind.ALARM}
    assert all(way.inbox for way in ways_of(world["author"]).values())


def test_matrix_is_kept_and_shown_again(world, browser):
    answer = browser.post(SETTINGS, all_of("none", inbox=["mention"]))

    assert answer.status_code == 302
    ways = ways_of(world["reviewer"])
    assert ways[Kind.MENTION] == Way(True, "none")
    assert ways[Kind.REPLY] == Way(False, "none")
    page = browser.get(SETTINGS).content.decode()
    assert len(re.findall(r'value="none" checked', page)) == len(Kind)
    assert ways_of(world["reviewer2"]) == DEFAULTS


def test_choice_that_is_the_default_is_no_row(world, browser):
    data = {f"email-{k.value}": way.email for k, way in DEFAULTS.items()}
    browser.post(SETTINGS, data | {f"inbox-{kind.value}": "on" for kind in Kind})

    assert NoticeChoice.objects.count() == 0


def test_matrix_by_script_answers_that_it_is_saved(world, browser):
    answer = browser.post(SETTINGS, all_of("digest"), headers={"HX-Request": "true"})

    assert b"Saved at" in answer.content
    assert b"<html" not in answer.content


def test_unknown_way_is_refused_with_a_sentence(world, browser):
    answer = browser.post(SETTINGS, all_of("pigeon"))

    assert answer.status_code == 422
    assert b"daily digest" in answer.content
    assert NoticeChoice.objects.count() == 0


@pytest.mark.parametrize("path", ["desk", "desk/reply"])
def test_place_is_watched_listed_and_let_go(world, browser, path):
    world.prompt()
    browser.post(reverse("notifications:follow_path"), {"path": f"/{path}/", "level": "watch"})
    assert f'<span class="t">{path}</span>' in browser.get(SETTINGS).content.decode()

    row = Following.objects.get(person=world["reviewer"])
    other = Client()
    other.force_login(world["reviewer2"])
    other.post(reverse("notifications:stop_following", args=[row.pk]))
    assert Following.objects.count() == 1  # somebody else's

    browser.post(reverse("notifications:stop_following", args=[row.pk]))
    assert Following.objects.count() == 0


def test_place_that_one_does_not_see_is_not_there_and_what_was_typed_is_kept(world):
    world.prompt()
    outsider = Client()
    outsider.force_login(world["outsider"])

    answer = outsider.post(
        reverse("notifications:follow_path"), {"path": "desk/reply", "level": "mute"}
    )

    assert answer.status_code == 422
    assert b'value="desk/reply"' in answer.content
    assert Following.objects.count() == 0


def test_name_of_a_place_goes_with_the_right_to_see_it(world, browser):
    from apps.teams.actions import revoke

    Following.objects.create(person=world["reviewer"], namespace=world.desk, level="mute")
    assert b"desk" in browser.get(SETTINGS).content

    revoke(world.desk, role="reviewer", to=world["reviewer"], actor=world.admin)

    page = browser.get(SETTINGS).content
    assert b"desk" not in page
    assert b"A place that you may not see any more" in page


def test_mute_in_the_inbox_can_be_undone(world, browser):
    review = ask(world)
    address = reverse("notifications:follow_prompt", args=["mute", review.prompt.path])

    page = browser.post(address, {"tab": "needs"}, headers={"HX-Request": "true"}).content.decode()
    assert "asks you to review" not in page
    undo = reverse("notifications:follow_prompt", args=["normal", review.prompt.path])
    assert f'action="{undo}"' in page

    again = browser.post(undo, headers={"HX-Request": "true"}).content.decode()
    assert "asks you to review" in again
    assert Following.objects.count() == 0


def test_prompts_own_menu_watches_it_and_says_so(world, browser):
    prompt = world.prompt()
    page = reverse("pages:preview", args=[prompt.path])
    watch = reverse("notifications:follow_prompt", args=["watch", prompt.path])
    assert f'action="{watch}"' in browser.get(page).content.decode()

    answer = browser.post(watch, {"next": page}, follow=True).content.decode()

    assert "You watch Reply" in answer
    assert "Stop watching" in answer


def test_unknown_level_is_refused(world, browser):
    ask(world)
    address = reverse("notifications:follow_prompt", args=["shout", "desk/reply"])

    assert browser.post(address).status_code == 422
    assert Following.objects.count() == 0


def test_test_letter_arrives_and_a_server_that_is_away_is_named(world, browser, server):
    page = browser.post(reverse("notifications:send_test_letter"), follow=True).content.decode()
    assert "The letter to reviewer@test.example is sent." in page
    assert server.subjects == ["Mail from Galley arrives"]

    server.stop()
    page = browser.post(reverse("notifications:send_test_letter"), follow=True).content.decode()
    assert "The mail server cannot be reached" in page


# --- links of letters --------------------------------------------------------------------


def stop_link(message):
    return re.fullmatch(
        r"<https://galley\.example\.org(/.+)>", message["List-Unsubscribe"].strip()
    )[1]


def test_one_click_of_a_mail_program_stops_this_kind_without_signing_in(world, server):
    ask(world)
    send_due()
    message = next(m for m in server.box.messages if m["To"] == "reviewer@test.example")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = stop_link(message)
    program = Client(enforce_csrf_checks=True)

    assert program.get(link).status_code == 200
    assert NoticeChoice.objects.count() == 0  # looking changes nothing
    assert program.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200

    ways = ways_of(world["reviewer"])
    assert ways[Kind.REVIEW] == Way(True, "none")
    assert ways[Kind.MENTION] == DEFAULTS[Kind.MENTION]
    assert ways_of(world["reviewer2"]) == DEFAULTS
    assert "sessionid" not in str(program.cookies)
    assert program.get(SETTINGS).status_code == 302  # it signs nobody in


def test_link_below_a_letter_mutes_the_prompt(world, server):
    review = ask(world)
    send_due()
    message = next(m for m in server.box.messages if m["To"] == "reviewer@test.example")
    link = re.search(r"Mute Reply: https://galley\.example\.org(\S+)", text(message))[1]

    Client().post(link)

    row = Following.objects.get()
    assert (row.person, row.prompt, row.level) == (world["reviewer"], review.prompt, "mute")


def test_link_of_a_digest_stops_the_digest_alone(world):
    Client().post(reverse("notifications:mute_by_letter", args=[sign(world["author"], "digest")]))

    ways = ways_of(world["author"])
    assert {way.email for way in ways.values()} == {"now", "none"}
    assert ways[Kind.MENTION].email == "now"


def test_link_that_is_not_ours_or_of_somebody_gone_does_nothing(world):
    good = sign(world["author"], "digest")
    others = [good[:-1] + ("A" if good[-1] != "A" else "B"), "x", sign(world["author"], "kind:no")]
    world.prompt()
    others.append(sign(world["outsider"], "prompt:1"))

    for token in others:
        answer = Client().post(reverse("notifications:mute_by_letter", args=[token]))
        assert answer.status_code == 404
    assert NoticeChoice.objects.count() == Following.objects.count() == 0


# --- moments of a person's day --------------------------------------------------------------


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zone", "due"),
    [
        ("2026-11-21T07:59:00", "UTC", "2026-11-21T08:00:00"),
        ("2026-11-21T08:00:00", "UTC", "2026-11-22T08:00:00"),
        ("2026-11-21T22:00:00", "Asia/Kolkata", "2026-11-22T02:30:00"),
        ("2026-03-28T12:00:00", "Europe/Berlin", "2026-03-29T06:00:00"),  # the clock went on
        ("2026-03-08T00:00:00", "America/New_York", "2026-03-08T12:00:00"),
    ],
)
def test_digest_comes_at_eight_of_the_persons_clock(now, zone, due):
    assert next_digest(at(now), ZoneInfo(zone)) == at(due)


@pytest.mark.parametrize(
    ("choice", "zone", "until"),
    [
        ("later", "UTC", "2026-11-21T13:00:00"),
        ("tomorrow", "UTC", "2026-11-22T08:00:00"),
        ("tomorrow", "Pacific/Auckland", "2026-11-21T19:00:00"),
        ("next_week", "UTC", "2026-11-23T08:00:00"),
    ],
)
def test_snooze_ends_on_the_persons_clock(choice, zone, until):
    """10:42 UTC on a Saturday; in Auckland it is 23:42 of that day."""
    assert snooze_until(choice, at("2026-11-21T10:42:00"), ZoneInfo(zone)) == at(until)


def test_later_today_is_offered_while_it_is_today():
    assert list(snoozes(at("2026-11-21T10:42:00"), ZoneInfo("UTC"))) == [
        "later", "tomorrow", "next_week",
    ]  # fmt: skip
    assert list(snoozes(at("2026-11-21T21:42:00"), ZoneInfo("UTC"))) == ["tomorrow", "next_week"]
