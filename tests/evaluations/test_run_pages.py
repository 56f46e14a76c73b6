from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.evaluations.actions import import_cases
from apps.evaluations.entrance import NewCase
from apps.evaluations.queries.figures import tag_lines
from apps.prompts.actions import create_prompt
from tests.evaluations.running import answer_some, connect_to, make_lab, rows, work_all
from tests.llm.provider import last_text, running
from tests.standing import standing

lab = standing(make_lab)


def reply(body):
    return "money card" if "Answer this" in last_text(body) else "card =hello"


@pytest.fixture
def compared(lab):
    """A run of v2 beside v1, which is live: one case is fixed, one newly fails."""
    lab.put_live(lab.v1)
    v2 = lab.version("Be short:")
    with running(reply=reply) as provider:
        connect_to(lab, provider.url)
        return work_all(lab.start(v2, environment=lab.development))


def test_start_page_says_what_a_run_takes_and_starts_it(lab, signed_in):
    page = signed_in(lab.ana)
    address = f"/tests/{lab.suite.pk}/run/?prompt={lab.prompt.path}"
    data = {
        "prompt": lab.prompt.path, "version": "1", "models": "galley/demo", "environment": "",
        "repeats": "1", "most_cost": "0.25",
    }  # fmt: skip

    shown = page.get(address).content.decode()
    wrong = page.post(address, {**data, "repeats": "0"})
    started = page.post(address, data)

    assert "3 cases ≈ no cost, about 1 second" in shown
    assert (wrong.status_code, started.status_code) == (422, 302)
    assert lab.suite.versions.get().runs.get().most_cost == Decimal("0.25")
    under_way = page.get(started.url).content.decode()
    assert "<progress" in under_way and "0 of 3" in under_way


def test_start_page_asks_for_the_prompt_only_where_there_are_several(lab, signed_in):
    page, address = signed_in(lab.ana), f"/tests/{lab.suite.pk}/run/"

    alone = page.get(address)
    chosen = page.get(alone["Location"]).content.decode()
    create_prompt(lab.house.space, segment="other", name="Other", actor=lab.ana)
    several = page.get(address)

    assert alone["Location"] == f"{address}?prompt=support%2Freply"
    assert "choose another" not in chosen
    assert "choose another" in page.get(alone["Location"]).content.decode()
    assert (several.status_code, several.context["prompt"]) == (200, None)


def test_start_page_says_which_cases_cannot_run_before_it_starts(lab, signed_in):
    page = signed_in(lab.ana)
    address = f"/tests/{lab.suite.pk}/run/?prompt={lab.prompt.path}"

    all_fit = page.get(address).context["unfit"]
    import_cases(lab.suite, cases=[NewCase(values={"text": "Hi"})], actor=lab.ana)
    one_does_not = page.get(address)
    lab.suite.cases.update(values={"text": "Hi"})
    none_does = page.get(address).context["unfit"]

    assert all_fit == ""
    assert one_does_not.context["unfit"] == (
        "1 of 4 cases cannot run on this prompt. “message” needs a value."
    )
    assert "“message” needs a value." in one_does_not.content.decode()
    assert none_does == "No case can run on this prompt. “message” needs a value."


def test_answers_stand_in_their_rows_while_the_run_goes_on(lab, signed_in):
    run, page = lab.start(models=["galley/demo"]), signed_in(lab.ana)
    answer_some(run, "It is on its way.")

    part = page.get(f"/tests/runs/{run.pk}/?show=all&part=cases", headers={"HX-Request": "true"})

    text = part.content.decode()
    assert "1 of 3" in text
    assert [text.count(words) for words in ("It is on its way.", "Waits")] == [1, 2]
    assert f"/tests/runs/{run.pk}/?show=all&amp;part=cases" in text
    assert "<h1" not in text
    counts = part.context["grid"].counts
    assert {kind: many for kind, many in counts.items() if many} == {"pass": 1, "waits": 2}


def test_suite_page_leads_to_its_last_runs(lab, compared, signed_in):
    page = signed_in(lab.ana)
    waiting = lab.start(models=["galley/demo"])

    shown = page.get(f"/tests/{lab.suite.pk}/")

    assert [(row.run.pk, row.counts.judged) for row in shown.context["runs"]] == [
        (waiting.pk, 0), (compared.pk, 3),
    ]  # fmt: skip
    assert f'href="/tests/runs/{compared.pk}/"' in shown.content.decode()
    assert "0 of 3 so far" in shown.content.decode()


def test_results_page_opens_with_what_changed(lab, compared, signed_in):
    page = signed_in(lab.ana)

    first = page.get(f"/tests/runs/{compared.pk}/")
    whole = page.get(f"/tests/runs/{compared.pk}/?show=all")

    assert "v2 fixes one case and breaks one case" in first.content.decode()
    assert [line.name for line in first.context["grid"].lines] == [
        "Where is my money?", "Hello there",
    ]  # fmt: skip
    assert [one["many"] for one in first.context["filters"]] == [1, 1, 0, 1, 3, 0, 0]
    assert len(whole.context["grid"].lines) == 3
    assert whole.content.decode().count("#i-fail") == 2


def test_each_models_answer_is_opened_from_its_own_cell(lab, signed_in):
    page = signed_in(lab.ana)
    run = work_all(lab.start(models=["galley/demo", "galley/demo-small"]))

    shown = page.get(f"/tests/runs/{run.pk}/")
    lines = shown.context["grid"].lines

    assert {line.own.result.model for line in lines} == {"galley/demo"}
    for row in rows(run):
        assert f'href="/tests/results/{row.pk}/"' in shown.content.decode()
    assert "By galley/demo:" in shown.content.decode()


def test_case_shows_both_answers_and_the_reasons(lab, compared, signed_in):
    page = signed_in(lab.ana)
    address = f"/tests/results/{rows(compared)[0].pk}/"

    plain = page.get(address).content.decode()
    part = page.get(address, headers={"HX-Request": "true"}).content.decode()

    assert "<html" in plain and "<html" not in part
    assert "Answer of v1, live" in part and "<del>" in part


def test_t17_export_holds_no_formula(lab, compared, signed_in):
    page = signed_in(lab.ana)

    table = page.get(f"/tests/runs/{compared.pk}/export/").content.decode()
    document = page.get(f"/tests/runs/{compared.pk}/export/?form=json").json()

    lines = list(csv.DictReader(io.StringIO(table)))
    assert (len(lines), len(document)) == (6, 6)
    assert not any(cell.startswith("=") for line in lines for cell in line.values())
    assert {line["of"] for line in lines} == {"v1, live", "v2"}


def test_results_page_asks_the_same_queries_for_three_cases_and_for_nine(lab, signed_in):
    page, counts = signed_in(lab.ana), []
    for _size in range(2):
        run = work_all(lab.start(models=["galley/demo"]))
        page.get(f"/tests/runs/{run.pk}/?show=all")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page.get(f"/tests/runs/{run.pk}/?show=all")
        counts.append(len(queries))
        more = [NewCase(values={"message": f"More {n}"}, expected="x") for n in range(6)]
        import_cases(lab.suite, cases=more, actor=lab.ana)

    assert counts[0] == counts[1]


def test_tags_stand_with_their_share_the_weakest_first(lab, compared):
    tags = [["money", "short"], ["money"], ["short"]]
    cases = compared.suite_version.document["cases"]
    document = {"cases": [{**case, "tags": own} for case, own in zip(cases, tags, strict=True)]}

    lines = tag_lines(compared, document)

    passed = [[bool(row.passed) for row in rows(run)] for run in (compared.paired, compared)]
    assert sorted(passed) == [[False, True, True], [True, True, False]]  # one fixed, one broken
    found = {line.tag: [(s.passed, s.judged) for s in line.shares] for line in lines}
    assert found == {
        "money": [(sum(one[:2]), 2) for one in passed],
        "short": [(one[0] + one[2], 2) for one in passed],
    }
    weakest = [line.shares[-1].percent for line in lines]
    assert weakest == sorted(weakest)


def test_results_page_tells_what_the_answers_took(lab, compared, signed_in):
    shown = signed_in(lab.ana).get(f"/tests/runs/{compared.pk}/?show=all")

    found = [(one.label, one.answers, max(one.width, 1) <= 100) for one in shown.context["efforts"]]
    assert found == [("v1", 3, True), ("v2", 3, True)]
    assert "What the answers took" in shown.content.decode()


def test_list_of_suites_tells_how_the_last_run_ended(lab, compared, signed_in):
    page = signed_in(lab.ana)

    listed = page.get("/tests/")

    [row] = listed.context["suites"]
    assert (row.last, row.judged) == (compared, 3)
    assert f"{row.counts.passed} of 3 pass" in listed.content.decode()
