"""CSV that no spreadsheet runs, JSON Lines that prove."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.audit.chain import read_lines, walk
from apps.audit.models import AuditEntry
from apps.audit.proof import chunks, fields_of, proof_lines
from apps.audit.registry import declare
from apps.audit.table import COLUMNS, safe, table_lines
from apps.audit.trail import record
from apps.core.origin import coming_from

TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
CORPUS = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x.example","y")', '=WEBSERVICE("http://x.example")', "=IMPORTXML(A1)",
    "x,=1+1", "x;=1+1", "x\t=1+1", 'x"=1+1', "x'=1+1", "x|=1+1", "x\n=1+1", "x\r\n=1+1",
    '","=1+1', '";"=1+1', "';=1+1", "x,+1", "x;-1", "x;@SUM(A1)", "＝1+1", "＋1", "－1", "＠SUM(1)",
    "DDE(\"cmd\";\"/C calc\")", "=DDE(\"cmd\")", "--1", "=+1", "@@", "= 1", "plain", "Ünïcode ✓",
    "a = b", "mail@x.example", "{{name}} -> x",
]  # fmt: skip
STRANGE = declare("tests.strange.seen", "{actor} saw {what} at {target}", "what")


def cells(text):
    return list(csv.reader(io.StringIO(text, newline="")))


def dangerous(text):
    """Cells that begin with a trigger, however a spreadsheet cuts the text into cells."""
    pieces = []
    for border in (",", ";", "\t", "|", "\n", "\r"):
        for quote in ('"', None):
            reader = csv.reader(
                io.StringIO(text, newline=""), delimiter=border, quotechar=quote,
                quoting=csv.QUOTE_NONE if quote is None else csv.QUOTE_MINIMAL,
            ) if border not in "\n\r" else [text.split(border)]  # fmt: skip
            pieces += [piece for row in reader for piece in row]
    return [piece for piece in pieces if piece.startswith(TRIGGERS)]


class Strange:
    """A thing whose every text is one of the corpus."""

    kind = "person"

    def __init__(self, text):
        self.audit_id = self.label = text

    def holds(self, *_args):
        return False


def test_corpus_has_forty():
    assert (len(CORPUS), len(set(CORPUS))) == (40, 40)


@pytest.fixture
def strange_entries(office):
    for text in CORPUS:
        person = Strange(text)
        office.leads.name = text  # the label of the target; not saved
        with coming_from("api", text[:64], text[:64]):
            record(
                STRANGE, actor=person, target=office.leads, reason=text, environment=text[:63],
                namespace=office.support, before={text: text}, after={text: [text]}, what=text,
                on_behalf=[person],
            )  # fmt: skip
    return AuditEntry.objects.filter(event=STRANGE)


def test_t17_no_cell_of_an_exported_row_begins_a_formula(strange_entries):
    places = {entry.namespace_id: "=1+1" for entry in strange_entries}

    text = b"".join(table_lines(strange_entries, places)).decode()

    rows = cells(text)
    assert [len(row) for row in rows] == [len(COLUMNS)] * (len(CORPUS) + 1)
    assert [cell for row in rows for cell in row if cell.startswith(TRIGGERS)] == []
    reasons = [row[COLUMNS.index("reason")] for row in rows[1:]]
    assert reasons == [safe(text) for text in CORPUS]


def test_t17_the_same_rows_without_the_defence_are_dangerous(strange_entries, monkeypatch):
    monkeypatch.setattr("apps.audit.table.safe", lambda text: text)

    rows = cells(b"".join(table_lines(strange_entries, {})).decode())

    assert any(cell.startswith(TRIGGERS) for row in rows for cell in row)


@pytest.mark.parametrize("text", CORPUS)
def test_t17_safe_holds_whatever_the_borders_of_cells_are(text):
    assert dangerous(safe(text)) == []


@given(st.text(alphabet="=+-@\t\r\n\"';,|aé", max_size=12))
def test_t17_safe_text_never_begins_with_a_trigger(text):
    made = safe(text)

    assert not made.startswith(TRIGGERS)
    assert made.replace("'", "") == text.replace("'", "")


def test_t17_plain_text_is_left_as_it_is():
    assert [safe(text) for text in ("plain", "a = b", "mail@x.example", "")] == [
        "plain", "a = b", "mail@x.example", "",
    ]  # fmt: skip


def test_t17_json_lines_give_back_every_text_exactly(strange_entries):
    lines = b"".join(proof_lines(strange_entries)).split(b"\n")[:-1]

    read = [json.loads(line) for line in lines]

    assert [entry["reason"] for entry in read] == CORPUS
    assert [entry["actor_label"] for entry in read] == CORPUS
    assert [entry["after"] for entry in read] == [{text: [text]} for text in CORPUS]
    whole = io.BytesIO(b"".join(proof_lines(AuditEntry.objects.all())))
    assert walk(read_lines(whole)).broken is None


def test_export_goes_on_in_chunks_and_stops_at_the_entry_that_was_last(office):
    pieces = chunks(AuditEntry.objects.all(), size=2)
    first = next(pieces)
    before = AuditEntry.objects.count()
    record(STRANGE, actor=office.admin, target=office.leads, what="later")

    rest = [entry.seq for chunk in pieces for entry in chunk]

    assert [entry.seq for entry in first] + rest == list(range(1, before + 1))
    assert fields_of(first[0])["seq"] == 1


def test_export_of_machine_addresses_is_left_out_on_demand(office):
    with coming_from("web", "203.0.113.9", "r1"):
        record(STRANGE, actor=office.admin, target=office.leads, what="x")
    entries = AuditEntry.objects.filter(event=STRANGE)

    def address(**how):
        text = b"".join(table_lines(entries, {}, **how)).decode()
        return cells(text)[1][COLUMNS.index("address")]

    assert (address(), address(addresses=False)) == ("203.0.113.9", "")
