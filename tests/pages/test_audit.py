"""The audit page: sentences, filters, what one may see, exports."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.audit.chain import read_lines, walk
from apps.audit.models import AuditEntry
from apps.teams.actions import create_namespace, create_team, grant
from tests.teams.people import Office, open_office

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db) -> Office:
    office = open_office()
    grant(
        office.support, to=office.priya, role="viewer", reason="<b>She asked</b>",
        actor=office.admin,
    )  # fmt: skip
    return office


def sentences(answer):
    html = answer.content.decode()
    found = re.findall(r'<span class="say">(.*?)</span>\s*<span class="src">', html, re.S)
    return [" ".join(re.sub(r"<[^>]+>", "", text).split()) for text in found]


def test_audit_shows_sentences_newest_first_with_their_reason(office, client):
    client.force_login(office.admin)

    shown = sentences(client.get("/audit/"))

    assert shown[:2] == [
        "Bo Lindqvist gave Priya View on support“&lt;b&gt;She asked&lt;/b&gt;”",
        "Bo Lindqvist made the namespace support/refunds",
    ]
    assert len(shown) == AuditEntry.objects.count()


def test_audit_shows_what_one_may_see_and_nothing_else(office, client):
    fraud = create_namespace(office.root, segment="fraud-canary", actor=office.admin)
    grant(fraud, to=office.ana, role="viewer", actor=office.admin)
    client.force_login(office.priya)

    pages = [client.get("/audit/"), client.get("/audit/export.csv")]
    text = [b"".join(page) if page.streaming else page.content for page in pages]

    assert [b"canary" in page for page in text] == [False, False]
    assert sentences(pages[0])[-1] == "Bo Lindqvist made the namespace support"
    assert b"Check now" not in text[0]
    assert client.get("/audit/export.jsonl").status_code == 403


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 8),
        ("who=person:{admin}", 8),
        ("who=person:{priya}", 0),
        ("who=nobody", 0),
        ("group=teams", 8),
        ("group=releases", 0),
        ("group=no", 8),
        ("in=support", 3),
        ("in=support/refunds", 1),
        ("in=elsewhere", 0),
        ("object=user:{priya}", 2),
        ("object=user:{priya}&in=support", 1),
        ("environment=production", 0),
        ("period=today", 8),
        ("until=2020-01-01", 0),
        ("since=2020-01-01", 8),
        ("since=nonsense", 8),
        ("since=9999-12-31", 0),
        ("until=9999-12-31", 8),
        ("before=3", 2),
        ("before=99999999999999999999999", 8),
        ("before=x", 8),
    ],
)
def test_audit_filters(office, client, query, number):
    client.force_login(office.admin)
    address = query.format(admin=office.admin.pk, priya=office.priya.pk)

    assert len(sentences(client.get(f"/audit/?{address}"))) == number


def test_audit_shows_older_rows_in_the_same_list(office, client):
    for number in range(60):
        create_team(name=f"Team {number}", actor=office.admin)
    client.force_login(office.admin)

    first = client.get("/audit/")
    older = (
        re.search(r'hx-get="([^"]*before=[^"]+)"', first.content.decode())
        .group(1)
        .replace("&amp;", "&")
    )
    rest = client.get(older, headers={"HX-Request": "true"})

    assert (len(sentences(first)), len(sentences(rest))) == (50, AuditEntry.objects.count() - 50)
    assert (b"<html" in rest.content, b"<h2>" in rest.content) == (False, False)
    assert b"<html" in client.get(older).content


def test_audit_takes_the_same_number_of_queries_for_one_row_and_three(office, client):
    def counted(address):
        with CaptureQueriesContext(connection) as seen:
            rows = len(sentences(client.get(address)))
        return rows, len(seen)

    client.force_login(office.admin)
    counted("/audit/")

    (one, few), (three, many) = counted("/audit/?in=support/refunds"), counted("/audit/?in=support")

    assert (one, three, many) == (1, 3, few)


def test_check_now_keeps_and_shows_what_it_saw(office, client):
    client.force_login(office.priya)
    assert client.post("/audit/check/").status_code == 403
    client.force_login(office.admin)
    assert b"was not checked yet" in client.get("/audit/").content

    client.post("/audit/check/")

    assert b"All 8 rows were checked and fit." in client.get("/audit/").content


def test_export_of_everything_proves_itself(office, client):
    client.force_login(office.admin)

    answer = client.get("/audit/export.jsonl")
    seen = walk(read_lines(io.BytesIO(b"".join(answer))))

    assert (seen.broken, seen.entries) == (None, AuditEntry.objects.count())
    assert answer["Content-Disposition"].startswith('attachment; filename="galley-audit-')


def test_proof_has_what_one_manages_and_not_what_one_merely_sees(office, client):
    grant(office.refunds, to=office.priya, role="admin", actor=office.admin)
    client.force_login(office.priya)

    proof = b"".join(client.get("/audit/export.jsonl")).splitlines()
    table = b"".join(client.get("/audit/export.csv")).decode()

    places = [json.loads(line)["namespace_id"] for line in proof]
    assert (len(places), set(places)) == (2, {office.refunds.pk})
    assert "gave Priya View on support" in table


def test_export_keeps_the_filters_of_the_page(office, client):
    client.force_login(office.admin)
    page = client.get("/audit/?in=support").content.decode()
    address = re.search(r'href="(/audit/export.csv[^"]*)"', page).group(1)

    text = b"".join(client.get(address)).decode()

    assert address == "/audit/export.csv?in=support"
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert [row[2] for row in rows[1:]] == [
        "Bo Lindqvist made the namespace support",
        "Bo Lindqvist made the namespace support/refunds",
        "Bo Lindqvist gave Priya View on support",
    ]
    assert client.get("/audit/export.xls").status_code == 404
