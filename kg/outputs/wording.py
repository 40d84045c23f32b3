"""Tasks in words: how a task is held, who has which role, the sentence, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from kg.outputs.display import display

if TYPE_CHECKING:
    from kg.store import Row

_WORDS = {
    "text": ("原文", "Text"),
    "statement": ("责任语句", "Statement"),
    "place": ("出处", "Where"),
    "characters": ("字符", "characters"),
}
#: The columns that name an organisation, with those of its name, its role, and its name as printed.
_PARTIES = (("organization", "role", "asWritten"), ("other", "otherRole", "otherAsWritten"))


def tasks_in_words(rows: Sequence[Row], language: str = "zh") -> str:
    """Return the tasks of `rows` (columns as in `coowners-of-task.rq` and `shared-tasks.rq`), one paragraph each."""
    return "\n\n".join("\n".join(_task(list(group), language)) for _, group in groupby(rows, lambda row: row["task"]))


def place_in_words(row: Row, language: str = "zh") -> str:
    """Return where the sentence of a row stands: document（status） › section › item › characters from–to."""
    status = f"（{row['status']}）" if "status" in row else ""
    parts = [f"{row['documentLabel']}{status}"]
    parts += [str(row[name]) for name in ("sectionLabel", "itemLabel") if name in row]
    parts.append(f"{_say('characters', language)} {row['start']}–{row['end']}")
    return " › ".join(parts)


def _task(rows: Sequence[Row], language: str) -> Iterator[str]:
    first = rows[0]
    mode = f"  {display().label(first['mode'], language)}" if "mode" in first else ""
    yield f"{first['taskLabel']}{mode}"
    yield from _participants(rows, language)
    yield f"  {_say('text', language)}  {first['quote']}"
    if "statement" in first:
        offsets = f"{_say('characters', language)} {first['statementStart']}–{first['statementEnd']}"
        yield f"  {_say('statement', language)}  {first['statement']}  [{offsets}]"
    yield f"  {_say('place', language)}  {place_in_words(first, language)}"


def _participants(rows: Sequence[Row], language: str) -> Iterator[str]:
    said: dict[str, None] = {}
    for row in rows:
        for party, role, printed in _PARTIES:
            if party in row:
                said[_participant(row, party, role, printed, language)] = None
    yield from said


def _participant(row: Row, party: str, role: str, printed: str, language: str) -> str:
    full = str(row[f"{party}Label"])
    written = str(row.get(printed, full))
    name = full if written == full else f"{written}（{full}）"
    basis = display().term(row["basis"]) if party == "organization" and "basis" in row else None
    source = f"  {basis.label(language)}" if basis and basis.word != "stated" else ""
    return f"  {display().label(row[role], language)}  {name}{source}"


def _say(key: str, language: str, words: Mapping[str, tuple[str, str]] = _WORDS) -> str:
    return words[key][language == "en"]
