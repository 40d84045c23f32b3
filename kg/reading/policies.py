"""Policy documents that a plan names: titles in 《》, and names without them (按照…方案, “八五”普法规划)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from kg.plan import Finding, Span
from kg.reading.brackets import CLOSING
from kg.reading.findings import note
from kg.reading.lexicon import ends, longest_first, starts, words
from kg.reading.names import without_last_bracket
from kg.reading.spans import Taken

_CLAUSE_MARKS = "，,。；;：:！？!?\n"
_TITLE_LIMIT = 150
_SHORTEST_OWN = 8
_ENDS_OF_TITLES = ("的", "（", "(", "〔", "》的", "》（")
_PLACES = "省市县区镇乡道旗州盟"
_PLACED = re.compile("^[\u4e00-\u9fff]{2,6}?(?:省|市|县|区|镇|乡|街道|旗|州|盟)")
# 中国教育现代化2035; 中华人民共和国大气污染防治法 without 《》.
_OF_A_YEAR = re.compile(r"[\u4e00-\u9fff](?:19|20)\d{2}(?:[—–-](?:19|20)\d{2})?年?$|版$")
_LAW = re.compile(r"(?<![《〈“])中华人民共和国[\u4e00-\u9fff]{2,20}?(?:法典|法|条例)(?![》〉律规院庭人])")
_NAME_LIMIT = 45


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention: `span` of the name without 《》, `titled` where 《》 stand around it."""

    span: Span
    implements: bool
    titled: bool


@dataclass(frozen=True, slots=True)
class Mentions:
    """The policies that a text names, and the titles that are none, to be looked at."""

    mentions: tuple[Mention, ...]
    findings: tuple[Finding, ...]


def find_policies(text: str, title: str) -> Mentions:
    """Return every mention of a policy document in reading order; the document's own `title` is not one."""
    titled, shelves, findings = _titled(text, title)
    taken = Taken(shelves)
    own = _bare(title)
    untitled = [m for m in _untitled(text) if taken.free(m.span) and _bare(m.span.of(text)) not in own]
    return Mentions(tuple(sorted((*titled, *untitled), key=lambda mention: mention.span)), tuple(findings))


def _touch(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _titled(text: str, title: str) -> tuple[list[Mention], list[Span], list[Finding]]:
    mentions: list[Mention] = []
    shelves: list[Span] = []
    findings: list[Finding] = []
    own = _bare(title)
    for span in _bookmarks(text):
        shelves.append(Span(span.start - 1, span.end + 1))
        name = span.of(text)
        if _is_own(name, own) or _is_other_work(text, span.end + 1):
            continue
        if _bare(name) in (*words("policies")["heads"], *words("policies")["untitled_heads"]):
            continue
        if _is_document(name):
            mentions.append(Mention(span, _implements(text, span.start - 1), True))
        else:
            findings.append(note("unknown-work", span, name))
    return mentions, shelves, findings


def _is_own(name: str, own: str) -> bool:
    """Tell whether a title is the document's own, with or without its place (…县|2022年工作要点).

    One that another title goes on from is another's (《工作报告》|任务分解表), and so is that of another place.
    """
    bare = _bare(name)
    if bare in own:
        return own.endswith(bare) or own.startswith(_ENDS_OF_TITLES, own.rfind(bare) + len(bare))
    unplaced = _PLACED.sub("", bare)
    at = own.find(unplaced)
    placed = at > 0 and unplaced != bare and own[at - 1] in _PLACES
    return at >= 0 and len(bare) > _SHORTEST_OWN and not placed


def _bookmarks(text: str) -> list[Span]:
    """Return what stands in outermost 《》; a title may hold 《》 or 〈〉, and a line break ends an unclosed one."""
    spans: list[Span] = []
    opened: list[int] = []
    for match in re.finditer(r"[《》]|\n\s*\n", text):
        if match[0] == "《":
            opened.append(match.end())
        elif match[0] == "》" and opened:
            start = opened.pop()
            if not opened and match.start() - start <= _TITLE_LIMIT and match.start() > start:
                spans.append(Span(start, match.start()))
        elif match[0] not in "《》":
            opened.clear()
    return spans


def _is_document(name: str) -> bool:
    core = "".join(name.split())
    while core and core[-1] in CLOSING and without_last_bracket(core) != core:
        core = without_last_bracket(core)
    return ends(core, words("policies")["heads"]) is not None or _OF_A_YEAR.search(core) is not None


def _is_other_work(text: str, after: int) -> bool:
    return starts(text, words("policies")["other_works"], after) is not None


def _bare(name: str) -> str:
    return "".join(name.split())


def _implements(text: str, at: int) -> bool:
    """Tell whether 根据, 落实, 贯彻 or 按照 governs what stands at `at`: in its clause, titles between or not."""
    floor = max(0, at - 3 * _TITLE_LIMIT)
    before = text[max(floor, *(text.rfind(mark, floor, at) + 1 for mark in _CLAUSE_MARKS)) : at]
    last = max((before.rfind(word) for word in words("policies")["implementing"]), default=-1)
    if last < 0:
        return False
    between = re.sub(r"《[^《》]*》", "", before[last:])
    return "的" not in between


def _untitled(text: str) -> list[Mention]:
    laws = [Span(*law.span()) for law in _LAW.finditer(text)] + [
        Span(*law.span("name")) for law in _laws().finditer(text)
    ]
    found = [Mention(law, _implements(text, law.start), titled=False) for law in dict.fromkeys(laws)]
    for clause in re.finditer(rf"[^{_CLAUSE_MARKS}]{{1,1000}}", text):
        quoted = list(_quoted_plans().finditer(text, clause.start(), clause.end()))
        cued = _cued(text, Span(*clause.span()))
        found += cued
        for match in quoted:
            span = Span(*match.span())
            if not any(_touch(span, m.span) for m in cued):
                found.append(Mention(span, _implements(text, span.start), False))
    return found


@cache
def _laws() -> re.Pattern[str]:
    """严格执行|外商投资法: the name of a law that somebody is to keep, without 《》."""
    cues = "|".join(map(re.escape, longest_first(words("policies")["law_cues"])))
    none = "".join(f"(?<!{re.escape(word)})" for word in words("policies")["no_laws"])
    behind = "|".join(map(re.escape, longest_first(words("policies")["law_followers"])))
    return re.compile(rf"(?:{cues})(?P<name>(?!中华人民共和国)[\u4e00-\u9fff]{{3,14}}?法{none})(?={behind})")


@cache
def _quoted_plans() -> re.Pattern[str]:
    """“十四五”规划, “八五”普法规划: a number of five-year periods in quotation marks, and a head."""
    return re.compile(r"“[一二三四五六七八九十]{1,3}五”[\u4e00-\u9fff]{0,12}?(?:规划纲要|规划|计划|纲要)")


@cache
def _cues() -> re.Pattern[str]:
    cues = longest_first([*words("policies")["implementing"], *words("policies")["citing"]])
    return re.compile("(?:" + "|".join(map(re.escape, cues)) + ")+")


@cache
def _heads() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, words("policies")["untitled_heads"])))


def _cued(text: str, clause: Span) -> list[Mention]:
    """Return the names after 按照, 落实 … in a clause: 按照A方案和B计划 names two."""
    cue = None
    for cue in _cues().finditer(text, clause.start, clause.end):  # noqa: B007 - the last one is wanted
        pass
    if cue is None:
        return []
    found: list[Mention] = []
    start = cue.end()
    for head in _heads().finditer(text, cue.end(), clause.end):
        span = Span(start, head.end())
        if not starts(text, words("policies")["followers"], head.end()) and head.end() < clause.end:
            continue
        if span.end - span.start <= _NAME_LIMIT and _is_particular(span.of(text)):
            found.append(Mention(span, _implements(text, span.start), False))
        joiner = starts(text, ("以及", "和", "及", "与", "、"), head.end())
        start = head.end() + len(joiner or "")
    return found


def _is_particular(name: str) -> bool:
    """Tell whether a name says which document it is: something is left besides 工作方案, 相关实施意见."""
    if any(char in "《》（）()的了到" for char in name):
        return False
    rest = name
    for word in (*words("policies")["untitled_heads"], *words("policies")["general"]):
        rest = rest.replace(word, "")
    return (
        len(rest) >= 4
        and _is_owned(name)
        and not starts(name, ("要求", "规定", "各", "有关", "相关", "上级", "本", "年度"))
    )


def _is_owned(name: str) -> bool:
    """Tell whether a plan's name says whose it is, or which years it is for (“十四五”规划); others need not."""
    bare = name
    if not name.endswith(words("policies")["owned_heads"]):
        return True
    for word in words("policies")["owned_by_none"]:
        bare = bare.replace(word, "")
    return any(char in bare for char in "“0123456789") or any(owner in bare for owner in words("policies")["owners"])
