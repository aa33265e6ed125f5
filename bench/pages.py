"""Click to drawn charts in a real Chromium, alone and beside twenty thinking sessions."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

from playwright.sync_api import Page, sync_playwright

from bench.shop import heading, p95
from bench.visitors import Crowd
from journey.home import PROJECT

CHROMIUM = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
    "--no-first-run",
]  # fmt: skip
SWITCHES = ("Conversion", "Journey", "Retention", "Journey", "Support", "Journey")
DEVICES = {"mobile": "Phones", "desktop": "Computers", "tablet": "Tablets"}
"""Value in the link -> label in the filter."""
ROUNDS = 3
SESSIONS = 20
THINK = 5.0

# A page is drawn when its script has ended and nothing of it has changed for a while;
# the time that counts is from the click in the browser to the last change. What lies
# outside of the page's body (announcements for screen readers) is not drawn, what lies
# inside the app's own components is.
WATCH = """
() => {
  if (window.bench) return;
  window.bench = { last: 0, start: 0 };
  document.addEventListener('click', () => {
    window.bench.start = window.bench.last = performance.now();
  }, true);
  const HOST = '[data-testid="stBidiComponentIsolated"]';
  const CHANGES = { subtree: true, childList: true, characterData: true,
    attributes: true, attributeFilter: ['d', 'transform', 'data-stale', 'aria-label'] };
  const inside = (target) => {
    const element = target.nodeType === 1 ? target : target.parentElement;
    if (!element || element.getRootNode() !== document) return true;
    return element.closest('[data-testid="stMain"], [data-testid="stHeader"]');
  };
  const seen = new WeakSet();
  const watcher = new MutationObserver((list) => {
    if (list.some((m) => inside(m.target))) window.bench.last = performance.now();
    for (const host of document.querySelectorAll(HOST)) {
      if (!host.shadowRoot || seen.has(host.shadowRoot)) continue;
      seen.add(host.shadowRoot);
      watcher.observe(host.shadowRoot, CHANGES);
    }
  });
  watcher.observe(document.body, CHANGES);
}
"""
START = "() => { window.bench.start = window.bench.last = performance.now(); }"
DRAWN = """
() => {
  const app = document.querySelector('[data-testid="stApp"]');
  const done = app && app.getAttribute('data-test-script-state') === 'notRunning';
  return done && performance.now() - window.bench.last > 600
    && window.bench.last > window.bench.start
    ? window.bench.last - window.bench.start : null;
}
"""


def measure() -> None:
    heading("Click to drawn charts in Chromium (ms)")
    print(f"{'':26}{'n':>4}{'median':>9}{'p95':>8}")
    with serving() as server, sync_playwright() as play:
        address = server.address
        browser = play.chromium.launch(
            executable_path=shutil.which("chromium"), args=CHROMIUM
        )
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        tabs = [_new_tab(browser, address) for _ in range(ROUNDS)]
        _line("new tab", tabs)
        page.goto(address)
        _wait(page)
        _both(page, "alone")
        with Crowd(address, SESSIONS, THINK).visiting():
            time.sleep(THINK)
            _both(page, f"beside {SESSIONS} sessions")
        browser.close()


@dataclass(frozen=True)
class Server:
    address: str
    pid: int


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextlib.contextmanager
def serving() -> Iterator[Server]:
    """Run the app on a free port of this machine."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(PROJECT / "app.py"),
               "--server.port", str(port),
               "--server.address", "127.0.0.1", "--server.headless", "true"]  # fmt: skip
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(
            command, cwd=PROJECT, env=os.environ | {"PYTHONPATH": str(PROJECT)},
            stdout=log, stderr=log,
        )  # fmt: skip
        try:
            address = f"http://127.0.0.1:{port}"
            _until_healthy(address)
            yield Server(address, server.pid)
        finally:
            server.terminate()
            server.wait(10)


def _until_healthy(address: str) -> None:
    for _ in range(300):
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=1) as answer,
        ):
            if answer.status == 200:
                return
        time.sleep(0.1)
    sys.exit("The app did not start within 30 s.")


def _both(page: Page, label: str) -> None:
    switches = [_switch(page, name) for _ in range(ROUNDS) for name in SWITCHES]
    _line(f"page switch {label}", switches)
    page.goto(page.url.split("?")[0])
    _wait(page)
    _line(
        f"filter {label}",
        [_filter(page, d) for _ in range(2 * ROUNDS) for d in DEVICES.values()],
    )


def _wait(page: Page) -> float:
    page.evaluate(WATCH)
    handle = page.wait_for_function(DRAWN, timeout=60_000, polling=50)
    return float(handle.json_value())


def _new_tab(browser: Any, address: str) -> float:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.add_init_script(
        "document.addEventListener('DOMContentLoaded', () => { (" + WATCH + ")();"
        " window.bench.start = 0; })"
    )
    page.goto(address)
    taken = float(page.wait_for_function(DRAWN, timeout=60_000, polling=50).json_value())
    page.close()
    return taken


def _switch(page: Page, name: str) -> float:
    """Click a page in the menu; a section opens first, which is not counted."""
    link = page.get_by_role("link", name=name, exact=True)
    if not link.count():
        section = "Stages" if name in ("Conversion", "Retention") else "Workbench"
        page.get_by_test_id("stTopNavSection").filter(has_text=section).click()
        link = page.get_by_role("menuitem", name=name, exact=True).or_(link)
    link.first.wait_for()
    page.evaluate(START)
    link.first.click()
    return _wait(page)


def _filter(page: Page, device: str) -> float:
    """Choose one more or one less device in the filter button."""
    box = page.get_by_test_id("stMultiSelect").filter(has_text="Device")
    if not box.is_visible():
        page.locator(".st-key-scope button").first.click()
        box.wait_for()
    chosen = box.get_by_role("button", name=device)
    if chosen.count():
        page.evaluate(START)
        chosen.first.click()
    else:
        box.get_by_role("combobox").click()
        option = page.get_by_role("option", name=device, exact=True)
        option.wait_for()
        page.evaluate(START)
        option.click()
    return _wait(page)


def _line(label: str, times: list[float]) -> None:
    print(f"{label:26}{len(times):4}{median(times):9.0f}{p95(times):8.0f}", flush=True)
