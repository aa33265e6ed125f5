"""The scope in which a question is asked: days, segments and the rows a role may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from journey.answer import Period
from journey.days.calendar import Calendar
from journey.days.seasons import Event
from journey.problem import Misuse, Problem, near

SEGMENTS: tuple[str, ...] = (
    "channel", "source_medium", "campaign", "device", "country", "visitor_type",
    "sales_channel", "payment_method", "delivery_method", "basket_band",
    "customer_tier", "first_product_category", "product_brand", "arrival", "effort_band",
    "contact_channel",
)  # fmt: skip
"""Columns that a reader may filter and split by, in the order of the screen."""

NOT_SET = "(not set)"
"""What a NULL segment value is called, on screen, in the URL and when chosen."""

ALL = "all"
"""Chosen where the usual scope has a value: every value of the column."""

COMPARISONS = ("previous", "year", "none")
"""`previous`: the days just before; `year`: the same weekdays 364 days back."""

USUAL: Choices = (("sales_channel", ("own_shop",)),)
"""What is chosen when nobody chose: the map and its visits are those of the own shop."""

Choices = tuple[tuple[str, tuple[str, ...]], ...]
"""Pairs of column and chosen values."""

NO_EVENTS = Calendar()
"""What is known without settings: the events of the trade, no country's holidays."""


def choices(
    pairs: Mapping[str, Iterable[str]] | Iterable[tuple[str, Iterable[str]]],
) -> Choices:
    """Return the canonical form: columns and values sorted, each once, none empty."""
    merged: dict[str, set[str]] = {}
    for column, values in pairs.items() if isinstance(pairs, Mapping) else pairs:
        merged.setdefault(column, set()).update(values)
    return tuple((c, tuple(sorted(v))) for c, v in sorted(merged.items()) if v)


def restrictions(
    pairs: Mapping[str, Iterable[str]] | Iterable[tuple[str, Iterable[str]]],
) -> Choices:
    """Return a role's rows in canonical form; a column without values admits no row."""
    rows = pairs.items() if isinstance(pairs, Mapping) else pairs
    return tuple(sorted((column, tuple(sorted(set(values)))) for column, values in rows))


@dataclass(frozen=True)
class Scope:
    """Everything that decides which rows a query sees; equal scopes are one cache key.

    The row policy comes from the role, never from a URL or the command line.
    """

    period: Period
    comparison: Period | None = None
    where: Choices = ()
    segment: str | None = None
    """Name of a query of kind "segment": only these people."""
    policy: Choices = ()
    usual: Choices = ()
    """Those of `where` that nobody chose; they go where no mart read can tell them."""
    event: Event | None = field(default=None, compare=False)
    """The earlier event on which the comparison was laid. Two ways to the same days are
    one scope."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "where", choices(self.where))
        object.__setattr__(self, "policy", restrictions(self.policy))
        usual = tuple(pair for pair in choices(self.usual) if pair in self.where)
        object.__setattr__(self, "usual", usual)
        problems = [_unknown_segment(c) for c, _ in self.where if c not in SEGMENTS]
        if self.period.days < 1:
            problems.append(_backwards(self.period))
        if problems:
            raise Misuse(*problems)

    def with_(self, column: str, *values: str) -> Scope:
        """Return this scope with exactly `values` chosen for `column`; none clears it."""
        others = [(c, v) for c, v in self.where if c != column]
        usual = tuple(pair for pair in self.usual if pair[0] != column)
        return replace(self, where=choices([*others, (column, values)]), usual=usual)

    def fitting(self, columns: Collection[str]) -> Scope:
        """Return this scope without usual choices of columns that are not there.

        `columns`: those of all marts that a query reads. What the reader chose stays.
        """
        gone = [pair for pair in self.usual if pair[0] not in columns]
        if not gone:
            return self
        return replace(self, where=tuple(pair for pair in self.where if pair not in gone))

    def under_policy(self) -> Scope:
        """Return the scope of the role alone: nothing chosen by the reader."""
        return replace(self, where=(), segment=None)


def parse(
    params: Mapping[str, Sequence[str]], default: Scope, calendar: Calendar = NO_EVENTS
) -> Scope:
    """Return the scope that a URL or command line asks for, the rest from `default`.

    Keys: from, to, compare (previous, year, none, an event of the calendar or a first
    day), segment, and every segment column; a key may carry several values; "all" drops
    a usual choice. Raises Misuse with every problem. The policy is always that of
    `default`.
    """
    problems: list[Problem] = []
    known = ("from", "to", "compare", "segment", *SEGMENTS)
    problems += [_unknown_key(key, known) for key in params if key not in known]
    first = _day(params, "from", default.period.first, problems)
    last = _day(params, "to", default.period.last, problems)
    if not problems and last < first:
        problems.append(_backwards(Period(first, last)))
    if problems:
        raise Misuse(*problems)
    period = Period(first, last)
    comparison, event = against(
        _one(params, "compare") or compared(default), period, calendar
    )
    asked = {c: tuple(params[c]) for c in SEGMENTS if c in params}
    chosen = dict(default.where) | asked
    where = [(c, values) for c, values in chosen.items() if values != (ALL,)]
    return Scope(
        period,
        comparison,
        choices(where),
        _one(params, "segment") or default.segment,
        default.policy,
        tuple(pair for pair in default.usual if pair[0] not in asked),
        event,
    )


def format(scope: Scope, default: Scope) -> dict[str, list[str]]:
    """Return the URL parameters of `scope`; what equals `default` leaves none."""
    params: dict[str, list[str]] = {}
    if scope.period != default.period:
        params["from"] = [scope.period.first.isoformat()]
        params["to"] = [scope.period.last.isoformat()]
    compare = compared(scope)
    if compare != compared(default):
        params["compare"] = [compare]
    chosen, usual = dict(scope.where), dict(default.where)
    for column in SEGMENTS:
        if chosen.get(column) != usual.get(column):
            params[column] = list(chosen.get(column, (ALL,)))
    if scope.segment and scope.segment != default.segment:
        params["segment"] = [scope.segment]
    return params


def compared(scope: Scope) -> str:
    """Return how the comparison is called: previous, year, none, the key of an event,
    or its first day."""
    if scope.comparison is None:
        return "none"
    if scope.event is not None:
        return scope.event.key
    if scope.comparison == scope.period.before():
        return "previous"
    if scope.comparison == scope.period.year_before():
        return "year"
    return scope.comparison.first.isoformat()


def where(pairs: Iterable[str]) -> dict[str, list[str]]:
    """Return {column: values} of "device=mobile,tablet" pairs (command line)."""
    chosen: dict[str, list[str]] = {}
    for pair in pairs:
        column, sign, value = pair.partition("=")
        if not sign:
            raise Misuse(
                Problem("--where", pair, "column=value", "write --where device=mobile")
            )
        chosen.setdefault(column.strip(), []).extend(value.split(","))
    return chosen


def against(
    word: str, period: Period, calendar: Calendar = NO_EVENTS
) -> tuple[Period | None, Event | None]:
    """Return the days that a comparison of this name means for a period, and the event
    they were laid on. Raises Misuse for a name that means nothing here."""
    if word == "none":
        return None, None
    if word == "previous":
        return period.before(), None
    if word == "year":
        return period.year_before(), None
    if laid := calendar.aligned(word, period):
        return laid.period, laid.event
    try:
        first = dt.date.fromisoformat(word)
        return Period(first, first + dt.timedelta(period.days - 1)), None
    except (ValueError, OverflowError):
        raise Misuse(_no_comparison(word, period, calendar)) from None


def _no_comparison(word: str, period: Period, calendar: Calendar) -> Problem:
    offered = [event.key for event in calendar.offered(period)]
    expected = f"{', '.join((*COMPARISONS, *offered))} or a day like 2026-09-01"
    if event := calendar.named(word, period.last):
        found = f"{event.name} of an earlier year cannot be laid on these days"
        return Problem("compare", found, expected, "choose days that have the event")
    return Problem("compare", word, expected, "choose one of these")


def _one(params: Mapping[str, Sequence[str]], key: str) -> str | None:
    values = params.get(key) or ()
    return values[-1] if values else None


def _day(
    params: Mapping[str, Sequence[str]], key: str, default: dt.date, problems: list[Problem]
) -> dt.date:
    text = _one(params, key)
    if text is None:
        return default
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        problems.append(Problem(key, text, "a day like 2026-10-31", f"correct {key}"))
        return default


def _unknown_segment(column: str) -> Problem:
    return Problem(
        "scope", f'no segment column "{column}"', near(column, SEGMENTS),
        "choose one of the segment columns",
    )  # fmt: skip


def _unknown_key(key: str, known: Iterable[str]) -> Problem:
    return Problem("scope", f'unknown "{key}"', near(key, known), "correct the name")


def _backwards(period: Period) -> Problem:
    return Problem(
        "scope", f"a period from {period.first} to {period.last}",
        "a last day that is not before the first", "swap the two days",
    )  # fmt: skip
