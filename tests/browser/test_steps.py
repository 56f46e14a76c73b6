"""How many deliberate acts the tasks of product.md take, from the home page on."""

from __future__ import annotations

from django.urls import reverse
from playwright.sync_api import Page, expect

from apps.environments.models import Environment
from apps.environments.queries import live_version
from apps.evaluations.actions import RunTerms, start_run
from apps.evaluations.models import Run, Suite, TrialAnswer
from apps.evaluations.queries import run_summary
from apps.evaluations.running.slices import work
from apps.llm.questions import DEMO_MODEL
from apps.notifications.subscribers import sweep
from apps.prompts.queries import draft_of
from apps.reviews.actions import request_review, suggest, withdraw_review
from apps.reviews.models import Review
from tests.browser.acts import acts, counting
from tests.browser.demo import Demo, make_demo
from tests.browser.people import Place, block, editor, until
from tests.standing import standing_alone

PATH = "support/cards/triage"
REFUND = "support/refunds/reply"
RULE = " Abroad, a card takes three days."


demo = standing_alone(make_demo)


def at_home(place: Place, person) -> Page:
    page = counting(place.signed_in(person))
    page.goto("/")
    return page


def live_number(demo: Demo, path: str = PATH) -> int:
    place = Environment.objects.get(name="production")
    version = live_version(demo.prompt(path), place)
    assert version is not None
    return version.number


def asked_before(demo: Demo) -> None:
    """Sara's last choice for this prompt: production, and live with the last approval."""
    place = Environment.objects.get(name="production")
    prompt = demo.prompt(PATH)
    review = request_review(
        prompt, environment=place, version=None, reason="A first try",
        release_when_approved=True, actor=demo["sara"],
    )  # fmt: skip
    withdraw_review(review, reason="Not yet", actor=demo["sara"])


def test_counter_counts_a_click_a_choice_and_a_field_and_no_enter_at_its_end(place, own_database):
    page = counting(place.new_page())
    page.goto("/")
    page.evaluate(
        """() => document.body.insertAdjacentHTML("beforeend",
        "<form><button type=button>b</button><input name=a><select><option>1<option>2</select>"
        + "<textarea></textarea></form>")"""
    )
    seen = [len(acts(page))]
    page.locator("button", has_text="b").last.click()
    seen.append(len(acts(page)))
    page.locator("input[name=a]").fill("one")
    seen.append(len(acts(page)))
    page.locator("textarea").last.click()
    page.keyboard.type("two words")
    page.keyboard.press("Enter")
    seen.append(len(acts(page)))
    page.locator("select").last.select_option("2")
    seen.append(len(acts(page)))
    page.locator("button", has_text="b").last.press("Enter")
    seen.append(len(acts(page)))

    assert seen == [0, 1, 2, 3, 4, 5]


def test_sentence_of_a_live_prompt_is_fixed_by_four_acts_and_approved_by_three(demo, place, worker):
    asked_before(demo)
    before = live_number(demo)
    sara, ana = at_home(place, demo["sara"]), at_home(place, demo["ana"])

    sara.get_by_role("link", name="Card triage", exact=True).first.click()
    editor(sara, "Guardrails").click()
    sara.keyboard.press("End")
    sara.keyboard.insert_text(RULE)
    sara.get_by_role("link", name="Ask for review", exact=True).click()
    sara.get_by_role("dialog").get_by_label("Why").fill("Customers abroad ask")
    sara.keyboard.press("Control+Enter")
    expect(sara.locator("h1")).to_contain_text("for Production")

    asked = Review.objects.get(state="open", prompt=demo.prompt(PATH))
    row = ana.get_by_role("article").filter(has_text="Customers abroad ask")
    expect(row).to_be_visible()
    row.get_by_role("link", name="Open review").click()
    ana.get_by_role("button", name="Finish review").first.click()
    decision = ana.get_by_role("dialog", name="Finish your review")
    decision.get_by_role("button", name="Finish review").click()
    until(lambda: live_number(demo) > before)

    assert asked.prompt.path == PATH
    assert (len(acts(sara)), len(acts(ana))) == (4, 3), acts(sara) + acts(ana)


def test_production_is_rolled_back_by_three_acts(demo, place, worker):
    before = live_number(demo, REFUND)
    bo = at_home(place, demo["bo"])

    bo.get_by_role("link", name="Releases", exact=True).first.click()
    bo.get_by_role("link", name="Roll back to v1 Refund reply in Production").click()
    bo.get_by_role("dialog").get_by_label("Why").fill("Three days is not true for Norway")
    bo.keyboard.press("Control+Enter")
    expect(bo.locator("main")).to_contain_text("Rolled back")

    assert live_number(demo, REFUND) != before
    assert len(acts(bo)) == 3, acts(bo)


def test_what_differs_between_live_and_the_draft_is_one_act_away(demo, place):
    sara = at_home(place, demo["sara"])

    row = sara.locator("li").filter(has=sara.get_by_role("link", name="Card triage", exact=True))
    row.get_by_role("link", name="hanged", exact=False).first.click()
    expect(sara.locator(".dblock ins").first).to_be_visible()

    assert len(acts(sara)) == 1, acts(sara)


def test_wording_of_a_reviewer_is_accepted_by_one_act(demo, place):
    better = "Never promise a date. Say what happens next."
    rules = draft_of(demo.prompt(REFUND)).blocks.get(type="guardrails", removed_at=None)
    review = Review.objects.get(state="open", prompt=demo.prompt(REFUND))
    suggest(
        review, block_key=rules.key, text=better, body="Shorter", actor=demo["jonas"],
    )  # fmt: skip
    sweep()
    sara = at_home(place, demo["sara"])

    row = sara.get_by_role("article").filter(has=sara.get_by_role("button", name="Accept"))
    expect(row.locator("ins, del").first).to_be_visible()
    row.get_by_role("button", name="Accept").click()
    expect(sara.get_by_text("has the new wording")).to_be_visible()

    rules.refresh_from_db()
    assert rules.body == better
    assert len(acts(sara)) == 1, acts(sara)


def test_who_changed_a_sentence_and_why_is_known_after_two_acts(demo, place):
    sara = at_home(place, demo["sara"])

    sara.get_by_role("link", name="Card triage", exact=True).first.click()
    block(sara, "Guardrails").get_by_role("link", name="Who wrote this").click()
    panel = sara.get_by_role("dialog")
    new = panel.locator("li").filter(has_text="If the customer speaks of another card")
    expect(new.first).to_contain_text("Sara Okafor")
    old = panel.locator("li").filter(has_text="Never repeat a full card number")
    expect(old.first).to_contain_text("Priya Nair")
    expect(old.first).to_contain_text("Agreed with the contact centre")

    assert len(acts(sara)) == 2, acts(sara)


def test_whether_tests_got_worse_is_seen_in_a_review_without_an_act(demo, place):
    """The review that opens says it: how many cases changed, and which answers got worse."""
    production, prompt = Environment.objects.get(name="production"), demo.prompt(PATH)
    review = request_review(
        prompt, environment=production, version=None, reason="Shorter", actor=demo["sara"],
        release_when_approved=False,
    )  # fmt: skip
    suite, asked = Suite.objects.get(name="Card routing"), prompt.versions.latest("number")
    terms = RunTerms(models=[DEMO_MODEL], environment=production)
    run = start_run(suite, tested=asked, terms=terms, actor=demo["sara"])
    while work(run.pk):
        pass
    ana = counting(place.signed_in(demo["ana"]))

    ana.goto(reverse("pages:review", args=[review.pk]))

    told = run_summary(Run.objects.get(pk=run.pk))
    answers = ana.get_by_role("region", name="Answers: Card routing")
    expect(answers).to_contain_text(told.headline)
    expect(answers).to_contain_text(told.words)
    assert told.comparison is not None and told.comparison.n == 8
    assert acts(ana) == []


def test_fifty_cases_come_in_from_a_spreadsheet_by_three_acts(demo, place, tmp_path):
    """A suite of its own, judged by the labels that the sheet expects."""
    rows = "".join(f"Question {n},{'refund' if n % 2 else 'card'}\n" for n in range(50))
    sheet = tmp_path / "refund-questions.csv"
    sheet.write_text(f"message,expected\n{rows}")
    sara = at_home(place, demo["sara"])

    sara.get_by_role("link", name="Tests", exact=True).first.click()
    with sara.expect_file_chooser() as chooser:
        sara.get_by_label("Bring in a spreadsheet").click()
    chooser.value.set_files(sheet)
    sara.get_by_role("button", name="Import 50 cases").click()
    expect(sara.locator("h1")).to_have_text("Refund questions")

    suite = Suite.objects.get(name="Refund questions")
    assert (suite.cases.count(), suite.checks.get().kind) == (50, "label")
    assert len(acts(sara)) == 3, acts(sara)


def test_first_answer_of_a_model_is_five_acts_from_a_template(demo, place):
    sara = at_home(place, demo["sara"])

    sara.get_by_role("link", name="New prompt", exact=True).click()
    sara.get_by_role("radio", name="Support reply").check()
    sara.get_by_label("Name", exact=True).fill("Parcel reply")
    sara.keyboard.press("Control+Enter")
    sara.get_by_role("link", name="Preview & try", exact=True).click()
    sara.get_by_role("button", name="Run", exact=True).click()
    expect(sara.get_by_role("button", name="Use as example")).to_be_visible()

    answer = TrialAnswer.objects.get(trial__prompt__name="Parcel reply")
    expect(sara.locator("#answer-0 .said")).to_have_text(answer.answer)
    assert answer.state == "done"
    assert len(acts(sara)) == 5, acts(sara)
