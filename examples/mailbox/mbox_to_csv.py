"""Writes the headers of an mbox file as CSV, one row per message, no texts.

Usage: python mbox_to_csv.py inbox.mbox [sent.mbox ...] > messages.csv
"""

from __future__ import annotations

import csv
import mailbox
import sys
from collections.abc import Iterable, Iterator
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime

HEADERS = {
    "message_id": "Message-ID", "date": "Date", "from": "From", "to": "To",
    "reply_to": "Reply-To", "subject": "Subject", "in_reply_to": "In-Reply-To",
    "references": "References", "auto_submitted": "Auto-Submitted",
    "precedence": "Precedence",
}  # fmt: skip
"""Column -> header of a message."""


def rows(paths: Iterable[str]) -> Iterator[dict[str, str]]:
    """Yield a row for every message of the files; what has no date has an empty one."""
    for path in paths:
        for message in mailbox.mbox(path, create=False):
            row = {column: _text(message, name) for column, name in HEADERS.items()}
            row["date"] = _time(row["date"])
            yield row


def _text(message: Message, name: str) -> str:
    value = message.get(name, "")
    try:
        text = str(make_header(decode_header(str(value))))
    except (LookupError, UnicodeError, ValueError):
        text = str(value)
    return " ".join(text.split())


def _time(value: str) -> str:
    try:
        return parsedate_to_datetime(value).isoformat()
    except (TypeError, ValueError):
        return ""


def main() -> None:
    writer = csv.DictWriter(sys.stdout, HEADERS, quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows(sys.argv[1:]))


if __name__ == "__main__":
    main()
