"""Why there is no figure, in words for the reader."""

from __future__ import annotations

from journey.answer import Estimate
from journey.figures.measures import FEWEST
from journey.formats import Formats


def why(now: Estimate, formats: Formats) -> str:
    """Return what keeps an estimate from being told."""
    match now.state:
        case "immature":
            day = f" on {formats.short_date(now.ready_on)}" if now.ready_on else ""
            return f"Its window is not over yet. First figure{day}."
        case "too_few":
            if not now.units:
                return "Nothing to count in these days and segments."
            counted = formats.number(now.units)
            return f"Too few for a figure: {counted} counted, {FEWEST} needed."
        case "suppressed":
            return "Withheld: it would show fewer people than may be shown."
        case _:
            return "No rows in these days and segments."


def sentence(text: str) -> str:
    """Return the text with a capital and a full stop."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."
