"""Rows on their way out of the stage, and what takes the place of persons in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import polars


class Outgoing:
    """Columns made of `mapped`, which are read once, when all is known that they need.

    No copy of the rows is made before: the place of a person is taken on the way.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, sql: Mapping[str, str], bad: str
    ) -> None:
        """`sql`: column -> expression; `bad`: the condition of rows that are left out."""
        self.connection = connection
        self.sql = dict(sql)
        self._bad = f"coalesce({bad}, false)"
        self._joins: dict[str, str] = {}
        self._values: dict[str, bytes] = {}

    def distinct(self, column: str, condition: str = "true") -> list[Any]:
        """Return the different values of a column, in rows under a condition."""
        sql = self.sql[column]
        found = self.connection.execute(
            f"select distinct {sql} from mapped where {sql} is not null and {condition}"
        )
        return [value for (value,) in found.fetchall()]

    def replace(
        self, column: str, values: Sequence[Any], by: Sequence[Any], only: bool
    ) -> None:
        """Replace these values of a column; `only` these, or lose what else there is."""
        name, was = f"_for_{column}", self.sql[column]
        given = polars.Series("_value", values)
        pairs = [given, polars.Series("_by", by, dtype=given.dtype)]
        self.connection.register(name, polars.DataFrame(pairs))
        self._joins[column] = f"join {name} on {name}._value = {was}"
        self.sql[column] = f"coalesce({name}._by, {was})" if only else f"{name}._by"

    def hash(self, column: str, sql: str, pads: Mapping[str, bytes]) -> None:
        """Replace a column by an expression with parameters."""
        self.sql[column] = sql
        self._values |= pads

    def count_replaced(self, column: str, condition: str = "true") -> int:
        """Return in how many good rows a value was replaced, by what the condition says."""
        found = self.connection.sql(
            f"select count(*) from mapped {self._joins[column]} "
            f"where not {self._bad} and {condition}"
        )
        return int(found.fetchall()[0][0])

    def read(self) -> tuple[polars.DataFrame, int]:
        """Return the good rows with their `_row`, and how many the others are."""
        columns = ", ".join(f'{sql} as "{name}"' for name, sql in self.sql.items())
        joins = " ".join(f"left {join}" for join in self._joins.values())
        rows = self.connection.sql(
            f"select _row, {columns}, {self._bad} as _bad from mapped {joins}",
            params=self._values,
        ).pl()
        for column in self._joins:
            self.connection.unregister(f"_for_{column}")
        bad = int(rows["_bad"].sum())
        return (rows.filter(~polars.col("_bad")) if bad else rows).drop("_bad"), bad
