"""Dark and light, and as little motion as the visitor wants."""

import pytest
from kinds import KINDS, SCHEMES, WIDTHS, WINDOWS
from playwright.sync_api import Page, expect

OTHER = {"dark": "light", "light": "dark"}
MOVING = """() => document.getAnimations()
  .filter(animation => animation.playState === "running" && animation.effect.getComputedTiming().activeDuration > 10)
  .map(animation => animation.animationName ?? animation.transitionProperty)"""
GROUND = "getComputedStyle(document.documentElement).backgroundColor.match(/[0-9.]+/g).slice(0, 3).map(Number)"


@pytest.mark.parametrize("width, color_scheme", WINDOWS)
def test_the_theme_button_changes_the_theme_for_good(page, color_scheme):
    page.goto("/")
    assert_theme(page, color_scheme)
    page.get_by_role("button", name=f"Use the {OTHER[color_scheme]} theme").click()
    assert_theme(page, OTHER[color_scheme])
    page.reload()
    assert_theme(page, OTHER[color_scheme])
    page.goto("/docs")
    assert_theme(page, OTHER[color_scheme])
    page.get_by_role("button", name=f"Use the {color_scheme} theme").click()
    assert_theme(page, color_scheme)


@pytest.mark.parametrize("color_scheme", SCHEMES)
def test_the_chosen_theme_is_there_before_the_first_paint(page, color_scheme):
    page.goto("/")
    page.get_by_role("button", name=f"Use the {OTHER[color_scheme]} theme").click()
    page.route("**/js/site.*", lambda route: route.abort("aborted"))
    page.add_init_script("addEventListener('DOMContentLoaded', () => { window.early = document.documentElement.dataset.theme })")
    page.goto("/docs", wait_until="domcontentloaded")
    assert page.evaluate("window.early") == OTHER[color_scheme]


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
@pytest.mark.parametrize("color_scheme", SCHEMES)
def test_without_a_choice_the_system_decides(page, color_scheme):
    page.goto("/")
    assert_theme(page, color_scheme)
    page.emulate_media(color_scheme=OTHER[color_scheme])
    assert_theme(page, OTHER[color_scheme])


@pytest.mark.parametrize("reduced_motion", ["reduce"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("kind", ["home", "specimen"])
def test_nothing_moves_for_those_who_want_no_motion(page, kind):
    page.goto(KINDS[kind], wait_until="domcontentloaded")
    assert page.evaluate(MOVING) == []
    page.wait_for_load_state()
    page.get_by_role("link", name="OpenClaw").first.hover()
    page.get_by_role("button", name="theme").click()
    assert page.evaluate(MOVING) == []
    expect(page.locator("html")).to_have_css("scroll-behavior", "auto")


def test_motion_is_there_for_everybody_else(page):
    page.goto("/", wait_until="domcontentloaded")
    assert page.evaluate(MOVING) != []


def assert_theme(page: Page, theme: str):
    expect(page.locator("html")).to_have_css("color-scheme", theme)
    ground = page.evaluate(GROUND)
    assert sum(ground) < 150 if theme == "dark" else sum(ground) > 600, f"the ground is {ground}"
