"""Where a document states responsibility: its brackets, label lines and clauses, and what looks like one but is not."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from kg.plan import Finding, Span
from kg.reading.brackets import Bracket, find_brackets
from kg.reading.clauses import find_clauses, find_plain_clauses
from kg.reading.declarations import extent, find_declarations
from kg.reading.findings import note
from kg.reading.lexicon import ends, words
from kg.reading.names import Sort, recognise, split_names
from kg.reading.openings import find_openings
from kg.reading.predicates import LEVELS, closing_predicate, label_forms, label_of, label_pattern, role_words
from kg.reading.rows import Table
from kg.reading.spans import Taken, trimmed
from kg.reading.statements import MAX_STATEMENT, Statement, names_are_sure, parse_statement

_MAX_DEPTH = 3
_MARGIN = 60
_LONGEST_EXPLAINED = 16
_STOP = re.compile("[。；;]")
_LISTED = re.compile("[、，,；;]")
_CUT_OFF = re.compile(r"[（(〔\[【]([^（()）〔〕\[\]【】\n]+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Scan:
    """Everything in a text that states responsibility, in reading order, and what could not be placed."""

    statements: tuple[Statement, ...]
    findings: tuple[Finding, ...]

    @property
    def starts(self) -> list[int]:
        """Where the statements begin, in reading order."""
        return [statement.span.start for statement in self.statements]

    def lines(self, text: str) -> dict[int, int]:
        """Return start → end of the statements that are lines of their own, and so speak of the lines before."""
        outers = (statement.outer for statement in self.statements if not statement.governs and not statement.front)
        return {outer.start: outer.end for outer in outers if _opens_line(text, outer) and _ends_line(text, outer)}

    @property
    def cells(self) -> list[Span]:
        """The stretches that say by when, outside brackets and lines: the time cells of tables."""
        return [cell for statement in self.statements if statement.governs for cell in statement.deadlines]


def _opens_line(text: str, span: Span) -> bool:
    before = text[max(0, span.start - _MARGIN) : span.start]
    opened, _, blank = before.rpartition("\n")
    return not blank.strip() and (bool(opened) or len(before) < _MARGIN)


def _ends_line(text: str, span: Span) -> bool:
    blank, stop, _ = text[span.end : span.end + _MARGIN].partition("\n")
    return not blank.strip(" \t\r\u3000。；;") and (bool(stop) or span.end + _MARGIN > len(text))


def scan_statements(text: str, tables: tuple[Table, ...] = ()) -> Scan:
    """Return the statements of `text`, those of its `tables` included: none lies inside another."""
    rows = [row for each in tables for row in each.rows]
    found = [row.statement for row in rows if row.statement]
    fixed = [row.span for row in rows if row.statement]
    bracketed, findings = _bracketed(text, find_brackets(text), Taken(fixed))
    found += bracketed
    for read in (_labelled, find_openings, find_clauses, find_plain_clauses):
        taken = Taken([*fixed, *(statement.outer for statement in found if not statement.governs)])
        found += [statement for statement in read(text) if taken.free(statement.outer)]
    declared = [extent(text, d) for d in find_declarations(text, Span(0, len(text)))]
    rules = Taken(declared)
    found = [s for s in found if s.governs or s.declarations or rules.free(s.span)]
    outside = Taken([statement.outer for statement in found])
    declared = [span for span in declared if outside.free(span)]
    found.sort(key=lambda statement: statement.span)
    covering = Taken([*declared, *fixed, *(statement.outer for statement in found if not statement.governs)])
    doubtful = (*findings, *_unclosed(text))
    unread = [note("unread-statement", cell, cell.of(text)) for row in rows for cell in row.unread]
    open_roles = [note("open-role", word, word.of(text)) for statement in found for word in statement.open]
    unread += [note("unread-statement", part, part.of(text)) for statement in found for part in statement.unread]
    return Scan(
        tuple(found), (*unread, *open_roles, *(f for f in doubtful if f.code == "partly-read" or covering.free(f.span)))
    )


def _bracketed(text: str, brackets: tuple[Bracket, ...], taken: Taken) -> tuple[list[Statement], list[Finding]]:
    statements: list[Statement] = []
    findings: list[Finding] = []
    covered = 0
    for bracket in brackets:
        if bracket.span.start < covered or bracket.depth > _MAX_DEPTH or not 2 <= len(bracket) <= MAX_STATEMENT:
            continue
        if not taken.free(bracket.span):
            continue
        statement = parse_statement(text, bracket.content, bracket.span)
        opening = None if statement else _opening_sentence(text, bracket)
        if opening:
            statements.append(opening)
            covered = bracket.span.end
            rest = Span(opening.span.end, bracket.content.end)
            findings.append(note("partly-read", rest, rest.of(text).lstrip("。；; ")))
        elif statement and _stands_alone(text, statement):
            statements.append(statement)
            covered = bracket.span.end
        elif _looks_responsible(text, bracket.content) or (
            _lists_names(text, statement) if statement else _names_some(text, bracket)
        ):
            findings.append(note("unread-statement", bracket.content, bracket.content.of(text)))
    return statements, findings


def _opening_sentence(text: str, bracket: Bracket) -> Statement | None:
    """Return the statement that the first sentences of a bracket are, where something else follows them in it."""
    for stop in reversed([m.start() for m in _STOP.finditer(text, bracket.content.start, bracket.content.end)]):
        statement = parse_statement(text, Span(bracket.content.start, stop), bracket.span)
        if statement and statement.explicit and names_are_sure(text, statement):
            return statement
    return None


def _stands_alone(text: str, statement: Statement) -> bool:
    """A bracket of bare names is a statement only at the end of a sentence, and where the names are sure."""
    if statement.explicit:
        return True
    explains = len(statement.shares) == 1 and _follows_name(text, statement.outer.start)
    several = len(statement.shares) > 1 and text[statement.outer.start - 1 : statement.outer.start] in ("。", "；")
    ends_here = several or _at_sentence_end(text, statement.outer.end)
    return not explains and ends_here and names_are_sure(text, statement)


def _follows_name(text: str, at: int) -> bool:
    """Tell whether a name ends right before a bracket, which then says what else it is called or where it sits."""
    names = (recognise(text[start:at]) for start in range(max(0, at - _LONGEST_EXPLAINED), at - 1))
    return any(name and (name.sort is Sort.KNOWN or (name.strong and name.prefix)) for name in names)


def _at_sentence_end(text: str, end: int) -> bool:
    rest = text[end : end + 2].lstrip(" \u3000")
    return not rest or rest.startswith(words("clauses")["sentence_ends"]) or rest[0] in "（(〔["


def _lists_names(text: str, statement: Statement) -> bool:
    """Tell whether a bracket of names of which few are sure stands where statements do: it is to be looked at."""
    names = [recognise(share.span.of(text)) for share in statement.shares]
    likely = len(names) > 1 or all(name is not None and name.strong for name in names)
    return likely and _at_sentence_end(text, statement.outer.end)


def _names_some(text: str, bracket: Bracket) -> bool:
    """Tell whether a bracket where statements stand lists names of which some are known and some are not."""
    parts = [part.strip() for part in _LISTED.split(bracket.content.of(text))]
    names = [recognise(part) for part in parts]
    known = any(name is not None and name.sort is Sort.KNOWN and bool(name.prefix) for name in names)
    return known and len(parts) > 1 and _at_sentence_end(text, bracket.span.end)


def _looks_responsible(text: str, content: Span) -> bool:
    """Tell whether a bracket that is no statement names somebody known and holds a word that gives a role."""
    quote = content.of(text)
    if label_pattern().match(text, content.start, content.end):
        return True
    parts = re.split(r"[、，,；;。：:]", quote)
    closes = any(closing_predicate(part) for part in parts)
    names = any(split_names(_head(part)) for part in parts)
    return closes and (names or ends(quote, role_words()) is not None) and len(quote) > 2


def _head(part: str) -> str:
    predicate = closing_predicate(part)
    return part[: predicate.start] if predicate else part


def _unclosed(text: str) -> list[Finding]:
    """Return a finding for each line whose last bracket is cut off in the middle of a statement."""
    found: list[Finding] = []
    for match in _CUT_OFF.finditer(text):
        content = Span(match.start(1), match.end(1))
        if content.end - content.start <= MAX_STATEMENT and _looks_responsible(text, content):
            found.append(note("unclosed-statement", content, content.of(text)))
    return found


def _labelled(text: str) -> list[Statement]:
    """Return the statements that labels open: on lines of their own, the labels of one task together, or in a line."""
    found: list[Statement] = []
    end = 0
    for match in _label_starts().finditer(text):
        start = match.start(1)
        if start < end:
            continue
        block = _block(text, start)
        statement = _longest(text, start, block)
        if statement:
            found.append(statement)
            end = statement.outer.end
    return found


@cache
def _label_starts() -> re.Pattern[str]:
    """A label at the start of a line, or behind the end of a sentence or bracket; group 1 is where it begins."""
    mark = r"(?:[一二三四五六七八九十]、|[（(][一二三四五六七八九十\d]+[）)]|\d{1,2}[.．、]|[-*•·●■◆▪])?"
    blank = "[ \\t\\u3000]"
    opening = rf"(?:(?:^|\n){blank}{{0,20}}{mark}{blank}{{0,4}}|[。；;！，,）)】\]]{blank}{{0,8}}|(?<={blank}{blank}))"
    closing = rf"(?:\s?[\s*】\]（(：:]|(?<=[位门])(?={LEVELS}))"
    return re.compile(rf"{opening}([*【\[]*(?:{label_forms()}){closing})")


def _block(text: str, start: int) -> list[int]:
    """Return the ends of the lines from `start` on, as long as each opens with a label that did not stand before."""
    ends_found: list[int] = []
    seen: set[str] = set()
    at = start
    while at < len(text):
        label = label_pattern().match(text, at)
        if label is None or label_of(label) in seen:
            break
        seen.add(label_of(label))
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop
        ends_found.append(stop)
        at = stop + 1
        while at < len(text) and text[at] in " \t\r\n\u3000-*•·●":
            at += 1
    return ends_found


def _longest(text: str, start: int, lines: list[int]) -> Statement | None:
    """Return the statement of as many label lines as read as one, or of the first line up to its stop."""
    for end in reversed(lines):
        statement = parse_statement(text, trimmed(text, start, end))
        if statement:
            return _without_asides(text, statement)
    if not lines:
        return None
    stop = text.find("。", start, lines[0])
    statement = parse_statement(text, trimmed(text, start, stop)) if stop > start else None
    return statement and _without_asides(text, statement)


def _without_asides(text: str, statement: Statement) -> Statement:
    """Leave the lines that name nobody (完成时限：…) out of a statement's words; they stay between its delimiters."""
    last = max([share.span.end for share in statement.shares] + [d.span.end for d in statement.declarations])
    stop = next((at for at in range(last, statement.span.end) if text[at] in "\n。；;"), -1)
    first = text.rfind("\n", statement.span.start, statement.shares[0].span.start) + 1
    opening = max(statement.span.start, first)
    span = trimmed(text, opening, statement.span.end if stop < 0 else stop)
    return replace(statement, span=span, outer=statement.span)
