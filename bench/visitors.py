"""Visitors over the websocket: each picks pages and filters, and thinks in between."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

PATIENCE = 60.0
"""Seconds without a word from the server after which a visitor counts a fault."""
BROKEN = (
    "needs a hand", "nobody foresaw", "cannot be shown just now", "cannot be read",
    "Nothing is published yet", "The search for leaks failed", '"state": "problem"',
)  # fmt: skip
"""What stands where figures are missing: in a title, a card or in place of the page."""
FEW = 0.5
"""Share of what a page drew the first time, below which part of it is missing."""


@dataclass
class Seen:
    """What a visitor has been shown: what can be chosen, and what went wrong."""

    pages: list[str] = field(default_factory=lambda: [""])
    page: str = ""
    filters: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    """Key -> id of the widget and its options."""
    ticks: dict[str, float] = field(default_factory=dict)
    """Fragment that the browser asks for by itself -> seconds between two times."""
    offer: tuple[str, str] | None = None
    """The button that shows newer figures, and the fragment it is in."""
    drawn: int = 0
    """Elements of the run that is under way."""
    whole: dict[str, int] = field(default_factory=dict)
    """Page -> elements that it drew the first time."""
    faults: list[str] = field(default_factory=list)

    def take(self, message: Any) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":  # one run may end early and lead to another
            self.offer, self.drawn = None, 0
        elif kind == "navigation":
            self.pages = [page.page_script_hash for page in message.navigation.app_pages]
        elif kind == "auto_rerun":
            self.ticks[message.auto_rerun.fragment_id] = message.auto_rerun.interval
        elif kind == "delta":
            self._element(message.delta.new_element, message.delta.fragment_id)

    def end(self) -> None:
        """Take for a fault a page that draws much less than it did the first time."""
        whole = self.whole.setdefault(self.page, self.drawn)
        if self.drawn < FEW * whole:
            self.faults.append(f"{self.drawn} of {whole} elements came")

    def _element(self, element: Any, fragment: str) -> None:
        shown = element.WhichOneof("type")
        self.drawn += shown is not None
        if shown == "exception":
            self.faults.append(f"{element.exception.type}: {element.exception.message}")
        elif shown in ("markdown", "bidi_component"):
            text = (
                element.markdown.body
                if shown == "markdown"
                else element.bidi_component.json
            )
            self.faults += [f"a page says: {told}" for told in BROKEN if told in text]
        elif shown == "button" and element.button.id.endswith("-show_newer"):
            self.offer = element.button.id, fragment
        elif shown == "button_group" and element.button_group.id.endswith("-days"):
            options = [option.content for option in element.button_group.options]
            self.filters["days"] = element.button_group.id, options
        elif shown == "multiselect" and element.multiselect.id.endswith("-device"):
            chosen = element.multiselect
            self.filters["device"] = chosen.id, list(chosen.options)


@dataclass
class Crowd:
    """So many visitors of one address, each thinking `think` seconds on average."""

    address: str
    size: int
    think: float
    taken: list[float] = field(default_factory=list)
    """Seconds from a click to the end of the page's script, for every click."""
    faults: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def visiting(self) -> Iterator[Crowd]:
        """Let them come, one after the other over a time of thinking, and leave."""
        threads = [
            threading.Thread(target=self._visit, args=(seed,), daemon=True)
            for seed in range(self.size)
        ]
        try:
            for thread in threads:
                thread.start()
            yield self
        finally:
            self.stop.set()
            for thread in threads:
                thread.join(PATIENCE)
            if stuck := sum(thread.is_alive() for thread in threads):
                self.faults.append(f"{stuck} visitors still wait for an answer")

    def _visit(self, seed: int) -> None:
        dice = random.Random(seed)
        self.stop.wait(self.think * seed / self.size)
        while not self.stop.is_set():
            try:
                self._stay(dice, seed)
            except Exception as error:  # whatever it is, it is a fault, and no visitor less
                self.faults.append(f"{type(error).__name__} {error}")
                self.stop.wait(1)

    def _stay(self, dice: random.Random, seed: int) -> None:
        stream = self.address.replace("http", "ws") + "/_stcore/stream"
        own = {"Cookie": f"visitor={seed}"}
        with connect(
            stream,
            subprotocols=["streamlit"],
            max_size=None,
            additional_headers=own,  # type: ignore[list-item]
        ) as line:
            seen = Seen()
            while not self.stop.is_set():
                asked = _click(dice, seen)
                seen.ticks.clear()
                started = time.perf_counter()
                line.send(asked)
                _until_finished(line, seen)
                self.taken.append(time.perf_counter() - started)
                seen.end()
                self.faults += seen.faults
                seen.faults.clear()
                self._ponder(line, seen, self.think * dice.uniform(0.5, 1.5))

    def _ponder(self, line: Any, seen: Seen, seconds: float) -> None:
        """Think, while the page's own clockwork goes on asking as in a browser."""
        until = time.monotonic() + seconds
        while not self.stop.is_set() and (left := until - time.monotonic()) > 0:
            tick = min([*seen.ticks.values(), left])
            self.stop.wait(min(tick, left))
            if tick < left:
                for fragment in list(seen.ticks):
                    line.send(_tick(fragment, seen.page))
                    _until_finished(line, seen)


def _click(dice: random.Random, seen: Seen) -> bytes:
    """Return a click: every second leads to another page, all choose days and devices.
    Newer figures are shown as soon as they are offered."""
    ask = BackMsg()
    if seen.offer is not None:
        button = ask.rerun_script.widget_states.widgets.add()
        button.id, ask.rerun_script.fragment_id = seen.offer
        button.trigger_value = True
        ask.rerun_script.page_script_hash = seen.page
        return ask.SerializeToString()
    if dice.random() < 0.5:
        seen.page = dice.choice(seen.pages)
    ask.rerun_script.page_script_hash = seen.page
    for name, (widget, options) in seen.filters.items():
        # all but the last of the days, which asks for two dates more
        some = options[:-2] if name == "days" else options
        state = ask.rerun_script.widget_states.widgets.add()
        state.id = widget
        state.string_array_value.data.append(dice.choice(some))
    return ask.SerializeToString()


def _tick(fragment: str, page: str) -> bytes:
    ask = BackMsg()
    ask.rerun_script.page_script_hash = page
    ask.rerun_script.fragment_id = fragment
    ask.rerun_script.is_auto_rerun = True
    return ask.SerializeToString()


def _until_finished(line: Any, seen: Seen) -> None:
    while True:
        message = ForwardMsg()
        message.ParseFromString(line.recv(timeout=PATIENCE))
        seen.take(message)
        if message.WhichOneof("type") == "script_finished":
            status = message.script_finished
            if status == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                seen.faults.append("a page did not compile")
            if status != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return
