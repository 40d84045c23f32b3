"""Clauses that state responsibility in a sentence, without a bracket: 由A牵头，会同B…; A会同B开展…; A负责X."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import islice

from kg.plan import Mode, Role, Span
from kg.reading.lexicon import longest_first, starts, words
from kg.reading.names import MAX_NAME, Sort, recognise, split_names
from kg.reading.predicates import closing_predicate, label_roles, manner_words, role_words
from kg.reading.spans import trimmed
from kg.reading.statements import MAX_STATEMENT, Statement, names_are_sure, parse_statement

_SENTENCE = re.compile(r"[^。；;！？!?\n]{1,5000}")
_PART = re.compile(r"[^，,：:]+")
_COMMA = re.compile(r"[，,]\s?")
_MARK = re.compile(r"[，,：:]\s?")
_CALLED = re.compile("(?:为|是|作为)[^，,。；;]{0,12}(?:主体|部门|单位)$")
_BY = re.compile("(?<![，,])由")
_MOST_INNER = 3
_LONGEST_INNER = 40
_PLAIN_LIMIT = 60
_LEADING_NUMBER = re.compile(
    r"\s*(?:[（(][一二三四五六七八九十\d]+[）)]|[一二三四五六七八九十]+、|[一二三四五六七八九十]+是|第[一二三四五六七八九十百]+条"
    r"|\d{1,2}(?:[.．]\d{1,2}){1,3}|\d{1,3}[.．、]?|[\u2460-\u249b])?\s*"
)
_DECIDED = frozenset({Role.LEAD, Role.ASSIST, Role.PARTICIPATE, Role.GUIDE, Role.SUPERVISE})


def find_clauses(text: str) -> list[Statement]:
    """Return the statements that sentences make of names and role words, one of each sentence at most."""
    found: list[Statement] = []
    for match in _SENTENCE.finditer(text):
        limit = min(match.end(), match.start() + MAX_STATEMENT)
        if _telling().search(text, match.start(), limit):
            statement = _clause(text, match.start(), limit)
            found += [statement] if statement else []
    return found


@cache
def _telling() -> re.Pattern[str]:
    return re.compile(
        "|".join(map(re.escape, longest_first({*role_words(), *words("clauses")["partners"], *label_roles()})))
    )


def _clause(text: str, start: int, limit: int) -> Statement | None:
    """Return the statement of a sentence: at its beginning, or behind a comma with 由 or with names that are sure."""
    first = _after_number(text, start, limit)
    starts_at = [m.end() for m in _MARK.finditer(text, first, limit)]
    starts_at += [at for at in _inner(text, first, limit) if at not in starts_at]
    for at in (*_glued(text, first, limit), first, *sorted(starts_at)):
        opened = starts(text, words("clauses")["openers"], at) is not None
        statement = _longest_clause(text, at, limit, opened=opened, sure=at > first and not opened)
        if statement:
            return statement
    return None


def _glued(text: str, start: int, limit: int) -> list[int]:
    """Return where a name that is sure begins behind a title glued to it: 强化考核|区教育局牵头，…."""
    part = _PART.match(text, start, min(limit, start + _PLAIN_LIMIT))
    predicate = closing_predicate(part[0]) if part else None
    if part is None or predicate is None or predicate.role not in _DECIDED:
        return []
    head = part[0][: predicate.start]
    if "、" in head or _are_certain(split_names(head), head):
        return []
    names = ((at, recognise(head[at:])) for at in range(2, len(head) - 2) if head[at] in "省市县区镇乡旗州")
    return [start + at for at, name in names if name and name.sort is Sort.KNOWN][:1]


def _inner(text: str, start: int, limit: int) -> list[int]:
    """Return where 由 stands inside a part before a name that is sure: 考核组|由旗政府办公室牵头."""
    found = [m.start() for m in islice(_BY.finditer(text, start + 1, limit), _MOST_INNER)]
    return [at for at in found if _certain_end(text, at + 1, min(limit, at + _LONGEST_INNER))]


def _longest_clause(text: str, start: int, limit: int, *, opened: bool, sure: bool) -> Statement | None:
    """Return the longest stretch from `start` on that reads as names and roles; 负责 alone must end the sentence."""
    end = start
    for part in _PART.finditer(text, start, limit):
        if _is_held(text, Span(*part.span()), sure=sure, following=end > start):
            end = part.end()
            continue
        span = Span(*part.span())
        joined = _joined_end(text, span, opening=end == start)
        if joined is None and _are_listed(part[0].strip()):
            continue
        end = joined or (_object_start(text, span) if end > start else None) or end
        if joined != part.end():
            break
    statement = _in_front(text, parse_statement(text, trimmed(text, start, end))) if end > start else None
    if statement is None or opened or any(share.role in _DECIDED for share in statement.shares):
        return statement
    if (_CALLED.search(text[start:end]) or statement.mode is Mode.SHARED) and names_are_sure(text, statement):
        return replace(statement, front=statement.front or end < limit)
    alone = not sure and not text[end:limit].strip() and names_are_sure(text, statement)
    return statement if alone else None


def _object_start(text: str, part: Span) -> int | None:
    """Return where the role word of a last part ends that has an object: …，镇街配合|采样."""
    for word in words("clauses")["with_object"]:
        at = text.find(word, part.start + 2, min(part.end, part.start + MAX_NAME))
        end = at + len(word)
        if at > 0 and not _is_no_duty(text, end) and _is_held(text, Span(part.start, end), sure=False):
            return end
    return None


def _is_held(text: str, part: Span, *, sure: bool, following: bool = False) -> bool:
    """Tell whether a part is nothing but names with their roles (由A承办、B协办), the last with a role of its own.

    One `following` another may say only that they share by duties.
    """
    names = part.of(text).split("、")
    names[0] = names[0].strip().removeprefix(starts(names[0].strip(), words("clauses")["openers"]) or "")
    last = closing_predicate(names[-1])
    if last is None or (last.role is None and not (following and last.shared)):
        return False
    return all(_may_hold(name.strip(), sure=sure) for name in names)


def _may_hold(name: str, *, sure: bool) -> bool:
    """Tell whether a stretch is names, with or without a role word behind; `sure` where they must be so for certain."""
    predicate = closing_predicate(name)
    heads = [name] if predicate is None else [name, name[: predicate.start]]
    if sure:
        return any(_are_certain(split_names(head), head) for head in heads)
    return any(head and (recognise(head) or split_names(head) or _are_partners(head)) for head in heads)


def _are_partners(quote: str) -> bool:
    """Tell whether a stretch is two names with 会同 or its like between."""
    parted = (quote.partition(word) for word in words("clauses")["partners"])
    return any(lead and other and split_names(lead) and split_names(other) for lead, _, other in parted)


def _joined_end(text: str, part: Span, *, opening: bool) -> int | None:
    """Return where the names that 会同 joins to a clause end, before what they do (会同B、C|开展…)."""
    start = _behind_partner(text, part) if opening else _behind_joining(text, part)
    if start is None:
        return None
    last = max(start, text.rfind("、", start, part.end) + 1)
    while last > start and not _are_listed(text[start : last - 1]):
        last = max(start, text.rfind("、", start, last - 1) + 1)
    end = _certain_end(text, last, part.end)
    if end is None and _are_listed(text[last : part.end]):
        return part.end
    if end and starts(text, words("clauses")["reported"], end):
        return None
    return end and _behind_role(text, end, part.end)


def _behind_joining(text: str, part: Span) -> int | None:
    joining = starts(part.of(text), words("clauses")["joining"])
    return part.start + len(joining) if joining else None


def _behind_partner(text: str, part: Span) -> int | None:
    """Return where the partners begin of who opens a part: [由]A[牵头]会同|B."""
    quote = part.of(text)
    opener = len(starts(quote, words("clauses")["openers"]) or "")
    for word in words("clauses")["partners"]:
        at = quote.find(word, opener + 2, opener + MAX_STATEMENT)
        head = quote[opener:at].strip() if at > 0 else ""
        predicate = closing_predicate(head)
        if predicate and predicate.role is Role.LEAD:
            head = head[: predicate.start]
        if head and all(_are_certain(split_names(name), name) for name in head.split("、")):
            return part.start + at + len(word)
    return None


def _certain_end(text: str, start: int, limit: int) -> int | None:
    """Return where names that are sure end: before a word that tells what they do, else the longest stretch."""
    longest = None
    for stop in range(start + 2, min(limit, start + MAX_NAME) + 1):
        if _are_certain(split_names(text[start:stop], start), text):
            longest = stop
            if starts(text, (*words("clauses")["acting"], *words("clauses")["reported"]), stop):
                break
    return longest


def _behind_role(text: str, end: int, limit: int) -> int:
    """Return where 负责 ends that stands right behind joined names, or `end` where none does (会同B|共同负责)."""
    manner = starts(text, manner_words(), end) or ""
    plain = starts(text, words("clauses")["plain"], end + len(manner))
    after = end + len(manner) + len(plain or "")
    return after if plain and after <= limit and not _is_no_duty(text, after) else end


def _are_listed(quote: str) -> bool:
    return all(split_names(part) for part in quote.split("、"))


def _are_certain(names: list[Span] | None, text: str) -> bool:
    return bool(names) and all(_is_certain(name.of(text)) for name in names or [])


def _is_certain(quote: str) -> bool:
    name = recognise(quote)
    return name is not None and (name.sort is not Sort.SHAPED or (name.strong and bool(name.prefix)))


def _in_front(text: str, statement: Statement | None) -> Statement | None:
    """Mark a clause that its sentence goes on from: 由A负责，B配合，加快…; 由A牵头，会同B开展…."""
    if statement is None:
        return None
    follows = text[statement.span.end : statement.span.end + 1]
    return replace(statement, front=follows in ("，", ",", "“", "《") or follows.isalnum())


def find_plain_clauses(text: str) -> list[Statement]:
    """Return the statements A负责X of a sentence: who stands before 负责, what they are responsible for behind it."""
    found: list[Statement] = []
    for sentence in _SENTENCE.finditer(text):
        before: Span | None = None
        statement = None
        for part in _PART.finditer(text, sentence.start(), sentence.end()):
            statement = next(_plain(text, Span(*part.span()), before, alone=statement is None), None)
            found += [replace(statement, front=True)] if statement else []
            before = Span(*part.span())
    return found


def _plain(text: str, part: Span, before: Span | None, *, alone: bool) -> Iterator[Statement]:
    """Yield the statement of a part that goes on behind a role word; names may stand in the part `before`.

    Behind another such part more words are one: 市教育局牵头方案，市财政局落实|经费.
    """
    for word in words("clauses")["plain" if alone else "plain_listed"]:
        at = text.find(word, part.start, min(part.end, part.start + _PLAIN_LIMIT))
        end = at + len(word)
        if at < 0 or part.end - end < 2 or _is_no_duty(text, end):
            continue
        if not alone and starts(text, words("clauses")["not_listed"], end):
            continue
        start = _after_number(text, part.start, at)
        manner = text[start:at].strip()
        if (not manner or manner in manner_words()) and before and _shares_by_duties(before.of(text)[-_PLAIN_LIMIT:]):
            start = _after_number(text, before.start, at)
        statement = parse_statement(text, trimmed(text, start, end)) if at > start else None
        if statement:
            yield statement


def _shares_by_duties(quote: str) -> bool:
    predicate = closing_predicate(quote)
    return predicate is not None and predicate.role is None and predicate.shared


def _is_no_duty(text: str, at: int) -> bool:
    """Tell whether what follows 负责 makes another word of it: 负责人, 负责制; 负责人员招录 is a duty."""
    lists = words("clauses")
    return starts(text, lists["not_plain"], at) is not None and not starts(text, lists["plain_after_all"], at)


def _after_number(text: str, start: int, end: int) -> int:
    match = _LEADING_NUMBER.match(text, start, end)
    return match.end() if match else start
