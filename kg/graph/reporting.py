"""What validation found, told by kind: the worst first, each kind once, with how many there are and where."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from kg.graph.validation import ValidationResult
from kg.plan import Severity

_FEW = 5  # places that the line of a kind names
_QUOTE = 60  # characters of a passage that are shown
_LABEL = 20  # characters of a name in a list of names
_SEVERITIES = {
    "violation": {"zh": "错误", "en": "wrong"},
    "warning": {"zh": "存疑", "en": "doubtful"},
    "info": {"zh": "提示", "en": "note"},
}
_NOTHING = {"zh": "无发现", "en": "nothing found"}
_COUNTED = {"zh": "{message}（{count}）", "en": "{message} ({count})"}
_LISTED = {"zh": "{counted}：{places}", "en": "{counted}: {places}"}
_COMMA = {"zh": "、", "en": ", "}
_COLUMNS = ("severity", "code", "label", "start", "end", "quote", "focus", "path", "value", "passage")


@dataclass(frozen=True, slots=True)
class Kind:
    """All results of one shape in one document, in the order of the text."""

    severity: Severity
    code: str
    results: tuple[ValidationResult, ...]

    def message(self, language: str = "zh") -> str:
        """Return what the shape says, in `zh` or `en`."""
        return self.results[0].message(language)


def kinds(results: Iterable[ValidationResult]) -> tuple[Kind, ...]:
    """Return results by the shape that found them, in the order in which their first ones come."""
    found: dict[tuple[Severity, str], list[ValidationResult]] = {}
    for result in results:
        found.setdefault((result.severity, result.code), []).append(result)
    return tuple(Kind(severity, code, tuple(members)) for (severity, code), members in found.items())


def text(title: str, results: Iterable[ValidationResult], language: str, *, every: bool = False) -> str:
    """Return the results of a document as lines: what is wrong or doubtful one by one, what is not said by its kind.

    With `every`, all of them one by one.
    """
    lines = [line for kind in kinds(results) for line in _lines(kind, language, every=every)]
    return "\n".join([title, *(lines or [f"  {_NOTHING[language]}"])])


def _lines(kind: Kind, language: str, *, every: bool) -> Iterator[str]:
    head = f"  {_SEVERITIES[kind.severity][language]}  "
    counted = _COUNTED[language].format(message=kind.message(language), count=len(kind.results))
    if not every and kind.severity == Severity.INFO:
        places = _COMMA[language].join(_cut(result.label, _LABEL) for result in kind.results[:_FEW])
        more = " …" if len(kind.results) > _FEW else ""
        yield head + _LISTED[language].format(counted=counted, places=places + more)
        return
    yield head + counted
    for result in kind.results:
        place = f"  “{_cut(result.quote, _QUOTE)}” {result.start}–{result.end}" if result.quote is not None else ""
        yield f"        {result.label}{place}"


def as_json(checked: Iterable[tuple[str, Iterable[ValidationResult]]]) -> str:
    """Return the results of documents, by title, as a JSON array."""
    told = [{"title": title, "results": [asdict(result) for result in results]} for title, results in checked]
    return json.dumps(told, ensure_ascii=False, indent=1)


def as_csv(checked: Iterable[tuple[str, Iterable[ValidationResult]]], language: str) -> str:
    """Return the results of documents as CSV (RFC 4180): one line for each."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(("title", *_COLUMNS, "message"))
    for title, results in checked:
        for result in results:
            table.writerow((title, *(getattr(result, column) for column in _COLUMNS), result.message(language)))
    return written.getvalue()


def _cut(words: str, length: int) -> str:
    line = " ".join(words.split())
    return line if len(line) <= length else f"{line[:length]}…"
