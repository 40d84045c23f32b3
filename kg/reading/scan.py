"""Where a document states responsibility: its brackets, label lines and clauses, and what looks like one but is not."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from kg.plan import Finding, Role, Span
from kg.reading.brackets import Bracket, find_brackets
from kg.reading.declarations import extent, find_declarations
from kg.reading.findings import note
from kg.reading.lexicon import ends, longest_first, starts, words
from kg.reading.names import MAX_NAME, Sort, recognise, split_names
from kg.reading.predicates import closing_predicate, label_pattern, label_roles, role_words
from kg.reading.spans import Taken
from kg.reading.statements import MAX_STATEMENT, Statement, names_are_sure, parse_statement
from kg.reading.tables import Table

_MAX_DEPTH = 3
_CUT_OFF = re.compile(r"[（(〔\[【]([^（()）〔〕\[\]【】\n]+)$", re.MULTILINE)
_PLAIN = re.compile(r"[^。；;！？!?\n，,：:]{1,5000}")
_PLAIN_LIMIT = 60
_CLAUSE = re.compile(r"[^。；;！？!?\n]{1,5000}")
_LEADING_NUMBER = re.compile(
    r"\s*(?:[（(][一二三四五六七八九十\d]+[）)]|[一二三四五六七八九十]+、|[一二三四五六七八九十]+是|第[一二三四五六七八九十百]+条"
    r"|\d{1,2}(?:[.．]\d{1,2}){1,3}|\d{1,3}[.．、]?|[\u2460-\u249b])?\s*"
)
_OPENED = re.compile(r"(?<=[，,])由")
_PART = re.compile(r"[^，,：:]+")
_DECIDED = frozenset({Role.LEAD, Role.ASSIST, Role.PARTICIPATE, Role.GUIDE, Role.SUPERVISE})


@dataclass(frozen=True, slots=True)
class Scan:
    """Everything in a text that states responsibility, in reading order, and what could not be placed."""

    statements: tuple[Statement, ...]
    findings: tuple[Finding, ...]

    @property
    def starts(self) -> list[int]:
        """Where the statements begin, in reading order."""
        return [statement.span.start for statement in self.statements]

    @property
    def cells(self) -> list[Span]:
        """The stretches that say by when, outside brackets and lines: the time cells of tables."""
        return [cell for statement in self.statements if statement.governs for cell in statement.deadlines]


def scan_statements(text: str, tables: tuple[Table, ...] = ()) -> Scan:
    """Return the statements of `text`, those of its `tables` included: none lies inside another."""
    rows = [row for each in tables for row in each.rows]
    found = [row.statement for row in rows if row.statement]
    fixed = [row.span for row in rows if row.statement]
    bracketed, findings = _bracketed(text, find_brackets(text), Taken(fixed))
    found += bracketed
    for read in (_labelled, _clauses, _plain_clauses):
        taken = Taken([*fixed, *(statement.outer for statement in found if not statement.governs)])
        found += [statement for statement in read(text) if taken.free(statement.outer)]
    declared = [extent(text, d) for d in find_declarations(text, Span(0, len(text)))]
    outside = Taken([statement.outer for statement in found])
    declared = [span for span in declared if outside.free(span)]
    found.sort(key=lambda statement: statement.span)
    covering = Taken([*declared, *fixed, *(statement.outer for statement in found if not statement.governs)])
    doubtful = (*findings, *_unclosed(text))
    unread = [note("unread-statement", cell, cell.of(text)) for row in rows for cell in row.unread]
    return Scan(tuple(found), (*unread, *(finding for finding in doubtful if covering.free(finding.span))))


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
        if statement and _stands_alone(text, statement):
            statements.append(statement)
            covered = bracket.span.end
        elif _looks_responsible(text, bracket.content) or (statement and _lists_names(text, statement)):
            findings.append(note("unread-statement", bracket.content, bracket.content.of(text)))
    return statements, findings


def _stands_alone(text: str, statement: Statement) -> bool:
    """A bracket of bare names is a statement only at the end of a sentence, and where the names are sure."""
    if statement.explicit:
        return True
    return _at_sentence_end(text, statement.outer.end) and names_are_sure(text, statement)


def _at_sentence_end(text: str, end: int) -> bool:
    rest = text[end : end + 2].lstrip(" \u3000")
    return not rest or rest.startswith(words("clauses")["sentence_ends"]) or rest[0] in "（(〔["


def _lists_names(text: str, statement: Statement) -> bool:
    """Tell whether a bracket of names of which few are sure stands where statements do: it is to be looked at."""
    return _at_sentence_end(text, statement.outer.end) and len(statement.shares) > 1


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
    labels = "|".join(re.escape(label) for label in longest_first(label_roles()))
    mark = r"(?:[一二三四五六七八九十]、|[（(][一二三四五六七八九十\d]+[）)]|\d{1,2}[.．、]|[-*•·●■◆▪])?"
    blank = "[ \\t\\u3000]"
    opening = rf"(?:(?:^|\n){blank}{{0,20}}{mark}{blank}{{0,4}}|[。；;！）)】\]]{blank}{{0,8}}|(?<={blank}{blank}))"
    return re.compile(rf"{opening}([*【\[]*(?:{labels})\s?[\s*】\]（(：:])")


def _block(text: str, start: int) -> list[int]:
    """Return the ends of the lines from `start` on, as long as each opens with a label that did not stand before."""
    ends_found: list[int] = []
    seen: set[str] = set()
    at = start
    while at < len(text):
        label = label_pattern().match(text, at)
        if label is None or label[1] in seen:
            break
        seen.add(label[1])
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop
        ends_found.append(stop)
        at = stop + 1
        while at < len(text) and text[at] in " \t\r\n\u3000":
            at += 1
    return ends_found


def _longest(text: str, start: int, lines: list[int]) -> Statement | None:
    """Return the statement of as many label lines as read as one, or of the first line up to its stop."""
    for end in reversed(lines):
        statement = parse_statement(text, _trimmed(text, start, end))
        if statement:
            return _without_asides(text, statement)
    if not lines:
        return None
    stop = text.find("。", start, lines[0])
    statement = parse_statement(text, _trimmed(text, start, stop)) if stop > start else None
    return statement and _without_asides(text, statement)


def _without_asides(text: str, statement: Statement) -> Statement:
    """Leave the lines that name nobody (完成时限：…) out of a statement's words; they stay between its delimiters."""
    last = max([share.span.end for share in statement.shares] + [d.span.end for d in statement.declarations])
    stop = next((at for at in range(last, statement.span.end) if text[at] in "\n。；;"), -1)
    first = text.rfind("\n", statement.span.start, statement.shares[0].span.start) + 1
    opening = max(statement.span.start, first)
    span = _trimmed(text, opening, statement.span.end if stop < 0 else stop)
    return replace(statement, span=span, outer=statement.span)


def _clauses(text: str) -> list[Statement]:
    """Return the statements that stand in sentences without a bracket: 由A牵头，B参加."""
    found: list[Statement] = []
    for match in _CLAUSE.finditer(text):
        if _role_word().search(text, match.start(), min(match.end(), match.start() + MAX_STATEMENT)):
            statement = _clause(text, match)
            if statement:
                found.append(statement)
    return found


@cache
def _role_word() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, role_words())))


def _clause(text: str, sentence: re.Match[str]) -> Statement | None:
    """Return the statement of a sentence: names and roles at its beginning, or from a clause with 由 on."""
    limit = min(sentence.end(), sentence.start() + MAX_STATEMENT)
    first = _after_number(text, sentence.start(), limit)
    opened = (m.start() for m in _OPENED.finditer(text, first, limit))
    for start in (first, *opened):
        statement = _longest_clause(text, start, limit)
        if statement:
            return statement
    return None


def _longest_clause(text: str, start: int, limit: int) -> Statement | None:
    """Return the longest stretch from `start` on that reads as names and roles; one bare 负责 is not enough."""
    end = start
    for part in _PART.finditer(text, start, limit):
        quote = part[0]
        predicate = closing_predicate(quote)
        if predicate is None or predicate.role is None or not _names_only(quote, predicate.start):
            joined = _joined_end(text, part) if end > start else None
            end = joined or end
            if joined == part.end():
                continue
            break
        end = part.end()
    if end == start:
        return None
    statement = _in_front(text, parse_statement(text, _trimmed(text, start, end)))
    opened = text.startswith(words("clauses")["openers"], start)
    if statement and (opened or any(share.role in _DECIDED for share in statement.shares)):
        return statement
    return None


def _joined_end(text: str, part: re.Match[str]) -> int | None:
    """Return where the names that 会同 joins to a clause end, before what they do (会同B、C|开展…)."""
    joining = starts(part[0], words("clauses")["joining"])
    if joining is None:
        return None
    start = part.start() + len(joining)
    if _are_listed(text[start : part.end()]):
        return part.end()
    last = max(start, text.rfind("、", start, part.end()) + 1)
    if last > start and not _are_listed(text[start : last - 1]):
        return None
    stops = range(min(part.end(), last + MAX_NAME), last + 1, -1)
    return next((stop for stop in stops if _are_certain(text, split_names(text[last:stop], last))), None)


def _are_listed(quote: str) -> bool:
    return all(split_names(part) for part in quote.split("、"))


def _are_certain(text: str, names: list[Span] | None) -> bool:
    return bool(names) and all(_is_certain(name.of(text)) for name in names or [])


def _is_certain(quote: str) -> bool:
    name = recognise(quote)
    return name is not None and (name.sort is not Sort.SHAPED or (name.strong and bool(name.prefix)))


def _in_front(text: str, statement: Statement | None) -> Statement | None:
    """Mark a clause that its sentence goes on from: 由A负责，B配合，加快…; 由A牵头，会同B开展…."""
    if statement is None:
        return None
    follows = text[statement.span.end : statement.span.end + 1]
    return replace(statement, front=follows in ("，", ",") or follows.isalnum())


def _plain_clauses(text: str) -> list[Statement]:
    """Return the statements A负责X of a sentence: who stands before 负责, what they are responsible for behind it."""
    found: list[Statement] = []
    for clause in _PLAIN.finditer(text):
        for word in words("clauses")["plain"]:
            at = text.find(word, clause.start(), min(clause.end(), clause.start() + _PLAIN_LIMIT))
            end = at + len(word)
            if at < 0 or clause.end() - end < 2 or _is_no_duty(text, end):
                continue
            start = _after_number(text, clause.start(), at)
            statement = parse_statement(text, _trimmed(text, start, end)) if at > start else None
            found += [replace(statement, front=True)] if statement else []
    return found


def _is_no_duty(text: str, at: int) -> bool:
    """Tell whether what follows 负责 makes another word of it: 负责人, 负责制; 负责人员招录 is a duty."""
    lists = words("clauses")
    return starts(text, lists["not_plain"], at) is not None and not starts(text, lists["plain_after_all"], at)


def _names_only(quote: str, end: int) -> bool:
    head = quote[:end].strip()
    opener = starts(head, words("clauses")["openers"]) or ""
    names = [part.strip() for part in re.split("[、]", head[len(opener) :])]
    return bool(names) and all(name and (recognise(name) or split_names(name) or _are_partners(name)) for name in names)


def _are_partners(quote: str) -> bool:
    """Tell whether a stretch is two names with 会同 or its like between."""
    parted = (quote.partition(word) for word in words("clauses")["partners"])
    return any(lead and other and split_names(lead) and split_names(other) for lead, _, other in parted)


def _after_number(text: str, start: int, end: int) -> int:
    match = _LEADING_NUMBER.match(text, start, end)
    return match.end() if match else start


def _trimmed(text: str, start: int, end: int) -> Span:
    quote = text[start:end]
    return Span(start + len(quote) - len(quote.lstrip()), end - len(quote) + len(quote.rstrip()))
