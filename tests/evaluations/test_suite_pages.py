from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.evaluations.actions import add_case, import_cases, make_suite
from apps.evaluations.checks import KINDS
from apps.evaluations.entrance import NewCase
from apps.evaluations.models import SheetUpload, Suite
from apps.prompts.actions import save_sample, write_document
from apps.prompts.content import new_content, new_variable
from apps.prompts.queries import draft_of
from tests.evaluations.test_sheets import TICKETS


def page(client, name, /, *args, query=""):
    return client.get(reverse(f"evaluations:{name}", args=args) + query).content.decode()


def post(client, name, /, *args, htmx=False, **data):
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(reverse(f"evaluations:{name}", args=args), data, headers=headers)


def test_fifteen_hundred_tickets_are_a_suite_in_two_requests(house, signed_in):
    client = signed_in(house.ana)
    file = SimpleUploadedFile("support-tickets.csv", TICKETS)

    sent = client.post(reverse("evaluations:upload_sheet"), {"file": file})
    look = client.get(sent["Location"])
    form = look.context["form"]
    taken = client.post(
        sent["Location"],
        {"act": "import", **{name: form[name].value() for name in form.fields},
         **{row["field"]: row["chosen"] for row in look.context["columns"]}},
    )  # fmt: skip

    suite = Suite.objects.get()
    count = TICKETS.decode().strip().count("\n")
    assert taken["Location"] == reverse("evaluations:suite", args=[suite.pk])
    assert (suite.name, suite.namespace, suite.variables) == (
        "Support tickets", house.space, ["customer_message"],
    )  # fmt: skip
    assert suite.cases.count() == count
    check = suite.checks.get()
    assert check.kind == "label"
    assert set(check.settings["labels"]) == set(suite.cases.values_list("expected", flat=True))
    assert SheetUpload.objects.count() == 0


def test_columns_of_a_new_suite_are_offered_what_its_prompts_ask_for(house, signed_in):
    client = signed_in(house.ana)
    variables = [new_variable("message"), new_variable("card_last4")]
    document = new_content() | {"variables": variables}
    write_document(draft_of(house.prompt), document=document, actor=house.ana)

    sent = post(client, "upload_sheet", pasted="customer_message\twho\nHi\tAna")
    look = client.get(sent["Location"])

    assert [row["chosen"] for row in look.context["columns"]] == [
        "variable:message",
        "variable:who",
    ]
    assert look.context["unfilled"] == ["card_last4"]
    assert "Prompts there also ask for card_last4." in look.content.decode()


def test_an_import_into_a_suite_takes_its_variables(house, suite, signed_in):
    client = signed_in(house.ana)
    data = {"suite": suite.pk, "pasted": "text\tanswer\ttags\nHi\tgreeting\tshort\n\tlost\t\n"}

    sent = post(client, "upload_sheet", **data)
    look = client.get(sent["Location"])
    client.post(sent["Location"], {"act": "import"})

    assert [row["chosen"] for row in look.context["columns"]] == [
        "variable:message", "expected", "tags",
    ]  # fmt: skip
    assert look.context["skipped"] == 1
    case = suite.cases.last()
    assert (case.values, case.expected, case.tags, case.source) == (
        {"message": "Hi"}, "greeting", ["short"], "sheet",
    )  # fmt: skip


def test_import_into_a_suite_without_variables_takes_those_its_prompts_ask_for(house, signed_in):
    client = signed_in(house.ana)
    document = new_content() | {"variables": [new_variable("message"), new_variable("tone")]}
    write_document(draft_of(house.prompt), document=document, actor=house.ana)
    bare = make_suite(house.space, name="Bare", actor=house.ana)

    sent = post(client, "upload_sheet", suite=bare.pk, pasted="customer_message\twho\nHi\tAna")
    look = client.get(sent["Location"])

    chosen = [row["chosen"] for row in look.context["columns"]]
    assert chosen == ["variable:message", "variable:who"]
    assert "Prompts there also ask for tone." in look.content.decode()


def test_what_was_chosen_on_the_way_stays_when_it_cannot_be(house, signed_in):
    client = signed_in(house.ana)
    sent = post(client, "upload_sheet", pasted="a\tb\n1\t2")
    typed = {"act": "import", "name": "Mine", "namespace": "support", "judge": "",
             "column-0": "expected", "column-1": "expected"}  # fmt: skip

    answer = client.post(sent["Location"], typed)

    assert answer.status_code == 422
    assert "Two columns are “expected”" in answer.content.decode()
    assert 'value="Mine"' in answer.content.decode()
    assert Suite.objects.count() == 0
    assert client.post(sent["Location"], typed | {"column-0": "variable:a"}).status_code == 302


def test_a_look_at_the_cases_keeps_name_namespace_and_check(house, signed_in):
    client = signed_in(house.ana)
    sent = post(client, "upload_sheet", pasted="message\texpected\nHi\tgreeting\nHo\tgreeting")
    typed = {"act": "look", "name": "Mine", "namespace": "support", "judge": ""}

    form = client.post(sent["Location"], typed | {"column-0": "variable:text"}).context["form"]

    assert [form[name].value() for name in ("name", "namespace", "judge")] == [
        "Mine",
        "support",
        "",
    ]
    assert form.errors == {}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Choose a file"),
        ({"pasted": "only names"}, "no rows below"),
        ({"file": SimpleUploadedFile("x.csv", b"\x00\x01" * 50)}, "no text file"),
    ],
)
def test_a_sheet_that_cannot_be_read_is_said_where_it_came_from(house, signed_in, data, words):
    answer = signed_in(house.ana).post(
        reverse("evaluations:upload_sheet"), {"next": "/tests/", **data}, follow=True
    )

    assert answer.redirect_chain == [("/tests/", 302)]
    assert words in answer.content.decode()


def test_uploads_are_for_their_person_and_go(house, signed_in):
    client = signed_in(house.ana)
    addresses = [
        post(client, "upload_sheet", pasted=f"a\n{number}")["Location"] for number in range(5)
    ]

    assert SheetUpload.objects.count() == 3
    assert [client.get(address).status_code for address in addresses] == [404, 404, 200, 200, 200]
    assert signed_in(house.ben).get(addresses[-1]).status_code == 404
    assert post(signed_in(house.viewer), "upload_sheet", pasted="a\n1").status_code == 403


def test_a_suite_is_made_for_a_prompt_with_its_variables(house, signed_in):
    client = signed_in(house.ana)

    shown = page(client, "make_suite", query="?prompt=support/reply")
    made = post(client, "make_suite", name="Basics", namespace="support",
                variables="message, {{name}}", threshold="80")  # fmt: skip
    again = post(client, "make_suite", name="basics", namespace="support")

    suite = Suite.objects.get()
    assert 'value="Refund reply basics"' in shown
    assert made["Location"] == reverse("evaluations:suite", args=[suite.pk])
    assert (suite.variables, suite.threshold) == (["message", "name"], 0.8)
    assert again.status_code == 422
    assert "Choose another name" in again.content.decode()


def test_suite_page_lists_cases_and_checks_in_words(house, suite, signed_in):
    shown = page(signed_in(house.viewer), "suite", suite.pk)

    assert "Equals the expected answer" in shown
    assert "Where is my money?" in shown
    assert "Add a case" not in shown
    assert "Add a case" in page(signed_in(house.ana), "suite", suite.pk)


def test_suite_page_finds_by_words_and_tags_and_cuts_into_pages(house, suite, signed_in):
    tags = [("odd",) if number % 2 else () for number in range(110)]
    cases = [NewCase(values={"message": f"n{n}"}, tags=one) for n, one in enumerate(tags)]
    import_cases(suite, cases=cases, actor=house.ana)
    client = signed_in(house.ana)

    assert "Where is my money?" in page(client, "suite", suite.pk, query="?q=MONEY")
    assert "My card is gone" not in page(client, "suite", suite.pk, query="?q=money")
    assert page(client, "suite", suite.pk, query="?tag=odd").count("<tr id=") == 55
    assert page(client, "suite", suite.pk).count("<tr id=") == 100
    assert page(client, "suite", suite.pk, query="?page=2").count("<tr id=") == 12
    assert "No case fits" in page(client, "suite", suite.pk, query="?q=nowhere")


def test_suite_pages_ask_the_database_equally_often_however_much_there_is(house, suite, signed_in):
    client = signed_in(house.ana)

    def asked(*names):
        with CaptureQueriesContext(connection) as queries:
            page(client, *names)
        return len(queries)

    asked("suites"), asked("suite", suite.pk)
    few = asked("suites"), asked("suite", suite.pk)
    for number in range(3):
        add_case(suite, case=NewCase(values={"message": str(number)}), actor=house.ana)
        make_suite(house.space, name=f"Suite {number}", actor=house.ana)

    assert (asked("suites"), asked("suite", suite.pk)) == few


def test_a_case_is_added_by_hand_and_keeps_what_was_typed(house, suite, signed_in):
    client = signed_in(house.ana)

    refused = post(client, "add_case", suite.pk, **{"value-message": "", "tags": "late"})
    added = post(client, "add_case", suite.pk,
                 **{"value-message": "Hi\r\nthere", "tags": "late, angry"})  # fmt: skip

    assert refused.status_code == 422
    assert 'value="late"' in refused.content.decode()
    case = suite.cases.last()
    assert added["Location"].endswith(f"#case-{case.pk}")
    assert (case.values, case.tags) == ({"message": "Hi\nthere"}, ["angry", "late"])


def test_a_cell_is_changed_where_it_stands(house, suite, signed_in):
    client, case = signed_in(house.ana), suite.cases.first()
    form = page(client, "cell", case.pk, query="?field=value-message&edit=1")

    saved = post(client, "cell", case.pk, htmx=True, field="value-message",
                 seen="Where is my money?", text="Where is it?")  # fmt: skip
    plain = post(client, "cell", case.pk, field="tags", seen="", text="short, rude")

    case.refresh_from_db()
    assert "<textarea" in form
    assert (case.values, case.tags) == ({"message": "Where is it?"}, ["rude", "short"])
    assert "Where is it?" in saved.content.decode()
    assert plain.status_code == 302
    assert page(client, "cell", case.pk, query="?field=nonsense") != form
    assert client.get(reverse("evaluations:cell", args=[case.pk]) + "?field=x").status_code == 404


def test_two_people_in_one_cell_lose_nothing(house, suite, signed_in):
    case = suite.cases.first()
    post(signed_in(house.ben), "cell", case.pk, field="expected", seen="refund", text="Ben's")

    late = post(signed_in(house.ana), "cell", case.pk, htmx=True, field="expected",
                seen="refund", text="Ana's")  # fmt: skip

    case.refresh_from_db()
    assert (late.status_code, case.expected) == (422, "Ben's")
    assert "Ben&#x27;s" in late.content.decode()
    assert "Ana&#x27;s" in late.content.decode()


def test_cases_are_switched_moved_and_removed(house, suite, signed_in):
    client, case = signed_in(house.ana), suite.cases.first()

    post(client, "switch_case", case.pk, enabled="0")
    post(client, "move_case", case.pk, to="2")
    case.refresh_from_db()
    removed = post(client, "remove_cases", suite.pk, case=[str(case.key), "nonsense"])
    nothing = post(client, "remove_cases", suite.pk)

    assert (case.enabled, case.position) == (False, 2)
    assert removed.status_code == 302
    assert suite.cases.count() == 1
    assert nothing.status_code == 409


@pytest.mark.parametrize("code", KINDS)
def test_every_kind_has_a_form(house, suite, signed_in, code):
    shown = page(signed_in(house.ana), "add_check", suite.pk, query=f"?kind={code}")

    assert all(f'name="{field.name}"' in shown for field in KINDS[code].fields)
    assert KINDS[code].label in page(signed_in(house.ana), "add_check", suite.pk)


def test_a_check_is_added_changed_and_removed(house, suite, signed_in):
    client = signed_in(house.ana)

    typed = {"kind": "contains", "how": "any", "texts": "5 days\r\n\r\n3 days"}
    added = post(
        client, "add_check", suite.pk, **typed, ignore_case="on", weight="2", required="on"
    )
    check = suite.checks.last()
    post(client, "check", check.pk, how="none", texts="soon", weight="1")
    changed = suite.checks.last()
    post(client, "switch_check", check.pk, enabled="0")
    post(client, "move_check", check.pk, way="up")
    moved = suite.checks.first()
    post(client, "remove_check", check.pk)

    assert added.status_code == 302
    assert check.settings == {"how": "any", "texts": ["5 days", "3 days"], "ignore_case": True}
    assert (check.weight, check.required) == (2, True)
    assert changed.settings == {"how": "none", "texts": ["soon"], "ignore_case": False}
    assert (moved.pk, moved.enabled) == (check.pk, False)
    assert suite.checks.count() == 1


@pytest.mark.parametrize(
    ("kind", "typed", "words"),
    [
        ("pattern", {"pattern": "(a"}, "no pattern"),
        ("pattern", {"pattern": "((a{1,100}){1,100}){1,100}"}, "repeats too much"),
        ("json_schema", {"schema": '{"$ref": "https://example.org/x"}'}, "from the network"),
        ("wording", {"at_least": "2"}, "less than or equal to 1"),
        ("word_count", {}, "Give a number here"),
    ],
)  # fmt: skip
def test_a_check_that_cannot_be_is_said_and_what_was_typed_stays(
    house, suite, signed_in, kind, typed, words
):
    answer = post(signed_in(house.ana), "add_check", suite.pk, kind=kind, weight="3", **typed)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert 'value="3"' in answer.content.decode()
    assert suite.checks.count() == 1


def test_difficult_cases_fill_the_variable_that_customers_write(house, suite, signed_in):
    post(signed_in(house.ana), "add_difficult_cases", suite.pk)

    assert suite.cases.count() == 10
    assert set(suite.cases.last().values) == {"message"}


def test_difficult_cases_take_what_else_a_prompt_needs_from_a_sample(house, suite, signed_in):
    variables = [new_variable("message"), new_variable("order")]
    document = new_content() | {"variables": variables}
    write_document(draft_of(house.prompt), document=document, actor=house.ana)
    values = {"message": "Where is it?", "order": "R-1"}
    save_sample(house.prompt, name="Calm", values=values, actor=house.ana)

    post(signed_in(house.ana), "add_difficult_cases", suite.pk)

    first = suite.cases.get(name="Everything in one word")
    assert first.values == {"message": "help", "order": "R-1"}
    suite.refresh_from_db()
    assert suite.variables == ["message", "order"]


def test_an_archived_suite_says_so_and_comes_back(house, suite, signed_in):
    client = signed_in(house.ana)
    post(client, "archive_suite", suite.pk, reason="Old")

    assert "cannot be changed or run" in page(client, "suite", suite.pk)
    assert "Refund basics" not in page(client, "suites")
    assert "Refund basics" in page(client, "suites", query="?archived=1")
    post(client, "restore_suite", suite.pk)
    assert "Refund basics" in page(client, "suites")


def test_the_prompt_lists_the_suites_that_test_it(house, suite, signed_in):
    address = reverse("pages:prompt_tests", args=["support/reply"])

    shown = signed_in(house.viewer).get(address).content.decode()

    assert "Refund basics" in shown
    assert "New suite" not in shown
    assert "New suite" in signed_in(house.ana).get(address).content.decode()
