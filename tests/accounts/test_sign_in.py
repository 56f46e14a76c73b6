"""One's own account, and the ways in: links on this machine, the first admin, invitations."""

from __future__ import annotations

import re
import stat
from io import StringIO

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from apps.accounts.links import sign_in_path, token_for
from apps.accounts.models import User
from apps.audit.models import AuditEntry
from apps.core.actors import SYSTEM
from apps.teams.actions import create_first_admin, create_team, invite_person
from tests.teams.people import PASSWORD

LOCAL = {"HTTP_HOST": "127.0.0.1:8000", "REMOTE_ADDR": "127.0.0.1"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def mei():
    """The demo's admin."""
    return create_first_admin(
        email="mei@alder.example", name="Mei Tanaka", password=PASSWORD, actor=SYSTEM
    )


def signed_in(client):
    return client.session.get("_auth_user_id")


def test_sign_in_link_signs_in_by_post_alone(mei, client):
    path = sign_in_path(mei)

    shown = client.get(path, **LOCAL)
    assert (shown.status_code, signed_in(client)) == (200, None)
    assert b"data-autopost" in shown.content
    answer = client.post(path, **LOCAL)

    assert (answer.status_code, answer.url, signed_in(client)) == (302, "/", str(mei.pk))


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": "::ffff:192.0.2.7"},
        {"REMOTE_ADDR": ""},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_X_FORWARDED_HOST": "localhost"},
        {"HTTP_X_FORWARDED_PROTO": "http"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
        {"HTTP_VIA": "1.1 proxy"},
        {"HTTP_HOST": "galley.example"},
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_sign_in_link_works_on_this_machine_only(mei, client, elsewhere, method, settings):
    settings.ALLOWED_HOSTS = ["*"]
    act = getattr(client, method)

    refused = act(sign_in_path(mei), **(LOCAL | elsewhere))

    assert (refused.status_code, signed_in(client)) == (403, None)
    assert act(sign_in_path(mei), **LOCAL).status_code == (200 if method == "get" else 302)


@pytest.mark.parametrize("local", ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1", "[::1]:8000"])
def test_sign_in_link_knows_this_machine(mei, client, local, host):
    answer = client.post(sign_in_path(mei), REMOTE_ADDR=local, HTTP_HOST=host)

    assert answer.status_code == 302


def test_sign_in_link_is_for_one_person_of_the_demo(mei, client):
    real = User.objects.create(email="real@bank.example", name="Real")
    other = User.objects.create(email="ana@alder.example", name="Ana")
    paths = [
        f"/account/link/{other.pk}/{token_for(f'person:{mei.pk}')}/",
        f"/account/link/{mei.pk}/{'0' * 64}/",
        f"/account/link/{mei.pk}/ü/",
        sign_in_path(real),
        f"/account/link/999999/{token_for('person:999999')}/",
    ]

    answers = [client.post(path, **LOCAL).status_code for path in paths]

    assert (answers, signed_in(client)) == ([404] * 5, None)
    assert client.post(sign_in_path(other), **LOCAL).status_code == 302


def test_sign_in_link_of_a_person_who_is_off_is_dead(mei, client):
    User.objects.create(email="ana@alder.example", name="Ana", is_active=False)
    ana = User.objects.get(name="Ana")

    assert client.post(sign_in_path(ana), **LOCAL).status_code == 404
    assert client.post(sign_in_path(mei), **LOCAL).status_code == 302


def test_the_secret_of_links_is_a_file_that_only_its_owner_reads(mei):
    sign_in_path(mei)
    path = settings.DATA / "secrets" / "sign-in-links"

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_text()) >= 43


def test_sign_in_links_prints_name_role_and_address(mei):
    out = StringIO()

    call_command("sign_in_links", base="http://127.0.0.1:9/", stdout=out)

    assert out.getvalue() == f"Mei Tanaka (Admin): http://127.0.0.1:9{sign_in_path(mei)}\n"


def test_the_first_admin_is_made_by_a_link_once(client):
    out = StringIO()
    call_command("sign_in_links", base="http://127.0.0.1:8000", stdout=out)
    path = re.search(r"http://127.0.0.1:8000(\S+)", out.getvalue()).group(1)
    typed = {"name": "Bo", "email": "bo@x.example", "password": PASSWORD}

    assert client.get(path).status_code == 403  # not by its host name
    assert client.get(path, **LOCAL).status_code == 200
    bad = client.post(path, typed | {"password": "short"}, **LOCAL)
    assert (bad.status_code, User.objects.count()) == (422, 0)
    assert b'value="bo@x.example"' in bad.content
    assert client.post(path, typed, **LOCAL).status_code == 302

    bo = User.objects.get()
    assert (signed_in(client), bo.name) == (str(bo.pk), "Bo")
    assert Client().post(path, typed | {"email": "eve@x.example"}, **LOCAL).status_code == 409
    assert User.objects.count() == 1


def test_the_first_admin_needs_the_token(client):
    path = "/account/begin/" + "0" * 64 + "/"

    assert client.get(path, **LOCAL).status_code == 404
    assert User.objects.count() == 0


def test_first_admin_link_refuses_where_there_are_people(mei):
    with pytest.raises(CommandError, match="set up already"):
        call_command("first_admin_link")


def test_createsuperuser_refuses_with_a_sentence():
    with pytest.raises(CommandError, match="Galley has no superusers"):
        call_command("createsuperuser")


def test_create_admin_reads_the_password_from_a_pipe(mei, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO(f"{PASSWORD}\n"))
    out = StringIO()

    call_command("create_admin", email="bo@x.example", name="Bo", stdout=out)

    bo = User.objects.get(email="bo@x.example")
    assert (out.getvalue(), bo.check_password(PASSWORD)) == (
        "Bo is an admin of everything.\n", True,
    )  # fmt: skip
    with pytest.raises(CommandError, match="give --name too"):
        call_command("create_admin", email="eve@x.example")


def test_create_admin_says_what_is_wrong_with_a_password(mei, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO("short\n"))

    with pytest.raises(CommandError, match="too short"):
        call_command("create_admin", email="bo@x.example", name="Bo")

    assert not User.objects.filter(email="bo@x.example").exists()


def test_nobody_signs_up(client):
    before = User.objects.count()
    answer = client.post(
        "/account/signup/",
        {"email": "eve@x.example", "password1": PASSWORD, "password2": PASSWORD},
    )

    assert (answer.status_code, User.objects.count()) == (405, before)


def test_password_signs_in_and_a_wrong_one_does_not(mei, client):
    wrong = client.post("/account/login/", {"login": mei.email, "password": "wrong"})
    assert (wrong.status_code, signed_in(client)) == (200, None)

    client.post("/account/login/", {"login": "MEI@alder.example", "password": PASSWORD})

    assert signed_in(client) == str(mei.pk)


def test_invitation_is_mailed_and_its_page_makes_the_account(mei, client):
    client.force_login(mei)
    sent = client.post("/admin/people/invite/", {"email": "jo@x.example", "name": "Jo"})
    link = re.search(r"http://testserver(/account/invitation/\S+)", mail.outbox[0].body).group(1)
    assert (sent.status_code, mail.outbox[0].to) == (200, ["jo@x.example"])
    assert f"http://testserver{link}".encode() in sent.content

    guest = Client()
    assert guest.get(link).status_code == 200
    bad = guest.post(link, {"name": "Jo Doe", "password": "short"})
    assert (bad.status_code, b"Jo Doe" in bad.content) == (422, True)
    done = guest.post(link, {"name": "Jo Doe", "password": PASSWORD})

    jo = User.objects.get(email="jo@x.example")
    assert (done.status_code, guest.session["_auth_user_id"], jo.name) == (
        302,
        str(jo.pk),
        "Jo Doe",
    )
    assert Client().get(link).status_code == 404


def test_a_letter_that_cannot_be_sent_loses_nothing(mei, client, settings, monkeypatch):
    def away(*_args, **_kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr("apps.teams.mail.send_mail", away)
    client.force_login(mei)

    answer = client.post("/admin/people/invite/", {"email": "jo@x.example", "name": "Jo"})

    assert (answer.status_code, b"could not be sent" in answer.content) == (200, True)


def test_profile_is_kept_and_bad_input_comes_back(mei, client):
    client.force_login(mei)
    typed = {
        "name": "Mei T.", "theme": "ink", "time_zone": "Europe/Berlin", "plain_text_boxes": "on",
    }  # fmt: skip

    bad = client.post("/account/", typed | {"time_zone": "Mars/Base"})
    assert (bad.status_code, b"Mei T." in bad.content) == (422, True)
    saved = client.post("/account/", typed)

    mei.refresh_from_db()
    assert (saved.status_code, saved.cookies["galley_theme"].value) == (302, "ink")
    assert (mei.name, mei.theme, mei.time_zone) == ("Mei T.", "ink", "Europe/Berlin")
    assert (mei.plain_text_boxes, mei.single_key_shortcuts) == (True, False)


@pytest.mark.parametrize(("theme", "cookie"), [("paper", "paper"), ("ink", "ink"), ("system", "")])
def test_set_theme_keeps_a_cookie_and_goes_back(mei, client, theme, cookie):
    client.force_login(mei)

    answer = client.post("/account/theme/", {"theme": theme, "next": "/help/"})

    mei.refresh_from_db()
    assert (answer.status_code, answer.url, mei.theme) == (302, "/help/", theme)
    assert answer.cookies["galley_theme"].value == cookie


def test_set_theme_goes_to_no_other_host_and_takes_no_other_word(client):
    away = client.post("/account/theme/", {"theme": "ink", "next": "https://evil.example/"})
    wrong = client.post("/account/theme/", {"theme": "pink"})
    small = client.post("/account/theme/", {"theme": "ink"}, headers={"HX-Request": "true"})

    assert (away.url, wrong.status_code, small.status_code) == ("/", 422, 204)


def test_times_are_those_of_the_reader(mei, client):
    mei.time_zone = "Asia/Tokyo"
    mei.save()
    client.force_login(mei)
    _, _token = invite_person(email="jo@x.example", name="Jo", actor=mei)

    page = client.get("/audit/").content.decode()

    found = re.search(r'<time datetime="[\d-]+T(\d\d):[^"]+"[^>]*>(\d\d):', page)
    assert (int(found.group(1)) + 9) % 24 == int(found.group(2))


def test_the_package_does_not_change_addresses(mei, client):
    client.force_login(mei)

    answer = client.post("/account/email/", {"action_add": "", "email": "eve@x.example"})

    assert answer.status_code == 405
    mei.refresh_from_db()
    assert mei.email == "mei@alder.example"


def created(client, **more):
    client.post("/admin/teams/new/", {"name": "Leads", "purpose": ""}, **more)
    return AuditEntry.objects.get(event="teams.team.created")


def test_trail_says_that_whoever_acted_came_in_by_password(mei, client):
    client.post("/account/login/", {"login": mei.email, "password": PASSWORD})

    entry = created(client)

    assert entry.data["signed_in_by"] == "password"
    page = client.get("/audit/").content.decode()
    assert "<dt>Signed in by</dt><dd>password</dd>" in page


def test_trail_says_that_whoever_acted_came_in_by_a_link(mei, client):
    client.post(sign_in_path(mei), **LOCAL)

    assert created(client, **LOCAL).data["signed_in_by"] == "link"


def test_trail_says_nothing_of_a_sign_in_where_there_was_none(mei):
    create_team(name="Leads", purpose="", actor=mei)

    assert "signed_in_by" not in AuditEntry.objects.get(event="teams.team.created").data
