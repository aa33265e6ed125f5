"""The brief as one HTML file that mail programs, browsers and printers show alike.

Tables and inline styles, because mail programs know little else; no picture, font or
script from anywhere, so that nothing is blocked and nobody is told who reads it. Every
text is escaped: a product may be called anything.
"""

from __future__ import annotations

from html import escape

from journey.output.brief.content import Brief
from journey.output.brief.parts import Bar, Line, Section

FONT = "font-family:Inter,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
INK, MUTED, LINE, CARD, GROUND = "#16211F", "#5E6966", "#DFE4E2", "#FFFFFF", "#F4F6F5"
TEAL, GOOD, BAD = "#0F5C5E", "#1B7A4B", "#B93A1E"
TONES = {"good": GOOD, "bad": BAD}
CHIPS = {"good": ("#E6F2EB", GOOD), "bad": ("#FCEDE8", BAD), "": ("#EEF1F0", MUTED)}
TALL = 44
"""Height of the best day's bar in pixels."""
STYLE = """
:root { color-scheme: light dark; supported-color-schemes: light dark; }
body { margin: 0; padding: 0; -webkit-text-size-adjust: 100%; }
a:hover { text-decoration: underline !important; }
@media (max-width: 480px) {
  .pad { padding: 14px 14px !important; }
  .out { padding: 10px 8px !important; }
}
@media (prefers-color-scheme: dark) {
  body, .ground { background: #0D1413 !important; }
  .card { background: #16201F !important; border-color: #2C3A38 !important; }
  .rule { border-color: #2C3A38 !important; }
  .ink { color: #E6ECEA !important; }
  .muted { color: #92A19D !important; }
  .link { color: #5CC5BF !important; }
  .bar { background: #5CC5BF !important; }
  .good { color: #5FD093 !important; }
  .bad { color: #FF8A6B !important; }
  .chip { background: #1F2B2A !important; color: #92A19D !important; }
  .chip-good { background: #16301F !important; color: #5FD093 !important; }
  .chip-bad { background: #3B2019 !important; color: #FF8A6B !important; }
  .invented { background: #2C2414 !important; color: #EFB04A !important; }
}
@media print {
  @page { size: A4; margin: 14mm; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  .ground { background: none !important; } .out { padding: 0 !important; }
  .card, .line { break-inside: avoid; }
}
"""


def html(brief: Brief) -> str:
    """Return the whole file."""
    head = _text(brief.title, 22, "ink", "font-weight:650;letter-spacing:-.01em")
    days = _text(brief.days, 13, "muted", "padding-top:2px")
    sentence = _text(brief.sentence, 17, "ink", "line-height:1.42;padding-top:14px")
    invented = (
        _text("Sample shop, invented data.", 13, "invented",
              "background:#FBF2E2;color:#7A5200;border-radius:8px;padding:7px 11px;"
              "margin-top:12px")
        if brief.invented else ""
    )  # fmt: skip
    body = "".join(
        [
            f'<div style="padding:4px 6px 6px">{head}{days}{invented}{sentence}'
            f"{_bars(brief.bars)}</div>",
            *map(_section, brief.sections),
            _foot(brief),
        ]
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        '<meta name="supported-color-schemes" content="light dark">'
        f"<title>{escape(brief.subject)}</title><style>{STYLE}</style></head>"
        f'<body class="ground" style="margin:0;background:{GROUND};{FONT}">'
        f'<table role="presentation" width="100%" cellpadding="0" cellspacing="0" '
        f'border="0" class="ground" style="background:{GROUND}"><tr>'
        '<td align="center" class="out" style="padding:22px 12px">'
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" '
        f'border="0" style="max-width:640px;text-align:left"><tr><td>{body}</td></tr>'
        "</table></td></tr></table></body></html>\n"
    )


def _text(text: str, size: int, name: str, style: str = "") -> str:
    colour = {"ink": INK, "muted": MUTED, "good": GOOD, "bad": BAD}.get(name, INK)
    return (
        f'<div class="{name}" style="{FONT};font-size:{size}px;line-height:1.35;'
        f'color:{colour};{style}">{escape(text)}</div>'
    )


def _bars(bars: tuple[Bar, ...]) -> str:
    """Return days side by side as cells of a table: every mail program draws those."""
    if not bars:
        return ""
    cells = "".join(
        f'<td valign="bottom" title="{escape(bar.label)}" style="padding:0 1px;'
        f'vertical-align:bottom"><div class="bar" style="height:'
        f"{max(1, round(bar.share * TALL))}px;background:{TEAL};border-radius:2px;"
        'font-size:0;line-height:0"></div></td>'
        for bar in bars
    )
    return (
        '<table role="img" aria-label="Revenue day by day" width="100%" cellpadding="0" '
        f'cellspacing="0" border="0" height="{TALL}" style="table-layout:fixed;'
        f'height:{TALL}px;margin-top:14px"><tr>{cells}</tr></table>'
        + _text(
            f"Revenue day by day, {bars[0].label} to {bars[-1].label}", 12, "muted",
            "padding-top:5px",
        )
    )  # fmt: skip


def _section(section: Section) -> str:
    lines = "".join(
        _line(line, is_first=not number) for number, line in enumerate(section.lines)
    )
    if not section.lines:
        lines = _text(section.empty, 14, "muted", "padding-top:6px")
    note = _text(section.note, 12, "muted", "padding-top:9px") if section.note else ""
    follow = _link(section.link, section.follow, "font-size:13px;font-weight:600")
    follow = f'<div style="padding-top:10px">{follow}</div>' if section.link else ""
    title = _text(section.title, 15, "ink", "font-weight:650;padding-bottom:2px")
    return (
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" '
        f'border="0" class="card" style="background:{CARD};border:1px solid {LINE};'
        'border-radius:12px;margin-top:12px;border-collapse:separate"><tr>'
        f'<td class="pad" style="padding:15px 18px">{title}{lines}{note}{follow}</td>'
        "</tr></table>"
    )


def _line(line: Line, is_first: bool) -> str:
    top = "" if is_first else f"border-top:1px solid {LINE};"
    inside = _stacked(line) if line.text or not line.amount else _beside(line)
    return f'<div class="rule line" style="{top}padding:9px 0 8px">{inside}</div>'


def _stacked(line: Line) -> str:
    title = _link(line.link, line.title, "font-weight:600") or escape(line.title)
    parts = [
        f'<div class="ink" style="{FONT};font-size:15px;line-height:1.35;font-weight:600;'
        f'color:{INK}">{title}{_chip(line)}</div>'
    ]
    if line.amount:
        name = line.tone if line.tone in TONES else "ink"
        parts.append(_text(line.amount, 15, name, "font-weight:600;padding-top:2px"))
    if line.text:
        parts.append(_text(line.text, 13, "muted", "line-height:1.45;padding-top:2px"))
    return "".join(parts)


def _beside(line: Line) -> str:
    weight = "font-weight:650" if line.strong else ""
    size = 16 if line.strong else 14
    name = line.tone if line.tone in TONES else "ink"
    return (
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" '
        f'border="0"><tr><td>{_text(line.title, 14, "ink", weight)}</td>'
        '<td align="right" style="text-align:right;white-space:nowrap;padding-left:12px;'
        'font-variant-numeric:tabular-nums">'
        f"{_text(line.amount, size, name, weight)}</td></tr></table>"
    )


def _chip(line: Line) -> str:
    if not line.chip:
        return ""
    ground, ink = CHIPS.get(line.tone, CHIPS[""])
    name = f"chip chip-{line.tone}" if line.tone else "chip"
    return (
        f' <span class="{name}" style="background:{ground};color:{ink};font-size:12px;'
        'font-weight:600;border-radius:6px;padding:1px 7px;white-space:nowrap">'
        f"{escape(line.chip)}</span>"
    )


def _link(address: str, text: str, style: str) -> str:
    if not address.startswith(("https://", "http://")):
        return ""
    return (
        f'<a class="link" href="{escape(address)}" style="{FONT};color:{TEAL};'
        f'text-decoration:none;{style}">{escape(text)}</a>'
    )


def _foot(brief: Brief) -> str:
    small = "".join(
        _text(text, 12, "muted", "line-height:1.5;padding-top:5px") for text in brief.small
    )
    link = _link(brief.link, "Open the app", "font-size:13px;font-weight:600")
    return f'<div style="padding:16px 6px 4px">{link}{small}</div>'
