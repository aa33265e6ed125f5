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
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

PATIENCE = 60.0
"""Seconds without a word from the server after which a visitor counts a fault."""
BROKEN = "needs a hand"
"""What the title of every problem on a page ends with."""


@dataclass
class Seen:
    """What a visitor has been shown: what can be chosen, and what went wrong."""

    pages: list[str] = field(default_factory=lambda: [""])
    page: str = ""
    filters: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    """Key -> id of the widget and its options."""
    ticks: dict[str, float] = field(default_factory=dict)
    """Fragment that the browser asks for by itself -> seconds between two times."""
    faults: list[str] = field(default_factory=list)

    def take(self, message: Any) -> None:
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self.pages = [page.page_script_hash for page in message.navigation.app_pages]
        elif kind == "auto_rerun":
            self.ticks[message.auto_rerun.fragment_id] = message.auto_rerun.interval
        elif kind == "delta":
            self._element(message.delta.new_element)

    def _element(self, element: Any) -> None:
        shown = element.WhichOneof("type")
        if shown == "exception":
            self.faults.append(f"{element.exception.type}: {element.exception.message}")
        elif shown == "markdown" and BROKEN in element.markdown.body:
            self.faults.append(element.markdown.body)
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

    def _visit(self, seed: int) -> None:
        dice = random.Random(seed)
        self.stop.wait(self.think * seed / self.size)
        while not self.stop.is_set():
            try:
                self._stay(dice, seed)
            except (ConnectionClosed, OSError, TimeoutError) as error:
                self.faults.append(f"connection: {type(error).__name__} {error}")
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
                seen.ticks.clear()
                started = time.perf_counter()
                line.send(_click(dice, seen))
                _until_finished(line, seen)
                self.taken.append(time.perf_counter() - started)
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
                    line.send(_tick(fragment))
                    _until_finished(line, seen)


def _click(dice: random.Random, seen: Seen) -> bytes:
    """Return a click: every second leads to another page, all choose days and devices."""
    ask = BackMsg()
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


def _tick(fragment: str) -> bytes:
    ask = BackMsg()
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
