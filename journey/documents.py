"""What a source answered, as JSON: strict, but for what its vendor writes wrong itself."""

from __future__ import annotations

import contextlib
import functools
import json
import re
from typing import Any

import msgspec

LONE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
"""Half of a character, as a text cut by bytes ends; no database takes it."""


def parsed(content: bytes, of: type | None = None) -> Any:
    """Return what a body says; ValueError where it is no JSON.

    With `of`, the things of a list come as that type; one that does not fit stays as it
    is. Bytes that are no text and halves of characters become U+FFFD: one spoilt title
    must not keep a page from being read.
    """
    with contextlib.suppress(ValueError, RecursionError):
        return _decoder(of).decode(content)
    found = _plain(content)
    if of is None or not isinstance(found, list):
        return found
    return [_fitted(thing, of) for thing in found]


@functools.cache
def _decoder(of: type | None) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(Any if of is None else list[of])  # type: ignore[valid-type]


def _plain(content: bytes) -> Any:
    with contextlib.suppress(ValueError, RecursionError):
        return _decoder(None).decode(content)
    if b"\\ud" in content or b"\\uD" in content:
        content = LONE.sub(rb"\\ufffd", content)
    text = content.decode(json.detect_encoding(content), "replace")
    try:
        return json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _fitted(thing: Any, of: type) -> Any:
    """Return the thing as that type; what is empty in it counts as not given."""
    for given in (thing, _without_empty(thing)):
        with contextlib.suppress(msgspec.ValidationError):
            return msgspec.convert(given, of, strict=False)
    return thing


def _without_empty(thing: Any) -> Any:
    """Return the thing as its vendor means it.

    PHP writes an empty list for an empty object, false for what is not there, and an
    object of numbers for a list out of which something was taken.
    """
    if isinstance(thing, dict) and thing and all(map(str.isdigit, thing)):
        thing = list(thing.values())
    if isinstance(thing, dict):
        return {k: _without_empty(v) for k, v in thing.items() if _told(v)}
    return [_without_empty(item) for item in thing] if isinstance(thing, list) else thing


def _told(value: Any) -> bool:
    return bool(value) or (value == 0 and value is not False)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
