"""Accounts in a browser: the way in, the devices, and every page of the area looked at with axe."""

import re
import subprocess
import uuid

import pytest
from kinds import WINDOWS
from looking import assert_accessible, assert_no_sideways_scrolling
from playwright.sync_api import Page, expect

PASSWORD = "a long enough secret"
without_javascript = pytest.mark.parametrize("javascript", [False], ids=["no-js"])
with_and_without_javascript = pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])


@pytest.fixture
def person(site) -> str:
    """The address of somebody new, who may do everything."""
    email = f"p{uuid.uuid4().hex[:12]}@example.org"
    command = [site.binary, "user", "create", email, "--name", "Ada Lovelace", "--role", "admin", "--password-stdin"]
    subprocess.run(command, env=site.environment, input=PASSWORD + "\n", text=True, check=True, capture_output=True, timeout=30)
    return email


def _sign_in(page: Page, email: str, password: str = PASSWORD):
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


@with_and_without_javascript
@pytest.mark.parametrize("width", [360, 1280])
def test_a_person_signs_in_sees_their_name_on_a_page_and_signs_out(page, person, javascript):
    page.goto("/docs")
    expect(page.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()
    _sign_in(page, person)
    expect(page).to_have_url("/account")
    page.goto("/docs")
    menu = page.locator("[data-account]")
    expect(menu).to_contain_text("Ada Lovelace")
    assert_no_sideways_scrolling(page)
    menu.locator("summary").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page).to_have_url(re.compile("/sign-in"))
    page.goto("/account")
    expect(page).to_have_url("/sign-in?next=/account")


@without_javascript
def test_a_wrong_password_is_said_and_the_address_stays(page, person):
    _sign_in(page, person, "not the password")
    expect(page.get_by_role("alert")).to_contain_text("The e-mail address or the password is wrong.")
    expect(page.get_by_label("E-mail")).to_have_value(person)
    expect(page.get_by_label("Password", exact=True)).to_have_value("")


@pytest.mark.parametrize("width, color_scheme", WINDOWS)
def test_every_page_of_the_area_is_accessible(page, person, screenshots, width, color_scheme):
    def look(path: str):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert_no_sideways_scrolling(page)
        assert_accessible(page)
        page.screenshot(path=screenshots / f"{path.strip('/').replace('/', '-')}-{width}-{color_scheme}.png", full_page=True)

    look("/sign-in")
    _sign_in(page, person)
    for path in ["/account", "/account/sessions", "/account/activity", "/account/two-factor", "/account/delete", "/admin/people", "/admin/audit"]:
        look(path)
    page.goto("/account/two-factor")
    page.get_by_role("button", name="Set it up").click()
    expect(page.locator(".qr svg")).to_be_visible()
    assert_no_sideways_scrolling(page)
    assert_accessible(page)
    page.screenshot(path=screenshots / f"account-two-factor-setup-{width}-{color_scheme}.png", full_page=True)


def test_a_device_that_is_signed_out_elsewhere_is_out(browser, site, page, person):
    _sign_in(page, person)
    other = browser.new_context(base_url=site.url, user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0")
    try:
        elsewhere = other.new_page()
        _sign_in(elsewhere, person)
        expect(elsewhere).to_have_url(f"{site.url}/account")
        page.goto("/account/sessions")
        expect(page.locator(".session")).to_have_count(2)
        page.get_by_role("button", name=re.compile("Sign out Firefox on Linux")).click()
        expect(page.get_by_text("That device is signed out.")).to_be_visible()
        elsewhere.goto(f"{site.url}/account")
        expect(elsewhere).to_have_url(f"{site.url}/sign-in?next=/account")
    finally:
        other.close()
