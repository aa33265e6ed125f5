"""A page is taken away as one file that needs neither this app nor a network."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from journey import audit
from journey.home import Home

pytestmark = pytest.mark.browser
LONG = 30_000
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def taken(browser: Browser, server: str, tmp_path: Path) -> Path:
    """The page Conversion as a visitor takes it."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(f"{server}/conversion?device=mobile")
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=LONG)
    page.get_by_test_id("stPopoverButton").filter(has_text="Share").click()
    with page.expect_download(timeout=LONG) as download:
        page.get_by_role("button", name="Page as one file").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    context.close()
    return path


def test_a_page_becomes_one_file_that_looks_the_same(
    taken: Path, browser: Browser, sample_home: Home
) -> None:
    whole = taken.read_text("utf-8")
    assert re.fullmatch(r"conversion-\d{4}-\d\d-\d\d\.html", taken.name)
    assert len(whole) < 3_000_000
    assert not re.search(r"<script|<button|<input|<iframe|javascript:|\son\w+=", whole)
    assert "default-src 'none'" in whole and "@font-face" in whole
    written = [line for line in audit.read(sample_home) if line["kind"] == "html"]
    assert written[-1]["action"] == "export" and written[-1]["page"] == "conversion"
    assert written[-1]["scope"]["device"] == ["mobile"]

    context = browser.new_context(viewport=PHONE, offline=True)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(taken.as_uri())
    expect(page.get_by_role("heading", name="Conversion", exact=True)).to_be_visible()
    expect(page.locator(".card", has_text="Conversion rate")).to_be_visible()
    expect(page.locator(".taken-foot")).to_contain_text("Device: Phones")
    expect(page.locator(".taken-foot a")).to_have_attribute(
        "href", re.compile(r"/conversion\?from=.*device=mobile")
    )
    assert page.locator(".taken-chart .taken-narrow").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for word in ("See who", "Follow up", "Share", "Download"):
        expect(page.get_by_text(word, exact=True)).to_have_count(0)
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    pages = pdf(page)
    assert pages.count(b"/Type /Page\n") > 1
    context.close()


def pdf(page: Any) -> bytes:
    return bytes(page.pdf(prefer_css_page_size=True, print_background=True))
