"""The address of a page: its parameters, which are public API, and links made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from journey.scope import SEGMENTS

STAGES = (
    "awareness", "consideration", "conversion", "retention", "advocacy", "support"
)  # fmt: skip
DAYS = ("7", "28", "90", "365")
"""Numbers of days that end with the last complete one."""
LONGEST = 2000
"""Characters of one value, and so of what a page looks at."""
MOST = 200
"""Values of one parameter."""
LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Parameter:
    """One parameter: where it is known, what it may hold and what it does."""

    key: str
    values: str
    meaning: str
    pages: tuple[str, ...] = ()
    """Pages that know it; empty: every page."""


_EVERYWHERE = (
    Parameter("days", ", ".join(DAYS), "so many days up to the last complete one"),
    Parameter("from", "a day, 2026-10-20", "first day, in place of `days`"),
    Parameter("to", "a day, 2026-11-16", "last day, in place of `days`"),
    Parameter(
        "compare", "previous, year, none, an event like black-week, or a first day",
        "what the days are compared with",
    ),
    Parameter("segment", "segments/asked_about_size", "a named group: only these people"),
    *(
        Parameter(column, "values of the column; several by repeating it; all", "a filter")
        for column in SEGMENTS
    ),
    Parameter("share", "a token", "a signed link; everything else beside it is ignored"),
    Parameter("turn", "10 to 3600", "seconds after which a presented page turns"),
    Parameter("too_long", "yes", "stands for a link of more than 1,000 parameters"),
    Parameter("between", "two days", "older links: `from` and `to`"),
)  # fmt: skip
_OF_PAGES = (
    Parameter("measure", "a query file", "the figure of “Where it concentrates”", STAGES),
    Parameter("by", "a segment column", "what it is broken down by", STAGES),
    Parameter("moved", "a query file, or revenue", "the figure of “What moved”", STAGES),
    Parameter("moved_by", "a segment column", "what its change is split by", STAGES),
    Parameter(
        "open", "a query file", "the drawer that is open", (*STAGES, "segments")
    ),
    Parameter(
        "open_by", "a segment column", "what the drawer is broken down by",
        (*STAGES, "segments", "queries"),
    ),
    Parameter(
        "stage", "a stage, like conversion; all", "only its losses", ("drop-offs",)
    ),
    Parameter("by", "a segment column, or segment", "what is compared", ("segments",)),
    Parameter("value", "one of its values", "which one", ("segments",)),
    Parameter("with", "another value; rest", "what it is compared with", ("segments",)),
    Parameter("order", "money, journey", "the order of the rows", ("segments",)),
    Parameter("all", "yes", "every measure, not only headlines", ("segments",)),
    Parameter("search", "a text", "the words looked for", ("queries",)),
    Parameter("folder", "a folder, all", "only its files", ("queries",)),
    Parameter("kind", "a kind, all", "only files of this kind", ("queries",)),
    Parameter("query", "a query file", "the file that is open", ("queries",)),
    Parameter("view", "files, try", "the files, or the editor", ("queries",)),
    Parameter("show", "hidden, connect", "the section that is open", ("data",)),
)  # fmt: skip
PARAMETERS = (*_EVERYWHERE, *_OF_PAGES)
EMBED = ("embed", "embed_options")
"""Streamlit's own, which it keeps from the app."""


def known(page: str) -> frozenset[str]:
    """Return the keys that a page knows."""
    return frozenset(one.key for one in PARAMETERS if not one.pages or page in one.pages)


def own(page: str) -> frozenset[str]:
    """Return the keys that hold what is picked in a page itself."""
    return frozenset(one.key for one in _OF_PAGES if page in one.pages)


def is_foreign(key: str) -> bool:
    """Whether others add this key to addresses they pass on: mails, ads, chats."""
    return key.startswith(("utm_", "mc_", "pk_", "_")) or key in FOREIGN


FOREIGN = frozenset({
    "gclid", "gbraid", "wbraid", "dclid", "fbclid", "msclkid", "ttclid", "twclid",
    "li_fat_id", "igshid", "yclid", "ref", "ref_src", "source", "cid",
})  # fmt: skip


def link(base: str, page: str, params: Mapping[str, Sequence[str]]) -> str:
    """Return the address of a page; the first page stands at the root."""
    path = "" if page in ("", "journey") else page
    query = urlencode({k: list(v) for k, v in params.items() if v}, doseq=True)
    return f"{base.rstrip('/')}/{path}{'?' if query else ''}{query}"


def base(url: str, page: str) -> str:
    """Return where the app stands, of the address of one of its pages; "" of none."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    path = parts.path.rstrip("/")
    if page and path.endswith(f"/{page}"):
        path = path[: -len(page) - 1]
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{path}"


def is_own(url: object) -> bool:
    """Whether a text can be the app's own address: https, or http on this machine."""
    if not isinstance(url, str) or url != url.strip() or len(url) > LONGEST:
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return (
        bool(host)
        and (parts.scheme == "https" or (parts.scheme == "http" and host in LOCAL))
        and not (parts.query or parts.fragment or "@" in parts.netloc)
        and url.isprintable()
        and not any(c in url for c in " \\<>\"'{}")
    )
