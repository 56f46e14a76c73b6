from playwright.sync_api import expect
from tests.browser.test_two_writers import *


def test_debug(place, house):
    page = place.new_page()
    from tests.browser.people import sign_in

    sign_in(page, house.ana, place.live.url)
    log = []
    page.on(
        "request", lambda r: log.append(("req", r.method, r.url[-60:], (r.post_data or "")[:80]))
    )
    page.on("response", lambda r: log.append(("res", r.status, r.url[-60:])))
    page.on("console", lambda m: log.append(("con", m.text)))
    page.on("pageerror", lambda m: log.append(("err", str(m))))
    page.goto(WRITE)
    type_at(page, "Control+End", " More")
    log.clear()
    page.locator("li.addhere [data-picker] summary").click()
    page.locator("li.addhere").get_by_role("button", name="Guardrails").click()
    page.wait_for_timeout(6000)
    for l in log:
        print(l)
    print([b.type for b in house.blocks], page.locator("li.block").count())
    page.screenshot(path="/tmp/a_dbg.png")
    assert 0
