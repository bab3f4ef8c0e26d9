"""Code is copied whole; drawings stay inside their figures."""

import pytest
from kinds import KINDS, WIDTHS
from looking import assert_no_sideways_scrolling
from playwright.sync_api import expect

OUTSIDE = """svg => {
  const view = svg.viewBox.baseVal;
  const boxes = [...svg.querySelectorAll("rect")].map(rect => rect.getBBox()).concat([view]);
  const holds = (box, x, y) => x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
  return [...svg.querySelectorAll("text")].flatMap(text => {
    const own = text.getBBox(), y = own.y + own.height / 2;
    return boxes
      .filter(box => own.y < view.y || own.y + own.height > view.y + view.height
        || holds(box, own.x + 1, y) && own.x + own.width > box.x + box.width + 0.5)
      .map(box => `“${text.textContent}” ends at ${own.x + own.width}, its box at ${box.x + box.width}`);
  });
}"""


@pytest.mark.parametrize("width", [360])
def test_the_copy_button_copies_the_code(page, context, site):
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.url)
    page.goto("/docs/specimen")
    block = page.locator(".code[data-language=bash]").first
    block.hover()
    block.get_by_role("button", name="Copy").click()
    expect(block.get_by_role("button", name="Copied")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_attached()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == block.locator("code").text_content().rstrip("\n")
    assert copied.endswith('echo "second line"')
    expect(block.get_by_role("button", name="Copy", exact=True)).to_be_visible()


def test_the_copy_button_is_reached_by_keyboard_and_then_seen(page):
    page.goto("/docs/specimen")
    block = page.locator(".code[data-language=bash]").first
    block.locator("pre").focus()
    page.keyboard.press("Tab")
    button = block.get_by_role("button", name="Copy")
    expect(button).to_be_focused()
    expect(button).to_have_css("opacity", "1")


@pytest.mark.parametrize("kind", ["specimen", "architecture-overview"])
def test_the_text_of_a_drawing_stays_in_its_box(page, kind):
    page.goto(KINDS[kind])
    drawings = page.locator("figure.diagram svg")
    expect(drawings.first).to_be_visible()
    expect(page.locator("pre", has_text="┌")).to_have_count(0)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for drawing in drawings.all():
            assert drawing.locator("text").count() > 0
            assert drawing.evaluate(OUTSIDE) == []


def test_the_drawing_of_the_stack_keeps_its_text_in_its_boxes(page):
    page.goto("/")
    for width in [320, *WIDTHS]:
        page.set_viewport_size({"width": width, "height": 800})
        drawing = page.locator(".stack svg:visible")
        expect(drawing).to_have_count(1)
        assert drawing.evaluate(OUTSIDE) == []


@pytest.mark.parametrize("width", [360])
def test_a_wide_drawing_scrolls_in_its_figure_and_not_the_page(page):
    page.goto("/docs/specimen")
    figure = page.locator("figure.diagram").first
    room, need = figure.evaluate("figure => [figure.clientWidth, figure.scrollWidth]")
    assert need > room, "the drawing is as wide as it was made"
    assert_no_sideways_scrolling(page)
    figure.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("figure => figure.scrollLeft > 0", arg=figure.element_handle())
    assert page.evaluate("scrollX") == 0
    smallest = min(figure.locator("text").evaluate_all("texts => texts.map(text => text.getBoundingClientRect().height)"))
    assert smallest >= 12, f"the text of the drawing is only {smallest} px high"


@pytest.mark.parametrize("width", [360])
@pytest.mark.parametrize("box", [".code pre", ".table"])
def test_wide_code_and_tables_scroll_in_their_own_box(page, box):
    page.goto("/docs/specimen")
    wide = page.locator(box).first
    room, need = wide.evaluate("box => [box.clientWidth, box.scrollWidth]")
    assert need > room
    wide.focus()
    expect(wide).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("box => box.scrollLeft > 0", arg=wide.element_handle())
    assert page.evaluate("scrollX") == 0
