"""A flow of bands in Vega-Lite, which has no such mark: areas along a smooth step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from journey.charts.look import Look, Spec, tooltip

POINTS = 24
"""Points along a band; more are not seen."""
GAP = 0.03
NODE = 0.012
LABEL = 0.05
"""Height a label takes, as a share of the picture."""
LETTER = 0.019
"""Width of a letter of a label, as a share of it."""

Link = tuple[str, str, float]


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


def flow(links: Sequence[Link], look: Look, height: int = 320) -> Spec | None:
    """Return bands from sources to targets, as wide as their number.

    Links that lead back are left out: a flow goes one way. None without any link.
    """
    forward = _forward(links)
    if not forward:
        return None
    nodes = _placed(forward)
    unit = _unit(nodes)
    sources = [node.name for node in nodes.values() if node.column == 0]
    colours = dict(zip(sources, look.palette.categories * 9, strict=False))
    bands = _bands(forward, nodes, unit, colours, look)
    columns = max(node.column for node in nodes.values())
    marks = [_mark(node, unit, columns, colours, look) for node in nodes.values()]
    _keep_apart(marks)
    return look.finish(
        _layers(bands, marks, look),
        height,
        "Flow of " + ", ".join(sources),
        {"left": 4, "right": 4, "top": 4, "bottom": 4},
    )


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
        here = sorted(
            (n for n in nodes.values() if n.column == column), key=lambda n: -n.size
        )
        top = (1 - sum(n.size for n in here) * unit - GAP * (len(here) - 1)) / 2
        for node in here:
            node.x, node.top = column / columns * (1 - NODE), top
            top += node.size * unit + GAP
    return nodes


def _unit(nodes: dict[str, Node]) -> float:
    """Return the height of one counted thing, so that the fullest column fits."""
    units = []
    for column in {node.column for node in nodes.values()}:
        sizes = [node.size for node in nodes.values() if node.column == column]
        units.append((1 - GAP * (len(sizes) - 1)) / sum(sizes))
    return min(units)


def _bands(
    links: Sequence[Link],
    nodes: dict[str, Node],
    unit: float,
    colours: dict[str, str],
    look: Look,
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
            "text": look.formats.number(amount),
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
    node: Node, unit: float, columns: int, colours: dict[str, str], look: Look
) -> dict[str, Any]:
    return {
        "x": node.x,
        "x2": node.x + NODE,
        "low": node.top,
        "high": node.top + node.size * unit,
        "middle": node.top + node.size * unit / 2,
        "label": node.name,
        "text": f"{node.name}  {look.formats.number(node.size)}",
        "side": "first"
        if node.column == 0
        else "last"
        if node.column == columns
        else "inner",
        "colour": colours.get(node.name, look.palette.text),
    }


def _keep_apart(marks: list[dict[str, Any]]) -> None:
    """Move labels up or down, as little as it takes, off those they would lie on."""
    placed: list[tuple[float, float, float]] = []
    for mark in sorted(marks, key=lambda m: (m["side"] != "first", m["middle"])):
        left, right = _extent(mark)
        tries = (sign * step * LABEL for step in range(len(marks)) for sign in (1, -1))
        for shift in tries:
            middle = mark["middle"] + shift
            is_free = all(
                abs(middle - other) >= LABEL - 1e-9 or right <= begin or end <= left
                for begin, end, other in placed
            )
            if is_free and 0 <= middle <= 1:
                mark["middle"] = middle
                break
        placed.append((left, right, mark["middle"]))


def _extent(mark: dict[str, Any]) -> tuple[float, float]:
    """Return where a label begins and ends, in parts of the chart's width."""
    width = len(mark["text"]) * LETTER
    if mark["side"] == "first":
        return mark["x"] - width, mark["x"]
    return mark["x2"], mark["x2"] + width


def _layers(bands: list[Spec], marks: list[Spec], look: Look) -> list[Spec]:
    narrow = "width < 470"
    scale = {
        "nice": False,
        "domainMin": {"expr": f"{narrow} ? -0.62 : -0.24"},
        "domainMax": {"expr": f"{narrow} ? 1.7 : 1.26"},
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
        tooltip=tooltip(text=""),
    )
    halo = {"stroke": look.palette.card, "strokeWidth": 4, "strokeJoin": "round"}
    texts = []
    for side, align, shift, more in (
        ("first", "right", -8, {}),
        ("inner", "left", 12, halo),
        ("inner", "left", 12, {}),
        ("last", "left", 12, {}),
    ):
        here = [mark for mark in marks if mark["side"] == side]
        if here:
            label = {"type": "text", "align": align, "dx": shift, **more}
            texts.append(
                look.layer(here, label, x=x, y=y("middle"), text={"field": "text"})
            )
    return [area, node, *texts]
