"""Signing in, seeing one's own rows and signing out, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from journey import audit
from journey.home import Home
from tests.browser.conftest import served

from .provider import running

pytestmark = pytest.mark.browser
LONG = 30_000
ACCOUNTS = {
    "boss": {"email": "boss@shop.example", "email_verified": True},
    "czech": {"email": "team@cz.shop.example", "email_verified": True},
    "stranger": {"email": "boss@shop.example", "email_verified": False},
}
ROLES = """
[roles.boss]
level = "admin"
emails = ["boss@shop.example"]

[roles.czech]
domains = ["cz.shop.example"]
rows = { country = ["CZ"] }
"""


@pytest.fixture(scope="module")
def home(sample_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    place = Home(tmp_path_factory.mktemp("access"))
    place.data.mkdir()
    for name in ("current", "published", "status.json"):
        (place.data / name).symlink_to(sample_home.data / name)
    place.settings.write_text(ROLES)
    return place


@pytest.fixture(scope="module")
def app(home: Home) -> Iterator[str]:
    with running(ACCOUNTS) as provider:
        home.secrets.parent.mkdir()
        home.secrets.write_text(provider.block("http://127.0.0.1:{port}"))
        with served(home, watch=1) as address:
            yield address


def sign_in(page: Page, account: str) -> None:
    page.get_by_role("button", name="Sign in").click(timeout=LONG)
    page.get_by_role("link", name=account).click()


def test_people_sign_in_see_their_rows_and_sign_out(
    app: str, home: Home, browser: Browser
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    first, second = context.new_page(), context.new_page()
    first.goto(f"{app}/conversion?device=mobile&unknown=1&embed=true")
    expect(first.get_by_role("button", name="Sign in")).to_be_visible(timeout=LONG)
    drawn = first.locator("[data-testid=stMain]").inner_text()
    assert "Sign in to see" in drawn and "Conversion" not in drawn
    sign_in(first, "czech")
    expect(first.locator("h1")).to_have_text("Conversion", timeout=LONG)
    assert first.url == f"{app}/conversion?device=mobile&embed=true"
    first.reload()
    expect(first.locator("h1")).to_have_text("Conversion", timeout=LONG)
    second.goto(f"{app}/conversion")
    head = second.locator(".st-key-tools")
    head.get_by_role("button").first.click(timeout=LONG)
    filters = second.locator("[data-testid=stMultiSelect]")
    expect(filters.first).to_be_visible(timeout=LONG)
    labels = filters.locator("label").all_inner_texts()
    assert "Sales channel" in labels and "Country" not in labels, "there is only one"
    copied = context.cookies()
    second.keyboard.press("Escape")
    second.locator(".st-key-account button").first.click()
    expect(second.get_by_text("Role: czech")).to_be_visible()
    second.get_by_role("button", name="Sign out").click()
    for page in (first, second):
        expect(page.get_by_role("button", name="Sign in")).to_be_visible(timeout=LONG)
    with browser.new_context() as another:
        another.add_cookies(copied)
        page = another.new_page()
        page.goto(f"{app}/support")
        expect(page.get_by_text("You are signed out.")).to_be_visible(timeout=LONG)
        sign_in(page, "stranger")
        expect(page.get_by_text("you have none of the roles")).to_be_visible(timeout=LONG)
    done = [(line["action"], line["who"]) for line in audit.read(home)]
    assert ("sign in", "team@cz.shop.example") in done
    assert ("page", "team@cz.shop.example") in done
    assert ("sign out", "team@cz.shop.example") in done
    context.close()
