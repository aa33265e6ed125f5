"""The build against the same statements in a plain DuckDB connection."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

import duckdb

from bench.shop import heading, interleaved, ratio
from journey import build, settings
from journey.build.inputs import attach_landing, attach_settings
from journey.home import home

ROUNDS = 3


def measure() -> None:
    heading("Build and publish against the same statements in a plain connection")
    place = home()
    shop = settings.load(place)
    ours, plain = interleaved([lambda: build.build(place, shop), _plain], ROUNDS)
    print(
        f"build {median(ours):.2f} s, plain {median(plain):.2f} s, "
        f"ratio {ratio(ours, plain):.2f}"
    )


def _plain() -> None:
    place = home()
    with tempfile.TemporaryDirectory() as folder:
        connection = duckdb.connect(str(Path(folder) / "plain.duckdb"))
        attach_landing(connection, place)
        attach_settings(connection, settings.load(place), "plain")
        for mart in build.marts():
            connection.execute(f'create table "{mart.name}" as {mart.sql}').fetchall()
        connection.execute("checkpoint").fetchall()
        connection.close()
