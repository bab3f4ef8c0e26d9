"""On paper there is the text and nothing to click."""

import pytest
from kinds import KINDS
from playwright.sync_api import expect


@pytest.mark.parametrize("kind", ["home", "specimen", "docs"])
def test_a_printed_page_has_its_text_and_links_but_no_navigation(page, kind):
    page.goto(KINDS[kind])
    links = page.locator("main .prose p a").filter(visible=True)
    texts = links.all_inner_texts()
    assert texts
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation")).to_have_count(0)
    expect(page.get_by_role("banner")).to_have_count(0)
    expect(page.get_by_role("contentinfo")).to_have_count(0)
    expect(page.get_by_role("button")).to_have_count(0)
    expect(page.locator("h1")).to_be_visible()
    assert set(links.all_inner_texts()) >= set(texts)


def test_a_printed_link_to_another_site_shows_its_address(page):
    page.goto("/docs/specimen")
    page.emulate_media(media="print")
    link = page.get_by_role("link", name="site elsewhere")
    expect(link).to_be_visible()
    assert "nginx.org" in link.evaluate("link => getComputedStyle(link, '::after').content")


@pytest.mark.parametrize("color_scheme", ["dark"])
def test_a_dark_page_is_printed_dark_on_light(page):
    page.goto("/docs/specimen")
    page.emulate_media(media="print")
    expect(page.locator("html")).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(page.locator("h1")).to_have_css("color", "rgb(0, 0, 0)")


def test_answers_are_printed_though_they_are_closed(page):
    page.goto("/")
    page.emulate_media(media="print")
    answers = page.locator(".answer .prose")
    assert answers.count() > 3
    assert min(answers.evaluate_all("answers => answers.map(answer => answer.getBoundingClientRect().height)")) > 10
