"""journey.toml: what the shop decides, read once, unknown keys refused."""

from __future__ import annotations

import os
import re
import tomllib
import zoneinfo
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from journey import address, roles as held_by, targets as held
from journey.days import calendar, dated
from journey.days.calendar import Calendar
from journey.days.notes import Note
from journey.days.seasons import Event
from journey.home import PROJECT, Home
from journey.output.brief import schedule
from journey.output.brief.schedule import Schedule
from journey.output.links import misread
from journey.problem import JourneyError, Problem, near, toml_error
from journey.roles import Role

STANDINGS = ("counts", "waits", "lost")
ORDER_STATUSES = {
    "processing": "counts", "completed": "counts", "paid": "counts",
    "shipped": "counts", "delivered": "counts", "refunded": "counts",
    "partially_refunded": "counts", "on-hold": "waits", "pending": "waits",
    "checkout-draft": "waits",
    "failed": "lost", "cancelled": "lost", "canceled": "lost",
}  # fmt: skip
LONGEST_HOURS = 720
"""Streamlit's own sign-in ends after 30 days."""


@dataclass(frozen=True)
class Reporting:
    time_zone: str = "Europe/Warsaw"
    """Zone in which a day begins, for every figure."""
    currency: str = "PLN"
    """ISO code in which money is shown."""
    locale: str = "en-GB"
    """Numbers, dates, weeks, CSV separators, axes and tooltips."""
    vat: str = "excluded"
    """Whether money labels say net ("excluded") or incl. VAT ("included")."""
    country: str = ""
    """ISO code of the shop's country, for its holidays; that of the time zone without."""


@dataclass(frozen=True)
class StageWindows:
    buy_days: int = 7
    """Days in which a known person's look may become an order."""
    come_back_days: int = 90
    """Days after an order in which the next one counts as coming back."""
    recommend_days: int = 30
    """Days after delivery in which a review or a referral counts."""


@dataclass(frozen=True)
class Costs:
    contact: float | None = None
    """Cost of one contact that staff answered, in the reporting currency."""
    bot_chat: float | None = None
    """Cost of one chat that only the bot answered."""


@dataclass(frozen=True)
class Source:
    name: str
    kind: str
    options: Mapping[str, Any] = field(default_factory=dict)
    """Every other key of the block, for the connector's own Settings."""


@dataclass(frozen=True)
class Settings:
    reporting: Reporting = Reporting()
    stage_windows: StageWindows = StageWindows()
    order_statuses: Mapping[str, str] = field(default_factory=lambda: dict(ORDER_STATUSES))
    costs: Costs = Costs()
    targets: Mapping[str, float] = field(default_factory=dict)
    """Query name -> value to reach, as the query returns it (0.03 for 3%)."""
    events: tuple[Event, ...] = ()
    """The shop's own events, one for each time: a sale of this year and of last year."""
    notes: tuple[Note, ...] = ()
    """What happened or is planned, drawn on trends and told beside changes."""
    roles: Mapping[str, Role] = field(default_factory=dict)
    """Name -> who has the role and what it may, in the order of the file."""
    queries: tuple[str, ...] = ()
    """Folders of query files beside the project's own; empty: the one named queries."""
    public: bool = False
    """Whether the app may be reached from other machines without a sign-in."""
    url: str = ""
    """The app's own address, for links; empty: the one the reader uses."""
    share_links: bool = True
    """Whether signed links may be made and opened."""
    brief: Schedule = field(default_factory=Schedule)
    """When the Monday brief goes out, and to whom."""
    session_hours: float = 12.0
    """Hours after which a sign-in ends by itself."""
    links: Mapping[str, Any] = field(default_factory=dict)
    """order or ticket -> address with {id}, for "See who"; a source may have its own."""
    sources: tuple[Source, ...] = ()

    @property
    def is_sample(self) -> bool:
        """Whether the app shows the invented shop because no source is set up."""
        return not self.sources or all(s.kind == "sample" for s in self.sources)

    @property
    def calendar(self) -> Calendar:
        """The shop's own events, those of the trade, and its country's holidays."""
        return calendar.of(self.reporting.country, self.reporting.time_zone, self.events)


def load(home: Home) -> Settings:
    """Return the settings of this home; the defaults when there is no journey.toml.

    Raises JourneyError with every problem of the file.
    """
    try:
        text = home.settings.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        found = getattr(error, "strerror", None) or "bytes that are no UTF-8"
        raise JourneyError(
            Problem(
                home.settings.name, found, "a text file in UTF-8 that the app may read",
                "save it as UTF-8, and let the user read it whom the app runs as",
            )
        ) from error  # fmt: skip
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found, line = toml_error(error, text)
        raise JourneyError(
            Problem(
                home.settings.name, f"not TOML: {found}", "a TOML file",
                "mend that line; docs/settings.md shows every setting", line,
            )
        ) from error  # fmt: skip
    return Reader(home.settings.name, text, home.queries).settings(raw)


class Reader:
    """Turns the parsed file into Settings and gathers every problem on the way."""

    def __init__(self, where: str, text: str, queries: Sequence[Path]) -> None:
        self.where = where
        self.queries = queries
        self.lines = text.splitlines()
        self.problems: list[Problem] = []

    def settings(self, raw: Mapping[str, Any]) -> Settings:
        known = [f.name for f in fields(Settings)]
        self.refuse_unknown("the top level", raw, known)
        settings = Settings(
            reporting=self.block(Reporting, "reporting", raw),
            stage_windows=self.block(StageWindows, "stage_windows", raw),
            order_statuses=ORDER_STATUSES | self.statuses(raw),
            costs=self.block(Costs, "costs", raw),
            targets=self.targets(raw),
            events=dated.events(raw.get("events", []), self.reporter("events")),
            notes=dated.planned(raw.get("notes", []), self.reporter("notes")),
            roles=self.roles(raw),
            public=self.yes("public", raw),
            url=self.url(raw),
            share_links=self.yes("share_links", {"share_links": True, **raw}),
            session_hours=self.hours(raw),
            links=self.links(raw),
            brief=self.brief(raw),
            queries=self.folders(raw),
            sources=self.sources(raw),
        )
        self.check_reporting(settings.reporting)
        if self.problems:
            raise JourneyError(*self.problems)
        return settings

    def problem(self, key: str, found: str, expected: str, fix: str) -> None:
        self.problems.append(Problem(self.where, found, expected, fix, self.line(key)))

    def reporter(self, name: str) -> dated.Report:
        """Return what takes the problems of the blocks [[name]] by their number."""
        opened = [
            n for n, line in enumerate(self.lines, 1) if line.strip() == f"[[{name}]]"
        ]

        def report(number: int, found: str, expected: str, fix: str) -> None:
            line = opened[number] if number < len(opened) else self.line(name)
            self.problems.append(Problem(self.where, found, expected, fix, line))

        return report

    def line(self, key: str) -> int | None:
        """Return the first line that sets or opens `key`."""
        for number, line in enumerate(self.lines, 1):
            bare = line.strip().strip("[]").split("=")[0].strip().strip("\"'")
            if bare == key or bare.endswith(f".{key}"):
                return number
        return None

    def refuse_unknown(
        self, place: str, raw: Mapping[str, Any], known: Iterable[str]
    ) -> None:
        for key in raw:
            if key not in (names := list(known)):
                self.problem(
                    key, f'unknown key "{key}" in {place}', near(key, names),
                    "correct the name or take the line out",
                )  # fmt: skip

    def table(self, key: str, raw: Mapping[str, Any]) -> dict[str, Any]:
        value = raw.get(key, {})
        if isinstance(value, dict):
            return value
        self.problem(key, f"{key} = {value!r}", f"a table [{key}]", f"write [{key}]")
        return {}

    def block(self, shape: type[Any], key: str, raw: Mapping[str, Any]) -> Any:
        values = self.table(key, raw)
        hints = {f.name: f for f in fields(shape)}
        self.refuse_unknown(f"[{key}]", values, hints)
        good = {}
        for name, value in values.items():
            if name not in hints:
                continue
            if self.fits(value, str(hints[name].type)):
                good[name] = value
                continue
            self.problem(
                name, f"{name} = {value!r}", f"a value of type {hints[name].type}",
                f"correct {name} in [{key}]",
            )  # fmt: skip
        return shape(**good)

    @staticmethod
    def fits(value: Any, wanted: str) -> bool:
        if isinstance(value, bool):
            return wanted.startswith("bool")
        if wanted.startswith("int"):
            return isinstance(value, int) and value > 0
        if wanted.startswith("float"):
            return isinstance(value, (int, float))
        return isinstance(value, str)

    def statuses(self, raw: Mapping[str, Any]) -> dict[str, str]:
        values = self.table("order_statuses", raw)
        for status, standing in values.items():
            if standing not in STANDINGS:
                self.problem(
                    status, f"{status} = {standing!r}", f"one of {', '.join(STANDINGS)}",
                    f'say whether an order with status "{status}" counts',
                )  # fmt: skip
        return {k: v for k, v in values.items() if v in STANDINGS}

    def targets(self, raw: Mapping[str, Any]) -> dict[str, float]:
        values = self.table("targets", raw)
        for name, value in values.items():
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                self.problem(
                    name, f"{name} = {value!r}", "a number, 0.03 for 3%",
                    "write the value to reach without quotes",
                )  # fmt: skip
        good = {k: float(v) for k, v in values.items() if type(v) in (int, float)}
        for problem in held.problems(good, self.queries):
            self.problem(*problem)
        return good

    def brief(self, raw: Mapping[str, Any]) -> Schedule:
        roles = raw.get("roles", {})
        names = tuple(roles) if isinstance(roles, dict) else ()
        return schedule.read(self.table("brief", raw), names, self.problem)

    def links(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        values = self.table("links", raw)
        for key, found, expected in misread(values):
            self.problem(key, found, expected, f"correct {key} in [links]")
        return values

    def yes(self, key: str, raw: Mapping[str, Any]) -> bool:
        """Return whether a key is true; what cannot be read opens no door."""
        value = raw.get(key, False)
        if not isinstance(value, bool):
            self.problem(key, f"{key} = {value!r}", "true or false",
                         "write true or false without quotes")  # fmt: skip
        return value is True

    def folders(self, raw: Mapping[str, Any]) -> tuple[str, ...]:
        value = raw.get("queries", [])
        if isinstance(value, list) and all(isinstance(v, str) and v for v in value):
            return tuple(value)
        self.problem(
            "queries", f"queries = {value!r}", 'a list like ["queries", "path/to/ours"]',
            "write the folders in quotes, between brackets",
        )  # fmt: skip
        return ()

    def url(self, raw: Mapping[str, Any]) -> str:
        value = raw.get("url", "")
        if value == "" or address.is_own(value):
            return str(value).rstrip("/")
        self.problem(
            "url", f"url = {value!r}",
            "the app's own address: https://..., or http:// of this machine",
            "write it as people type it, without a page or parameters",
        )  # fmt: skip
        return ""

    def roles(self, raw: Mapping[str, Any]) -> dict[str, Role]:
        found = held_by.read(self.table("roles", raw), self.problem)
        for problem in held_by.unheld(found, PROJECT / "queries" / "marts"):
            self.problem(*problem)
        return found

    def hours(self, raw: Mapping[str, Any]) -> float:
        value = raw.get("session_hours", Settings.session_hours)
        if type(value) in (int, float) and 0 < value <= LONGEST_HOURS:
            return float(value)
        self.problem(
            "session_hours", f"session_hours = {value!r}",
            f"a number of hours, at most {LONGEST_HOURS}", "correct session_hours",
        )  # fmt: skip
        return Settings.session_hours

    def sources(self, raw: Mapping[str, Any]) -> tuple[Source, ...]:
        sources: list[Source] = []
        blocks = raw.get("sources", [])
        for given in blocks if isinstance(blocks, list) else [blocks]:
            block = given if isinstance(given, dict) else {}
            options = {k: v for k, v in block.items() if k not in ("name", "kind")}
            name, kind = (block.get(key) for key in ("name", "kind"))
            source = Source(_text(name), _text(kind), options)
            if not (source.name and source.kind):
                self.problem("sources", "a source without name or kind",
                             "name and kind in every [[sources]]",
                             'add name = "shop" and kind = "files"')  # fmt: skip
            if source.name and source.name in [other.name for other in sources]:
                self.problem("sources", f'two sources named "{source.name}"',
                             "a name of its own for every source",
                             "rename one of them")  # fmt: skip
            sources.append(source)
        return tuple(sources)

    def check_reporting(self, reporting: Reporting) -> None:
        if reporting.time_zone not in zoneinfo.available_timezones():
            self.problem(
                "time_zone", f'time_zone = "{reporting.time_zone}"',
                near(reporting.time_zone, zoneinfo.available_timezones())
                if len(reporting.time_zone) > 3 else 'a zone like "Europe/Warsaw"',
                "name a zone of the IANA list",
            )  # fmt: skip
        if not (len(reporting.currency) == 3 and reporting.currency.isupper()):
            self.problem(
                "currency", f'currency = "{reporting.currency}"',
                'an ISO code of three capitals, like "PLN"', "correct currency",
            )  # fmt: skip
        if reporting.country and not re.fullmatch("[A-Z]{2}", reporting.country):
            self.problem(
                "country", f'country = "{reporting.country}"',
                'an ISO code of two capitals, like "PL"', "correct country",
            )  # fmt: skip
        if reporting.vat not in ("excluded", "included"):
            self.problem("vat", f'vat = "{reporting.vat}"',
                         '"excluded" or "included"', "correct vat")  # fmt: skip


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def secret(value: str, home: Home) -> str:
    """Return a secret's value: "env:NAME" from the environment, else secrets.toml.

    Raises JourneyError naming the secret, never its value.
    """
    name = value.removeprefix("env:")
    if name in os.environ:
        return os.environ[name]
    stored = _stored_secrets(home.secrets)
    if name in stored:
        return str(stored[name])
    raise JourneyError(
        Problem(
            "journey.toml", f"the secret {name} is not set",
            f"an environment variable {name}, or {name} in .streamlit/secrets.toml",
            f"set {name} and run again",
        )
    )  # fmt: skip


def _stored_secrets(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
