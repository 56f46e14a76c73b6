"""What cannot go into a text is refused with a sentence, and what was there stays. Each case has a
control: the same gesture with something that fits does change the text."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.prompts.actions import save_block
from apps.prompts.content.shape import MAX_BLOCK_BYTES
from apps.prompts.models import ConflictCopy, DraftBlock
from tests.browser.people import Place, block, editor, text_of, until
from tests.prompts.conftest import House, make_house
from tests.standing import standing_alone

WRITE = "/prompts/support/reply/-/write/"
FIRST = "Read the whole message."
PASTE = """(target, {text, html, files}) => {
  const transfer = new DataTransfer();
  if (text !== undefined) transfer.setData("text/plain", text);
  if (html !== undefined) transfer.setData("text/html", html);
  for (const [name, type, bytes] of files || []) {
    transfer.items.add(new File([new Uint8Array(bytes)], name, {type}));
  }
  return transfer;
}"""
FIRE = f"""(target, given) => {{
  const transfer = ({PASTE})(target, given);
  const kind = given.kind || "paste";
  const more = {{bubbles: true, cancelable: true, composed: true}};
  if (kind === "paste") {{
    return target.dispatchEvent(new ClipboardEvent("paste", {{clipboardData: transfer, ...more}}));
  }}
  const box = target.getBoundingClientRect();
  const at = {{clientX: box.x + 4, clientY: box.y + box.height / 2}};
  target.dispatchEvent(new DragEvent("dragover", {{dataTransfer: transfer, ...at, ...more}}));
  return target.dispatchEvent(new DragEvent("drop", {{dataTransfer: transfer, ...at, ...more}}));
}}"""
PLAIN = pytest.mark.parametrize("plain", [False, True], ids=["editor", "plain"])


stood = standing_alone(make_house)


@pytest.fixture
def house(stood: House) -> House:
    save_block(stood.block("instructions"), revision=1, body=FIRST, actor=stood.ana)
    return stood


def at_the_draft(place: Place, house: House, *, plain: bool = False) -> Page:
    house.ana.plain_text_boxes = plain
    house.ana.save(update_fields=["plain_text_boxes"])
    page = place.signed_in(house.ana)
    page.goto(WRITE)
    return page


def kept(house: House) -> str:
    return DraftBlock.objects.get(pk=house.block("instructions").pk).body


def give(page: Page, plain: bool = False, **given: Any) -> bool:
    """Paste (or `kind="drop"`) at the end of the instructions. True when nobody stopped the browser
    from doing with it what it does by itself."""
    here = block(page, "Instructions").locator("textarea" if plain else ".cm-content").first
    here.click()
    page.keyboard.press("Control+End")
    return bool(here.evaluate(FIRE, given))


def told(page: Page, words: str) -> None:
    expect(page.locator("#toasts [role=alert], #toasts .warning").first).to_contain_text(words)


# --- too much ----------------------------------------------------------------------------------


@PLAIN
def test_five_megabytes_are_not_put_in_and_the_text_stays(plain, place, house):
    page = at_the_draft(place, house, plain=plain)

    give(page, plain, text="word " * 1024 * 1024)

    told(page, "this block would hold 5,121 KiB; the most is 256 KiB. Nothing was changed.")
    told(page, "split it into several blocks")
    assert text_of(page, "Instructions") == FIRST
    assert kept(house) == FIRST


@PLAIN
def test_as_much_as_fits_goes_in_to_the_last_letter(plain, place, house):
    page = at_the_draft(place, house, plain=plain)
    room = "x" * (MAX_BLOCK_BYTES - len(FIRST))

    give(page, plain, text=room + "x")
    told(page, "Nothing was changed.")
    give(page, plain, text=room)

    until(lambda: kept(house) == FIRST + room)
    assert text_of(page, "Instructions") == FIRST + room


def test_what_is_replaced_makes_room(place, house):
    save_block(house.block("instructions"), revision=2, body="y" * 200_000, actor=house.ana)
    page = at_the_draft(place, house)
    here = editor(page, "Instructions")
    here.click()
    page.keyboard.press("Control+a")

    here.evaluate(FIRE, {"text": "z" * 200_000})

    until(lambda: kept(house) == "z" * 200_000)


# --- words with looks ---------------------------------------------------------------------------

RICH = """<html><head><style>p {color: red}</style></head><body><!--StartFragment-->
<h2 style="color: red">Rules</h2><p>Be <b>very</b>
   <i>kind</i>.</p><ul><li>First</li><li><p>Second <a href="https://example.org">link</a></p>
<ol><li>inner</li><li>more</li></ol></li></ul><p>One<br>Two</p><script>alert(1)</script>
<img src=x onerror=alert(1)><!--EndFragment--></body></html>"""
WORDS = "Rules\n\nBe very kind.\n\n- First\n- Second link\n  1. inner\n  2. more\n\nOne\nTwo"


@PLAIN
def test_rich_text_arrives_as_words_with_dashes(plain, place, house):
    page = at_the_draft(place, house, plain=plain)

    give(page, plain, html=RICH, text="Rules Be very kind. First Second")

    until(lambda: kept(house) == FIRST + WORDS)


def test_text_that_only_looks_like_markup_stays_as_it_is(place, house):
    page = at_the_draft(place, house)
    code = "<ul><li>a</li></ul> **b**\n\tc"

    give(page, text=code, html="<pre><span>&lt;ul&gt;</span></pre>")

    until(lambda: kept(house) == FIRST + code)


# --- characters that no model can read ------------------------------------------------------------


@PLAIN
@pytest.mark.parametrize(
    ("given", "arrives", "sentence"),
    [
        ("a\0b\0c", "abc", "2 characters that no model can read were left out"),
        ("a\ud83dz", "az", "1 character that no model can read was left out"),
        ("a\udc00z", "az", "1 character that no model can read was left out"),
    ],
    ids=["nul", "high", "low"],
)
def test_broken_characters_are_left_out_and_that_is_said(
    plain, given, arrives, sentence, place, house
):
    page = at_the_draft(place, house, plain=plain)
    units = [ord(letter) for letter in given]
    here = block(page, "Instructions").locator("textarea" if plain else ".cm-content").first
    here.click()
    page.keyboard.press("Control+End")

    script = f"(target, units) => ({FIRE})(target, {{text: String.fromCharCode(...units)}})"
    here.evaluate(script, units)

    told(page, sentence)
    until(lambda: kept(house) == FIRST + arrives)


def test_whole_characters_of_every_kind_arrive_and_nothing_is_said(place, house):
    page = at_the_draft(place, house)
    odd = " \U0001f600 e\u0301 \u05d0\u200b\u202e\ufeff \x07 \u00a0 z"

    give(page, text=odd)

    until(lambda: kept(house) == FIRST + odd)
    expect(page.locator("#toasts toast-note")).to_have_count(0)


def test_line_ends_of_all_kinds_become_one_kind(place, house):
    page = at_the_draft(place, house)

    give(page, text=" a\r\nb\rc")

    until(lambda: kept(house) == f"{FIRST} a\nb\nc")


# --- images and files -----------------------------------------------------------------------------

PNG = ["shot.png", "image/png", [137, 80, 78, 71, 13, 10, 26, 10]]
TEXT = ["rules.txt", "text/plain", list(" Be brief. \u00e9".encode())]
BINARY = ["tool.bin", "application/octet-stream", [0, 255, 254, 1]]
LATIN = ["old.txt", "text/plain", [72, 233, 108]]


@PLAIN
@pytest.mark.parametrize("kind", ["paste", "drop"])
def test_an_image_is_refused_in_words_and_the_page_stays(plain, kind, place, house):
    page = at_the_draft(place, house, plain=plain)

    by_itself = give(page, plain, kind=kind, files=[PNG])

    assert not by_itself  # the browser would open the file
    told(page, "Prompts are text")
    assert text_of(page, "Instructions") == kept(house) == FIRST
    assert page.url.endswith(WRITE)


def test_an_image_beside_words_leaves_the_words(place, house):
    page = at_the_draft(place, house)

    give(page, text=" Words.", files=[PNG])

    until(lambda: kept(house) == f"{FIRST} Words.")


def test_an_image_dropped_beside_the_texts_leaves_the_page_alone(place, house):
    page = at_the_draft(place, house)

    by_itself = page.locator("h1").first.evaluate(FIRE, {"kind": "drop", "files": [PNG]})

    assert not by_itself
    told(page, "Prompts are text")


@PLAIN
@pytest.mark.parametrize("kind", ["paste", "drop"])
def test_a_file_of_text_gives_its_words(plain, kind, place, house):
    page = at_the_draft(place, house, plain=plain)

    give(page, plain, kind=kind, files=[TEXT])

    until(lambda: " Be brief. \u00e9" in kept(house) and len(kept(house)) == len(FIRST) + 13 - 1)


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (BINARY, "holds no plain text"),
        (LATIN, "holds no plain text"),
        (["big.txt", "text/plain", [120] * 262_145], "the most is 256 KiB"),
    ],
    ids=["binary", "latin", "large"],
)
def test_a_file_that_cannot_be_words_is_refused(file, sentence, place, house):
    page = at_the_draft(place, house)

    give(page, kind="drop", files=[file])

    told(page, sentence)
    assert text_of(page, "Instructions") == kept(house) == FIRST


def test_a_file_of_text_beside_the_texts_says_where_to_drop_it(place, house):
    page = at_the_draft(place, house)

    page.locator("h1").first.evaluate(FIRE, {"kind": "drop", "files": [TEXT]})

    told(page, "Drop the file on the text of a block")
    assert kept(house) == FIRST


# --- two tabs, a server that is away --------------------------------------------------------------


def typed(page: Page, words: str) -> None:
    editor(page, "Instructions").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(words)
    expect(page.locator("[data-save-state]").first).to_have_attribute("data-state", "waiting")


def everything(house: House) -> str:
    """The text, its history and what is kept beside it."""
    block = house.block("instructions")
    steps = DraftBlock.history.filter(id=block.pk).values_list("body", flat=True)
    copies = ConflictCopy.objects.values_list("mine", flat=True)
    return "\n".join([*steps, *copies])


def test_two_tabs_offline_in_one_block_both_bring_their_text(place, house):
    one = at_the_draft(place, house)
    two = one.context.new_page()
    two.goto(WRITE)
    one.context.set_offline(True)
    typed(one, "The first tab.")
    typed(two, "A second text.")

    one.context.set_offline(False)

    until(lambda: "The first tab." in everything(house) and "A second text." in everything(house))


@pytest.mark.parametrize("last", [0, 1])
def test_two_tabs_closed_offline_both_bring_their_text_back(last, place, house):
    """Each page keeps its own text: whichever was closed last, neither lay over the other."""
    one = at_the_draft(place, house)
    context = one.context
    two = context.new_page()
    two.goto(WRITE)
    context.set_offline(True)
    typed(one, "The first tab.")
    typed(two, "A second text.")
    pages = [one, two]
    pages[1 - last].close()
    pages[last].close()
    context.set_offline(False)

    again = context.new_page()
    again.goto(WRITE)

    until(lambda: "The first tab." in everything(house) and "A second text." in everything(house))
    again.get_by_role("button", name="Keep mine").click()
    until(lambda: again.evaluate("Object.keys(localStorage)") == [])


def test_a_text_of_a_tab_that_lives_is_left_to_that_tab(place, house):
    one = at_the_draft(place, house)
    one.route("**/save/", lambda route: route.abort())
    typed(one, "Still being written.")

    two = one.context.new_page()
    two.goto(WRITE)
    expect(editor(two, "Instructions")).to_have_text(FIRST)
    two.wait_for_timeout(500)
    assert text_of(two, "Instructions") == kept(house) == FIRST

    one.close()  # now nobody else sends it
    until(lambda: kept(house) == "Still being written.")


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_server_that_fails_for_a_while_gets_the_words_later(status, place, house):
    page = at_the_draft(place, house)
    page.route("**/save/", lambda route: route.fulfill(status=status, body="away"))
    typed(page, "Typed meanwhile.")
    assert kept(house) == FIRST

    page.unroute("**/save/")

    until(lambda: kept(house) == "Typed meanwhile.")
    expect(page.locator("[data-save-state]").first).to_have_attribute("data-state", "saved")
