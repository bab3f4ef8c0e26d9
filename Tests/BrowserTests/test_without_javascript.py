"""Everything a visitor comes for works without scripts."""

import pytest
from kinds import WINDOWS
from looking import assert_no_sideways_scrolling
from playwright.sync_api import expect


@pytest.fixture
def javascript() -> bool:
    return False


@pytest.mark.parametrize("width, color_scheme", WINDOWS)
def test_the_front_page_is_whole(page, color_scheme):
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for part in ["What the agents do", "The stack", "Questions and answers", "Contact"]:
        expect(page.get_by_role("heading", level=2, name=part)).to_be_visible()
    expect(page.locator(".stack svg:visible")).to_have_count(1)
    expect(page.locator("[data-theme-button]")).to_be_hidden()
    expect(page.locator("html")).to_have_css("color-scheme", color_scheme)
    assert_no_sideways_scrolling(page)


@pytest.mark.parametrize("width", [360])
def test_the_phone_navigation_opens_and_leads_on(page):
    page.goto("/")
    link = page.get_by_role("navigation", name="Main").get_by_role("link", name="Documentation")
    expect(link).to_be_hidden()
    page.locator(".menu-toggle summary").click()
    link.click()
    expect(page).to_have_url("/docs")
    expect(page.get_by_role("heading", level=1, name="Documentation")).to_be_visible()


@pytest.mark.parametrize("width", [360])
def test_the_sidebar_and_the_outline_open_on_a_phone(page):
    page.goto("/docs/specimen")
    for toggle, links in [(".sidebar-toggle", ".sidebar-nav"), (".outline-toggle", ".outline-nav")]:
        expect(page.locator(links)).to_be_hidden()
        page.locator(f"{toggle} summary").click()
        expect(page.locator(links)).to_be_visible()
    page.locator(".outline-nav").get_by_role("link", name="Drawing").click()
    expect(page.get_by_role("heading", name="Drawing")).to_be_in_viewport()


def test_a_question_shows_its_answer(page):
    page.goto("/")
    question = page.locator(".answer").first
    expect(question.locator(".prose")).to_be_hidden()
    question.locator("summary").click()
    expect(question.locator(".prose")).to_be_visible()
