"""The app in a real Chromium, as a visitor meets it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from journey import settings as settings_file
from journey.build import build
from journey.home import Home
from journey.ui import entries

pytestmark = pytest.mark.browser
LONG = 30_000
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
URLS = ["/"] + [f"/{entry.url_path}" for entry in entries()[1:]]
FIRST = ["/", "/conversion", "/data"]
"""Met on a server where nobody was before: the start, a stage, a page of another kind."""
SCROLLER = "[data-testid=stMain]"


@pytest.fixture
def visit(browser: Browser) -> Iterator[Any]:
    """Opens an address in a clean browser; notes what it asks of other hosts."""
    contexts = []

    def open_(url: str, size: dict[str, int] = DESKTOP, **more: Any) -> Page:
        context = browser.new_context(viewport=size, **more)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(LONG)
        page.goto(url)
        return page

    yield open_
    for context in contexts:
        context.close()


def ready(page: Page) -> None:
    """Wait until the script has run to its end and every chart is drawn."""
    expect(page.get_by_test_id("stApp")).to_have_attribute(
        "data-test-script-state", "notRunning", timeout=LONG
    )
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=LONG)


def value(page: Page, stage: str) -> str:
    return page.locator(f".stage.{stage} .value").inner_text(timeout=LONG)


@pytest.mark.parametrize("url", FIRST)
def test_a_first_visit_by_deep_link_shows_page_filters_and_menu(
    url: str, fresh_server: str, visit: Any
) -> None:
    page = visit(fresh_server + url)
    entry = entries()[URLS.index(url)]
    title = "Customer journey" if url == "/" else entry.title
    expect(page.locator("h1")).to_have_text(title, timeout=LONG)
    expect(page.get_by_text("28 days · Own shop · All devices")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("Page not found")).to_have_count(0)
    expect(page.get_by_test_id("stTopNavSection")).to_have_count(2)
    ready(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_a_changed_filter_changes_the_figures_and_the_link(server: str, visit: Any) -> None:
    page = visit(f"{server}/")
    before = value(page, "awareness")
    page.get_by_text("28 days · Own shop").click()
    page.get_by_test_id("stPopoverBody").get_by_text("90\u00a0days", exact=True).click()
    expect(page.locator(".stage.awareness .value")).not_to_have_text(before, timeout=LONG)
    expect(page).to_have_url(re.compile(r"[?&]days=90"))
    shared = visit(page.url)
    expect(shared.get_by_text("90 days · Own shop · All devices")).to_be_visible()
    assert value(shared, "awareness") == value(page, "awareness")


def test_a_filter_stays_on_the_way_to_a_stage_and_back(server: str, visit: Any) -> None:
    page = visit(f"{server}/?days=90&device=mobile")
    page.locator(".stage.conversion button").click()
    expect(page.locator("h1")).to_have_text("Conversion")
    expect(page.get_by_text("90 days · Own shop · Phones")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/conversion\?.*device=mobile"))
    ready(page)
    page.get_by_test_id("stTopNavLink").first.click()
    expect(page.get_by_text("90 days · Own shop · Phones")).to_be_visible()
    expect(page.locator(".stage.awareness")).to_be_visible()


def test_the_map_is_worked_by_the_keyboard(server: str, visit: Any) -> None:
    page = visit(f"{server}/")
    button = page.locator(".stage.retention button")
    button.focus()
    assert "Retention" in (button.get_attribute("aria-label") or "")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Retention")


def test_tab_leads_into_the_filter_and_a_closed_drawer_gives_the_focus_back(
    server: str, visit: Any
) -> None:
    page = visit(f"{server}/conversion")
    ready(page)
    page.locator("button", has_text="28 days · Own shop").press("Enter")
    expect(page.get_by_test_id("stPopoverBody")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_test_id("stPopoverBody").locator(":focus")).to_have_count(1)
    page.keyboard.press("Escape")
    card = page.locator(".cards button").first
    card.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".cards button").first).to_be_focused()


def test_a_card_opens_a_drawer_that_says_where_it_comes_from(
    server: str, visit: Any
) -> None:
    page = visit(f"{server}/conversion")
    page.locator(".cards button").first.click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("queries/conversion/conversion_rate.sql")).to_be_visible()
    drawer.get_by_role("button", name="Download").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    assert text.startswith("segment,part,state,value")


def test_an_open_page_stays_with_its_figures_until_newer_ones_are_asked_for(
    sample_home: Home, tmp_path: Path, serve: Any, visit: Any
) -> None:
    shutil.copytree(sample_home.data, tmp_path / "data")
    home = Home(tmp_path)
    (tmp_path / "journey.toml").write_text('[reporting]\ntime_zone = "Europe/Warsaw"\n')
    with serve(home, watch=1) as address:
        page = visit(f"{address}/data")
        stamp = page.get_by_text(re.compile(r"^Published: "))
        before = stamp.inner_text(timeout=LONG)
        build(home, settings_file.load(home))
        newer = page.get_by_role("button", name=re.compile("New data.* · Show"))
        expect(newer).to_be_visible(timeout=LONG)
        expect(stamp).to_have_text(before)
        newer.click()
        expect(page.get_by_text(before)).to_have_count(0, timeout=LONG)
        expect(stamp).to_be_visible()
        expect(newer).to_have_count(0)


@pytest.mark.parametrize("url", URLS)
def test_every_page_opens_by_its_link_and_never_scrolls_sideways_on_a_phone(
    url: str, server: str, visit: Any
) -> None:
    page = visit(server + url, PHONE)
    ready(page)
    title = "Customer journey" if url == "/" else entries()[URLS.index(url)].title
    expect(page.locator("h1")).to_have_text(title)
    expect(page.get_by_text("Page not found")).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    page.wait_for_timeout(300)
    wide = page.evaluate(
        "[document.documentElement.scrollWidth, document.querySelector"
        f"('{SCROLLER}').scrollWidth]"
    )
    assert max(wide) <= PHONE["width"]
    for table in page.locator(".table").all():
        assert table.locator("tbody tr").count() <= 4, "a button opens the rest"
    if url in ("/support", "/data"):
        rows = page.locator(".table tbody tr")
        few = rows.count()
        page.get_by_role("button", name=re.compile("^Show all .* rows")).first.click()
        expect(rows.nth(few)).to_be_attached()


def test_a_table_sorts_by_the_numbers_behind_its_texts(server: str, visit: Any) -> None:
    page = visit(f"{server}/conversion?days=365")
    table = page.locator(".table").filter(has_text="Payment method")
    head = table.locator("th").filter(has_text="Orders").first

    def orders() -> list[int]:
        place = 1 + table.locator("th").all_inner_texts().index(head.inner_text())
        texts = table.locator(f"td:nth-child({place})").all_inner_texts()
        return [int(re.sub(r"\D", "", text)) for text in texts]

    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    down = orders()
    assert len(down) > 2 and down == sorted(down, reverse=True)
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert orders() == sorted(down)


def test_nothing_is_asked_of_another_host(server: str, browser: Browser) -> None:
    context = browser.new_context(viewport=DESKTOP)
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server}/conversion")
    ready(page)
    own = (server, "data:", "blob:", server.replace("http", "ws"))
    assert [url for url in asked if not url.startswith(own)] == []
    assert any("inter-latin" in url for url in asked), "the font is our own"
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_themes_paint_their_own_page(scheme: str, server: str, visit: Any) -> None:
    page = visit(f"{server}/", color_scheme=scheme)
    expect(page.locator(".stage.awareness")).to_be_visible()
    painted = page.evaluate(
        "getComputedStyle(document.querySelector('.stApp')).backgroundColor"
    )
    assert painted == {"light": "rgb(244, 246, 245)", "dark": "rgb(13, 20, 19)"}[scheme]


def test_a_link_is_copied_without_https_and_the_way_back_keeps_what_was_picked(
    server: str, visit: Any
) -> None:
    page = visit(f"{server}/conversion?days=90&moved=conversion/checkout_completion")
    ready(page)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.get_by_role("button", name="Share", exact=True).click()
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    link = page.get_by_label("Link", exact=True).input_value()
    assert link == f"{server}/conversion?days=90&moved=conversion%2Fcheckout_completion"
    page.keyboard.press("Escape")
    page.locator(".cards button").first.click()
    expect(page).to_have_url(re.compile(r"open=conversion%2Fconversion_rate"))
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("dialog").get_by_label("Close").click()
    expect(page).not_to_have_url(re.compile("open="))
    page.get_by_test_id("stTopNavLink").nth(1).click()
    expect(page.locator("h1")).to_have_text("Drop-offs")
    expect(page).to_have_url(re.compile(r"drop-offs\?days=90"))
    page.go_back()
    expect(page.locator("h1")).to_have_text("Conversion")
    expect(page.get_by_text("90 days · Own shop")).to_be_visible()
    expect(page).to_have_url(re.compile(r"moved=conversion%2Fcheckout_completion"))
