"""What is printed steers no terminal: texts of data and servers may hold its commands."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, TextIO

CONTROL = dict.fromkeys((*range(32), *range(127, 160)), "�") | {9: "\t", 10: "\n"}
"""Control characters of ASCII and Latin-1 -> what is printed in their place."""


class Printable:
    """A stream of text that passes everything on but control characters."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        return self.stream.write(text.translate(CONTROL))

    def flush(self) -> None:
        self.stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextmanager
def printable() -> Iterator[None]:
    """Let nothing that is printed move the cursor, colour or name the window."""
    with redirect_stdout(Printable(sys.stdout)), redirect_stderr(Printable(sys.stderr)):
        yield
