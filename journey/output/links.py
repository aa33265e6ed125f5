"""Addresses into the shop and the helpdesk, made of a source's own numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from journey.problem import near

KINDS = ("order", "ticket")
"""What a link can lead to."""
PLACE = "{id}"
NOWHERE = (None, "", ".", "..")
"""Numbers without a place: a browser takes dots for the folder, even escaped ones."""


def link(links: Mapping[str, Any], source: str | None, kind: str, number: Any) -> str:
    """Return the address of an order or ticket; "" where none is set up.

    A template of the source itself comes before one of all sources. The number is
    escaped, so that it can only fill its place.
    """
    own = links.get(source or "")
    template = own.get(kind) if isinstance(own, Mapping) else None
    template = template or links.get(kind)
    if not isinstance(template, str) or number in NOWHERE or not is_address(template):
        return ""
    return template.replace(PLACE, quote(str(number), safe=""))


def is_address(template: str) -> bool:
    """Whether a template leads to one place over https and has room for a number.

    The number may not choose the host: it stands behind it.
    """
    try:
        parts = urlsplit(template)
    except ValueError:
        return False
    return (
        parts.scheme == "https"
        and bool(parts.hostname)
        and "{" not in parts.netloc
        and "@" not in parts.netloc
        and template.count(PLACE) == 1
    )


def misread(links: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield key, what was found and what was expected, for each wrong entry."""
    for key, value in links.items():
        if isinstance(value, Mapping):
            for kind, template in value.items():
                yield from _wrong(kind, template, KINDS)
        else:
            yield from _wrong(key, value, KINDS)


def _wrong(
    kind: str, template: Any, known: tuple[str, ...]
) -> Iterator[tuple[str, str, str]]:
    if kind not in known:
        yield kind, f'unknown key "{kind}" in [links]', near(kind, known)
    elif not isinstance(template, str) or not is_address(template):
        yield kind, f"{kind} = {template!r}", "an address https://... with one {id} in it"
