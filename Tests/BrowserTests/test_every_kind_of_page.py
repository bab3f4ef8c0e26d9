"""Each kind of page, in narrow and wide windows, dark and light."""

import pytest
from kinds import KINDS, OTHER_WIDTHS, SCHEMES, WIDTHS, status
from looking import Watch, assert_accessible, assert_no_sideways_scrolling
from playwright.sync_api import expect

every_kind = pytest.mark.parametrize("kind", KINDS)
every_window = pytest.mark.parametrize("width", WIDTHS)
every_scheme = pytest.mark.parametrize("color_scheme", SCHEMES)


@every_kind
@every_window
@every_scheme
def test_a_page_is_accessible_and_fits(page, kind, width, color_scheme, screenshots):
    response = page.goto(KINDS[kind])
    page.screenshot(path=screenshots / f"{kind}-{width}-{color_scheme}.png", full_page=True, animations="disabled")
    assert response.status == status(KINDS[kind])
    expect(page.locator("h1")).to_have_count(1)
    expect(page.get_by_role("main")).to_have_count(1)
    assert_no_sideways_scrolling(page)
    assert_accessible(page)


@every_kind
def test_a_page_never_scrolls_sideways(page, kind):
    page.goto(KINDS[kind])
    for width in OTHER_WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert_no_sideways_scrolling(page)


@pytest.mark.parametrize("width", [360])  # where menus cover the page
@pytest.mark.parametrize("kind, color_scheme", [("home", "dark"), ("specimen", "light")])
def test_a_page_with_everything_opened_is_accessible_and_fits(page, kind):
    page.goto(KINDS[kind])
    page.locator("details").evaluate_all("all => { for (const details of all) details.open = true }")
    assert_no_sideways_scrolling(page)
    assert_accessible(page)


def test_a_page_that_misbehaves_is_noticed(browser, site):
    with browser.new_context(base_url=site.url) as context:
        watch = Watch(context, origin=site.url)
        page = context.new_page()
        page.goto("/")
        page.evaluate("console.error('one')")
        with context.expect_event("weberror"):
            page.evaluate("setTimeout(() => { throw new Error('two') })")
        page.goto(site.url.replace("127.0.0.1", "localhost"))
        with pytest.raises(AssertionError) as caught:
            watch.assert_no_trouble()
    for trouble in ["console error: one", "script error: two", "request to another origin: http://localhost:"]:
        assert trouble in str(caught.value)
