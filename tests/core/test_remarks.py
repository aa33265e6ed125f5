"""Every remark on the quality of data has words of its own on the page Data."""

from __future__ import annotations

import ast
import re

from journey.home import PROJECT

MAKERS = ("Flag", "Remark", "remark", "_flag")
TITLED = re.compile(r"\('(\w+)',\s*'[A-Z\d][^']*'\)")


def flags() -> set[str]:
    """Return the names of all remarks that connectors and the landing make."""
    found = {
        "email_names_nobody",
        "phone_names_nobody",
        "person_in_text",
        "time_that_never_was",
        "time_that_was_twice",
    }
    for folder in ("connectors", "journey/landing", "journey/sources"):
        for path in (PROJECT / folder).rglob("*.py"):
            tree = ast.parse(path.read_text("utf-8"))
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and _name(node.func) in MAKERS:
                    texts = [
                        a.value for a in node.args[:2]
                        if isinstance(a, ast.Constant) and isinstance(a.value, str)
                    ]  # fmt: skip
                    found.update(texts[:1])
    return found


def _name(node: ast.expr) -> str:
    return getattr(node, "attr", getattr(node, "id", ""))


def test_every_remark_has_a_title() -> None:
    made = flags()
    text = (PROJECT / "queries" / "marts" / "quality.sql").read_text("utf-8")
    assert {"not_available", "redacted_fields", "sampled", "rows_skipped"} <= made
    assert made <= set(TITLED.findall(text))
