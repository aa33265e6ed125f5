"""Persons become keyed hashes: what a value means, and the hash that stands for it.

The hash is HMAC-SHA-256 in hex. Its key lies in data/hash.key (mode 0600) or in the
environment as JOURNEY_HASH_KEY, never in a database or a repository. A keyed hash is
still personal data: who has the key can look up an address.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

from journey import keys
from journey.home import Home
from journey.problem import JourneyError, Problem

ROLES = frozenset(
    {
        "abuse", "accounting", "admin", "administrator", "auto-confirm", "billing", "biuro",
        "bok", "bounce", "contact", "customerservice", "donotreply", "do-not-reply",
        "faktury", "hello", "help", "helpdesk", "hostmaster", "info", "invoice", "invoices",
        "kontakt", "kundenservice", "mailer-daemon", "marketing", "news", "newsletter",
        "no-reply", "noreply", "no_reply", "notifications", "obsluga", "office", "order",
        "orders", "pomoc", "postmaster", "powiadomienia", "purchasing", "recepcja",
        "reklamacje", "returns", "root", "sales", "sekretariat", "service", "sklep",
        "support", "team", "webmaster", "zamowienia", "zwroty",
    }
)  # fmt: skip
"""Mail boxes that many people read."""

TAGGED_RELAYS = ("allegromail.pl", "allegromail.com")
"""Marketplaces whose relay address carries the order behind a plus sign."""

NOBODY_LOCAL = re.compile(
    r"((permanently|gdpr|rodo|user|customer|account)[-_.+]?)?"
    r"(deleted|erased|removed|forgotten|anonymi[sz]ed|anonymous|anon(?=[-_.+])|redacted"
    r"|usuni[e\u0119]t[yao]|gel(\u00f6|oe)scht)"
    r"([-_.+]?(user|customer|account|contact|email))?[-_.+]?([0-9a-f]{6,}|\d*)"
    r"|.*\*.*"
)
"""What shops and helpdesks write over the address of an erased person; stars too, as
they stand for the letters of many."""

AT = re.compile("[@\uff20\ufe6b]|%40")
"""What stands in an address, also in full width and as a link writes it."""

LOCAL = re.compile(r"[^\s@\uff20\ufe6b<>()\[\]\"',;:=&?/|\\]{1,128}")
DOMAIN = re.compile(
    LOCAL.pattern.removesuffix("{1,128}")
    + r"{0,250}[.\uff0e\u3002](?:xn--[\w-]+|[^\W\d_]{2,})"
)
"""What stands before and after it, inside a longer text."""

PHONE_IN_TEXT = re.compile(
    r"(?<![\w.+])((?:\+|\uff0b|%2[Bb])\s?\d(?:[ \u00a0().-]{0,2}\d){7,14})(?!\d)"
)
"""A number with its country code inside a longer text."""

SERVICE_ACCOUNT = ".gserviceaccount.com"
"""Addresses of programs, which an operator has to be told."""

CALLING_CODES = {
    "AT": "43", "AU": "61", "BE": "32", "BG": "359", "BR": "55", "BY": "375",
    "CA": "1", "CH": "41", "CN": "86", "CY": "357", "CZ": "420", "DE": "49",
    "DK": "45", "EE": "372", "ES": "34", "FI": "358", "FR": "33", "GB": "44",
    "GR": "30", "HR": "385", "HU": "36", "IE": "353", "IN": "91", "IS": "354",
    "IT": "39", "JP": "81", "KR": "82", "LT": "370", "LU": "352", "LV": "371",
    "MD": "373", "MT": "356", "MX": "52", "NL": "31", "NO": "47", "NZ": "64",
    "PL": "48", "PT": "351", "RO": "40", "RS": "381", "SE": "46", "SI": "386",
    "SK": "421", "TR": "90", "UA": "380", "US": "1", "ZA": "27",
}  # fmt: skip

NO_TRUNK_ZERO = frozenset({"IT", "PL", "CZ", "ES", "PT", "GR", "DK", "NO", "EE", "LV",
                           "LU", "MT", "CY", "IS", "US", "CA", "MX"})  # fmt: skip
"""Countries whose numbers lose no leading zero when written with the country code."""

CHECK = "hash.check"
"""File in data/ that tells the right key from another one."""
CHANGED = (
    f"{keys.CHANGE}; hashes made with another key match no more, so read all sources again "
    "after a change"
)

PLACEHOLDER_DIGITS = re.compile(r"(\d)\1{6,}|0{6,}|12345678\d?|987654321")


def email_of(value: str | None) -> str | None:
    """Return the address in its one form, or None where it names no single person."""
    if value is None:
        return None
    text = unicodedata.normalize("NFKC", value).strip().strip("<>").lower()
    text = text.removeprefix("mailto:").strip()
    if "<" in text:
        text = text.rsplit("<", 1)[1].rstrip("> ")
    local, at, domain = text.rpartition("@")
    if not (at and local and "." in domain) or re.search(r"[\s,;@\[\]]", local + domain):
        return None
    nobody = domain.endswith((".invalid", ".localhost")) or NOBODY_LOCAL.fullmatch(local)
    if nobody or local in ROLES:
        return None
    if domain in TAGGED_RELAYS:
        local = local.split("+", 1)[0]
    return f"{local}@{domain}"


def phone_of(value: str | None, country: str | None) -> str | None:
    """Return the number in E.164 (+48601234567), or None where it is no number.

    `country` (ISO, two letters) is taken for numbers without a country code.
    """
    if value is None:
        return None
    text = unicodedata.normalize("NFKC", value).strip().lower().removeprefix("tel:")
    text = re.split(r"\s*(?:ext\.?|wewn?\.?|x|;|/)\s*\d*\s*$", text)[0]
    text = re.sub(r"\(0\)", "", text) if text.startswith(("+", "00")) else text
    digits = re.sub(r"\D", "", text)
    if re.search(r"[a-z@]", text) or not digits:
        return None
    number = _international(text, digits, country)
    if number is None or not 8 <= len(number) <= 15:
        return None
    return None if PLACEHOLDER_DIGITS.fullmatch(number[-9:]) else f"+{number}"


def _international(text: str, digits: str, country: str | None) -> str | None:
    if text.startswith("+"):
        return digits
    if digits.startswith("00"):
        return digits[2:]
    code = CALLING_CODES.get(country or "")
    if code is None:
        return None
    if country not in NO_TRUNK_ZERO:
        return code + digits.removeprefix("0")
    national = 9 if country in ("PL", "CZ", "ES", "PT") else 10
    already = digits.startswith(code) and len(digits) == len(code) + national
    return digits if already else code + digits


def masked(text: str, key: bytes | None = None) -> str:
    """Return the text with every address and international phone number in it masked.

    With a key each becomes `person-` and the start of its hash, so that equal ones stay
    equal; without one (errors, logs) it says what was there.
    """

    def phone(match: re.Match[str]) -> str:
        clear = "+" + re.sub(r"\D", "", unicodedata.normalize("NFKC", match[1]))
        return _named(clear, "a phone number", key)

    parts, done = [], 0
    for start, end in _addresses(text):
        plain = unquote(text[start:end])
        clear = email_of(plain) or unicodedata.normalize("NFKC", plain).lower()
        parts += [text[done:start], _named(clear, "an e-mail address", key)]
        done = end
    return PHONE_IN_TEXT.sub(phone, "".join([*parts, text[done:]]))


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    """Yield where addresses begin and end, in one pass however long the text is."""
    done = 0
    for at in AT.finditer(text):
        before = LOCAL.match(text[max(done, at.start() - 128) : at.start()][::-1])
        after = DOMAIN.match(text, at.end())
        if before and after and not after[0].endswith(SERVICE_ACCOUNT):
            done = after.end()
            yield at.start() - before.end(), done


def _named(clear: str, said: str, key: bytes | None) -> str:
    return said if key is None else f"person-{hash_of(key, clear)[:16]}"


def country_of(locale: str) -> str | None:
    """Return the country of a locale: PL for pl-PL."""
    parts = re.split(r"[-_]", locale)
    return parts[-1].upper() if len(parts) > 1 and len(parts[-1]) == 2 else None


def hash_of(key: bytes, value: str) -> str:
    """Return the keyed hash, 64 hexadecimal digits."""
    return hmac.digest(key, value.encode(), "sha256").hex()


def pads(key: bytes) -> tuple[bytes, bytes]:
    """Return the inner and outer block of HMAC-SHA-256 (RFC 2104), for use in SQL."""
    block = (key if len(key) <= 64 else hashlib.sha256(key).digest()).ljust(64, b"\0")
    return bytes(b ^ 0x36 for b in block), bytes(b ^ 0x5C for b in block)


def hash_key(home: Home) -> bytes:
    """Return the key; make data/hash.key when there is neither file nor variable.

    Raises JourneyError when the key is short, when others may read its file, and when
    it is not the key that the hashes in the landing were made with.
    """
    path, variable = home.data / "hash.key", "JOURNEY_HASH_KEY"
    is_new = not (os.environ.get(variable) or path.exists())
    if is_new and (home.data / CHECK).exists():
        raise JourneyError(_another_key("no key"))
    return _checked(home, keys.of(path, variable, CHANGED))


def _checked(home: Home, key: bytes) -> bytes:
    """Return the key if it is that of the hashes so far; note it beside the first ones.

    With another key forgotten people would come back and known ones count twice.
    """
    path, mark = home.data / CHECK, hash_of(key, CHECK)
    if not path.exists():
        home.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_text(mark, "utf-8")
    if not hmac.compare_digest(path.read_text("utf-8").strip(), mark):
        raise JourneyError(_another_key("another key"))
    return key


def _another_key(found: str) -> Problem:
    return Problem(
        "data/hash.key", f"{found}, not that of the hashes in data/",
        "the same data/hash.key or JOURNEY_HASH_KEY as before",
        "restore the key from its backup; without it move data/ away, read all sources "
        "again and forget erased people again",
    )  # fmt: skip
