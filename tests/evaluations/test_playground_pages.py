"""The pages of the playground: what is typed stays, what the demo model answers is used."""

from __future__ import annotations

import pytest

from apps.core.actors import SYSTEM
from apps.evaluations.actions import make_suite, start_trial, trials
from apps.evaluations.models import Case, Trial
from apps.evaluations.trial_columns import TrialColumn
from apps.evaluations.trying import ask_all
from apps.prompts.actions import (
    close_alternative,
    declare_variable,
    make_version,
    open_alternative,
    save_block,
    save_sample,
)
from apps.prompts.queries import draft_document

RUN, PAGE = "/playground/run/", "/playground/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def asked(house):
    block = house.blocks[0]
    declare_variable(house.draft, name="message", type="text", required=True, actor=house.ana)
    save_block(block, revision=block.revision, body="Answer {{message}}", actor=house.ana)
    house.sample = save_sample(
        house.prompt, name="Angry", values={"message": "Where is it?!"}, actor=house.ana
    )
    return house


@pytest.fixture
def ana(asked, signed_in):
    return signed_in(asked.ana)


@pytest.fixture
def trial(asked):
    """Answered by the demo model in two columns."""
    make_version(asked.draft, reason="first", actor=asked.ana)
    columns = [TrialColumn("draft", "galley/demo"), TrialColumn("1", "galley/demo")]
    made = start_trial(asked.prompt, columns=columns, values={"message": "Hi"}, actor=asked.ana)
    ask_all(made, SYSTEM)
    return made


def form(house, **more):
    known = {"prompt": house.prompt.path, "source": ["draft"], "model": ["galley/demo"]}
    return {**known, "value-message": "Where is my money?", **more}


def test_playground_offers_prompts_and_begins_with_the_draft(asked, ana):
    choose = ana.get(PAGE).content.decode()
    page = ana.get(PAGE, {"prompt": asked.prompt.path}).content.decode()

    assert asked.prompt.path in choose
    assert 'name="value-message"' in page
    assert "demo model answers" in page
    assert ana.get(PAGE, {"prompt": "support/none"}).status_code == 404


def test_columns_come_and_go_and_what_is_typed_stays(asked, ana):
    two = ana.post(PAGE, form(asked, do="add"))
    typed = form(asked, do="remove-1", source=["1", "draft"], model=["galley/demo"] * 2)
    one = ana.post(PAGE, typed, headers=HTMX)

    assert len(two.context["tried"].columns) == 2
    assert [column.source for column in one.context["tried"].columns] == ["draft"]
    assert all("Where is my money?" in page.content.decode() for page in (two, one))
    assert not Trial.objects.exists()


def test_sample_fills_the_values(asked, ana):
    page = ana.post(PAGE, form(asked, do="sample", sample=asked.sample.pk))

    assert "Where is it?!" in page.content.decode()


def test_run_with_htmx_answers_the_part_that_streams(asked, ana):
    page = ana.post(RUN, form(asked), headers=HTMX)

    trial = Trial.objects.get()
    assert page.status_code == 200
    assert f'data-url="/playground/stream/{trial.pk}"' in page.content.decode()
    assert trial.answers.get().state == "waiting"


def test_run_without_a_script_is_done_by_a_worker(
    asked, ana, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr(trials, "ask_later", sent.append)

    with django_capture_on_commit_callbacks(execute=True):
        led = ana.post(RUN, form(asked))
    before = ana.get(led.url).content.decode()
    ask_all(Trial.objects.get(pk=sent[0]), SYSTEM)
    after = ana.get(led.url).content.decode()

    trial = Trial.objects.get()
    assert (led.url, sent) == (f"/playground/trials/{trial.pk}/", [trial.pk])
    assert "The answers are on their way." in before
    assert trial.answers.get().answer in after.replace("&#x27;", "'").replace("&quot;", '"')
    assert "Demo" in after


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_run_that_cannot_be_names_the_variable(asked, ana, headers):
    page = ana.post(RUN, {**form(asked), "value-message": ""}, headers=headers)

    assert page.status_code == 422
    assert "“message” needs a value." in page.content.decode()
    assert ana.post(RUN, form(asked), headers=headers).status_code in (200, 302)


def test_run_with_a_sample_alone_takes_its_values(asked, ana):
    data = {"prompt": asked.prompt.path, "source": "draft", "model": "galley/demo"}

    ana.post(RUN, {**data, "sample": asked.sample.pk}, headers=HTMX)

    assert Trial.objects.get().values == {"message": "Where is it?!"}


def test_answer_becomes_a_case_an_example_and_the_draft(asked, ana, trial):
    suite = make_suite(asked.space, name="Basics", variables=["message"], actor=asked.ana)
    place, answer = f"/playground/trials/{trial.pk}/0/", trial.answers.first()

    said = [
        ana.post(f"{place}{what}/", {"suite": suite.pk}, headers=HTMX).status_code
        for what in ("case", "draft", "example")
    ]

    case, document = Case.objects.get(), draft_document(asked.draft)
    rows = [block["rows"] for block in document["blocks"] if block["type"] == "examples"]
    assert said == [200, 200, 200]
    assert (case.values, case.expected, case.source) == (
        {"message": "Hi"}, answer.answer, "playground",
    )  # fmt: skip
    assert rows[0][-1]["output"] == answer.answer
    assert "Hi" in rows[0][-1]["input"]
    assert [model["model"] for model in document["models"]] == ["galley/demo"]
    assert ana.post(f"{place}example/").status_code == 302


def test_viewer_reads_a_shared_run_and_changes_nothing(asked, trial, signed_in):
    viewer, place = signed_in(asked.viewer), f"/playground/trials/{trial.pk}/"

    page = viewer.get(place)

    assert page.status_code == 200
    assert "Ana ran this" in page.content.decode()
    assert "Use as example" not in page.content.decode()
    assert viewer.post(f"{place}0/example/").status_code == 403
    assert viewer.post(RUN, form(asked)).status_code == 403


# --- drafts with a name ------------------------------------------------------------------------


@pytest.fixture
def short(asked):
    draft = open_alternative(asked.prompt, name="Short & sweet", actor=asked.ana)
    declare_variable(draft, name="tone", type="text", required=False, actor=asked.ana)
    return draft


def test_draft_with_a_name_is_offered_and_brings_its_variables(asked, ana, short):
    page = ana.get(PAGE, {"prompt": asked.prompt.path})
    begun = ana.get(PAGE, {"prompt": asked.prompt.path, "draft": short.pk})
    both = ana.post(
        PAGE,
        form(asked, do="add", source=["draft", f"draft:{short.pk}"], model=["galley/demo"] * 2),
    )

    assert f'<option value="draft:{short.pk}">“Short &amp; sweet”</option>' in page.content.decode()
    assert 'name="value-tone"' not in page.content.decode()
    assert [one.source for one in begun.context["tried"].columns] == [f"draft:{short.pk}"]
    assert 'name="value-tone"' in begun.content.decode()
    assert 'name="value-tone"' in both.content.decode()


def test_a_new_column_begins_with_a_text_that_no_other_has(asked, ana, short):
    two = ana.post(PAGE, form(asked, do="add")).context["tried"].columns
    three = ana.post(
        PAGE, form(asked, do="add", source=[one.source for one in two], model=["galley/demo"] * 2)
    )

    assert [one.source for one in two] == ["draft", f"draft:{short.pk}"]
    assert three.context["tried"].columns == [*two, two[-1]]  # nothing is left to add


def test_preview_of_a_draft_with_a_name_tries_that_draft(asked, ana, short):
    page = ana.get(f"/prompts/{asked.prompt.path}/-/preview/", {"draft": short.pk}).content.decode()

    assert f'name="source" value="draft:{short.pk}"' in page
    assert f"?prompt={asked.prompt.path}&amp;draft={short.pk}" in page


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_draft_that_was_put_away_meanwhile_loses_nothing_typed(asked, ana, short, headers):
    sent = form(asked, source=[f"draft:{short.pk}"], **{"value-tone": "Warm."})
    close_alternative(short, actor=asked.ana)

    page = ana.post(RUN, sent, headers=headers)
    again = ana.post(PAGE, sent).content.decode()

    assert page.status_code == 409
    assert "“Short &amp; sweet” was put away." in page.content.decode()
    assert headers or "Warm." in page.content.decode()  # with htmx the form stays where it is
    assert f'<option value="draft:{short.pk}" selected>“Short &amp; sweet” (put away)' in again
    assert not Trial.objects.exists()


def test_buttons_say_which_draft_they_change(asked, ana, short):
    columns = [TrialColumn(f"draft:{short.pk}", "galley/demo")]
    made = start_trial(asked.prompt, columns=columns, values={"message": "Hi"}, actor=asked.ana)
    ask_all(made, SYSTEM)
    place = f"/playground/trials/{made.pk}/0/"

    card = ana.get(place).content.decode()
    said = ana.post(f"{place}draft/", {"into": "own"}, headers=HTMX).content.decode()
    close_alternative(short, actor=asked.ana)
    after = ana.get(place).content.decode()
    refused = ana.post(f"{place}draft/", {"into": "own"})

    assert [words in card for words in ("Save to “Short &amp; sweet”", "shared draft")] == [
        True
    ] * 2
    assert "stands in “Short &amp; sweet” now" in said
    assert "Save to “Short" not in after
    assert "Save to the shared draft" in after
    assert (refused.status_code, "was closed" in refused.content.decode()) == (409, True)


def test_trial_of_a_draft_begins_again_with_it(asked, ana, short):
    columns = [TrialColumn(f"draft:{short.pk}", "galley/demo")]
    made = start_trial(asked.prompt, columns=columns, values={"message": "Hi"}, actor=asked.ana)

    page = ana.get(f"/playground/trials/{made.pk}/")

    assert [one.source for one in page.context["tried"].columns] == [f"draft:{short.pk}"]
