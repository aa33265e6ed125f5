"""The one place where numbers and dates become text, in the locale of the shop."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError, dates, numbers

from journey import clock, rounding

NOTHING = "–"
NARROW = "\u202f"
NO_BREAK = "\u00a0"
MINUS = "\u2212"
UNGROUPED_BELOW_10000 = ("bg", "es", "et", "lv", "pl", "pt_PT")
"""Locales whose CLDR data set minimumGroupingDigits to 2 (Babel leaves it out)."""
SYMBOLS = {
    "BGN": "лв.", "CHF": "CHF", "CZK": "Kč", "DKK": "kr", "EUR": "€", "GBP": "£",
    "HUF": "Ft", "NOK": "kr", "PLN": "zł", "RON": "lei", "SEK": "kr", "TRY": "₺",
    "UAH": "₴", "USD": "$",
}  # fmt: skip
"""What people write, where the reader's locale only knows the code."""
DATE_PARTS = {
    "d": "%-d", "dd": "%d", "M": "%-m", "MM": "%m", "MMM": "%b", "MMMM": "%B",
    "LLL": "%b", "LLLL": "%B", "y": "%Y", "yy": "%y", "yyyy": "%Y",
    "E": "%a", "EEE": "%a", "EEEE": "%A",
}  # fmt: skip
"""Letters of a CLDR date pattern -> directives of d3-time-format."""


@dataclass(frozen=True)
class CsvStyle:
    """How a spreadsheet of this locale expects a text file."""

    delimiter: str
    decimal: str
    bom: bool
    """Whether the file starts with the mark by which Excel knows UTF-8."""


@dataclass(frozen=True)
class Formats:
    """Texts of one locale; every method takes None and answers with a dash."""

    locale: str = "en-GB"
    currency: str = "PLN"
    vat: str = "excluded"

    @cached_property
    def babel(self) -> Locale:
        try:
            return Locale.parse(self.locale.replace("-", "_"))
        except (UnknownLocaleError, ValueError):
            return Locale.parse("en_GB")

    @lru_cache(20_000)  # noqa: B019 - there are few formats, and they stay
    def number(self, value: float | None, digits: int = 0) -> str:
        """Return 12,345 or 12 345; a negative one with a typographic minus."""
        if value is None or not math.isfinite(value):
            return NOTHING
        rounded = rounding.rounded(value, digits)
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        text = numbers.format_decimal(
            abs(rounded), pattern, self.babel, group_separator=self._groups(rounded)
        )
        return f"{MINUS}{text}" if rounded < 0 else text

    def compact(self, value: float | None) -> str:
        """Return 250.8K or 250,8 tys.; below 10,000 the number itself."""
        if value is None or not math.isfinite(value):
            return NOTHING
        if abs(value) < 10_000:
            return self.number(value)
        text = numbers.format_compact_decimal(
            abs(value), fraction_digits=1, locale=self.babel
        )
        if text.isdigit():
            return self.number(value)
        return f"{MINUS}{text}" if value < 0 else text

    def money(self, value: float | None, digits: int | None = None) -> str:
        """Return the amount in the reporting currency; cents only under 1,000."""
        if value is None or not math.isfinite(value):
            return NOTHING
        if digits is None:
            digits = 2 if abs(value) < 1000 else 0
        return self._with_symbol(self.number(value, digits))

    def money_compact(self, value: float | None) -> str:
        """Return 178.2K zł or 178,2 tys. zł."""
        if value is None or not math.isfinite(value):
            return NOTHING
        if abs(value) < 100:
            return self.money(value)
        return self._with_symbol(self.compact(value))

    @property
    def money_label(self) -> str:
        """What every money label says about VAT."""
        return "net" if self.vat == "excluded" else "incl. VAT"

    def percent(self, share: float | None, digits: int | None = None) -> str:
        """Return 2.1% for 0.021; two digits under one percent."""
        if share is None or not math.isfinite(share):
            return NOTHING
        if digits is None:
            digits = 2 if 0 < abs(share) < 0.01 else 1
        return self._percent_of(self.number(share * 100, digits))

    def points(self, difference: float | None, digits: int = 1) -> str:
        """Return a difference of two shares: +1.4 p.p."""
        if difference is None or not math.isfinite(difference):
            return NOTHING
        return f"{self.signed(difference * 100, digits)}{NO_BREAK}p.p."

    def signed(self, value: float | None, digits: int = 0) -> str:
        """Return +4 or −4; what rounds to nothing is 0, without a sign."""
        text = self.number(value, digits)
        if value is None or text == NOTHING:
            return text
        return f"+{text}" if rounding.rounded(value, digits) > 0 else text

    def change(self, relative: float | None, digits: int = 1) -> str:
        """Return a relative change: +2.7%."""
        if relative is None or not math.isfinite(relative):
            return NOTHING
        return self._percent_of(self.signed(relative * 100, digits))

    def value(self, value: float | None, unit: str | None) -> str:
        """Return a figure in the unit its query file names."""
        match unit:
            case "percent":
                return self.percent(value)
            case "percent_points":
                return self.points(value)
            case "per_100":
                return self.number(None if value is None else value * 100, 1)
            case "money":
                return self.money(value)
            case "seconds":
                return self.duration(None if value is None else value / 60)
            case "minutes":
                return self.duration(value)
            case "hours":
                return self.duration(None if value is None else value * 60)
            case "days":
                return self.days(value)
            case "ratio" if value and abs(value) < 0.1:
                return self.number(value, min(6, 2 - math.floor(math.log10(abs(value)))))
            case "score" | "ratio" | "stars" | "points":
                return self.number(value, 1 if abs(value or 0) >= 10 else 2)
            case _:
                whole = value is None or abs(value) >= 100 or float(value).is_integer()
                return self.number(value, 0 if whole else 1)

    def range(self, low: float | None, high: float | None, unit: str | None) -> str:
        """Return the interval of a figure: 1.9 to 2.2%."""
        if low is None or high is None:
            return ""
        first, second = self.value(low, unit), self.value(high, unit)
        if unit == "percent":
            digits = 2 if abs(high) < 0.01 else 1
            first, second = self.percent(low, digits), self.percent(high, digits)
            if not self._percent_of("").startswith((NO_BREAK, NARROW)):
                first = first.removesuffix("%")
        if unit == "percent_points":
            first = first.removesuffix(f"{NO_BREAK}p.p.")
        if unit in clock.MINUTES:
            per, name = clock.MINUTES[unit], second.rpartition(NO_BREAK)[2]
            first = self.as_long(low * per, high * per).removesuffix(f"{NO_BREAK}{name}")
        return f"{first} to {second}"

    def as_long(self, minutes: float, longest: float) -> str:
        """Return a time in the unit that a longer one beside it is told in."""
        name, size = clock.told_in(longest)
        if not minutes or size <= 1:
            return self.duration(minutes)
        return f"{self.number(minutes / size, 1)}{NO_BREAK}{name}"

    def difference(
        self, absolute: float | None, relative: float | None, unit: str | None
    ) -> str:
        """Return a change as it is spoken of: shares in points, the rest relative."""
        if unit in ("percent", "percent_points"):
            return self.points(absolute)
        if unit == "per_100":
            return self.signed(None if absolute is None else absolute * 100, 1)
        if unit in ("score", "ratio", "stars", "points") or relative is None:
            size = abs((absolute or 0) / relative) if relative else abs(absolute or 0)
            return self.signed(absolute, 2 if size < 10 else 1)
        return self.change(relative)

    def estimate(self, value: float, low: float | None, high: float | None) -> str:
        """Return about 20,000 zł (12,000 to 28,000), two figures that matter."""
        text = f"about {self.money(rounding.coarse(value), 0)}"
        if low is None or high is None:
            return text
        ends = (self.number(rounding.coarse(end)) for end in (low, high))
        return f"{text} ({' to '.join(ends)})"

    def duration(self, minutes: float | None) -> str:
        """Return 40 s, 42 min, 3.5 h or 2.4 days."""
        if minutes is None or not math.isfinite(minutes):
            return NOTHING
        name, size = clock.told_in(minutes)
        if name == "days":
            return self.days(minutes / size)
        digits = {"s": 0, "h": 1}.get(name, 1 if abs(minutes) < 10 else 0)
        return f"{self.number(minutes / size, digits)}{NO_BREAK}{name}"

    def days(self, days: float | None) -> str:
        if days is None or not math.isfinite(days):
            return NOTHING
        text = self.number(days, 0 if float(days).is_integer() else 1)
        return f"{text}{NO_BREAK}{'day' if text == '1' else 'days'}"

    def counted(self, number: float | None, noun: str, many: str | None = None) -> str:
        """Return "1 order" or "1,240 orders"; `many` where the plural has no plain s."""
        text = self.number(number)
        return f"{text} {noun if text == '1' else many or noun + 's'}"

    def date(self, day: dt.date | None) -> str:
        """Return 17.11.2026 or 17/11/2026, as tables write days; sentences use words."""
        return NOTHING if day is None else self._skeleton(day, "yMd")

    def short_date(self, day: dt.date | None) -> str:
        """Return 17 Nov, as a sentence names a recent day."""
        return NOTHING if day is None else self._skeleton(day, "MMMd")

    def weekday(self, day: dt.date) -> str:
        """Return Tue 17 Nov."""
        name = dates.format_date(day, "EEE", locale=self.babel)
        return f"{name} {self.short_date(day)}"

    def month(self, day: dt.date) -> str:
        """Return Nov 2026."""
        return self._skeleton(day, "yMMM")

    def day_range(self, first: dt.date, last: dt.date | None = None) -> str:
        """Return 20 Oct – 16 Nov 2026 or, of one day, 16 Nov 2026."""
        last = last or first
        end = f"{self.short_date(last)} {last.year}"
        if first == last:
            return end
        year = "" if first.year == last.year else f" {first.year}"
        return f"{self.short_date(first)}{year} – {end}"

    def moment(self, instant: dt.datetime, zone: dt.tzinfo | None = None) -> str:
        """Return 17 Nov, 06:10 in `zone`."""
        day = (instant.astimezone(zone) if zone else instant).date()
        return f"{self.short_date(day)}, {self.time(instant, zone)}"

    def stamp(self, instant: dt.datetime, zone: dt.tzinfo | None = None) -> str:
        """Return 17.11.2026, 06:10 in `zone`, as tables write moments."""
        day = (instant.astimezone(zone) if zone else instant).date()
        return f"{self.date(day)}, {self.time(instant, zone)}"

    def time(self, instant: dt.datetime, zone: dt.tzinfo | None = None) -> str:
        """Return 06:10."""
        local = instant.astimezone(zone) if zone else instant
        return dates.format_time(local.time(), "HH:mm", locale=self.babel)

    @property
    def date_input(self) -> str:
        """The pattern st.date_input understands for this locale."""
        pattern = self._pattern("yMd")
        order = "".join(dict.fromkeys(c for c in pattern if c in "dMy"))
        mark = next((c for c in pattern if c in "./-"), "/")
        known = {"dMy": ("DD", "MM", "YYYY"), "Mdy": ("MM", "DD", "YYYY")}
        return mark.join(known.get(order, ("YYYY", "MM", "DD")))

    # ------------------------------------------------- files, axes, tables

    @property
    def csv(self) -> CsvStyle:
        return CsvStyle(";" if self.decimal == "," else ",", self.decimal, bom=True)

    @property
    def decimal(self) -> str:
        return numbers.get_decimal_symbol(self.babel)

    @property
    def thousands(self) -> str:
        return numbers.get_group_symbol(self.babel)

    @cached_property
    def vega(self) -> Mapping[str, Any]:
        """Return Vega's config.locale: d3-format and d3-time-format definitions."""
        before, after = self._affixes()
        names = {
            name: [self._names(kind, width)[key] for key in keys]
            for name, kind, width, keys in (
                ("days", "day", "wide", (6, 0, 1, 2, 3, 4, 5)),
                ("shortDays", "day", "abbreviated", (6, 0, 1, 2, 3, 4, 5)),
                ("months", "month", "wide", range(1, 13)),
                ("shortMonths", "month", "abbreviated", range(1, 13)),
            )
        }
        return {
            "number": {
                "decimal": self.decimal,
                "thousands": self.thousands,
                "grouping": [3],
                "currency": [before, after],
                "percent": self._percent_of(""),
                "minus": MINUS,
                "nan": NOTHING,
            },
            "time": {
                "dateTime": f"{self._d3('yMMMd')} %H:%M",
                "date": self._d3("yMd"),
                "time": "%H:%M",
                "periods": ["AM", "PM"],
                **names,
            },
        }

    @property
    def vega_day(self) -> str:
        """The d3-time-format of a day on an axis: %-d %b."""
        return self._d3("MMMd")

    def vega_axis(self, unit: str | None, largest: float) -> str:
        """Return a Vega expression that labels `datum.value` of an axis."""
        value = "datum.value"
        if unit in ("percent", "percent_points"):
            mark = self._percent_of("") if unit == "percent" else f"{NO_BREAK}p.p."
            digits = 0 if largest > 0.05 else 1 if largest > 0.005 else 2
            return f"format({value} * 100, '.{digits}f') + '{mark}'"
        if unit == "per_100":
            return f"format({value} * 100, '.{0 if largest > 0.05 else 1}f')"
        if unit in clock.MINUTES:
            suffix, size = clock.told_in(largest * clock.MINUTES[unit])
            per = size / clock.MINUTES[unit]
            return f"format({value} / {per:g}, ',.2~f') + '{NO_BREAK}{suffix}'"
        if unit == "days":
            return f"format({value}, ',') + '{NO_BREAK}d'"
        if unit not in ("money", "score", "ratio", "stars", "points"):
            unit = None
        digits = 0 if largest >= 5 else 1
        plain = f"format({value}, ',.{digits}f')"
        if not self._groups(Decimal(1000)):
            bare = f"format({value}, '.{digits}f')"
            plain = f"(abs({value}) < 1e4 ? {bare} : {plain})"
        before, after = self._affixes() if unit == "money" else ("", "")
        return f"'{before}' + {plain} + '{after}'"

    def _groups(self, value: Decimal) -> bool:
        names = (self.babel.language, str(self.babel))
        late = any(name in UNGROUPED_BELOW_10000 for name in names)
        return not late or abs(value) >= 10_000

    def _affixes(self) -> tuple[str, str]:
        """Return what stands before and after an amount of money."""
        known = numbers.get_currency_symbol(self.currency, self.babel)
        if known == self.currency:
            return "", NO_BREAK + SYMBOLS.get(self.currency, self.currency)
        pattern = self.babel.currency_formats["standard"].pattern.split(";")[0]
        if pattern.startswith("¤"):
            return known + (NO_BREAK if NO_BREAK in pattern else ""), ""
        return "", NO_BREAK + known

    def _with_symbol(self, text: str) -> str:
        before, after = self._affixes()
        sign = MINUS if text.startswith(MINUS) else ""
        return f"{sign}{before}{text.removeprefix(MINUS)}{after}"

    def _percent_of(self, text: str) -> str:
        pattern = self.babel.percent_formats[None].pattern
        return f"{text}{pattern.split('0')[-1]}"

    def _pattern(self, skeleton: str) -> str:
        return str(self.babel.datetime_skeletons[skeleton].pattern)

    def _skeleton(self, day: dt.date, skeleton: str) -> str:
        return str(dates.format_skeleton(skeleton, day, locale=self.babel))

    def _d3(self, skeleton: str) -> str:
        found, text = [], self._pattern(skeleton)
        while text:
            if text[0] == "'":
                quoted, _, text = text[1:].partition("'")
                found.append(quoted or "'")
                continue
            same = text[: len(text) - len(text.lstrip(text[0]))]
            found.append(DATE_PARTS.get(same, same))
            text = text[len(same) :]
        return "".join(found)

    def _names(self, kind: str, width: str) -> Mapping[int, str]:
        table = self.babel.days if kind == "day" else self.babel.months
        return dict(table["format"][width])
