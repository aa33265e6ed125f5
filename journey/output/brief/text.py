"""The brief as plain text, for chats and for mail programs without HTML."""

from __future__ import annotations

from journey.output.brief.content import Brief
from journey.output.brief.parts import Line, Section


def text(brief: Brief) -> str:
    """Return the whole brief, a section a paragraph, without markup of any chat."""
    head = [brief.title, brief.days]
    if brief.invented:
        head.append("Sample shop, invented data.")
    parts = ["\n".join(head), brief.sentence, *map(_section, brief.sections)]
    parts.append("\n".join(brief.small))
    if brief.link:
        parts.append(f"Open the app: {brief.link}")
    return "\n\n".join(parts) + "\n"


def short(brief: Brief) -> str:
    """Return what a chat shows beside the whole brief as a file: no small print."""
    parts = [brief.days, brief.sentence, *map(_section, brief.sections)]
    if brief.invented:
        parts.insert(0, "Sample shop, invented data.")
    return "\n\n".join([*parts, *([brief.link] if brief.link else [])]) + "\n"


def _section(section: Section) -> str:
    lines = [section.title.upper()]
    lines += [_line(line) for line in section.lines] or [section.empty]
    return "\n".join([*lines, *([section.note] if section.note else [])])


def _line(line: Line) -> str:
    title = f"{line.title} [{line.chip}]" if line.chip else line.title
    told = f"- {title}: {line.amount}" if line.amount else f"- {title}"
    more = [f"  {line.text}"] if line.text else []
    link = [f"  {line.link}"] if line.link else []
    return "\n".join([told, *more, *link])
