"""Each page's SQL against a bare scan of the columns it reads."""

from __future__ import annotations

import re
from collections.abc import Callable
from statistics import median

from bench.shop import heading, interleaved, ratio
from journey.figures.published import Figures, figures
from journey.home import home
from journey.query import Query

STAGES = ("awareness", "consideration", "conversion", "retention", "advocacy", "support")
ROUNDS = 5


def measure() -> None:
    heading("SQL of a page against a bare scan of the columns it reads (uncached)")
    usual = figures(home())
    print(f"{'page':15}{'queries':>8}{'SQL ms':>9}{'scan ms':>9}{'ratio':>8}")
    for stage in STAGES:
        found = [q for q in usual.library.of(stage) if q.kind != "segment"]
        works = [_answers(usual, found), _scans(usual, found)]
        asked, scanned = interleaved(works, ROUNDS)
        print(
            f"{stage:15}{len(found):8}{1000 * median(asked):9.0f}"
            f"{1000 * median(scanned):9.0f}{ratio(asked, scanned):8.1f}",
            flush=True,
        )


def _answers(usual: Figures, found: list[Query]) -> Callable[[], object]:
    return lambda: [usual.answer(query.name) for query in found]


def _scans(usual: Figures, found: list[Query]) -> Callable[[], object]:
    statements = [sql for query in found for sql in _bare(usual, query)]

    def scan() -> None:
        for sql in statements:
            cursor = usual.reader.cursor()
            cursor.execute(sql).fetchall()
            cursor.close()

    return scan


def _bare(usual: Figures, query: Query) -> list[str]:
    """Return one statement per mart that reads every column the query names, once."""
    words = set(re.findall(r"\w+", query.sql.split("*/", 1)[1].lower()))
    marts = usual.answer(query.name).reads
    statements = []
    for mart in marts:
        columns = usual.reader.cursor().sql(f"select * from published.{mart}").columns
        read = [column for column in columns if column.lower() in words] or columns[:1]
        sums = ", ".join(f'bit_xor(hash("{column}"))' for column in read)
        statements.append(f"select {sums} from published.{mart}")
    return statements
