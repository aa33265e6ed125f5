"""Who is who: of how much it is known who did it, and which numbers name an order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import streamlit as st

from journey import data
from journey.formats import Formats
from journey.ui import downloads, problems, tables
from journey.ui.figure import sentence

MATCHES = "data/identity"
LOOKS = "data/order_number_forms"
TOO_FEW = 0.5
"""Share of transaction ids below which another form is sent than the shop has."""
FORMS = {
    "order_id": "id",
    "order_name": "number",
    "order_digits": "number without its prefix or suffix",
    "transaction_id": "checkout token",
}


@dataclass(frozen=True)
class Form:
    """How the purchases of web analytics, or the numbers of orders, are written."""

    subject: str
    source: str
    way: str
    things: int
    looks: str | None


def identity() -> None:
    """Draw what could be matched, worst things first."""
    if data.query(MATCHES) is None:
        return
    query, answer = data.query(MATCHES), data.answer(MATCHES, data.unfiltered(data.EVER))
    with st.container(border=True, key="card_identity"):
        st.markdown("#### Who is who")
        if answer.problem is not None:
            problems.show([answer.problem], "This file needs a hand", MATCHES)
            return
        if answer.frame is None or answer.frame.is_empty():
            st.caption(sentence(answer.absence or "Nothing is published yet."))
            return
        for text, is_bad in told(_forms(), data.formats()):
            if is_bad:
                st.warning(problems.plain(text), icon=":material/link_off:")
            else:
                st.caption(problems.plain(text))
        tables.show(answer.frame, query, MATCHES)
        downloads.draw(MATCHES, answer, data.unfiltered(data.EVER), "identity")


def _forms() -> list[Form]:
    rows = data.table(LOOKS)
    names = ["subject", "source", "way", "things", "looks"]
    if not set(names) <= set(rows.columns):
        return []
    return [Form(*row) for row in rows.select(names).rows()]


# ------------------------------------------------------------------ content


def told(forms: Sequence[Form], formats: Formats) -> list[tuple[str, bool]]:
    """Return one sentence for each source of purchases, and whether it is a warning."""
    numbers = [form for form in forms if form.subject == "number"]
    if not numbers:
        return []
    purchases = [form for form in forms if form.subject == "purchase"]
    sources = sorted({form.source for form in purchases})
    return [
        _told(
            source, [form for form in purchases if form.source == source], numbers, formats
        )
        for source in sources
    ]


def _told(
    source: str, purchases: Sequence[Form], numbers: Iterable[Form], formats: Formats
) -> tuple[str, bool]:
    total = sum(form.things for form in purchases)
    fitting = sorted(
        (form for form in purchases if form.way in FORMS), key=lambda form: -form.things
    )
    share = sum(form.things for form in fitting) / total
    said = (
        f"{source}: {formats.percent(share)} of {formats.counted(total, 'transaction id')} "
    )
    said += "are an order"
    if fitting:
        parts = [f"{formats.percent(form.things / total)} its {FORMS[form.way]}"
                 for form in fitting]  # fmt: skip
        said += f" ({', '.join(parts)})"
    if share >= TOO_FEW:
        return f"{said}.", False
    other = next((form.looks for form in purchases if form.way == "none"), None)
    written = ", ".join(
        f"the {FORMS[form.way]} like {form.looks}"
        for form in numbers
        if form.looks and form.way != "order_digits"
    )
    return (
        f"{said}. The others look like {other}; orders have {written}. Send one of these "
        "as transaction_id with the event purchase.",
        True,
    )
