"""A flow of bands in Vega-Lite, which has no such mark: areas along a smooth step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from journey.charts.look import Look, Spec, tooltip
from journey.charts.rows import OTHERS, Table, cut, label, said_below

POINTS = 24
"""Points along a band; more are not seen."""
GAP = 0.03
NODE = 0.012
LABEL, INNER = 0.05, 0.09
"""Heights that labels take, as a share of the picture; inner ones have two lines."""
LINE = 13
"""Pixels from one line of a label to the next."""
LETTER = 0.0125
"""Width of a letter of a label, as a share of the bands' on a card of a laptop."""

MOST = 8
"""Names one upon another; the smallest of more stand together."""
LINKS = 400
"""Bands at most; the download has them all."""
STEPS, FLATTEST = 6, 0.2
"""How often the height of a node is mended, and what all of a column keep at least."""
HIDDEN = "\u200b"
"""A mark that nobody sees, at the end of names that stand for several."""
NAME, SHORT = 26, 11
"""Letters of a name, and of one on a phone."""
PIXELS = 6.3
"""Pixels of a letter of a label."""
LEAST = 80
"""Pixels that the bands have at least."""
NARROW = "width < 470"
APART = 165
"""Pixels from one place to the next that whole inner labels need."""

Link = tuple[str, str, float]


def sankey(table: Table, look: Look) -> Spec | None:
    """Return a flow from source to target, the band as wide as its value."""
    source, target, value = (table.roles[key] for key in ("source", "target", "value"))
    links: dict[tuple[str, str], float] = {}
    for row in table.rows:
        if row[source] is None or row[target] is None or not row[value]:
            continue
        ends = label(row[source], look), label(row[target], look)
        links[ends] = links.get(ends, 0.0) + float(row[value])
    largest = sorted(((*ends, n) for ends, n in links.items() if n > 0),
                     key=lambda link: -link[2])  # fmt: skip
    return flow(largest, look, unit=table.unit)


@dataclass
class Node:
    name: str
    column: int
    size: float = 0.0
    top: float = 0.0
    x: float = 0.0
    left: float = field(default=0.0)
    """How much of its left edge bands have taken."""
    right: float = field(default=0.0)


def flow(
    links: Sequence[Link], look: Look, height: int = 320, unit: str | None = "count"
) -> Spec | None:
    """Return bands from sources to targets, as wide as their number.

    Links that lead back are left out and counted below: a flow goes one way. Of many
    names at one place the smallest stand together. None without any link.
    """
    known = [link for link in links if link[2] > 0]
    forward = _forward(known[:LINKS])
    if not forward:
        return None
    drawn = _gathered(forward, _placed(forward), look)
    nodes = _placed(drawn)
    per = _unit(nodes)
    sources = [node.name for node in nodes.values() if node.column == 0]
    own = (name for name in sources if not _is_rest(name))
    colours = dict(zip(own, look.palette.categories * 9, strict=False))

    def write(amount: float) -> str:
        return look.formats.value(amount, unit)

    bands = _bands(drawn, nodes, per, colours, look, write)
    columns = max(node.column for node in nodes.values())
    marks = [_mark(node, per, columns, colours, look, write) for node in nodes.values()]
    _keep_apart(marks)
    spec = look.finish(
        _layers(bands, marks, look),
        max(height, 26 * max(_sizes(nodes).values())),
        "Flow of " + ", ".join(sources),
        {"left": 4, "right": 4, "top": 4, "bottom": 4},
    )
    return said_below(spec, len(known) - len(forward), len(known), look, "link")


def _sizes(nodes: Mapping[str, Node]) -> dict[int, int]:
    """Return how many nodes stand in each column."""
    found: dict[int, int] = {}
    for node in nodes.values():
        found[node.column] = found.get(node.column, 0) + 1
    return found


def _gathered(links: Sequence[Link], nodes: Mapping[str, Node], look: Look) -> list[Link]:
    """Return the links with the smallest names of a full column as one."""
    called: dict[str, str] = {}
    for column, count in _sizes(nodes).items():
        if count <= MOST:
            continue
        here = sorted((n for n in nodes.values() if n.column == column),
                      key=lambda n: -n.size)  # fmt: skip
        rest = here[MOST - 1 :]
        # one name a column: bands of two columns must not meet in one node
        name = f"{look.formats.number(len(rest))} {OTHERS}" + HIDDEN * (column + 1)
        called |= {node.name: name for node in rest}
    sums: dict[tuple[str, str], float] = {}
    for source, target, amount in links:
        ends = called.get(source, source), called.get(target, target)
        sums[ends] = sums.get(ends, 0.0) + amount
    return [(*ends, amount) for ends, amount in sums.items()]


def _is_rest(name: str) -> bool:
    return name.endswith(HIDDEN)


def _forward(links: Sequence[Link]) -> list[Link]:
    """Return the links that do not lead back to where they came from."""
    kept: list[Link] = []
    for source, target, amount in links:
        if amount > 0 and source not in _reached(target, kept) | {target}:
            kept.append((source, target, amount))
    return kept


def _reached(start: str, links: Sequence[Link]) -> set[str]:
    found: set[str] = set()
    front = {start}
    while front:
        front = {target for source, target, _ in links if source in front} - found
        found |= front
    return found


def _placed(links: Sequence[Link]) -> dict[str, Node]:
    """Return every node with its column (longest way to it), size and place."""
    nodes = {n: Node(n, 0) for source, target, _ in links for n in (source, target)}
    for _ in nodes:
        for source, target, _amount in links:
            nodes[target].column = max(nodes[target].column, nodes[source].column + 1)
    for name, node in nodes.items():
        inward = sum(amount for _, target, amount in links if target == name)
        outward = sum(amount for source, _, amount in links if source == name)
        node.size = max(inward, outward)
    columns = max(node.column for node in nodes.values())
    unit = _unit(nodes)
    for column in range(columns + 1):
        here = _stacked(nodes, column)
        gaps = _gaps(here, unit, columns)
        top = (1 - sum(n.size for n in here) * unit - sum(gaps)) / 2
        for node, gap in zip(here, [*gaps, 0.0], strict=True):
            node.x, node.top = column / columns * (1 - NODE), top
            top += node.size * unit + gap
    return nodes


def _stacked(nodes: Mapping[str, Node], column: int) -> list[Node]:
    """Return the nodes of a column as they stand, the largest first."""
    return sorted((n for n in nodes.values() if n.column == column), key=lambda n: -n.size)


def _gaps(here: Sequence[Node], unit: float, columns: int) -> list[float]:
    """Return the gaps between the nodes of a column: as much as their labels need."""
    label_ = INNER if 0 < here[0].column < columns else LABEL
    return [
        max(GAP, label_ - (above.size + below.size) * unit / 2)
        for above, below in pairwise(here)
    ]


def _unit(nodes: dict[str, Node]) -> float:
    """Return the height of one counted thing, so that the fullest column fits; the gaps
    grow as nodes get lower, so that it is found step by step."""
    columns = max(node.column for node in nodes.values())
    stacks = [_stacked(nodes, column) for column in range(columns + 1)]
    unit = min((1 - GAP * (len(s) - 1)) / sum(n.size for n in s) for s in stacks)
    for _ in range(STEPS):
        unit = min(
            max(FLATTEST, 1 - sum(_gaps(s, unit, columns))) / sum(n.size for n in s)
            for s in stacks
        )
    return unit


def _bands(
    links: Sequence[Link],
    nodes: dict[str, Node],
    unit: float,
    colours: dict[str, str],
    look: Look,
    write: Callable[[float], str],
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    order = sorted(links, key=lambda link: (nodes[link[0]].top, nodes[link[1]].top))
    starts = {}
    for source, target, amount in order:
        starts[source, target] = nodes[source].top + nodes[source].right
        nodes[source].right += amount * unit
    for source, target, amount in sorted(
        links, key=lambda k: (nodes[k[1]].top, nodes[k[0]].top)
    ):
        end = nodes[target].top + nodes[target].left
        nodes[target].left += amount * unit
        band = {
            "band": f"{source}→{target}",
            "who": source,
            "tip": f"{source} → {target}",
            "text": write(amount),
            "colour": colours.get(source, look.palette.before),
        }
        x0, x1 = nodes[source].x + NODE, nodes[target].x
        for u in (i / POINTS for i in range(POINTS + 1)):
            low = starts[source, target] + (end - starts[source, target]) * u * u * (
                3 - 2 * u
            )
            place = {"x": x0 + (x1 - x0) * u, "low": low, "high": low + amount * unit}
            rows.append(band | place)
    return rows


def _mark(
    node: Node,
    unit: float,
    columns: int,
    colours: dict[str, str],
    look: Look,
    write: Callable[[float], str],
) -> dict[str, Any]:
    grey = look.palette.before if _is_rest(node.name) else look.palette.text
    is_inner = 0 < node.column < columns
    between = "\n" if is_inner else "  "
    return {
        "x": node.x,
        "x2": node.x + NODE,
        "low": node.top,
        "high": node.top + node.size * unit,
        "middle": node.top + node.size * unit / 2,
        "label": node.name,
        "text": f"{cut(node.name, NAME)}{between}{write(node.size)}",
        "short": f"{cut(node.name, SHORT)}{between}{write(node.size)}",
        "tip": f"{node.name}  {write(node.size)}",
        "side": "inner" if is_inner else "last" if node.column else "first",
        "colour": colours.get(node.name, grey),
    }


def _keep_apart(marks: list[dict[str, Any]]) -> None:
    """Move labels up or down, as little as it takes, off those they would lie on."""
    placed: list[tuple[float, float, float, float]] = []
    for mark in sorted(marks, key=lambda m: (m["side"] != "first", m["middle"])):
        left, right = _extent(mark)
        tall = (INNER if mark["side"] == "inner" else LABEL) / 2
        tries = (sign * step * LABEL for step in range(len(marks)) for sign in (1, -1))
        for shift in tries:
            middle = mark["middle"] + shift
            is_free = all(
                abs(middle - other) >= tall + half - 1e-9 or right <= begin or end <= left
                for begin, end, other, half in placed
            )
            if is_free and 0 <= middle <= 1:
                mark["middle"] = middle
                break
        placed.append((left, right, mark["middle"], tall))


def _extent(mark: dict[str, Any]) -> tuple[float, float]:
    """Return where a label begins and ends, in parts of the chart's width."""
    width = max(map(len, mark["text"].split("\n"))) * LETTER
    if mark["side"] == "first":
        return mark["x"] - width, mark["x"]
    return mark["x2"], mark["x2"] + width


def _room(marks: Sequence[Spec], side: str) -> str:
    """Return the pixels that the labels of a side take, as an expression of the width."""
    longest = {
        text: round(PIXELS * max(len(m[text]) for m in marks if m["side"] == side)) + 14
        for text in ("short", "text")
    }
    return f"({NARROW} ? {longest['short']} : {longest['text']})"


def _layers(bands: list[Spec], marks: list[Spec], look: Look) -> list[Spec]:
    left, right = (_room(marks, side) for side in ("first", "last"))
    rest = f"max({LEAST}, width - {left} - {right})"
    scale = {
        "nice": False,
        "domainMin": {"expr": f"-{left} / {rest}"},
        "domainMax": {"expr": f"1 + {right} / {rest}"},
    }
    x = {"field": "x", "type": "quantitative", "axis": None, "scale": scale}

    def y(name: str) -> Spec:
        down = {"domain": [1.02, -0.02], "nice": False}
        return {"field": name, "type": "quantitative", "axis": None, "scale": down}

    colour = {"field": "colour", "type": "nominal", "scale": None}
    shown = {"condition": {"param": "hover", "value": 0.55}, "value": 0.12}
    area = look.layer(
        bands,
        {"type": "area"},
        x=x,
        y=y("low"),
        y2={"field": "high"},
        color=colour,
        detail={"field": "band", "type": "nominal"},
        opacity=shown,
        tooltip=tooltip(tip="Flow", text="Count"),
    )
    select = {
        "type": "point",
        "on": "pointerover",
        "clear": "pointerout",
        "fields": ["who"],
    }
    area["params"] = [{"name": "hover", "select": select}]
    node = look.layer(
        marks,
        {"type": "rect", "cornerRadius": 2},
        x=x,
        x2={"field": "x2"},
        y=y("low"),
        y2={"field": "high"},
        color=colour,
        tooltip=tooltip(tip=""),
    )
    halo = {"stroke": look.palette.card, "strokeWidth": 4, "strokeJoin": "round"}
    lines = {"lineBreak": "\n", "lineHeight": LINE, "dy": -LINE / 2}
    places, texts = len({mark["x"] for mark in marks}), []
    for side, align, at, shift, more in (
        ("first", "right", "x", -8, {}),
        ("inner", "left", "x2", 6, lines | halo),
        ("inner", "left", "x2", 6, lines),
        ("last", "left", "x2", 6, {}),
    ):
        here = [mark for mark in marks if mark["side"] == side]
        if here:
            close = NARROW if side != "inner" else f"width < {APART * places}"
            text = {"expr": f"{close} ? datum.short : datum.text"}
            mark = {"type": "text", "align": align, "dx": shift, "text": text, **more}
            texts.append(look.layer(here, mark, x={**x, "field": at}, y=y("middle")))
    return [area, node, *texts]
