"""Cursors that keep the views of one scope for its next question."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

import duckdb

IDLE = 32
"""Cursors that are kept for one published file."""


@dataclass
class Desk:
    """A cursor with the variables of one scope and the views made on it so far."""

    cursor: duckdb.DuckDBPyConnection
    key: Any
    marts: set[str] = field(default_factory=set)
    group: int = 0
    """People of the named segment."""


class Desks:
    """Idle desks of one published file, the longest unused ones leave first.

    A desk serves one question at a time; a second question of the same scope gets
    another one. Nothing but SELECT runs on a desk, so it is left as it was found.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: OrderedDict[int, Desk] = OrderedDict()

    def take(self, key: Any) -> Desk | None:
        with self._lock:
            for number, desk in reversed(self._idle.items()):
                if desk.key == key:
                    return self._idle.pop(number)
        return None

    def give(self, desk: Desk) -> None:
        with self._lock:
            self._idle[id(desk)] = desk
            old = self._idle.popitem(last=False)[1] if len(self._idle) > IDLE else None
        if old:
            old.cursor.close()
