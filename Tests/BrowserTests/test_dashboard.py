"""The dashboard in a browser, with a simulated gateway: words that arrive one by one, states that change, and a session that ends."""

import re
import subprocess
import uuid

import pytest
from gateway import ConnectedSite, Simulator
from kinds import WINDOWS
from looking import assert_accessible, assert_no_sideways_scrolling
from playwright.sync_api import Page, expect

PASSWORD = "a long enough secret"
PAGES = ["", "/agents", "/chat/main", "/sessions", "/channels", "/jobs", "/workflows", "/events", "/logs"]
without_javascript = pytest.mark.parametrize("javascript", [False], ids=["no-js"])


@pytest.fixture(scope="module")
def gateway():
    with Simulator("--word-pause", "60ms") as simulator:
        yield simulator


@pytest.fixture(scope="module")
def server(tmp_path_factory, gateway):
    with ConnectedSite(tmp_path_factory.mktemp("dashboard"), gateway) as site:
        yield site


@pytest.fixture
def make_person(site):
    def make(role: str) -> str:
        email = f"p{uuid.uuid4().hex[:12]}@example.org"
        command = [site.binary, "user", "create", email, "--name", "Ada Lovelace", "--role", role, "--password-stdin"]
        subprocess.run(command, env=site.environment, input=PASSWORD + "\n", text=True, check=True, capture_output=True, timeout=30)
        return email

    return make


@pytest.fixture
def admin(make_person) -> str:
    return make_person("admin")


@pytest.fixture
def user(make_person) -> str:
    return make_person("user")


def _sign_in(page: Page, email: str, origin: str = ""):
    page.goto(f"{origin}/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1, name="Your account")).to_be_visible()


def _open_conversation(page: Page) -> str:
    """One of its own for each test: what others have said is not in it."""
    path = f"/dashboard/chat/main?session=agent:main:web-{uuid.uuid4().hex[:8]}"
    page.goto(path)
    expect(page.get_by_text("Connected to the gateway")).to_be_visible()
    expect(page.get_by_text("Nothing was said here yet.")).to_be_visible()
    return path


def _say(page: Page, text: str):
    page.get_by_label(re.compile("Message to")).fill(text)
    page.get_by_role("button", name="Send").click()


# Every page


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
@pytest.mark.parametrize("width, color_scheme", WINDOWS)
def test_every_page_is_accessible(page, admin, screenshots, width, color_scheme, javascript):
    _sign_in(page, admin)
    for path in PAGES:
        page.goto(f"/dashboard{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert_no_sideways_scrolling(page)
        if javascript:  # axe is a script itself
            assert_accessible(page)
            page.screenshot(path=screenshots / f"dashboard{path.replace('/', '-')}-{width}-{color_scheme}.png", full_page=True)


@pytest.mark.parametrize("width, color_scheme", WINDOWS)
def test_the_page_of_the_state_is_filled_by_itself(page, screenshots, width, color_scheme):
    page.goto("/status")
    expect(page.locator(".status-page .badge").first).to_be_visible()
    assert_no_sideways_scrolling(page)
    assert_accessible(page)
    page.screenshot(path=screenshots / f"status-{width}-{color_scheme}.png", full_page=True)


@without_javascript
def test_the_page_of_the_state_leads_to_the_states(page):
    page.goto("/status")
    page.get_by_role("link", name="look now").click()
    expect(page).to_have_url(re.compile("/status/parts$"))
    expect(page.get_by_text("Website")).to_be_visible()


def test_users_see_no_logs_and_start_nothing(page, user):
    _sign_in(page, user)
    page.goto("/dashboard/channels")
    expect(page.get_by_role("heading", level=1, name="Channels")).to_be_visible()
    expect(page.get_by_role("navigation", name="Dashboard").get_by_role("link", name="Logs")).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("^(Start|Stop) "))).to_have_count(0)
    assert page.goto("/dashboard/logs").status == 403


# Conversations


def test_words_arrive_before_the_answer_is_complete(page, user):
    _sign_in(page, user)
    _open_conversation(page)
    _say(page, "Tell me something.")
    writing = page.locator(".said-writing .said-body")
    expect(writing).to_contain_text("This is")
    early = writing.text_content()
    expect(page.locator("[data-running]")).to_be_visible()
    expect(page.locator(".said-writing")).to_have_count(0, timeout=30_000)
    # The answer stands in the history, its Markdown rendered, and nothing is there twice.
    answer = page.locator("#live-history .said-agent .prose")
    expect(answer.locator("strong").first).to_be_visible()
    expect(answer.locator("li").first).to_be_visible()
    assert len(answer.inner_text()) > len(early)
    expect(page.locator(".said-person")).to_have_count(1)
    expect(page.locator(".said-agent")).to_have_count(1)
    expect(page.locator("[data-running]")).to_be_hidden()


def test_the_stop_button_stops(page, user):
    _sign_in(page, user)
    _open_conversation(page)
    _say(page, "A slow one, please.")
    expect(page.locator(".said-writing .said-body")).to_contain_text("Step 1.", timeout=30_000)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("[data-running]")).to_be_hidden()
    expect(page.locator(".said-writing")).to_have_count(0)
    stopped = page.get_by_text("Stopped before it was complete.")
    expect(stopped).to_have_count(1)
    # So does the history, once it has what was said.
    expect(page.locator("#live-history .said-agent").filter(has=stopped)).to_contain_text("Step 1.")
    expect(page.locator(".said-agent")).to_have_count(1)


def test_an_answer_that_is_stopped_at_once_says_so(page, user):
    _sign_in(page, user)
    _open_conversation(page)
    _say(page, "A slow one, please.")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped before it was complete.")).to_have_count(1)
    expect(page.locator("[data-running]")).to_be_hidden()


def test_an_answer_that_fails_says_so(page, user):
    _sign_in(page, user)
    _open_conversation(page)
    _say(page, "Please fail.")
    expect(page.get_by_role("alert").filter(has_text="the model provider closed the connection")).to_be_visible()
    expect(page.locator("[data-running]")).to_be_hidden()


def test_markup_from_an_agent_stays_text(page, user):
    _sign_in(page, user)
    _open_conversation(page)
    _say(page, "<script>document.title = 'gone'</script>")
    expect(page.locator("#live-history .said-agent")).to_be_visible(timeout=30_000)
    expect(page.locator("#live-history script")).to_have_count(0)
    assert page.title() != "gone"


def test_enter_sends_and_nothing_empty_is_sent(page, user):
    _sign_in(page, user)
    _open_conversation(page)
    area = page.get_by_label(re.compile("Message to"))
    area.press("Enter")
    expect(page.locator(".said")).to_have_count(0)
    area.fill("A list, please.")
    area.press("Enter")
    expect(page.locator(".said-person")).to_have_count(1)
    expect(area).to_have_value("")
    expect(page.locator("#live-history .said-agent")).to_be_visible(timeout=30_000)


@without_javascript
def test_a_conversation_works_without_script(page, user):
    _sign_in(page, user)
    _open_conversation(page)
    _say(page, "A slow one, please.")
    expect(page.locator("#live-history .said-person")).to_contain_text("A slow one, please.")
    expect(page.get_by_text("An answer is being written.")).to_be_visible()
    page.get_by_role("link", name="Refresh").click()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("An answer is being written.")).to_have_count(1)
    expect(page.get_by_text("An answer is being written.")).to_be_hidden()


def test_a_session_that_is_revoked_elsewhere_ends_the_stream(browser, site, page, user):
    _sign_in(page, user)
    _open_conversation(page)
    _say(page, "A slow one, please.")
    expect(page.locator(".said-writing .said-body")).to_contain_text("Step 1.", timeout=30_000)
    other = browser.new_context(base_url=site.url, locale="en-GB")
    try:
        elsewhere = other.new_page()
        _sign_in(elsewhere, user, site.url)
        elsewhere.goto(f"{site.url}/account/sessions")
        elsewhere.get_by_role("button", name="Sign out all other devices").click()
        expect(page.get_by_text("Your session has ended")).to_be_visible()
        words = page.locator("[data-writing]").text_content()
        expect(page.get_by_role("button", name="Send")).to_be_disabled()
        page.wait_for_function("words => document.querySelector('[data-writing]').textContent === words", arg=words)
    finally:
        other.close()


# What administrators do


def test_an_administrator_stops_and_starts_a_channel(page, admin):
    _sign_in(page, admin)
    page.goto("/dashboard/channels")
    page.get_by_role("button", name=re.compile("^Stop Telegram")).first.click()
    expect(page.get_by_text("The channel is told to stop.")).to_be_visible()
    page.goto("/dashboard/channels")
    page.get_by_role("button", name=re.compile("^Start Telegram")).first.click()
    expect(page.get_by_text("The channel is told to start.")).to_be_visible()


def test_an_administrator_runs_a_job(page, admin):
    _sign_in(page, admin)
    page.goto("/dashboard/jobs")
    page.get_by_role("button", name=re.compile("^Run .* now$")).first.click()
    expect(page.get_by_text("The job is told to run now")).to_be_visible()


# Without the gateway; stops it, so that this stands last.


@pytest.mark.parametrize("width", [360])
def test_a_gateway_that_stops_is_said_on_open_pages_and_comes_back(page, gateway, admin):
    _sign_in(page, admin)
    page.goto("/dashboard")
    expect(page.locator(".link-line")).to_contain_text("Connected to the gateway")
    port = gateway.port
    gateway.stop()
    try:
        expect(page.get_by_text("No connection to the gateway")).to_be_visible(timeout=20_000)
        for path in PAGES:
            response = page.goto(f"/dashboard{path}")
            assert response.status == 200
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            if path != "/workflows":
                expect(page.locator(".link .alert-title").first).to_be_visible()
            assert_no_sideways_scrolling(page)
            assert_accessible(page)
        page.goto("/dashboard")
    finally:
        gateway.start(port)
    expect(page.locator(".link-line")).to_contain_text("Connected to the gateway", timeout=60_000)
