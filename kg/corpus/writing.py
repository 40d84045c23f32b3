"""What comes to be in the store: all graphs of a build, or of a change only those that are otherwise than before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.corpus.closing import Closing, shared_runs
from kg.corpus.spill import Spill
from kg.graph.iris import inferred
from kg.settings import Settings
from kg.store.digests import digests_of
from kg.store.home import home
from kg.store.kept import Kept


@dataclass(frozen=True, slots=True)
class Written:
    """The generation that was made, how many quads it holds, and the graphs that were written or taken out for it."""

    generation: str
    quads: int
    graphs: tuple[str, ...]


def all_runs(closing: Closing, settings: Settings, spill: Spill) -> dict[str, Path]:
    """Return the graphs of closed members and those that they share as runs, by name."""
    runs = shared_runs(closing, settings, spill)
    return runs | {name: m.run(name, spill) for m in closing.members for name in (m.iri, inferred(m.iri))}


def write_all(closing: Closing, settings: Settings, spill: Spill, about: Mapping[str, Any]) -> Written:
    """Write a generation from nothing. Raises StoreError where it cannot be written."""
    runs = all_runs(closing, settings, spill)
    merged = spill.merged([*runs.values()])
    quads = _lines(merged)
    generation = home(settings.store, settings.base).write(merged, {**about, "quads": quads})
    return Written(generation, quads, tuple(sorted(runs)))


def write_changes(
    closing: Closing, settings: Settings, spill: Spill, about: Mapping[str, Any], *, before: Kept, based_on: str
) -> Written:
    """Write a generation that differs from `before` (`based_on` by name) in some graphs. Raises as `write_all`."""
    place = home(settings.store, settings.base)
    digests = place.digests(based_on)
    shared = shared_runs(closing, settings, spill)
    runs = shared | {name: run for member in closing.members for name, run in member.runs.items()}
    changed = {name: run for name, run in runs.items() if digests_of(run).get(name) != digests.get(name)}
    held = {*shared, *(name for member in closing.members for name in (member.iri, inferred(member.iri)))}
    replaced = changed.keys() | (digests.keys() - held)
    merged = spill.merged([*changed.values()])
    taken_out = sum(before.nquads(name).count(b"\n") for name in replaced)
    quads = place.about(based_on)["quads"] - taken_out + _lines(merged)
    generation = place.change(merged, replaced, {**about, "quads": quads}, based_on=based_on)
    return Written(generation, quads, tuple(sorted(replaced)))


def _lines(path: Path) -> int:
    with path.open("rb") as lines:
        return sum(1 for _ in lines)
