"""Connectors by name: `kind = "files"` is the module connectors/files.py, `kind = "ga4"`
the package connectors/ga4/."""

from __future__ import annotations

import importlib
import re
import traceback
from pathlib import Path
from typing import Any

from journey import disk, landing
from journey.connector import Connector
from journey.home import PROJECT
from journey.problem import JourneyError, Problem, near
from journey.settings import Source
from journey.sources import waits


def find(source: Source) -> Connector:
    """Return the module connectors/<kind>.py of the project.

    Raises JourneyError when the kind is no connector of the project.
    """
    known = kinds()
    if source.kind not in known:
        raise JourneyError(
            Problem(
                "journey.toml", f'kind = "{source.kind}" of source "{source.name}"',
                near(source.kind, known), "name a connector of the folder connectors/",
            )
        )  # fmt: skip
    module: Any = importlib.import_module(f"connectors.{source.kind}")
    lacking = [n for n in ("Settings", "TABLES", "read") if not hasattr(module, n)]
    unknown = [t for t in getattr(module, "TABLES", ()) if t not in landing.TABLES]
    if lacking or unknown:
        raise JourneyError(
            Problem(
                f"connectors/{source.kind}.py",
                f"lacks {', '.join(lacking)}" if lacking else f"fills {', '.join(unknown)}",
                "Settings, TABLES (canonical tables) and read",
                "see docs/writing-a-connector.md",
            )
        )  # fmt: skip
    found: Connector = module
    return found


def kinds() -> list[str]:
    """Return the connectors of the project, modules and packages."""
    return sorted(
        path.stem
        for path in (PROJECT / "connectors").iterdir()
        if re.fullmatch(r"[a-z]\w*", path.stem)
        and (path.suffix == ".py" or (path / "__init__.py").is_file())
    )


QUOTED = re.compile(r"""(['"`]).*?(\1|$)""")
"""What a library quotes in an error may be a value of a row: a name, a street."""


def unforeseen(source: Source, error: Exception) -> Problem:
    """Return an error of the code as a problem. Raises KeyboardInterrupt for Ctrl+C."""
    if waits.is_stop(error):
        raise KeyboardInterrupt from error
    if full := disk.full(error):
        return full
    kind = type(error).__name__
    line = str(error).splitlines()[0] if str(error) else ""
    by_name = isinstance(error, (AttributeError, TypeError)) or (
        isinstance(error, KeyError) and re.fullmatch(r"'\w+'", line)
    )  # these quote names of the code, others what stands in a row
    if not by_name:
        line = re.sub(r"\S*@\S*", "(address)", QUOTED.sub("(a value)", line))
    ends, text = "a run that ends; the landing is as it was before", f"{kind}: {line[:300]}"
    if place := _in_connector(error):
        file, number = place
        return Problem(
            f"connectors/{file}", f"source {source.name}: {text}", ends,
            "correct the connector at that line", number,
        )  # fmt: skip
    return Problem(
        f"source {source.name}", text, ends,
        "run again; if it stays, report it with this text",
    )  # fmt: skip


def _in_connector(error: Exception) -> tuple[str, int] | None:
    """Return file and line of the connector's last own step before the error."""
    folder = PROJECT / "connectors"
    own = [
        (Path(frame.filename).relative_to(folder).as_posix(), frame.lineno)
        for frame in traceback.extract_tb(error.__traceback__)
        if folder in Path(frame.filename).parents and frame.lineno
    ]
    return own[-1] if own else None
