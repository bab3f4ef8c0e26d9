"""Notes that nobody wrote for Landing: the old wiki of the stack."""

import re
from urllib.parse import urlsplit

import pytest
from landing_site import REPOSITORY, Site
from looking import TOO_WIDE

CORPUS = REPOSITORY.parent / "shared" / "corpus"

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"the old wiki is not at {CORPUS}")


@pytest.fixture(scope="module")
def wiki(tmp_path_factory):
    with Site(tmp_path_factory.mktemp("wiki"), content=CORPUS) as site:
        yield site


@pytest.fixture
def site(wiki) -> Site:
    return wiki


@pytest.mark.parametrize("width", [360])
def test_every_page_of_the_old_wiki_opens_and_fits_a_phone(page, watch):
    sitemap = page.request.get("/sitemap.xml").text()
    paths = [urlsplit(address).path or "/" for address in re.findall(r"<loc>([^<]+)</loc>", sitemap)]
    assert len(paths) > 10
    problems = []
    for path in paths:
        response = page.goto(path)
        if response.status != 200:
            problems.append(f"{path}: {response.status}")
        if page.locator("h1").count() != 1:
            problems.append(f"{path}: {page.locator('h1').count()} h1")
        problems += [f"{path}: {problem}" for problem in page.evaluate(TOO_WIDE)]
        problems += [f"{path}: {trouble}" for trouble in watch.troubles]
        watch.troubles.clear()
    assert not problems, "\n".join(problems)
