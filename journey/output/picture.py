"""A card as a picture for a slide: title, scope, chart or rows, and where they are from."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from journey.charts import LIGHT, Look, Spec
from journey.formats import Formats
from journey.output import painter
from journey.output.about import About
from journey.output.printout import Grid

WIDTH, MARGIN = 960, 40
WIDEST = 1600
"""Pixels that a picture of a wide table may take."""
ROWS = 30
"""Rows of a table that are drawn; the other files have all."""
ROW, HEAD, CELL_GAP, CELL_MOST = 28, 15, 28, 320
LINES = 6
"""Lines of a definition that have room."""
FONTS = {
    "inter-latin.woff2": r"\u0000-\u00ff\u2000-\u20ac\u2122\u2190-\u2215",
    "inter-latin-ext.woff2": r"\u0100-\u02ff\u1e00-\u1eff\u20ad-\u20c0",
    "inter-cyrillic.woff2": r"\u0301\u0400-\u04ff\u2116",
}
"""Files of the font and the letters that each of them has."""
FAMILY = "Inter, 'Segoe UI', Arial, sans-serif"
WEIGHTS = {400: "Inter-Regular.ttf", 600: "Inter-SemiBold.ttf"}


@dataclass(frozen=True)
class Headline:
    """The figure above a chart: "62.1%" and what is said beside it."""

    value: str
    beside: str = ""


def look(formats: Formats) -> Look:
    """Return the light theme: pictures go into documents and onto slides."""
    return Look(LIGHT, formats)


def chart(about: About, spec: Spec | None, headline: Headline | None = None) -> str:
    """Return a chart, or a headline alone, as SVG without its fonts.

    Raises JourneyError where the chart cannot be drawn.
    """
    if spec is None:
        return _framed(about, "", 0, WIDTH, headline)
    fitted = {**spec, "width": WIDTH - 2 * MARGIN, "background": None,
              "autosize": {"type": "fit-x", "contains": "padding"}}  # fmt: skip
    inner = painter.svg(fitted)
    height = re.search(r'<svg[^>]*? height="([\d.]+)"', inner)
    return _framed(about, inner, float(height[1]) if height else 0.0, WIDTH, headline)


def table(about: About, grid: Grid) -> str:
    """Return rows as SVG without its fonts; a wide table makes a wide picture, with the
    first columns that have room."""
    heads = [_head_of(grid, column) for column in range(len(grid.labels))]
    deep = HEAD * (max(map(len, heads), default=1) - 1)
    widths = _widths(grid, heads)
    ends = list(accumulate(widths))
    drawn = max(1, sum(end <= WIDEST - 2 * MARGIN + CELL_GAP for end in ends))
    width = max(WIDTH, min(WIDEST, math.ceil(ends[drawn - 1]) + 2 * MARGIN))
    lines, at = [], 0.0
    for column, (wide, is_number) in enumerate(
        zip(widths[:drawn], grid.is_number, strict=False)
    ):
        x, anchor = (at + wide - CELL_GAP, "end") if is_number else (at, "start")
        for number, part in enumerate(reversed(heads[column])):
            shown, y = _cut(part, wide - CELL_GAP, 12), deep + 18 - HEAD * number
            lines.append(_text(shown, x, y, 12, colour=LIGHT.muted, anchor=anchor))
        for number, row in enumerate(grid.rows, 1):
            shown, y = _cut(row[column], wide - CELL_GAP, 13), deep + ROW * number + 18
            lines.append(_text(shown, x, y, 13, anchor=anchor))
        at += wide
    for number in range(1, len(grid.rows) + 1):
        y = deep + ROW * number
        lines.append(_line(0, y, min(at - CELL_GAP, width - 2 * MARGIN)))
    height = deep + ROW * (len(grid.rows) + 1)
    left = [
        f"{number} more {what if number > 1 else what[:-1]}"
        for number, what in ((grid.more, "rows"), (len(widths) - drawn, "columns"))
        if number
    ]
    if left:
        rest = f"and {' and '.join(left)}; CSV, Excel and Parquet have them all"
        lines.append(_text(rest, 0, height + 18, 12, colour=LIGHT.muted))
        height += ROW
    body = f"<g font-family={quoteattr(FAMILY)}>{''.join(lines)}</g>"
    return _framed(about, f"<svg >{body}</svg>", height, width, None)


def with_fonts(picture: str) -> str:
    """Return an SVG that carries the letters it needs, so that it looks alike where the
    font is not installed."""
    faces = []
    for name, letters in FONTS.items():
        if re.search(f"[{letters}]", picture):
            faces.append(
                "@font-face{font-family:Inter;font-weight:100 900;src:url(data:font/woff2;"
                f"base64,{_encoded(name)}) format('woff2');"
                f"unicode-range:{_range(letters)}}}"
            )
    return picture.replace("<defs/>", f"<defs><style>{''.join(faces)}</style></defs>", 1)


@cache
def _encoded(name: str) -> str:
    return base64.b64encode((painter.FONTS / name).read_bytes()).decode()


def _range(letters: str) -> str:
    """Return "U+0000-00FF,U+2122" of the letters as a regular expression has them."""
    parts = re.findall(r"\\u([0-9a-f]{4})(?:-\\u([0-9a-f]{4}))?", letters)
    return ",".join(f"U+{first}{f'-{last}' if last else ''}" for first, last in parts)


# ------------------------------------------------------------------ the frame


def _framed(
    about: About, inner: str, height: float, width: int, headline: Headline | None
) -> str:
    """Return the picture: head, body, foot on the colour of a card."""
    room = width - 2 * MARGIN
    head, y = _head(about, headline, room)
    body = re.sub(r"^.*?<svg ", f'<svg x="{MARGIN}" y="{y:g}" overflow="visible" ', inner,
                  count=1, flags=re.DOTALL)  # fmt: skip
    foot, end = _foot(about, y + height + (20 if inner else 0), room)
    total = round(end + 22)
    title = f"<title>{escape(about.title)}</title>"
    told = f"<desc>{escape(' · '.join([about.scope, about.as_of, about.source]))}</desc>"
    title, told, body = (_printable(text) for text in (title, told, body))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{total}" '
        f'viewBox="0 0 {width} {total}" role="img">{title}{told}<defs/>'
        f'<rect width="{width}" height="{total}" fill="{LIGHT.card}"/>'
        f'<g transform="translate({MARGIN},0)" font-family={quoteattr(FAMILY)}>'
        f"{''.join(head)}{''.join(foot)}</g>{body}</svg>"
    )


def _head(about: About, headline: Headline | None, room: float) -> tuple[list[str], float]:
    """Return title, question and scope, and where the body begins."""
    lines, y = [], 52.0
    for line in _wrapped(about.title, room, 22, 600)[:2]:
        lines.append(_text(line, 0, y, 22, 600))
        y += 28
    y -= 4
    for line in _wrapped(about.question, room, 14)[:2]:
        lines.append(_text(line, 0, y, 14, colour=LIGHT.muted))
        y += 20
    for line in _wrapped(about.scope, room, 13)[:2]:
        lines.append(_text(line, 0, y, 13))
        y += 18
    if headline is not None:
        y += 30
        lines.append(_text(headline.value, 0, y, 36, 600))
        beside = _length(headline.value, 36, 600) + 18
        rows = _wrapped(headline.beside, room - beside, 13)[:2]
        for number, line in enumerate(rows):
            at = y - 16 * (len(rows) - 1 - number)
            lines.append(_text(line, beside, at, 13, colour=LIGHT.muted))
    return lines, y + 14


def _foot(about: About, y: float, room: float) -> tuple[list[str], float]:
    """Return definition, coverage and source below a rule, and where they end."""
    lines = [_line(0, y, room)]
    y += 22
    for text, most in ((about.definition, LINES), (" ".join(about.coverage), LINES)):
        for line in _most(_wrapped(text, room, 11.5), most):
            lines.append(_text(line, 0, y, 11.5, colour=LIGHT.muted))
            y += 16
        y += 3 if text else 0
    for line in _wrapped(f"{about.as_of} · {about.source}".strip(" ·"), room, 11.5)[:3]:
        lines.append(_text(line, 0, y, 11.5))
        y += 16
    return lines, y - 16


def _most(lines: list[str], most: int) -> list[str]:
    return lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1]} …"]


def _text(
    text: str, x: float, y: float, size: float, weight: int = 400,
    colour: str = LIGHT.text, anchor: str = "start",
) -> str:  # fmt: skip
    at = "" if anchor == "start" else f' text-anchor="{anchor}"'
    bold = "" if weight == 400 else f' font-weight="{weight}"'
    return (f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{colour}"{bold}{at}>'
            f"{escape(_printable(text))}</text>")  # fmt: skip


def _printable(text: str) -> str:
    """Return the text without signs that no XML may hold."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", text)


def _line(x: float, y: float, width: float) -> str:
    return (f'<line x1="{x:g}" x2="{x + width:g}" y1="{y:g}" y2="{y:g}" '
            f'stroke="{LIGHT.line}"/>')  # fmt: skip


# ------------------------------------------------------------------ widths


@cache
def _font(weight: int) -> Any:
    from PIL import ImageFont

    return ImageFont.truetype(str(painter.FONTS / WEIGHTS[weight]), 100)


def _length(text: str, size: float, weight: int = 400) -> float:
    """Return the pixels that a text takes."""
    return float(_font(weight).getlength(text)) * size / 100


def _wrapped(text: str, room: float, size: float, weight: int = 400) -> list[str]:
    """Return the lines of a text, none longer than the room."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _length(longer, size, weight) <= room:
            lines[-1] = longer
        else:
            lines.append(_cut(word, room, size))
    return [line for line in lines if line]


def _cut(text: str, room: float, size: float) -> str:
    """Return as much of a text as there is room for."""
    if _length(text, size) <= room:
        return text
    shown = text
    while shown and _length(f"{shown}…", size) > room:
        shown = shown[: min(len(shown) - 1, round(len(shown) * 0.95))]
    return f"{shown.rstrip()}…"


def _head_of(grid: Grid, column: int) -> list[str]:
    """Return a label on one line, or on the two that take the least width where its
    rows are narrower."""
    label = grid.labels[column]
    below = max((_length(row[column], 13) for row in grid.rows), default=0.0)
    words = label.split(" ") if _length(label, 12) > below else [label]
    pairs = [[" ".join(words[:n]), " ".join(words[n:])] for n in range(1, len(words))]
    return min(pairs, key=lambda pair: max(map(len, pair)), default=[label])


def _widths(grid: Grid, heads: Sequence[Sequence[str]]) -> list[float]:
    """Return the width of every column with the gap right of it."""
    return [
        CELL_GAP + min(CELL_MOST, math.ceil(max(_lengths(grid, column, head))) + 1)
        for column, head in enumerate(heads)
    ]


def _lengths(grid: Grid, column: int, head: Sequence[str]) -> Iterable[float]:
    for part in head:
        yield _length(part, 12)
    for row in grid.rows:
        yield _length(row[column], 13)
