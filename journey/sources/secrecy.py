"""Takes credentials out of whatever is told, in every form in which they are echoed."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Collection, Iterable
from urllib.parse import quote, quote_plus

from journey.connector import Access, Problem

SHORT = 8
"""Characters; a shorter secret is taken out where it stands alone, lest it tear words."""


def forms(secret: str) -> set[str]:
    """Return a secret in the ways in which it travels and is echoed."""
    told = {
        secret, quote(secret), quote(secret, safe=""), quote_plus(secret),
        json.dumps(secret)[1:-1], html.escape(secret), *_packed(secret),
    }  # fmt: skip
    return {form for form in told if form.strip()}


def _packed(text: str) -> tuple[str, str]:
    packed = base64.b64encode(text.encode())
    return packed.decode(), packed.rstrip(b"=").decode()


def secrets_in(access: Access) -> set[str]:
    """Return what of an address must not be told."""
    found = {*(access.basic or ()), *(access.oauth1 or ())}
    for pair in (access.basic, access.oauth1):
        if pair:
            found.update(_packed(":".join(pair)))
    return found | secrets_of_headers(access.headers.values())


def secrets_of_headers(values: Iterable[str]) -> set[str]:
    """Return the words of headers that may be keys: `Bearer abc` holds one."""
    return {word for value in values for word in str(value).split() if len(word) >= SHORT}


def hidden(text: str, secrets: Collection[str]) -> str:
    """Return the text without any of the secrets."""
    told = {form for secret in secrets for form in forms(secret)}
    for form in sorted(told, key=len, reverse=True):
        if len(form) >= SHORT:
            text = text.replace(form, "***")
        else:
            text = re.sub(rf"(?<!\w){re.escape(form)}(?!\w)", "***", text)
    return text


def without(problem: Problem, secrets: Collection[str]) -> Problem:
    """Return the problem without any of the secrets."""
    parts = (problem.where, problem.found, problem.expected, problem.fix)
    where, found, expected, fix = (hidden(part, secrets) for part in parts)
    return Problem(where, found, expected, fix, problem.line)
