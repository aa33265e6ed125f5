"""Who did what, for admins: the audit log on the page Data."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Any

import polars as pl
import streamlit as st

from journey import audit, data
from journey.formats import Formats
from journey.ui import tables, trail

LISTED = 500
"""Lines that are listed, the newest first; the download has them all."""
ALL = "Everybody"
TOLD = {
    "sign in": "Signed in", "sign out": "Signed out", "page": "Opened a page",
    "list": "Saw a list", "export": "Took a file", "text": "Typed SQL",
    "share": "Shared a link", "group": "Saved a group", "seen": "Saw a list",
    "downloaded": "Took a file", "saved": "Saved a group",
}  # fmt: skip


def audited() -> None:
    """Draw the audit log, where the reader's role may see all rows of all people."""
    reader = data.reader()
    if reader.rows or not reader.may("admin"):
        return
    with st.container(border=True, key="card_audit"):
        st.markdown("#### Who did what")
        st.caption("Sign-ins, pages, lists of orders, files taken away, SQL typed, links.")
        if not st.toggle("Show the audit log", key="audit_shown"):
            return
        try:
            known = audit.newest(data.home(), LISTED)
        except OSError as error:
            st.error(f"The audit log cannot be read: {error.strerror}.")
            return
        people = sorted({str(line.get("who", "")) for line in known})
        picked = st.selectbox("Person", [ALL, *people], key="audit_who", width=320)
        who = "" if picked in (ALL, None) else picked
        shown = audit.newest(data.home(), LISTED, who) if who else known
        tables.show(_frame(shown, data.formats()), None, "audit")
        _download(who)


def _frame(entries: list[dict[str, Any]], formats: Formats) -> pl.DataFrame:
    """Return one row a line, as it is read."""
    zone = zoneinfo.ZoneInfo(data.settings().reporting.time_zone)
    rows = [
        {
            "When": _moment(str(entry.get("at", "")), zone, formats),
            "Who": str(entry.get("who", "")),
            "What": TOLD.get(str(entry.get("action")), str(entry.get("action"))),
            "Page": str(entry.get("page", "")),
            "About": _about(entry),
            "Rows": entry.get("count") or None,
        }
        for entry in entries
    ]
    kinds = dict.fromkeys(("When", "Who", "What", "Page", "About"), pl.String)
    return pl.DataFrame(rows, schema=kinds | {"Rows": pl.Int64})


def _moment(text: str, zone: zoneinfo.ZoneInfo, formats: Formats) -> str:
    try:
        return formats.stamp(dt.datetime.fromisoformat(text), zone)
    except (ValueError, TypeError):
        return text


def _about(entry: dict[str, Any]) -> str:
    scope = entry.get("scope")
    asked = audit.told(scope) if isinstance(scope, dict) else ""
    parts = (str(entry.get("list", "")), str(entry.get("kind", "")), asked)
    return " · ".join(part for part in parts if part)


def _download(who: str) -> None:
    taken, home = trail.export("audit", None, "csv"), data.home()

    def made() -> bytes:
        entries = [e for e in audit.read(home) if who in ("", e.get("who"))]
        taken.write(len(entries))
        return audit.to_csv(entries[::-1])

    st.download_button(
        "Download", made, file_name="audit.csv", mime="text/csv", key="audit_csv",
        icon=":material/download:", on_click="ignore", type="tertiary",
    )  # fmt: skip
