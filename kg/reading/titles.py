"""Titles: where a document's own begins and ends, on one line, broken over several, glued to its text, or far below."""

from __future__ import annotations

import re
from functools import cache
from itertools import islice

from kg.plan import Span
from kg.reading.brackets import CLOSING
from kg.reading.lexicon import longest_first, starts, table, words
from kg.reading.names import split_names, without_last_bracket
from kg.reading.numbering import find_marks
from kg.reading.places import leading_place

TITLE_LIMIT = 90
DOCUMENT_NUMBER = r"[\u4e00-\u9fff]{2,12}[〔\[［【][12]\d{3}[〕\]］】] ?\d{1,4} ?号"
_TITLE_LINES = 4
_HEAD_LINES = 16
_HEAD_LIMIT = 6_000
_SHORT = 10
_ENDS = "。；;，,：:！？!?"
_LINE = re.compile(r"[^\S\n]*\n\s{0,80}?(\S[^\n]*)")
_FIRST = re.compile(r"\S[^\n]*")
_LETTERED = re.compile(r"[\u4e00-\u9fff]")
# What stands above a title: the word 附件, a document number, a page mark, a letterhead (某某市人民政府文件), a day.
_ABOVE = re.compile(
    r"附[ \u3000]?[件表录]\s?[0-9一二三四五六七八九十]{0,3}\s?[:：]?|[^\n]{2,30}[〔\[［][12]\d{3}[〕\]］] ?\d{1,4} ?号"
    r"|[-—－]{1,2}\s?\d{1,4}\s?[-—－]{1,2}|[\u4e00-\u9fff ]{4,40}文 ?件"
    r"|[（(]?(?:19|20)\d{2}[年./-]\s?\d{1,2}[月./-]\s?\d{1,2}日?[^\u4e00-\u9fff]{0,20}"
)
# What a web page puts before a title (【政策文件】, #, **) and behind it: whether it is still in force.
_BEFORE = re.compile(r"(?:#{1,6}\s*|\*\*|【[^】\n]{2,16}】\s*)+")
_BEHIND = re.compile(r"(?:\s*[（(](?:现行)?(?:有效|失效|废止|已废止|已失效)[）)]|\s*\*\*)+$")
_NUMBERED = r"[\u4e00-\u9fff]{2,8}[〔\[［【][12]\d{3}[〕\]］】]|[（(][\u4e00-\u9fff]{2,8}[〔\[［【][12]\d{3}"
_CRUMBS = re.compile("[>＞»›]")
_OPENED = ("印发", "转发", "批转", "发布", "公布", "关于", "的", "和", "、", "与", "及", "》")
_HANDED_ON = re.compile(r"《([^《》]{4,80}(?:〈[^〈〉]{2,60}〉[^《》]{0,20})?)》[^。\n]{0,40}?(?:印发|转发)给你们")
_ISSUING = ("关于", "印发", "转发", "批转")


def title_span(text: str) -> Span:
    """Return the title: the first lines, as long as they are short, unfinished and unnumbered; empty where none is.

    What a page or a letterhead puts above is passed over; a notice whose own title is lost has that of what it hands
    on (《…》…印发给你们), where that stands below by itself.
    """
    fallback = None
    for line in _head_lines(text):
        if not _may_be_title(text, line):
            glued = _glued(text, line)
            if glued.end > glued.start:
                return glued
            break
        span = _whole_title(text, line)
        bare = "".join(span.of(text).split())
        if not _is_office(span.of(text)) and (len(bare) > _SHORT or _is_whole(bare)):
            return span
        fallback = fallback or (None if _is_office(span.of(text)) else span)
    return _handed_on(text) or fallback or Span(0, 0)


def _head_lines(text: str) -> list[re.Match[str]]:
    """Return the first lines of a document that no page or letterhead put there."""
    lines = islice(_FIRST.finditer(text, 0, _HEAD_LIMIT), _HEAD_LINES)
    return [line for line in lines if not _is_above(line[0])]


def _is_above(line: str) -> bool:
    bare = line.strip()
    squeezed = "".join(bare.split()).replace(":", "：")
    header = starts(squeezed, words("masthead")["page_heads"])
    return (
        bare[:1] == "•"
        or (len(bare) <= TITLE_LIMIT and _CRUMBS.search(bare) is not None)
        or not _LETTERED.search(bare)
        or _ABOVE.fullmatch(bare) is not None
        or header is not None
    )


def _may_be_title(text: str, line: re.Match[str]) -> bool:
    quote = line[0].rstrip()
    if len(quote) > TITLE_LIMIT or quote[-1] in _ENDS or "。" in quote or quote[0] in "|[{<" or "\t" in quote:
        return False
    return not any(mark.span.start == line.start() for mark in find_marks(text[: line.end()], line.start()))


def _whole_title(text: str, line: re.Match[str]) -> Span:
    """Return the title that `line` begins, with the lines that go on with it, without what a page adds to it."""
    opening = _BEFORE.match(text, line.start(), line.end())
    start = opening.end() if opening else line.start()
    end = line.end()
    for _ in range(_TITLE_LINES - 1):
        after = _LINE.match(text, end)
        if after is None or not _goes_on(text, text[start:end], after):
            break
        end = after.end()
    quote = text[start:end].rstrip()
    mark = _BEHIND.search(quote)
    return Span(start, start + (mark.start() if mark else len(quote)))


def _is_office(line: str) -> bool:
    """Tell whether a line is nothing but who issues: one office or several, with blanks or nothing between."""
    return not any(word in line for word in _ISSUING) and all(split_names(part) for part in line.split())


def _handed_on(text: str) -> Span | None:
    """Return the title of what a letter hands on, where it stands below on lines of its own."""
    named = _HANDED_ON.search(text, 0, _HEAD_LIMIT)
    if named is None:
        return None
    title = "".join(named[1].split())
    for line in _FIRST.finditer(text, named.end(), named.end() + _HEAD_LIMIT):
        start, end = line.start(), line.start() + len(line[0].rstrip())
        for _ in range(_TITLE_LINES):
            bare = "".join(text[start:end].split())
            if bare == title:
                return Span(start, end)
            after = _LINE.match(text, end)
            if after is None or not title.startswith(bare):
                break
            end = after.start(1) + len(after[1].rstrip())
    return None


def _goes_on(text: str, title: str, line: re.Match[str]) -> bool:
    """Tell whether a title is broken over lines: inside 《》, before 关于 or before the word that ends it (…方案)."""
    if len(title) + len(line[1]) > TITLE_LIMIT or not _is_unfinished(text, line):
        return False
    if title.count("《") > title.count("》") or ("关于" not in title and line[1].startswith("关于")):
        return True
    if _is_office(title) or _is_whole(title) or _is_column(title, line[1]):
        return False
    return _ends_soon(text, title, line)


def _is_column(title: str, line: str) -> bool:
    """Tell whether a short first line is the name of a page's column: what follows is a whole title by itself."""
    begun = any(word in title for word in (*_ISSUING, "年", "《")) or leading_place(title) is not None
    if begun or len(title) > _SHORT or not _is_whole(line):
        return False
    return "关于" in line or leading_place(line) is not None


def _is_unfinished(text: str, line: re.Match[str]) -> bool:
    bare = "".join(line[1].split())
    if bare[-1] in _ENDS or "。" in bare or _ABOVE.fullmatch(bare) or bare in _columns() or _is_above(bare):
        return False
    marks = find_marks(text[: line.end()], line.start(1))
    return not any(mark.span.start == line.start(1) for mark in marks)


@cache
def _columns() -> frozenset[str]:
    """Return what heads a column of a table, and is no line of a title."""
    return frozenset(row["wording"] for row in (*table("columns"), *table("labels")))


def _ends_soon(text: str, title: str, line: re.Match[str] | None) -> bool:
    """Tell whether this line, or one soon behind it, ends the title as a document's: 关于印发⏎某县⏎工作方案的通知."""
    length = len(title)
    for _ in range(_TITLE_LINES - 1):
        if line is None or not _is_unfinished(text, line) or length + len(line[1]) > TITLE_LIMIT:
            return False
        if _is_whole(line[1]):
            return True
        length += len(line[1])
        line = _LINE.match(text, line.end())
    return False


def _is_whole(title: str) -> bool:
    """Tell whether a title ends in the word for a document, with or without a bracket behind (…工作方案（试行）)."""
    core = _BEHIND.sub("", "".join(title.split()))
    while core and core[-1] in CLOSING and without_last_bracket(core) != core:
        core = without_last_bracket(core)
    return core.rstrip("》”").endswith(words("policies")["heads"]) and not core.endswith(_OPENED)


@cache
def _glue() -> re.Pattern[str]:
    heads = "|".join(map(re.escape, longest_first(words("masthead")["heads"])))
    behind = "|".join(map(re.escape, words("masthead")["first_words"]))
    letter = rf"{DOCUMENT_NUMBER}|[（(]{DOCUMENT_NUMBER}[）)]|[\u4e00-\u9fff、（()）]{{2,60}}人民政府[，,：:、]"
    return re.compile(
        rf"[^。；;！？\n]{{2,{TITLE_LIMIT}}}?(?:{heads})(?:[（(][^（）()\n〔【\[]{{2,12}}[）)])?(?=\s*(?:{behind}|{letter}))"
    )


def _glued(text: str, line: re.Match[str]) -> Span:
    """Return a title that its text follows on the same line: …工作方案|为贯彻…; …的通知|某政发〔2020〕1号各县…."""
    marks = find_marks(text[: line.start() + 10], line.start())
    if any(mark.span.start == line.start() for mark in marks):
        return Span(0, 0)
    match = _glue().match(text, line.start(), line.end())
    return Span(*match.span()) if match else Span(0, 0)
