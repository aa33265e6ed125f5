"""A source's block of journey.toml as the Settings of its connector."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_type_hints

from journey.home import Home
from journey.problem import JourneyError, Problem, near
from journey.settings import Source, secret


def options_of(source: Source, shape: type[Any], home: Home) -> Any:
    """Return the connector's Settings filled from the source's block of journey.toml.

    Secrets are looked up; a table of a list becomes the dataclass that the field names.
    Raises JourneyError with every problem.
    """
    reader = _Options(home, f"journey.toml, source {source.name}")
    options = reader.fill(shape, source.options, "this source")
    if reader.problems:
        raise JourneyError(*reader.problems)
    return options


def secrets_of(options: Any) -> list[str]:
    """Return the secrets among the settings, to be taken out of whatever is told."""
    return [
        str(getattr(options, item.name))
        for item in dataclasses.fields(options)
        if item.metadata.get("secret") and getattr(options, item.name)
    ]


WRITTEN = (
    (("dict", "Mapping"), "{ a = ..., b = ... }"),
    (("list", "Sequence", "tuple"), '["a", "list"]'),
    (("date",), "a day without quotes, like 2026-01-31"),
    (("bool",), "true or false"),
    (("int", "float"), "a number"),
    (("str", "Literal"), 'a text in "quotes"'),
)
"""What a person writes in TOML for a type, by words in its name; the first counts."""


class _Options:
    def __init__(self, home: Home, where: str) -> None:
        self.home = home
        self.where = where
        self.problems: list[Problem] = []

    def fill(self, shape: type[Any], given: Mapping[str, Any], place: str) -> Any:
        """Return `shape(**given)`, or None after noting what is wrong."""
        fields = {item.name: item for item in dataclasses.fields(shape)}
        hints = get_type_hints(shape)
        before = len(self.problems)
        for key in given:
            if key not in fields:
                self._note(f'unknown setting "{key}" in {place}', near(key, fields),
                           "correct the name or take the line out")  # fmt: skip
        values = {
            name: self._value(item, hints[name], given[name])
            for name, item in fields.items()
            if name in given
        }
        for name, item in fields.items():
            if name not in given and _is_needed(item):
                said = item.metadata.get("help", name)
                self._note(
                    f'no "{name}" in {place}', f"{name}: {said}", f"add {name} = ..."
                )
        return shape(**values) if len(self.problems) == before else None

    def _note(self, found: str, expected: str, fix: str) -> None:
        self.problems.append(Problem(self.where, found, expected, fix))

    def _value(self, item: dataclasses.Field[Any], hint: Any, value: Any) -> Any:
        if item.metadata.get("secret"):
            return self._secret(item.name, value)
        inner = _dataclass_in(hint)
        if inner is not None and isinstance(value, list):
            return [
                self.fill(inner, part, f"{item.name} number {number}")
                for number, part in enumerate(value, 1)
                if isinstance(part, dict)
            ]
        if not _fits(value, str(hint)):
            self._note(f"{item.name} = {value!r}", _said(hint),
                       f"correct {item.name}: {item.metadata.get('help', '')}")  # fmt: skip
        return value

    def _secret(self, name: str, value: Any) -> str:
        if not (isinstance(value, str) and value.startswith("env:")):
            fix = f'write {name} = "env:NAME" and put the secret into NAME'
            self._note(f"{name} holds a secret itself", 'its name: "env:NAME"', fix)
            return ""
        try:
            return secret(value, self.home)
        except JourneyError as error:
            where = f"{self.where}, {name}"
            self.problems += [replace(problem, where=where) for problem in error.problems]
            return ""


def _is_needed(item: dataclasses.Field[Any]) -> bool:
    missing = dataclasses.MISSING
    return item.default is missing and item.default_factory is missing


def _dataclass_in(hint: Any) -> type[Any] | None:
    inner = getattr(hint, "__args__", ())
    found = (part for part in inner if isinstance(part, type))
    return next((part for part in found if dataclasses.is_dataclass(part)), None)


def _said(hint: Any) -> str:
    """Return a type as a person writes it in TOML."""
    for names, written in WRITTEN:
        if any(name in str(hint) for name in names):
            return written
    return getattr(hint, "__name__", None) or str(hint)


def _fits(value: Any, hint: str) -> bool:
    if isinstance(value, bool):
        return "bool" in hint
    if isinstance(value, str):
        return "str" in hint or "Literal" in hint
    if isinstance(value, int):
        return "int" in hint or "float" in hint
    if isinstance(value, float):
        return "float" in hint
    if isinstance(value, (dt.date, dt.datetime)):
        return "date" in hint
    if isinstance(value, dict):
        return "Mapping" in hint or "dict" in hint
    return isinstance(value, list) and any(w in hint for w in ("Sequence", "list", "tuple"))
