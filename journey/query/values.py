"""Which values the segment columns have: what a choice can be checked against."""

from __future__ import annotations

from journey.query.catalog import Reader, catalog
from journey.query.view import variables, views
from journey.scope import Scope


def values(reader: Reader, scope: Scope, column: str) -> set[str]:
    """Return every value of a segment column in the rows the scope's role may see."""
    known = catalog(reader)
    marts = sorted(mart for mart, columns in known.marts.items() if column in columns)
    if not marts:
        return set()
    each = (f'select distinct "{column}"::varchar from "{mart}"' for mart in marts)
    cursor = reader.cursor()
    try:
        variables(cursor, scope.under_policy())
        views(cursor, known, scope.under_policy(), marts)
        rows = cursor.execute(" union ".join(each)).fetchall()
    finally:
        cursor.close()
    return {str(value) for (value,) in rows if value is not None}
