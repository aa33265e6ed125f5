"""Click to drawn charts in a real Chromium, alone and beside twenty thinking sessions."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from playwright.sync_api import Page, sync_playwright
from websockets.sync.client import connect

from bench.shop import heading, p95
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
    with serving() as address, sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=shutil.which("chromium"), args=CHROMIUM
        )
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        tabs = [_new_tab(browser, address) for _ in range(ROUNDS)]
        _line("new tab", tabs)
        page.goto(address)
        _wait(page)
        _both(page, "alone")
        with thinking(address):
            time.sleep(THINK)
            _both(page, f"beside {SESSIONS} sessions")
        browser.close()


@contextlib.contextmanager
def serving() -> Iterator[str]:
    """Run the app on a free port; yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(PROJECT / "app.py"),
               "--server.port", str(port), "--server.headless", "true",
               "--server.fileWatcherType", "none"]  # fmt: skip
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(
            command, cwd=PROJECT, env=os.environ | {"PYTHONPATH": str(PROJECT)},
            stdout=log, stderr=log,
        )  # fmt: skip
        try:
            address = f"http://127.0.0.1:{port}"
            _until_healthy(address)
            yield address
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


@contextlib.contextmanager
def thinking(address: str) -> Iterator[None]:
    """Let sessions change filters and pages, each after a while of thinking."""
    stop = threading.Event()
    crowd = [
        threading.Thread(target=_session, args=(address, stop, seed), daemon=True)
        for seed in range(SESSIONS)
    ]
    for session in crowd:
        session.start()
    try:
        yield
    finally:
        stop.set()
        for session in crowd:
            session.join(10)


def _session(address: str, stop: threading.Event, seed: int) -> None:
    from streamlit.proto.BackMsg_pb2 import BackMsg

    dice, seen = random.Random(seed), Seen()
    stream = address.replace("http", "ws") + "/_stcore/stream"
    with connect(stream, subprotocols=["streamlit"], max_size=None) as socket_:  # type: ignore[list-item]
        while not stop.is_set():
            ask = BackMsg()
            ask.rerun_script.page_script_hash = dice.choice(seen.pages)
            for name, (widget, options) in seen.filters.items():
                # all but the last of the days, which asks for two dates more
                some = options[:-2] if name == "days" else options
                state = ask.rerun_script.widget_states.widgets.add()
                state.id = widget
                state.string_array_value.data.append(dice.choice(some))
            socket_.send(ask.SerializeToString())
            _until_finished(socket_, stop, seen)
            stop.wait(THINK * dice.uniform(0.5, 1.5))


@dataclass
class Seen:
    """What a session has been shown: the pages and the filters to choose from."""

    pages: list[str] = field(default_factory=lambda: [""])
    filters: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    """Key -> id of the widget and its options."""

    def take(self, message: Any) -> None:
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self.pages = [page.page_script_hash for page in message.navigation.app_pages]
        if kind != "delta":
            return
        element = message.delta.new_element
        shown = element.WhichOneof("type")
        if shown == "button_group" and element.button_group.id.endswith("-days"):
            options = [option.content for option in element.button_group.options]
            self.filters["days"] = element.button_group.id, options
        if shown == "multiselect" and element.multiselect.id.endswith("-device"):
            self.filters["device"] = (
                element.multiselect.id,
                list(element.multiselect.options),
            )


def _until_finished(socket_: Any, stop: threading.Event, seen: Seen) -> None:
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    while not stop.is_set():
        try:
            raw = socket_.recv(timeout=30)
        except TimeoutError:
            return
        message = ForwardMsg()
        message.ParseFromString(raw)
        seen.take(message)
        if message.WhichOneof("type") == "script_finished":
            return
