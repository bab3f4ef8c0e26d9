"""What the first view of the front page costs a visitor."""

from playwright.sync_api import expect

BUDGET = 60_000


def test_the_first_view_of_the_front_page_takes_less_than_60_kilobytes(page):
    sizes = {}
    addresses = {}
    network = page.context.new_cdp_session(page)
    network.on("Network.requestWillBeSent", lambda event: addresses.update({event["requestId"]: event["request"]["url"]}))
    network.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    network.send("Network.enable")
    page.goto("/", wait_until="networkidle")
    expect(page.locator("[data-status-text]")).to_contain_text("answered in")
    assert len(sizes) >= 4, f"page, style, and scripts must be among {addresses}"
    report = "\n".join(f"{size:8,.0f}  {addresses.get(request)}" for request, size in sizes.items())
    assert sum(sizes.values()) < BUDGET, f"{sum(sizes.values()):,.0f} bytes:\n{report}"
