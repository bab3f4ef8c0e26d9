import os
from pathlib import Path

import pytest
from kinds import HEIGHT
from landing_site import REPOSITORY, SPECIMEN, Site, save
from looking import Watch
from playwright.sync_api import expect, sync_playwright

expect.set_options(timeout=8_000)


def pytest_configure():
    binary = os.environ.get("LANDING_BINARY")
    if not binary:
        raise pytest.UsageError("Set LANDING_BINARY to the program to test, such as .build/debug/landing")
    if not os.access(binary, os.X_OK):
        raise pytest.UsageError(f"LANDING_BINARY is {binary}, which is no program: build it first")
    os.environ["LANDING_BINARY"] = str(Path(binary).resolve())


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    with _site_with_specimen(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="session")
def development_server(tmp_path_factory):
    with _site_with_specimen(tmp_path_factory.mktemp("development"), development=True) as site:
        yield site


def _site_with_specimen(folder: Path, development: bool = False) -> Site:
    site = Site(folder, development=development)
    save(site.content / "docs/specimen.md", SPECIMEN.read_text())
    return site


@pytest.fixture(scope="session")
def screenshots() -> Path:
    folder = Path(os.environ.get("LANDING_SCREENSHOTS") or REPOSITORY / ".build-browser" / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


# What a test says about its page by parametrising or overriding these.


@pytest.fixture
def site(server) -> Site:
    return server


@pytest.fixture
def width() -> int:
    return 1280


@pytest.fixture
def color_scheme() -> str:
    return "dark"


@pytest.fixture
def reduced_motion() -> str:
    return "no-preference"


@pytest.fixture
def javascript() -> bool:
    return True


@pytest.fixture
def context(browser, site, width, color_scheme, reduced_motion, javascript):
    context = browser.new_context(
        base_url=site.url, viewport={"width": width, "height": HEIGHT}, color_scheme=color_scheme,
        reduced_motion=reduced_motion, java_script_enabled=javascript, locale="en-GB")
    yield context
    context.close()


@pytest.fixture
def watch(context, site):
    return Watch(context, origin=site.url)


@pytest.fixture
def page(context, watch):
    """A page in a fresh context; what it may never do makes the test an error at its end."""
    yield context.new_page()
    watch.assert_no_trouble()
