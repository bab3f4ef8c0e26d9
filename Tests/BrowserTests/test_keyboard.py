"""Everything works without a mouse, and one sees where one is."""

import pytest
from kinds import KINDS, WIDTHS
from playwright.sync_api import expect

FOCUS = """() => {
  const element = document.activeElement, style = getComputedStyle(element), box = element.getBoundingClientRect();
  if (element === document.body) return null;
  window.visited ??= new Set();
  const again = window.visited.has(element);
  window.visited.add(element);
  const points = [[0.5, 0.5], [0.05, 0.1], [0.95, 0.1], [0.05, 0.9], [0.95, 0.9]];
  const seen = points.some(([x, y]) => {
    const top = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
    return top && (element.contains(top) || top.contains(element) || element.closest(".field, details")?.contains(top));
  });
  return {again, seen, name: element.outerHTML.slice(0, 120), outline: style.outlineStyle, width: parseFloat(style.outlineWidth)};
}"""


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("kind", ["home", "specimen"])
def test_the_first_tab_reaches_a_link_to_the_content(page, kind):
    page.goto(KINDS[kind])
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("kind", ["home", "specimen"])
@pytest.mark.parametrize("reduced_motion", ["reduce"])  # so that the page has scrolled when the key has been pressed
def test_everything_focused_is_seen_to_be_focused(page, kind):
    page.goto(KINDS[kind])
    count, hidden = 0, []
    while count < 300:
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus is None or focus["again"]:
            break
        count += 1
        if focus["outline"] == "none" or focus["width"] < 1 or not focus["seen"]:
            hidden.append(focus)
    assert 10 < count < 300
    assert not hidden, "\n".join(map(str, hidden))


@pytest.mark.parametrize("width", [360])
def test_the_menu_opens_and_closes_by_keyboard(page):
    page.goto("/docs")
    menu = page.locator(".menu-toggle summary")
    links = page.get_by_role("navigation", name="Main").get_by_role("link")
    expect(links).to_have_count(0)
    _tab_to(page, menu)
    page.keyboard.press("Enter")
    expect(links.first).to_be_visible()
    page.keyboard.press("Tab")
    expect(links.first).to_be_focused()
    page.keyboard.press("Escape")
    expect(links).to_have_count(0)
    expect(menu).to_be_focused()
    page.keyboard.press("Space")
    expect(links.first).to_be_visible()
    page.keyboard.press("Space")
    expect(links).to_have_count(0)


@pytest.mark.parametrize("width", [360])
def test_the_menu_leads_to_a_page_by_keyboard(page):
    page.goto("/")
    _tab_to(page, page.locator(".menu-toggle summary"))
    page.keyboard.press("Enter")
    _tab_to(page, page.get_by_role("navigation", name="Main").get_by_role("link", name="Tags"))
    page.keyboard.press("Enter")
    expect(page).to_have_url("/tags")


def _tab_to(page, target):
    for _ in range(30):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"30 tabs do not reach {target}")
