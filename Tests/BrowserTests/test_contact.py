"""The contact form, with and without scripts."""

import time
import uuid

import pytest
from kinds import WINDOWS
from looking import assert_accessible, assert_no_sideways_scrolling
from playwright.sync_api import Page, expect

without_javascript = pytest.mark.parametrize("javascript", [False], ids=["no-js"])
with_and_without_javascript = pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])


@with_and_without_javascript
@pytest.mark.parametrize("width, color_scheme", WINDOWS)
def test_an_empty_message_is_refused_beside_the_fields(page, javascript):
    page.goto("/contact")
    _send_past_the_browser(page)
    expect(page.get_by_role("alert")).to_be_visible()
    for name, message in {"Name": "name", "E-mail": "answer", "Message": "Write"}.items():
        field = page.get_by_label(name, exact=True)
        expect(field).to_have_attribute("aria-invalid", "true")
        error = page.locator(".field", has=field).locator(".field-error")
        expect(error).to_be_visible()
        expect(error).to_contain_text(message)
        assert error.get_attribute("id") in field.get_attribute("aria-describedby").split()
    assert_no_sideways_scrolling(page)
    if javascript:
        expect(page.get_by_label("Name", exact=True)).to_be_focused()
        assert_accessible(page)


@without_javascript
def test_what_was_right_is_still_there_when_something_is_wrong(page):
    page.goto("/contact")
    text = _fill(page, "Two lines\nand \"quotes\" & <b>tags</b>", email="nobody")
    _send_past_the_browser(page)
    expect(page.get_by_label("Name", exact=True)).to_have_value("Ada Lovelace")
    expect(page.get_by_label("Message", exact=True)).to_have_value(text)
    expect(page.get_by_label("E-mail", exact=True)).to_have_value("nobody")
    expect(page.locator(".field-error")).to_have_count(1)


@with_and_without_javascript
def test_a_message_is_accepted_and_kept(page, site, javascript):
    page.goto("/contact")
    text = _fill(page, "Does it keep\numlauts, äöü?")
    page.get_by_role("button", name="Send").click()
    expect(page).to_have_url("/contact/sent")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    kept = [message for message in site.messages() if message["message"] == text]
    assert [(message["name"], message["email"]) for message in kept] == [("Ada Lovelace", "ada@example.org")]
    if javascript:
        assert_accessible(page)


@without_javascript
@pytest.mark.parametrize("width", [360])
def test_a_message_that_looks_automatic_is_kept_after_it_is_confirmed(page, site):
    page.goto("/contact")
    text = _fill(page, "See https://a.example https://b.example https://c.example https://d.example")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("confirm")
    confirm = page.get_by_label("Yes, send it")
    expect(confirm).not_to_be_checked()
    assert_no_sideways_scrolling(page)
    assert text not in [message["message"] for message in site.messages()]

    # The first token becomes valid with age; a token counts only once a person could have read the question.
    token = page.locator("input[name=token]")
    first = token.input_value()
    deadline = time.monotonic() + 10
    while not page.url.endswith("/contact/sent") and time.monotonic() < deadline:
        token.evaluate("(input, value) => { input.value = value }", first)
        confirm.check()
        page.get_by_role("button", name="Send").click()
    expect(page).to_have_url("/contact/sent")
    assert [message["message"] for message in site.messages()].count(text) == 1


def test_a_page_that_asks_for_confirmation_is_accessible(page):
    page.goto("/contact")
    _fill(page, "See https://a.example https://b.example https://c.example")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_label("Yes, send it")).to_be_visible()
    assert_accessible(page)


def test_the_form_on_the_front_page_sends_too(page, site):
    page.goto("/")
    text = _fill(page, "From the front page.")
    page.get_by_role("button", name="Send").click()
    expect(page).to_have_url("/contact/sent")
    assert text in [message["message"] for message in site.messages()]


def _fill(page: Page, message: str, email: str = "ada@example.org") -> str:
    """Returns the message, made unlike any other."""
    message = f"{message} {uuid.uuid4()}"
    page.get_by_label("Name", exact=True).fill("Ada Lovelace")
    page.get_by_label("E-mail", exact=True).fill(email)
    page.get_by_label("Message", exact=True).fill(message)
    return message


def _send_past_the_browser(page: Page):
    """Without the browser's own check, so that the server's is seen."""
    page.locator("form[action='/contact']").evaluate("form => { form.noValidate = true }")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".field-error").first).to_be_visible()
