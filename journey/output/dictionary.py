"""The data dictionary: every table and column that a query may read, as Markdown."""

from __future__ import annotations

from journey import build, landing
from journey.build import Mart
from journey.landing import LandedTable

HEAD = """\
# Data dictionary

Written by `python -m journey docs` from the headers of `queries/marts/`, from
`journey/canonical.sql` and from the landing's own books. The marts come first: questions
read them by their plain name. The landed tables and the books follow: only marts read
them, as `landed.<table>`.

A column that is NULL was not known; it is shown as "(not set)". Money is in the reporting
currency unless a column says otherwise. Days begin in the reporting time zone.

## From a card down to a landed row

The published file, `data/published/journey-<stamp>.duckdb`, holds the marts and nothing
else: no `landed`. What has landed lies in `data/landing.duckdb`, which you attach beside
it. Any DuckDB client of the version in `requirements.txt` will do; with Python, from the
folder that holds `data/`:

```python
import duckdb, glob
newest = sorted(glob.glob("data/published/*.duckdb"))[-1]
shop = duckdb.connect(newest, read_only=True)
shop.sql("select time_zone from snapshot").show()
```

The second line below takes the zone that the last one printed: without it times and days
are those of your computer. While a refresh runs, the landing cannot be opened.

```sql
attach 'data/landing.duckdb' as landed (read_only);
set TimeZone = 'Europe/Warsaw';
```

**1. The card.** "Checkout completion" on the page Conversion is
`queries/conversion/checkout_completion.sql`: it reads `traffic`. The app begins with 28
days and the own shop, so these are the two numbers of the card:

```sql
select
    sum(purchases_of_checkouts) as numerator,
    sum(checkouts) as denominator
from traffic
where sales_channel = 'own_shop'
    and day > (select data_through from snapshot) - 28
    and day <= (select data_through from snapshot);
```

**2. One day of it.** `queries/marts/traffic.sql` counts rows of `sessions`. These are the
visits of one day that both numbers count:

```sql
select session_id, source, started_at, device, country, order_key
from sessions
where began_checkout and purchased
    and day = (select data_through from snapshot)
order by started_at;
```

**3. The landed row.** `queries/marts/sessions.sql` takes visits from `landed.session`;
`session_id` is the number of the row there as it stood at the build, so look before the
next refresh. The first of the visits above:

```sql
select
    l.session_key, l.started_at, l.checkouts, l.purchases, l.transaction_id,
    l._file, l._run_id
from sessions as s
join landed.session as l on l.rowid = s.session_id and l.source = s.source
where s.began_checkout and s.purchased
    and s.day = (select data_through from snapshot)
order by s.started_at
limit 1;
```

A source that gives events instead has no row in `landed.session`: look for `source` and the
minute of `started_at` in `landed.web_event`. Visitors and people are keyed hashes in both.

An order needs no number of a row: `source` and `order_id` name it in both. Half of
"Conversion rate" comes from `orders`, and this is one of the orders that it counts:

```sql
select
    o.order_key, o.revenue, l.placed_at, l.status, l.gross_total, l._file, l._run_id
from orders as o
join landed.sales_order as l using (source, order_id)
where o.counts and o.sales_channel = 'own_shop'
    and o.day = (select data_through from snapshot)
order by o.placed_at
limit 1;
```

**4. Where the row came from.** `_file` is the file that brought it; it is NULL for what
came over an API, and in the sample shop, which has no files. `_run_id` is the run, and
`landed.sync_run` says when it was and what it read:

```sql
select run_id, kind, table_name, started_at, rows_read, rows_landed
from landed.sync_run
where table_name = 'session'
order by started_at desc
limit 1;
```

`landed.landed_file` has the fingerprint of every file and the run that read it last.

## Marts
"""


BOOKS = """\
## Books of the landing

What the landing writes down about its own work, in the same file as the landed tables.
"""


def text() -> str:
    """Return the whole page; equal for equal marts and canonical tables."""
    types = _types()
    marts = sorted(build.marts(), key=lambda mart: mart.name)
    parts = [HEAD, *(_mart(mart, types[mart.name]) for mart in marts), "## Landed tables\n"]
    tables = [_landed(table) for _, table in sorted(landing.TABLES.items())]
    books = [_landed(table) for _, table in sorted(landing.BOOKS.items())]
    return "\n".join([*parts, *tables, BOOKS, *books])


def _types() -> dict[str, dict[str, str]]:
    """Return mart -> column -> DuckDB type, from marts built without rows."""
    connection = build.blueprint()
    rows = connection.sql(
        "select table_name, column_name, data_type from duckdb_columns() "
        "where database_name = 'published' order by table_name, column_index"
    ).fetchall()
    connection.close()
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in rows:
        found.setdefault(table, {})[column] = kind.lower()
    return found


def _mart(mart: Mart, types: dict[str, str]) -> str:
    lines = [
        f"### {mart.name}\n",
        f"{mart.title}: {mart.grain}. Key: {', '.join(mart.key)}.",
    ]
    if mart.description:
        lines += ["", mart.description.strip()]
    lines += [
        "",
        f"Reads: {', '.join(sorted(mart.reads | mart.lands)) or 'settings only'}.",
    ]
    lines += ["", "| column | type | what it holds |", "|---|---|---|"]
    lines += [
        f"| {column} | {kind} | {_cell(mart.columns.get(column, ''))} |"
        for column, kind in types.items()
    ]
    return "\n".join([*lines, ""])


def _landed(table: LandedTable) -> str:
    lines = [f"### landed.{table.name}\n", f"One row is {table.grain}.", ""]
    lines += ["| column | type |", "|---|---|"]
    lines += [f"| {column.name} | {column.type} |" for column in table.columns]
    return "\n".join([*lines, ""])


def _cell(words: str) -> str:
    return " ".join(words.split()).replace("|", "\\|")
