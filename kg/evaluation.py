"""How well reading agrees with people: annotated documents, compared kind by kind with what the reader found.

The annotation format is that of docs/annotation.md. What people marked as cut off or ambiguous, and readings that
restate one of their `prose_statements`, count on neither side.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from kg.errors import ReadingError
from kg.plan import Duty, Plan, Role, Span, Target, Task
from kg.reading import read_text
from kg.reading.metadata import metadata_beside
from kg.reading.script import simplified
from kg.reading.source import decode, load

KINDS = ("statements", "pairs", "policies", "campaigns", "targets", "dates")
_CLASSES = dict.fromkeys((Role.ASSIST, Role.PARTICIPATE, Role.GUIDE, Role.SUPERVISE), "assist")
_MARKS = re.compile(r"[\s《》〈〉<>“”‘’「」『』\"']")
_Expected = TypeVar("_Expected")
_Found = TypeVar("_Found")

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Score:
    """How many of one kind were expected and found (`hits`), missed, and found without being expected."""

    hits: int = 0
    missed: int = 0
    extra: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(self.hits + other.hits, self.missed + other.missed, self.extra + other.extra)

    @property
    def precision(self) -> float | None:
        """The share of what was found that was expected, 0 to 1; None where nothing was found."""
        found = self.hits + self.extra
        return self.hits / found if found else None

    @property
    def recall(self) -> float | None:
        """The share of what was expected that was found, 0 to 1; None where nothing was expected."""
        expected = self.hits + self.missed
        return self.hits / expected if expected else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall, None where there is nothing on either side."""
        total = 2 * self.hits + self.missed + self.extra
        return 2 * self.hits / total if total else None


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing expected and not found (`missed`), or found and not expected."""

    kind: str
    missed: bool
    text: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One document: a score for each of KINDS, and every difference."""

    name: str
    scores: dict[str, Score]
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class GoldStatement:
    """A statement as annotated: where it stands (None where its text is not found), who in which role."""

    raw: str
    span: Span | None
    pairs: tuple[Pair, ...]
    counts: bool


@dataclass(frozen=True, slots=True)
class Gold:
    """An annotation, its statements placed in the text."""

    statements: tuple[GoldStatement, ...]
    prose: tuple[Span, ...]
    policies: tuple[str, ...]
    not_policies: frozenset[str]
    campaigns: tuple[str, ...]
    targets: tuple[tuple[str, ...], ...]
    dates: tuple[str, ...]
    horizons: frozenset[str]


def evaluate_file(path: Path) -> Evaluation:
    """Compare the annotation at `path` with the reading of its document (the `.txt` of the same stem, or `document`).

    Raises ReadingError naming the file and the key that is wrong.
    """
    annotation = _loaded(path)
    document = path.parent / str(annotation.get("document", f"{path.stem}.txt"))
    text = decode(load(document), str(document))
    plan = read_text(text, document.stem, metadata_beside(document))
    try:
        gold = read_gold(annotation, text)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ReadingError(f"{path}: is no annotation as docs/annotation.md describes it: {error!r}") from error
    return evaluate(plan, gold, path.stem)


def _loaded(path: Path) -> dict[str, Any]:
    try:
        annotation = json.loads(load(path))
    except ValueError as error:
        raise ReadingError(f"{path}: is no annotation: not JSON ({error})") from error
    if not isinstance(annotation, dict) or not isinstance(annotation.get("statements"), list):
        raise ReadingError(f"{path}: is no annotation: expected an object with a list of `statements`")
    return annotation


def read_gold(annotation: dict[str, Any], text: str) -> Gold:
    """Return an annotation with its statements placed in `text`, each after the one before it."""
    placed = _Placing(text)
    statements = tuple(_statement(entry, placed) for entry in annotation["statements"])
    return Gold(
        statements,
        tuple(span for entry in annotation.get("prose_statements", ()) for span in placed.all(entry["raw"])),
        tuple(dict.fromkeys(_bare(name) for name in annotation.get("policies", ()))),
        frozenset(_bare(name) for name in annotation.get("not_policies", ())),
        tuple(dict.fromkeys(_bare(name) for name in annotation.get("campaigns", ()))),
        tuple(tuple(str(cell) for cell in target) for target in annotation.get("targets", ())),
        tuple(str(deadline[0]) for deadline in annotation.get("deadlines", ())),
        frozenset(str(horizon[0]) for horizon in annotation.get("horizons", ())),
    )


def _statement(entry: dict[str, Any], placed: _Placing) -> GoldStatement:
    pairs = tuple((_bare(name), _role_class(Role(role))) for name, role in entry["roles"])
    counts = not (entry.get("truncated") or entry.get("ambiguous"))
    return GoldStatement(entry["raw"], placed.next(entry["raw"]), pairs, counts)


class _Placing:
    """Finds quotes in a text whatever the white space, the next one after the one before."""

    def __init__(self, text: str) -> None:
        self._offsets = [at for at, char in enumerate(text) if not char.isspace()]
        self._dense = "".join(text.split())
        self._floor = 0

    def next(self, quote: str) -> Span | None:
        dense = "".join(quote.split())
        at = self._dense.find(dense, self._floor)
        if at < 0:
            at = self._dense.find(dense)
        if at < 0 or not dense:
            return None
        self._floor = at + len(dense)
        return self._span(at, len(dense))

    def all(self, quote: str) -> list[Span]:
        dense = re.escape("".join(quote.split()))
        return [self._span(m.start(), m.end() - m.start()) for m in re.finditer(dense, self._dense)] if dense else []

    def _span(self, at: int, length: int) -> Span:
        return Span(self._offsets[at], self._offsets[at + length - 1] + 1)


def evaluate(plan: Plan, gold: Gold, name: str) -> Evaluation:
    """Compare a plan with an annotation of its text."""
    differences: list[Difference] = []
    scores = _statements(plan, gold, differences)
    scores["policies"], left = _score("policies", gold.policies, _policies(plan, gold), _equal)
    differences += left
    scores["campaigns"], left = _score(
        "campaigns", gold.campaigns, [_bare(c.name) for c in plan.campaigns], _same_campaign
    )
    differences += left
    scores["targets"], left = _score(
        "targets", gold.targets, plan.targets, _same_target, show=lambda target: plan.quote(target.span)
    )
    differences += left
    scores["dates"], left = _score(
        "dates", gold.dates, _dated(plan, gold), _same_date, show=lambda duty: plan.quote(duty.span)
    )
    differences += left
    return Evaluation(name, {kind: scores[kind] for kind in KINDS}, tuple(differences))


def total(evaluations: Iterable[Evaluation]) -> dict[str, Score]:
    """Return the scores of all documents together."""
    sums = dict.fromkeys(KINDS, Score())
    for evaluation in evaluations:
        sums = {kind: sums[kind] + evaluation.scores[kind] for kind in KINDS}
    return sums


def _statements(plan: Plan, gold: Gold, differences: list[Difference]) -> dict[str, Score]:
    """Match statements where they overlap; one is exact when the same organisations stand in the same roles."""
    # A heading that names who is responsible states it once, of every item under it.
    waiting = list({task.statement: task for task in plan.tasks if task.statement}.values())
    whole, pairs = Score(), Score()
    for entry in gold.statements:
        found = [task for task in waiting if entry.span and task.statement and _touch(entry.span, task.statement)]
        waiting = [task for task in waiting if task not in found]
        if not entry.counts:
            continue
        read = [pair for task in found for pair in _pairs(task)]
        exact = sorted(read) == sorted(entry.pairs)
        whole += Score(int(exact), int(not exact), 0 if exact else len(found))
        score, left = _score("pairs", entry.pairs, read, _equal, show=" ".join)
        pairs += score
        differences += left
        if not exact:
            differences.append(Difference("statements", True, entry.raw))
            differences += [Difference("statements", False, _said(plan, task)) for task in found]
    for task in waiting:
        if not any(task.statement and _touch(span, task.statement) for span in gold.prose):
            whole += Score(extra=1)
            pairs += Score(extra=len(task.assignments))
            differences.append(Difference("statements", False, _said(plan, task)))
    return {"statements": whole, "pairs": pairs}


def _said(plan: Plan, task: Task) -> str:
    read = ", ".join(f"{a.name} {a.role}" for a in task.assignments)
    return f"{plan.quote(task.statement)} → {read}" if task.statement else read


def _pairs(task: Task) -> list[Pair]:
    return [(_bare(a.name), _role_class(a.role)) for a in task.assignments]


def _role_class(role: Role) -> str:
    return _CLASSES.get(role, role.value)


def _touch(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _bare(name: str) -> str:
    return _MARKS.sub("", name)


def _policies(plan: Plan, gold: Gold) -> list[str]:
    names = dict.fromkeys(_bare(policy.name) for policy in plan.policies)
    return [name for name in names if name not in gold.not_policies or name in gold.policies]


def _same_campaign(expected: str, found: str) -> bool:
    """Two names agree when one is the other with words in front (打赢蓝天保卫战, 蓝天保卫战)."""
    return expected == found or (
        min(len(expected), len(found)) >= 4 and (expected.endswith(found) or found.endswith(expected))
    )


def _same_target(expected: tuple[str, ...], found: Target) -> bool:
    """A figure agrees in value and unit, and neither its direction nor its change contradicts."""
    value, unit, comparator = expected[:3]
    if float(value) != float(found.value) or simplified(unit) != simplified(found.unit):
        return False
    if comparator in ("increase", "decrease"):
        return found.change == comparator
    opposite = {">": "<", "<": ">"}.get(comparator[0], "")
    return not opposite or not found.comparator.startswith(opposite)


def _dated(plan: Plan, gold: Gold) -> list[Duty]:
    """Return the duties of a plan that count: not a horizon (到2020年), nor a relative date that nobody annotated."""
    return [duty for duty in plan.duties if not _is_horizon(duty, gold) and not _is_unmarked(duty, gold)]


def _is_horizon(duty: Duty, gold: Gold) -> bool:
    limited = duty.due_as_written.endswith(("前", "底", "末"))
    return duty.precision == "year" and duty.due_as_written[:4] in gold.horizons and not limited


def _is_unmarked(duty: Duty, gold: Gold) -> bool:
    return duty.precision == "relative" and duty.due_as_written not in gold.dates


def _same_date(expected: str, found: Duty) -> bool:
    """A date agrees to its own precision; `02-28` is one that comes round every year; else as written."""
    if found.due and re.fullmatch(r"\d{4}(?:-\d\d){0,2}", expected):
        return found.due.isoformat().startswith(expected)
    yearly = re.fullmatch(r"(\d\d)-(\d\d)", expected)
    if yearly and found.precision == "recurring":
        month = re.search(r"(\d{1,2})月", found.due_as_written)
        return month is not None and int(month[1]) == int(yearly[1])
    return expected == found.due_as_written


def _equal(expected: object, found: object) -> bool:
    return expected == found


def _score(
    kind: str,
    expected: Sequence[_Expected],
    found: Sequence[_Found],
    same: Callable[[_Expected, _Found], bool],
    *,
    show: Callable[[_Found], str] = str,
) -> tuple[Score, list[Difference]]:
    """Pair each expected thing with the first found one that agrees and is not taken; return what is left as well."""
    waiting = list(found)
    missed: list[Difference] = []
    for one in expected:
        at = next((index for index, other in enumerate(waiting) if same(one, other)), None)
        if at is None:
            missed.append(Difference(kind, True, one if isinstance(one, str) else _joined(one)))
        else:
            waiting.pop(at)
    extra = [Difference(kind, False, show(other)) for other in waiting]
    return Score(len(expected) - len(missed), len(missed), len(extra)), missed + extra


def _joined(cells: object) -> str:
    return " ".join(str(cell) for cell in cells) if isinstance(cells, tuple) else str(cells)
