"""Connect your shop: per source the steps at the vendor and a block for journey.toml."""

from __future__ import annotations

import importlib
import re
from dataclasses import MISSING, Field, fields
from types import ModuleType
from typing import Any

import streamlit as st

from journey.connector import Guide
from journey.home import PROJECT
from journey.sources import kinds as known
from journey.ui import problems, visit
from journey.ui.navigation import entry

AFTER = """Then, where the app runs:

```sh
{exports}python -m journey doctor {name}
python -m journey refresh
```

{more}The first real source takes the sample shop away; the two are never mixed."""


def asked() -> None:
    """Draw first what a reader asked for by a link: what is hidden in the sample shop, or
    how to connect one."""
    page = PROJECT / "docs" / "sample-shop.md"
    if _shown() == "hidden" and page.is_file():
        with st.container(border=True, key="card_hidden"):
            st.markdown(page.read_text("utf-8"))
    elif _shown() == "connect":
        _guides()


def connect() -> None:
    """Draw one expander for each connector that is installed, unless it stands above."""
    if _shown() != "connect":
        _guides()


def _shown() -> str | None:
    return st.query_params.get("show")


def _guides() -> None:
    st.markdown("### Connect your shop")
    st.caption(
        "Choose where the figures are kept: each line opens the steps there, the block for "
        "journey.toml and the names of its secrets."
    )
    for kind in kinds():
        with st.expander(title_of(kind)):
            _guide(kind, _guide_of(kind))


def brings(reason: str) -> bool:
    """Whether a source, and no other choice in the filter, would bring a figure."""
    return reason.casefold().startswith(("connect ", "needs "))


def offer() -> None:
    """Draw the way to where it stands how to connect a source."""
    if not visit.is_one():
        st.page_link(
            entry("data").file, label="How to connect what is missing",
            icon=":material/cable:", query_params={"show": "connect"},
        )  # fmt: skip


def kinds() -> list[str]:
    """Return the connectors of this installation, the sample shop left out."""
    return [kind for kind in known.kinds() if kind != "sample"]


def title_of(kind: str) -> str:
    """Return what a kind of source is called."""
    guide = _guide_of(kind)
    return guide.title if guide else kind.replace("_", " ").capitalize()


def block(kind: str, name: str, example: str) -> str:
    """Return a [[sources]] block with every setting the connector cannot do without."""
    lines = ["[[sources]]", f'name = "{name}"', f'kind = "{kind}"']
    for field in _fields(kind):
        needed = field.default is MISSING and field.default_factory is MISSING
        if needed and f"{field.name} =" not in example and field.name != "tables":
            secret = field.metadata.get("secret")
            value = f"env:{name.upper()}_{field.name.upper()}" if secret else "..."
            about = field.metadata.get("help", "")
            lines.append(f'{field.name} = "{value}"  # {about}')
    return "\n".join([*lines, example]).replace("\n[[", "\n\n[[")


def secrets_of(text: str) -> list[str]:
    """Return the names under which a block looks for its secrets."""
    return re.findall(r'"env:(\w+)"', text)


def _guide(kind: str, guide: Guide | None) -> None:
    name = guide.name if guide else kind
    for number, step in enumerate(guide.steps if guide else (), 1):
        st.markdown(f"{number}. {problems.plain(step)}")
    text = block(kind, name, guide.example if guide else "")
    st.code(text, language="toml")
    exports = "".join(f"export {secret}=...\n" for secret in secrets_of(text))
    page = f"docs/connecting-{kind.removesuffix('_export').replace('_', '-')}.md"
    known = (PROJECT / page).is_file()
    more = f"Every setting is in `{page}`. " if known else ""
    st.markdown(AFTER.format(exports=exports, name=name, more=more))


def _fields(kind: str) -> tuple[Field[Any], ...]:
    module = _module(kind)
    return fields(module.Settings) if module else ()


def _guide_of(kind: str) -> Guide | None:
    return getattr(_module(kind), "GUIDE", None)


def _module(kind: str) -> ModuleType | None:
    try:
        return importlib.import_module(f"connectors.{kind}")
    except ImportError:
        return None
