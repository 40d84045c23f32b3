"""The co-ownership network as a still drawing: circles that keep apart, labels that stay legible, no script.

Distances on paper follow distances in the network (stress majorisation: Gansner, Koren and North, Graph Drawing 2004),
from a fixed start and without chance, so that the same network always gives the same drawing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, hypot, pi, sin, sqrt
from typing import Any

WIDTH, HEIGHT = 800, 470
MARGIN = 14
# The biggest circle's radius; areas are in proportion to tasks.
RADIUS = 30
LABEL = 13
ROUNDS, SETTLING = 120, 200
# More circles than this are no picture; those with most tasks are drawn.
MOST = 60

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Circle:
    """One organisation: its IRI, name as printed, full name, number of tasks, and where it is drawn."""

    iri: str
    label: str
    title: str
    count: int
    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class Line:
    """The tasks that two organisations share."""

    start: Circle
    end: Circle
    count: int

    @property
    def middle(self) -> Point:
        """Where the number stands."""
        return (self.start.x + self.end.x) / 2, (self.start.y + self.end.y) / 2


@dataclass(frozen=True, slots=True)
class Drawing:
    """Circles and lines on a sheet of `width` by `height`."""

    circles: list[Circle]
    lines: list[Line]
    width: int = WIDTH
    height: int = HEIGHT


def draw(network: Mapping[str, Any]) -> Drawing:
    """Draw a co-ownership network in the form of `kg.outputs.network.to_json`, collectives left out."""
    nodes = [n for n in network["nodes"] if n["kind"] == "organization"]
    nodes = sorted(nodes, key=lambda n: (-n["count"], n["id"]))[:MOST]
    shared = _shared(network["edges"], {n["id"] for n in nodes})
    radii = _radii(nodes)
    boxes = [(max(2 * r, LABEL * len(n["label"])) + 12, 2 * r + LABEL + 12) for n, r in zip(nodes, radii, strict=True)]
    places = _on_sheet(_settled(_spread(_distances(nodes, shared)), boxes), boxes)
    circles = [
        Circle(n["id"], n["label"], n["title"], n["count"], round(x, 1), round(y - LABEL / 2, 1), round(r, 1))
        for n, r, (x, y) in zip(nodes, radii, places, strict=True)
    ]
    by_iri = {circle.iri: circle for circle in circles}
    return Drawing(circles, [Line(by_iri[a], by_iri[b], count) for (a, b), count in sorted(shared.items())])


def _shared(edges: Sequence[Mapping[str, Any]], drawn: set[str]) -> dict[tuple[str, str], int]:
    """Return the shared tasks of each pair; over several documents the most, never the sum."""
    shared: dict[tuple[str, str], int] = {}
    for edge in edges:
        pair = (min(edge["from"], edge["to"]), max(edge["from"], edge["to"]))
        if drawn.issuperset(pair):
            shared[pair] = max(edge["count"], shared.get(pair, 0))
    return shared


def _radii(nodes: Sequence[Mapping[str, Any]]) -> list[float]:
    most = max((n["count"] for n in nodes), default=1)
    return [max(5.0, RADIUS * sqrt(n["count"] / most)) for n in nodes]


def _distances(nodes: Sequence[Mapping[str, Any]], shared: Mapping[tuple[str, str], int]) -> list[list[float]]:
    """Return the steps between every two nodes; what is not connected stands a little further than the rest."""
    index = {n["id"]: i for i, n in enumerate(nodes)}
    near: list[list[int]] = [[] for _ in nodes]
    for a, b in sorted(shared):
        near[index[a]].append(index[b])
        near[index[b]].append(index[a])
    steps = [_steps_from(start, near) for start in range(len(nodes))]
    furthest = max((d for row in steps for d in row.values()), default=1)
    return [[float(row.get(j, max(2.5, 0.8 * furthest))) for j in range(len(nodes))] for row in steps]


def _steps_from(start: int, near: Sequence[Sequence[int]]) -> dict[int, int]:
    found, queue = {start: 0}, deque([start])
    while queue:
        here = queue.popleft()
        for other in near[here]:
            if other not in found:
                found[other] = found[here] + 1
                queue.append(other)
    return found


def _spread(distances: Sequence[Sequence[float]]) -> list[Point]:
    """Move the points, one after the other, to where their distances fit best (localised stress majorisation)."""
    count = len(distances)
    places = [(cos(2 * pi * i / max(count, 1)), sin(2 * pi * i / max(count, 1))) for i in range(count)]
    for _ in range(ROUNDS):
        for i in range(count):
            places[i] = _best(i, places, distances[i]) if count > 1 else (0.0, 0.0)
    return places


def _best(i: int, places: Sequence[Point], distances: Sequence[float]) -> Point:
    x = y = total = 0.0
    for j, (other_x, other_y) in enumerate(places):
        if i == j:
            continue
        weight = distances[j] ** -2
        dx, dy = places[i][0] - other_x, places[i][1] - other_y
        pull = distances[j] / (hypot(dx, dy) or 1e-9)
        x += weight * (other_x + pull * dx)
        y += weight * (other_y + pull * dy)
        total += weight
    return x / total, y / total


def _scaled(places: Sequence[Point], boxes: Sequence[tuple[float, float]]) -> list[Point]:
    """Stretch the points over the sheet, so that every box stays on it."""
    half_w, half_h = max(w for w, _ in boxes) / 2 + MARGIN, max(h for _, h in boxes) / 2 + MARGIN
    xs, ys = [x for x, _ in places], [y for _, y in places]
    wide, high = (max(xs) - min(xs)) or 1.0, (max(ys) - min(ys)) or 1.0
    return [
        (
            half_w + (x - min(xs)) / wide * (WIDTH - 2 * half_w),
            half_h + (y - min(ys)) / high * (HEIGHT - 2 * half_h),
        )
        for x, y in places
    ]


def _settled(places: Sequence[Point], boxes: Sequence[tuple[float, float]]) -> list[Point]:
    """Push boxes apart until none covers another, or time is up."""
    if not places:
        return []
    settled = _scaled(places, boxes)
    for _ in range(SETTLING):
        moved = False
        for i in range(len(settled)):
            for j in range(i):
                moved |= _push(settled, boxes, i, j)
        if not moved:
            break
    return settled


def _push(places: list[Point], boxes: Sequence[tuple[float, float]], i: int, j: int) -> bool:
    (xi, yi), (xj, yj) = places[i], places[j]
    over_x = (boxes[i][0] + boxes[j][0]) / 2 - abs(xi - xj)
    over_y = (boxes[i][1] + boxes[j][1]) / 2 - abs(yi - yj)
    if over_x <= 0 or over_y <= 0:
        return False
    if over_x < over_y:
        step = over_x / 2 if xi >= xj else -over_x / 2
        places[i], places[j] = (xi + step, yi), (xj - step, yj)
    else:
        step = over_y / 2 if yi >= yj else -over_y / 2
        places[i], places[j] = (xi, yi + step), (xj, yj - step)
    return True


def _on_sheet(places: Sequence[Point], boxes: Sequence[tuple[float, float]]) -> list[Point]:
    return [
        (min(max(x, w / 2), WIDTH - w / 2), min(max(y, h / 2), HEIGHT - h / 2))
        for (x, y), (w, h) in zip(places, boxes, strict=True)
    ]
