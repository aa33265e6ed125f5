"""The menu "Download" of a card: its answer as a file, made when it is clicked."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from journey import data
from journey.answer import Answer
from journey.days.comparison import Row
from journey.output import export
from journey.query import Query
from journey.scope import Scope
from journey.ui import beside, trail

KINDS = {
    "csv": ("CSV", "text/csv"),
    "xlsx": (
        "Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    ),
    "parquet": ("Parquet", "application/vnd.apache.parquet"),
}  # fmt: skip


def draw(
    name: str, answer: Answer, scope: Scope, key: str, query: Query | None = None
) -> None:
    """Draw one menu with every kind of file; nothing where there is nothing to take.

    `name` is what the file is called after where no query file is (a typed text), `key`
    tells two menus of one answer on a page apart.
    """
    if answer.measure is None and answer.frame is None:
        return
    query = query or data.query(name)
    with st.popover("Download", type="tertiary", icon=":material/download:"):
        for kind in KINDS:
            _button(kind, name, answer, scope, key, query)


def _button(
    kind: str, name: str, answer: Answer, scope: Scope, key: str, query: Query | None
) -> None:
    label, mime = KINDS[kind]
    formats, taken = data.formats(), trail.export(answer.name, scope, kind)

    def made() -> bytes:
        taken.write(answer.frame.height if answer.frame is not None else 1)
        rows: Sequence[Row] = ()
        if query is not None and answer.measure is not None:
            rows = beside.against(answer.name, scope, query).rows
        return export.to_bytes(answer, kind, formats, rows)

    st.download_button(
        label, made, mime=mime, file_name=f"{name.replace('/', '_')}.{kind}",
        on_click="ignore", key=f"download_{kind}_{key}_{name}", type="tertiary",
        width="stretch",
    )  # fmt: skip
