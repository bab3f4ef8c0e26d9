"""`landing serve --dev`: what is saved shows in the open browser by itself."""

import pytest
from kinds import WINDOWS
from landing_site import Site, save
from looking import assert_accessible, assert_no_sideways_scrolling
from playwright.sync_api import Page, expect


@pytest.fixture
def site(development_server) -> Site:
    return development_server


@pytest.fixture
def edit(site):
    """Saves a template or style, which is as it was before when the test is over."""
    before = {}

    def edit(file, text):
        before.setdefault(file, file.read_text())
        save(file, text)

    yield edit
    for file, text in before.items():
        with site.publishing():
            save(file, text)


@pytest.fixture
def page(edit, page):
    """Its own fixture, so that the page is closed before the files are as they were."""
    return page


@pytest.fixture
def note(site):
    """Saves a note and waits until it is on the site; `front_matter` is its line 3."""

    def note(name, text, front_matter="created: 2026-11-22"):
        with site.publishing():
            save(site.content / name, f"---\ntitle: The note {name}\n{front_matter}\n---\n\n{text}\n")

    return note


def open_and_listen(page: Page, path: str):
    """Opens a page and waits until it listens for changes."""
    with page.expect_response("**/_dev/events"):
        return page.goto(path)


def test_a_saved_note_shows_in_the_open_browser(page, note):
    note("saved.md", "The first words.")
    open_and_listen(page, "/saved")
    expect(page.get_by_text("The first words.")).to_be_visible()
    note("saved.md", "Quite other words.")
    expect(page.get_by_text("Quite other words.")).to_be_visible()
    expect(page.get_by_text("The first words.")).to_have_count(0)


def test_every_one_of_many_saves_shows(page, note):
    note("often.md", "Version 0.")
    open_and_listen(page, "/often")
    for version in range(1, 4):
        with page.expect_response("**/_dev/events"):  # the page that has reloaded listens again
            note("often.md", f"Version {version}.")
        expect(page.get_by_text(f"Version {version}.")).to_be_visible()


def test_a_save_before_the_page_listens_is_not_missed(page, note):
    note("early.md", "The first words.")

    def save_first(route):
        note("early.md", "Quite other words.")
        route.continue_()

    page.route("**/_dev/events", save_first, times=1)
    open_and_listen(page, "/early")
    expect(page.get_by_text("Quite other words.")).to_be_visible()


def test_a_reader_keeps_the_place_when_the_page_reloads(page, note):
    long = "\n\n".join(f"Paragraph {number}." for number in range(200))
    note("long.md", long)
    open_and_listen(page, "/long")
    page.evaluate("scrollTo({top: 2000, behavior: 'instant'})")
    note("long.md", long + "\n\nThe end.")
    expect(page.get_by_text("The end.", exact=True)).to_be_attached()
    page.wait_for_function("scrollY === 2000")


def test_a_saved_template_shows_in_the_open_browser(page, site, edit):
    open_and_listen(page, "/tags")
    file = site.templates / "tags.mustache"
    edit(file, file.read_text().replace("</header>", "</header>\n<p>A new line in the template.</p>"))
    expect(page.get_by_text("A new line in the template.")).to_be_visible()


def test_a_saved_style_shows_in_the_open_browser(page, site, edit):
    open_and_listen(page, "/docs")
    heading = page.locator("h1")
    expect(heading).not_to_have_css("color", "rgb(1, 2, 3)")
    file = site.public / "css/site.css"
    edit(file, file.read_text() + "\nh1 { color: rgb(1 2 3); }\n")
    expect(heading).to_have_css("color", "rgb(1, 2, 3)")


def test_a_broken_template_is_named_and_the_page_stays(page, site, edit):
    open_and_listen(page, "/tags")
    file = site.templates / "tags.mustache"
    before = file.read_text()
    edit(file, before + "{{#never-closed}}\n")
    expect_problem(page, "tags.mustache:")
    expect(page.locator(".tag-cloud")).to_be_visible()
    edit(file, before)
    expect(page.locator(".dev-item", has_text="tags.mustache:")).to_have_count(0)


def test_a_broken_template_does_not_cost_the_page_its_styles(page, site, edit):
    template, style = site.templates / "tags.mustache", site.public / "css/site.css"
    with site.publishing():
        edit(template, template.read_text() + "{{#never-closed}}\n")
    with site.publishing():
        edit(style, style.read_text() + "\nh1 { color: rgb(1 2 3); }\n")
    page.goto("/tags")
    expect(page.locator("html")).to_have_css("color-scheme", "dark")


@pytest.mark.parametrize("name, wrong", [("date", "created: yesterday"), ("number", "order: soon"), ("yaml", "tags: a: b")])
def test_bad_front_matter_is_named_by_file_and_line(page, note, name, wrong):
    open_and_listen(page, "/docs")
    note(f"wrong-{name}.md", "Text.", front_matter=wrong)
    expect_problem(page, f"wrong-{name}.md:3:")


@pytest.mark.parametrize("width, color_scheme", WINDOWS)
def test_the_panel_of_problems_is_accessible_and_fits(page, note, width):
    note(f"broken-{width}.md", "Text.", front_matter="created: yesterday, or the day before")
    open_and_listen(page, "/docs")
    expect_problem(page, f"broken-{width}.md:3:")
    assert_no_sideways_scrolling(page)
    panel = page.locator(".dev-panel").bounding_box()
    assert panel["x"] >= 0 and panel["x"] + panel["width"] <= page.viewport_size["width"]
    assert_accessible(page)


def test_a_problem_that_is_mended_is_gone(page, note):
    note("mended.md", "Text.", front_matter="created: yesterday")
    open_and_listen(page, "/mended")
    expect_problem(page, "mended.md:3:")
    note("mended.md", "Text.")
    expect(page.locator(".dev-item", has_text="mended.md:")).to_have_count(0)


def test_a_draft_is_seen_in_development_only(page, site, note, tmp_path):
    note("unfinished.md", "Not for everybody.", front_matter="draft: true")
    assert open_and_listen(page, "/unfinished").status == 200
    expect(page.get_by_text("Not for everybody.")).to_be_visible()
    with Site(tmp_path, content=site.content) as public:
        assert page.request.get(f"{public.url}/docs/specimen").status == 200
        assert page.request.get(f"{public.url}/unfinished").status == 404


def test_visitors_get_nothing_of_development(server, browser):
    with browser.new_context(base_url=server.url) as context:
        assert context.request.get("/_dev/events").status == 404
        text = context.request.get("/docs").text()
    assert "dev-panel" not in text and "/js/dev." not in text


def test_the_server_ends_while_a_page_listens(tmp_path):
    with Site(tmp_path, development=True) as site, site.listening():
        site.stop(seconds=4)


def expect_problem(page: Page, place: str):
    """The panel is closed after each reload, so the problem comes first and the panel is opened then."""
    problem = page.locator(".dev-item", has_text=place)
    expect(problem).to_be_attached()
    page.locator(".dev-panel summary").click()
    expect(problem).to_be_visible()
    expect(problem).to_contain_text("error")
