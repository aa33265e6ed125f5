"""One typed text on its way: run beside the page, so that it can be watched and stopped."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from journey import incident
from journey.access import Reader
from journey.answer import Answer, Period
from journey.figures import typed
from journey.output import saved
from journey.problem import JourneyError, Problem
from journey.query import Query, worker
from journey.query.typed import TYPED
from journey.query.worker import Result, Ticket
from journey.scope import Scope

LOG = logging.getLogger(__name__)
OCTOBER = Period(dt.date(2026, 10, 1), dt.date(2026, 10, 28))
"""The days that a test of a query is asked of."""


@dataclass
class Run:
    """A text, the scope it is asked in, and what came of it."""

    text: str
    scope: Scope
    snapshot: Path
    segment: Query | None
    reader: Reader
    """Who typed it; the rows are for nobody else's role."""
    ticket: Ticket
    compared: bool = False
    """Whether it is asked of the days compared with, too."""
    done: threading.Event = field(default_factory=threading.Event)
    now: Result | None = None
    before: Result | None = None
    problems: tuple[Problem, ...] = ()
    seconds: float = 0.0

    def start(self) -> None:
        """Begin to run; `done` is set at the end, whatever happens."""
        threading.Thread(target=self._run, name="typed", daemon=True).start()

    def stop(self) -> None:
        self.ticket.stop()

    def answer(self, earlier: bool = False) -> Answer:
        """Return the result as a table answers; of the days compared with if `earlier`."""
        found = self.before if earlier else self.now
        scope = self.scope
        if earlier and scope.comparison is not None:
            scope = replace(scope, period=scope.comparison, comparison=None)
        if found is None:
            return Answer(TYPED, scope.period, absence="no rows")
        return typed.answer(found, scope)

    def test(self, marts: Mapping[str, Mapping[str, str]]) -> str:
        """Return the test of the file that the text becomes. Raises JourneyError where
        the text fails on made-up rows."""
        reads = self.now.reads if self.now else ()
        rows = saved.given(self.text, reads, marts)
        found = worker.run_typed(
            self.snapshot, saved.body(self.text), Scope(OCTOBER), given=rows,
            ticket=Ticket(self.ticket.owner),
        )  # fmt: skip
        return saved.test_of(rows, found.rows)

    def state(self) -> str:
        """Return what happens to it now."""
        begun = self.ticket.begun
        if begun is not None:
            return f"Runs for {time.monotonic() - begun:.0f} seconds"
        ahead = self.ticket.ahead()
        return f"Waits; {ahead} before it" if ahead else "Waits for its turn"

    def _run(self) -> None:
        try:
            begun = time.monotonic()
            self.now = self._result(self.scope)
            if self.compared and self.scope.comparison is not None:
                earlier = replace(self.scope, period=self.scope.comparison, comparison=None)
                self.before = self._result(earlier)
            self.seconds = time.monotonic() - begun
        except JourneyError as error:
            self.problems = error.problems
        except Exception as error:  # the page must learn that it ended
            reference = incident.note(LOG, error, "a typed text failed")
            self.problems = (
                Problem(TYPED, f"it failed; reference {reference}", "an answer",
                        "look into the app's log"),
            )  # fmt: skip
        finally:
            self.done.set()

    def _result(self, scope: Scope) -> Result:
        return worker.run_typed(
            self.snapshot, self.text, scope, self.segment, see_who=self.reader.see_who,
            ticket=self.ticket,
        )  # fmt: skip
