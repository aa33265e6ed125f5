"""The command line: what operators and analysts type. Says, never decides."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from journey import (
    address,
    backup,
    commands,
    disk,
    linking,
    query_commands as queries,
    scope,
)
from journey.home import home
from journey.output import export, templates
from journey.output.brief import command as briefing, schedule
from journey.problem import JourneyError, Misuse, Problem, near
from journey.sources import waits
from journey.terminal import printable

FINE, PROBLEMS, USAGE = 0, 1, 2
CODES = (
    "Exit codes: 0 fine, or done with what there is; 1 problems, told on the error stream; "
    "2 typed wrongly (also a name that nothing has): nothing was tried."
)
STOPPED = "\nStopped. Nothing was left half done."
REFRESHES = (commands.sync, commands.build, commands.refresh)
GIVES_WAY = 10
"""How far a refresh gives way to an app on the same machine."""
NAME = r"[a-z][a-z0-9_]*"
Add = Callable[..., argparse.ArgumentParser]
"""Adds a command: its name, what it does, what runs it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return FINE, PROBLEMS, or USAGE where it was typed wrongly."""
    options = parser().parse_args(arguments)
    if arguments is None and options.run in REFRESHES:
        _give_way()
    with printable():
        return _run(options)


def _give_way() -> None:
    """Let an app on the same machine draw its pages first."""
    with contextlib.suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, 0, GIVES_WAY)


def _run(options: argparse.Namespace) -> int:
    disk.move_in(home())
    try:
        return int(options.run(options))
    except JourneyError as error:
        print(f"\n{error}", file=sys.stderr)
        return USAGE if isinstance(error, Misuse) else PROBLEMS
    except KeyboardInterrupt:
        print(STOPPED, file=sys.stderr)
        return PROBLEMS
    except BrokenPipeError:
        return PROBLEMS
    except Exception as error:
        if found := disk.refused(error, home()) or disk.full(error):
            print(f"\n{found}", file=sys.stderr)
        elif waits.is_stop(error):
            print(STOPPED, file=sys.stderr)
        else:
            raise
        return PROBLEMS


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(
        prog="python -m journey",
        description="The customer journey dashboard.",
        epilog=CODES,
    )
    commands_ = root.add_subparsers(required=True, metavar="COMMAND")

    def command(
        name: str, help: str, run: Callable[[argparse.Namespace], int] | None = None
    ) -> argparse.ArgumentParser:
        made = commands_.add_parser(name, help=help, description=help)
        made.set_defaults(run=run or getattr(commands, name.replace(" ", "_")))
        return made

    _to_show(command)
    _to_fill(command)
    _to_ask(command)
    _to_watch(command)
    _to_tell(command)
    _to_mend(command)
    command("docs", "Write the generated pages of docs/ again.")
    return root


def _to_show(command: Add) -> None:
    run = command("run", "Open the app; make the sample shop first if there is no data.")
    run.add_argument("--port", type=port, default=8501)
    run.add_argument(
        "--address", default=os.environ.get("STREAMLIT_SERVER_ADDRESS", "localhost"),
        help="listen here; another one than localhost needs a sign-in (default localhost)",
    )  # fmt: skip
    run.add_argument("--headless", action="store_true", help="open no browser window")
    demo = command("demo", "Make the sample shop again and publish it.")
    demo.add_argument("--seed", type=int, help="another invented shop")
    demo.add_argument("--truths", default="all", help='"all", "none" or one by name')
    demo.add_argument("--visits", type=count, help="visits in all (default 1,000,000)")
    demo.add_argument("--end", type=day, help="last day, YYYY-MM-DD")


def _to_fill(command: Add) -> None:
    sync = command("sync", "Read the sources into the landing.")
    sync.add_argument("source", nargs="*", help="only these (default all)")
    sync.add_argument(
        "--full", action="store_true",
        help="forget how far each source was read and read all of it again",
    )  # fmt: skip
    command("build", "Build the marts from what has landed and publish them.")
    refresh = command("refresh", "sync, then build.")
    refresh.add_argument("--every", type=interval, help="again and again: 30m, 1h, 1d")


def _to_ask(command: Add) -> None:
    check = command(
        "check", "Check query files; prints every problem of every file.", queries.check
    )
    check.add_argument("path", nargs="*", help="only these files or folders")
    _format(check, ("table", "json"))
    test = command("test", "Run the tests of query files.", queries.test)
    test.add_argument("path", nargs="*", help="only these files, folders or names")
    _query(command("query", "Run one query file in a scope."))
    new = command(
        "new", 'Write a new query file with its test: "new query FOLDER/NAME".', queries.new
    )
    new.add_argument("what", choices=["query"])
    new.add_argument("name", type=query_name, metavar="FOLDER/NAME")
    new.add_argument("--kind", choices=list(templates.TEMPLATES), help="default measure")


def _to_watch(command: Add) -> None:
    _format(command("status", "Say what is published and how the last runs went."))
    audit = command("audit", "Say who signed in, looked, listed and took away.")
    audit.add_argument("--who", default="", help="only this person, as they sign in")
    _format(audit, ("table", "csv", "json"))
    doctor = command("doctor", "Try settings and sources, and say what is wrong.")
    doctor.add_argument("source", nargs="?", help="only this one")


def _to_tell(command: Add) -> None:
    _brief(command("brief", "Write the Monday brief, or send it.", briefing.brief))
    _link(command("link", "Print a link to a page of the app.", link))


def _to_mend(command: Add) -> None:
    command("rollback", "Show the snapshot before this one; refreshes then wait.")
    command("resume", "Let refreshes publish again after a rollback.")
    forget = command("forget", "Remove a person everywhere.")
    forget.add_argument("--email", required=True)
    remove = command("remove", "Take out what a source gave that is no more set up.")
    remove.add_argument("source", help="its name, no more in journey.toml")
    kept = command(
        "backup", "Write all that cannot be got back into one file.", backup.command
    )
    kept.add_argument("file", type=Path, help="journey-2026-11-17.tar.gz")
    again = command("restore", "Make a home of a backup again.", backup.restore_command)
    again.add_argument("file", type=Path)
    again.add_argument("--replace", action="store_true", help="move aside what is there")


def link(options: argparse.Namespace) -> int:
    print(linking.link(options))
    return FINE


def _link(link: argparse.ArgumentParser) -> None:
    link.add_argument("page", help="journey, conversion, drop-offs ...")
    link.add_argument("--days", type=int, choices=[int(days) for days in address.DAYS])
    _scope(link)


def _query(query: argparse.ArgumentParser) -> None:
    query.add_argument("name", help="conversion/checkout_completion")
    _scope(query)
    query.add_argument("--role", help="see the rows of this role of journey.toml only")
    _format(query, export.FORMATS)


def _scope(query: argparse.ArgumentParser) -> None:
    query.add_argument("--from", dest="first", type=day, metavar="DAY")
    query.add_argument("--to", dest="last", type=day, metavar="DAY")
    query.add_argument(
        "--where", action="append", default=[], type=condition, metavar="SEGMENT=VALUE",
        help="may be given more than once; sales_channel is own_shop without it, "
        "sales_channel=all is every sale",
    )  # fmt: skip
    query.add_argument(
        "--compare", type=comparisons, default=["previous"], metavar="WAY,...",
        help="previous, year (364 days back), an event of the days (black-week), a first "
        "day or none; several stand beside each other, the first is that of all parts",
    )  # fmt: skip
    query.add_argument("--segment", help="a named segment: segments/high_effort_customers")


def _brief(brief: argparse.ArgumentParser) -> None:
    brief.add_argument(
        "--to", action="extend", nargs="+", default=[], metavar="ADDRESS",
        help='"env:NAME" of a secret that holds an Apprise address, or the address itself '
        "(default: [brief] of journey.toml)",
    )  # fmt: skip
    brief.add_argument("--out", metavar="FILE", help="write it there; - prints it")
    brief.add_argument("--role", help="see the rows of this role of journey.toml only")
    brief.add_argument("--days", type=int, choices=schedule.PERIODS, help="default 28")
    brief.add_argument("--format", choices=list(briefing.FORMATS), help="print it so")
    brief.add_argument(
        "--again", action="store_true", help="send it also to who has this week's already"
    )


def _format(
    command: argparse.ArgumentParser, known: Sequence[str] = ("table", "json")
) -> None:
    command.add_argument("--format", choices=known, default="table")


def day(text: str) -> dt.date:
    """Return the day of "2026-09-01"."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'"{text}" is no day like 2026-09-01') from None


def condition(text: str) -> tuple[str, str]:
    """Return (segment, value) of "device=mobile"."""
    segment, sign, value = text.partition("=")
    if not (segment and sign):
        raise argparse.ArgumentTypeError(f'"{text}" is not SEGMENT=VALUE')
    return segment, value


def comparisons(text: str) -> list[str]:
    """Return the names of "previous,year"; whether the days have an event is told later."""
    names = [name.strip() for name in text.split(",")]
    known = (*scope.COMPARISONS, *commands.events())
    for name in names:
        if name not in known and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", name):
            raise argparse.ArgumentTypeError(
                f'no comparison "{name}", {near(name, known)} or a day like 2026-09-01'
            )
    if "none" in names and len(names) > 1:
        raise argparse.ArgumentTypeError("none stands alone")
    return names


def count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f'"{text}" is no whole number from 1 on')
    return int(text)


def port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError(f'"{text}" is no port from 1 to 65535')
    return int(text)


def interval(text: str) -> dt.timedelta:
    """Return the time span of "30m", "1h" or "1d"."""
    match = re.fullmatch(r"(\d{1,6})([mhd])", text)
    if not match or not int(match[1]):
        raise argparse.ArgumentTypeError(f'"{text}" is not like 30m, 1h or 1d')
    unit = {"m": "minutes", "h": "hours", "d": "days"}[match[2]]
    return dt.timedelta(**{unit: int(match[1])})


def query_name(text: str) -> str:
    if text.startswith("marts/"):
        raise argparse.ArgumentTypeError(
            f'"{text}" would be a mart: those are made by hand, in queries/marts'
        )
    if not re.fullmatch(f"{NAME}/{NAME}", text):
        raise argparse.ArgumentTypeError(
            f'"{text}" is not FOLDER/NAME, both in lower case like '
            "conversion/checkout_completion"
        )
    return text


def say(problems: Sequence[Problem]) -> None:
    for problem in problems:
        print(f"{problem}\n", file=sys.stderr)
