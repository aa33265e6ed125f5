"""250,000 rows of a GA4 report: the bytes of one answer decoded, typed and landed."""

from __future__ import annotations

import datetime as dt
import itertools
import tempfile
from pathlib import Path
from statistics import median

from bench.shop import heading, seconds

ROWS = 250_000
ROUNDS = 3
FIRST = dt.date(2026, 1, 1)
MOST = 3.0
"""Seconds that all of it may take."""


def measure() -> None:
    heading("250,000 GA4 rows decoded and landed")
    content = _answer()
    decoded = [seconds(lambda: _decode(content)) for _ in range(ROUNDS)]
    landed = [seconds(lambda: _land(content)) for _ in range(ROUNDS)]
    print(
        f"{len(content) / 2**20:.0f} MB; decoded {median(decoded):.2f} s, decoded and "
        f"landed {median(landed):.2f} s, at most {MOST:.0f} s"
    )


def _answer() -> bytes:
    """Return one answer of the Data API as it comes over the wire."""
    from google.analytics.data_v1beta import types

    message = types.RunReportResponse.pb(types.RunReportResponse())
    for name in ("date", "eventName", "sessionDefaultChannelGroup", "deviceCategory",
                 "countryId", "newVsReturning"):  # fmt: skip
        message.dimension_headers.add(name=name)
    for name in ("sessions", "eventCount"):
        message.metric_headers.add(name=name, type_=1)
    days = [f"{FIRST + dt.timedelta(n):%Y%m%d}" for n in range(90)]
    steps = ("view_item", "add_to_cart", "begin_checkout", "add_payment_info", "purchase")
    channels = [f"Channel {number}" for number in range(12)]
    countries = [chr(65 + n // 26) + chr(65 + n % 26) for n in range(24)]
    cells = itertools.product(
        days, steps, channels, ("mobile", "desktop", "tablet"), countries,
        ("new", "returning"),
    )  # fmt: skip
    for number, values in enumerate(itertools.islice(cells, ROWS)):
        row = message.rows.add()
        for text in values:
            row.dimension_values.add(value=text)
        row.metric_values.add(value=str(number % 97))
        row.metric_values.add(value=str(number % 997))
    message.row_count = ROWS
    content: bytes = message.SerializeToString()
    return content


def _decode(content: bytes):  # type: ignore[no-untyped-def]
    from google.analytics.data_v1beta import types

    from connectors.ga4 import decoding, reports

    steps = next(report for report in reports.REPORTS if report.name == "steps")
    columns = {field.name: field.column for field in (*steps.dimensions, *steps.metrics)}
    message = types.RunReportResponse.pb(types.RunReportResponse.deserialize(content))
    return decoding.typed(decoding.frame_of(message, columns))


def _land(content: bytes) -> None:
    import polars as pl

    from journey import landing
    from journey.connector import Days, Frame
    from journey.home import Home
    from journey.landing import Hasher, Run

    def batches(run: Run) -> None:
        frame = _decode(content).with_columns(
            pl.lit("steps").alias("report"), pl.lit("Europe/Warsaw").alias("time_zone"),
            pl.lit("PLN").alias("currency"), pl.lit(True).alias("is_final"),
        )  # fmt: skip
        run.take("web_daily", Frame(frame))
        run.take("web_daily", Days(FIRST, FIRST + dt.timedelta(89)))

    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        with landing.open_landing(home) as connection:
            hasher = Hasher(b"a key for the bench only", None)
            now = dt.datetime.now(dt.UTC)
            landing.land(connection, home, "web", "ga4", batches, hasher, now)
