from __future__ import annotations

import io
import json
import time

import pytest
from openpyxl import Workbook
from openpyxl.styles import Font

from apps.evaluations.sheets import MAX_ROWS, SheetError, cases_of, guess, paste, problem_of, read
from tests.live import ROOT

TICKETS = (ROOT / "tests/data/support-tickets.csv").read_bytes()


def cells(sheet):
    return [list(row.cells) for row in sheet.rows]


def skipped(sheet):
    return [problem.row for problem in sheet.problems if problem.skipped]


def said(sheet):
    return " ".join(problem.sentence for problem in sheet.problems)


def xlsx(rows, change=None):
    book = Workbook()
    page = book.active
    page.title = "Cases"
    for row in rows:
        page.append(row)
    if change:
        change(book, page)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_csv_is_cut_where_its_separator_is(separator):
    text = f'message{separator}expected\n"a, b; c"{separator}x\n"two\nlines"{separator}y\n'

    sheet = read("cases.csv", text.encode())

    assert sheet.columns == ["message", "expected"]
    assert cells(sheet) == [["a, b; c", "x"], ["two\nlines", "y"]]
    assert sheet.problems == []


@pytest.mark.parametrize(
    ("encoding", "noted"),
    [("utf-8", False), ("utf-8-sig", False), ("utf-16", False), ("cp1252", True)],
)
def test_letters_are_read_in_each_encoding(encoding, noted):
    text = "nachricht;erwartet\nWo ist meine Rückerstattung?;Rückfrage\nGrüße, schönes Geld;Über\n"

    sheet = read("fälle.csv", text.encode(encoding))

    assert sheet.rows[0].cells == ("Wo ist meine Rückerstattung?", "Rückfrage")
    assert bool(sheet.problems) is noted
    assert ("not UTF-8" in said(sheet)) is noted


def test_real_tickets_are_cases_at_once():
    sheet = read("support-tickets.csv", TICKETS)
    mapping = guess(sheet.columns, ["message"])
    cases, problems = cases_of(sheet, mapping)

    assert mapping == {"customer_message": "variable:message", "expected_intent": "expected"}
    assert (len(cases), problems, sheet.problems) == (len(sheet.rows), [], [])
    assert set(cases[0].values) == {"message"}


def test_duplicate_and_empty_headers_get_names_of_their_own():
    sheet = read("x.csv", b"text,text,,text\n1,2,3,4\n")

    assert sheet.columns == ["text", "text (2)", "Column 3", "text (3)"]
    assert len(sheet.problems) == 2
    assert cells(sheet) == [["1", "2", "3", "4"]]


def test_rows_that_cannot_be_taken_are_listed_and_the_others_taken():
    text = "a,b\n1,2\n1,2,3\n,\n4\n" + "x" * 100_001 + ",y\n5,6\n"

    sheet = read("x.csv", text.encode())

    assert cells(sheet) == [["1", "2"], ["4", ""], ["5", "6"]]
    assert skipped(sheet) == [3, 6]
    assert [row.number for row in sheet.rows] == [2, 5, 7]


def test_a_quotation_mark_that_is_never_closed_is_said_where_it_begins():
    text = 'a,b\n1,2\n"open,3\n' + "word " * 300_000

    sheet = read("x.csv", text.encode())

    assert cells(sheet) == [["1", "2"]]
    assert "From row 3 on" in said(sheet)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("x.csv", b"", "nothing in it"),
        ("x.csv", b"  \n \n", "nothing in it"),
        ("x.csv", b"a,b\n", "no rows below"),
        ("x.csv", b"\x00\x01\x02" * 100, "no text file"),
        ("x.csv", b"\xff\xfea", "cannot be read"),
        ("x.xls", b"\xd0\xcf\x11\xe0" + b"x" * 100, "old Excel file"),
        ("x.xlsx", b"PK\x03\x04broken", "cannot be read"),
        ("x.jsonl", b"[1, 2", "no valid JSON"),
        ("x.jsonl", b"1\n2\n", "No line of it"),
        ("x.csv", b"x" * (21 * 1024 * 1024), "at most 20 MiB"),
        ("x.csv", b",".join(b"c%d" % n for n in range(201)) + b"\n1\n", "at most 200"),
    ],
)
def test_files_that_cannot_be_read_say_so(name, data, words):
    with pytest.raises(SheetError, match=words):
        read(name, data)


def test_a_hundred_thousand_rows_are_read_as_far_as_a_suite_goes():
    text = "message,label\n" + "Where is my money?,refund\n" * 100_000
    began = time.perf_counter()

    sheet = read("x.csv", text.encode())

    assert (len(sheet.rows), sheet.unread) == (MAX_ROWS, 100_000 - MAX_ROWS)
    assert "90,000 rows more than the 10,000" in said(sheet)
    assert time.perf_counter() - began < 5


def test_workbook_becomes_texts():
    rows = [["message", "amount", "late", "on"], ["Hi", 42.0, True, None], [None] * 4, ["Ho", 1.5]]

    sheet = read("cases.xlsx", xlsx(rows))

    assert cells(sheet) == [["Hi", "42", "yes", ""], ["Ho", "1.5", "", ""]]
    assert [row.number for row in sheet.rows] == [2, 4]


def test_merged_cells_give_their_text_to_each_row():
    def change(book, page):
        page.merge_cells("B2:B3")

    sheet = read(
        "x.xlsx", xlsx([["message", "label"], ["a", "card"], ["b"], ["c", "cash"]], change)
    )

    assert cells(sheet) == [["a", "card"], ["b", "card"], ["c", "cash"]]
    assert "merged cells, the first at B2" in said(sheet)
    assert skipped(sheet) == []


def test_formulas_without_a_kept_value_are_named_by_their_cell():
    """openpyxl writes no values of formulas: as a file that no spreadsheet program has saved."""
    sheet = read("x.xlsx", xlsx([["message", "label"], ["a", "card"], ['=A2&"!"', "cash"]]))

    assert cells(sheet) == [["a", "card"]]
    assert skipped(sheet) == [3]
    assert "A3 is a formula whose value the file does not keep" in said(sheet)


def test_formulas_with_a_kept_value_give_it():
    data = xlsx([["message"], ["a"], ["=A2"]])
    kept = replaced(data, b"<c r=\"A3\"><f>A2</f><v></v></c>",
                    b"<c r=\"A3\" t=\"str\"><f>A2</f><v>a</v></c>")  # fmt: skip

    assert cells(read("x.xlsx", kept)) == [["a"], ["a"]]


def replaced(data, old, new):
    """The same workbook with a piece of its first sheet's XML exchanged."""
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(out, "w") as written:
        for info in packed.infolist():
            content = packed.read(info)
            if info.filename.endswith("sheet1.xml"):
                assert old in content, content
                content = content.replace(old, new)
            written.writestr(info, content)
    return out.getvalue()


def test_errors_of_formulas_and_further_sheets_are_said():
    def change(book, page):
        page["A1"].font = Font(bold=True)
        book.create_sheet("Notes").append(["not read"])

    sheet = read("x.xlsx", xlsx([["message"], ["a"], ["#REF!"]], change))

    assert cells(sheet) == [["a"]]
    assert "A3 holds the error #REF!" in said(sheet)
    assert "2 sheets; “Cases” was read" in said(sheet)


def test_a_workbook_that_unfolds_into_too_much_is_refused(monkeypatch):
    data = xlsx([["message"], ["a"]])
    monkeypatch.setattr("apps.evaluations.sheets.workbook.MAX_UNPACKED", 100)

    with pytest.raises(SheetError, match="unfolds"):
        read("x.xlsx", data)


def test_json_lines_are_rows():
    lines = [
        {"input": {"message": "Hi", "tone": 1}, "expected": "refund", "tags": ["late", "angry"]},
        {"message": "Ho", "expected": {"a": True}},
    ]
    text = "\n".join([json.dumps(lines[0]), "not json", "[1]", "", json.dumps(lines[1])])

    sheet = read("x.jsonl", text.encode())

    assert sheet.columns == ["message", "tone", "expected", "tags"]
    assert cells(sheet) == [["Hi", "1", "refund", "late, angry"], ["Ho", "", '{"a": true}', ""]]
    assert skipped(sheet) == [2, 3]
    assert cells(read("x.json", json.dumps(lines).encode())) == cells(sheet)


def test_pasted_cells_are_a_sheet():
    sheet = paste("message\texpected\r\nHi, you\trefund\r\n")

    assert (sheet.columns, cells(sheet)) == (["message", "expected"], [["Hi, you", "refund"]])


@pytest.mark.parametrize(
    ("columns", "variables", "targets"),
    [
        (["Question", "Answer"], [], ["variable:Question", "expected"]),
        (["Question", "Answer"], ["message"], ["variable:message", "expected"]),
        (["customer name", "text", "label"], ["customer_name", "message"],
         ["variable:customer_name", "variable:message", "expected"]),
        (["CustomerName", "Tags", "ID"], ["customer_name"],
         ["variable:customer_name", "tags", "name"]),
        (["messages", "remark", "who"], ["message"], ["variable:message", "", ""]),
        (["2nd text", "2nd-text"], [], ["variable:column_2nd_text", "variable:column_2nd_text_2"]),
        (["expected", "answer"], ["answer"], ["expected", "variable:answer"]),
    ],
)  # fmt: skip
def test_columns_are_guessed(columns, variables, targets):
    assert list(guess(columns, variables).values()) == targets


@pytest.mark.parametrize(
    ("columns", "more", "targets"),
    [
        (["customer_message", "intent"], True, ["variable:message", "expected"]),
        (["who", "customer_message"], True, ["variable:who", "variable:message"]),
        (["who", "customer_message"], False, ["variable:card_last4", "variable:message"]),
    ],
)
def test_columns_of_a_new_suite_become_what_prompts_ask_for(columns, more, targets):
    assert list(guess(columns, ["message", "card_last4"], more=more).values()) == targets


def test_mappings_that_cannot_be_are_said():
    assert problem_of({"a": "variable:x", "b": "expected"}) == ""
    assert "Two columns" in problem_of({"a": "expected", "b": "expected"})
    assert "at least of one" in problem_of({"a": "", "b": ""})


def test_rows_become_cases_or_a_sentence():
    text = 'message,label,tags,name\nHi,refund,"late; angry",First\n,refund,,\nHo,,,' + "n" * 201

    cases, problems = cases_of(
        *(lambda sheet: (sheet, guess(sheet.columns, [])))(read("x.csv", text.encode()))
    )

    assert [(c.values, c.expected, c.tags, c.name) for c in cases] == [
        ({"message": "Hi"}, "refund", ("late", "angry"), "First")
    ]
    assert [problem.row for problem in problems] == [3, 4]
