"""Deadlines: dates as plans write them, fixed, recurring or counted from an event, and the last day each leaves."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from kg.plan import Span
from kg.reading.lexicon import longest_first, starts, words
from kg.reading.spans import Taken

_N = r"(?:\d{1,2}|十[一二]?|[一二三四五六七八九])"
_HAN_DAY = "(?:三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])"
_YEAR = r"(?:(?P<year>\d{4})\s?年\s?|(?P<this>今年|本年度?|当年)|(?P<next>明年|次年|翌年|下一?年度?))"
_PERIOD = (
    rf"(?P<month>{_N})\s?月份?\s?(?:(?P<day>\d{{1,2}}|{_HAN_DAY})\s?[日号]|(?P<ten>上旬|中旬|下旬)|(?P<month_end>底|末))?"
    r"|(?P<half>上半年|下半年)|第?(?P<quarter>[一二三四1-4])季度(?P<quarter_end>[底末])?"
    r"|(?P<year_end>底|末|年底|年末|年内)|(?P<lost>\d{1,2})(?=\s?底之?前)"
)
_BEFORE = r"(?P<before>\s?底?(?:之|以)?前)?"
_DATE = re.compile(rf"(?:{_YEAR}\s?(?:{_PERIOD})?|(?<![\d第]){_PERIOD.replace('?P<', '?P<x_')}){_BEFORE}")
_DOTTED = re.compile(
    r"(?<![\d.])(?P<year>(?:19|20)\d{2})[-./](?P<month>\d{1,2})(?:[-./](?P<day>\d{1,2}))?(?![\d.%])(?P<before>(?:之|以)?前)?"
)
_RECURRING = re.compile(
    r"(?:每)?(?:季度?|月|年|周)末前\d{1,2}(?:个工作)?日|(?:每?次月|下个?月)的?\d{1,2}[日号](?:之|以)?前|"
    r"每年(?:\d{1,2}月(?:份|底|[上中下]旬|\d{1,2}[日号])?[、和及])+\d{1,2}月(?:份|底|[上中下]旬|\d{1,2}[日号])?(?:之|以)?前|"
    r"每(?:半?年度?|季度?|个?月|[单双]月|周|旬|半月)(?:第?[一二三四]季度|的?(?:首月|首个月|最后一?个?月|末月|第一个月)|[^，,。；;\n]{0,2}?)?"
    r"\s?(?:\d{1,2}\s?月份?\s?)?(?:\d{1,2}\s?[日号]|底|末|上旬|中旬|下旬|[一二三四五六日]|结束)?(?:\s?(?:之|以)?前|[底末])"
)
_COUNTED = re.compile(
    r"(?:之日起|之日后|之后|起|后)的?(?:\d{1,3}|[一二两三四五六七八九十]{1,3})\s?个?(?:工作日|自然日|日|天|周|月|年|小时|分钟)(?:之|以)?内"
)
# By itself, without an event: 30分钟内到场. Not what something is cut down to (压缩至3个工作日内).
_WITHIN = re.compile(
    r"(?<![\d.第前后近])\d{1,3}\s?个?(?:分钟|小时|工作日|自然日|日|天)(?:之|以)?内(?=[\u4e00-\u9fff])(?![的以容部外])"
)
_CUT_DOWN = re.compile(r"(?:(?:控制|压缩|缩短|缩减|保持|稳定|限定|压减)在|[至到为过于])$")
_YEARS_ON = re.compile(r"\d{4}\s?年(?:\d{1,2}月)?$")
_EVENT = re.compile(r"[^，,。；;：:\n（）()《》]{0,12}$")
_NUMBERED = re.compile(r"[一二三四五六七八九十\d]{1,3}[、.．]\s?|[\s.．]")
_BOUND = re.compile(
    "本(?:工作|实施|行动|具体)?(?:方案|细则|意见|通知|办法|规划|计划|措施|文件)|(?:要|应当?|须|必须|将|可)?(?:在|于)|要|应当?|须|必须|均"
)
_SINCE = re.compile(r"(?:从|自)\s?(?P<year>\d{4})\s?年(?:起|开始)")
_SENTENCE_END = re.compile("[。；;！!？?\\n]")
_UNTIL = frozenset("到至—-–~")
_DATED = frozenset("年月底季")
_ENDS_OF_YEAR = ("年底", "年末", "年内", "今年", "本年", "当年")
_PAST = ("截至", "截止", "截至到", "去年", "上年", "自")
_DATED_YEAR = re.compile(r"(?<![\d〔\[【(（])((?:19|20)\d{2})\s?年(?!以?来)")
_TITLE = re.compile(r"《[^》\n]{1,150}》")


@dataclass(frozen=True, slots=True)
class Deadline:
    """A date as written; `due` is the last day, None where no year is known or it is no day of the calendar.

    `dated` tells whether a year is known, `bounded` whether 前 or 底 makes it a limit.
    """

    span: Span
    due: date | None
    precision: str
    year_inferred: bool
    bounded: bool
    dated: bool


def find_dates(text: str, within: Span, year: int | None = None, *, cell: bool = False) -> tuple[Deadline, ...]:
    """Return the dates of `within`; `year` (of the document) is inferred where a date names none.

    In a table's or label's `cell` every date is a limit, with or without 前.
    """
    again = _recurring(text, within)
    counted = [Deadline(span, None, "relative", False, bounded=True, dated=False) for span in _counted(text, within)]
    taken = Taken(_merged([deadline.span for deadline in (*again, *counted)]))
    found = [_deadline(text, m, own or year, cell) for m, own in _with_years(text, within)]
    found += [_deadline(text, m, year, cell) for m in _DOTTED.finditer(text, within.start, within.end)]
    found = [deadline for deadline in found if deadline and not _is_period(text, deadline, cell)]
    single = [d for d in found if d and taken.free(d.span)]
    return tuple(sorted((*single, *again, *counted), key=lambda deadline: deadline.span))


def _merged(spans: list[Span]) -> list[Span]:
    """Return spans in order, those that overlap as one."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _with_years(text: str, within: Span) -> Iterator[tuple[re.Match[str], int | None]]:
    """Yield the dates of a stretch, each with the year that one before it in its sentence names."""
    carried: int | None = None
    end = within.start
    for match in _DATE.finditer(text, within.start, within.end):
        if carried and _SENTENCE_END.search(text, end, match.start()):
            carried = None
        parts = _parts(match)
        yield match, None if parts.year or parts.shift or match["this"] else carried
        carried = parts.year or carried
        end = match.end()


def _is_period(text: str, deadline: Deadline, cell: bool) -> bool:
    """Tell whether a date only opens or ends a period (5月底|到|9月底): nothing is due by it, unless 前 says so."""
    span = deadline.span
    if cell or span.of(text).endswith("前"):
        return False
    after, before = text[span.end : span.end + 3].lstrip(), text[max(0, span.start - 2) : span.start].rstrip()
    opens = after[:1] in _UNTIL and (after[1:2].isdigit() or after[1:2] in "次今明本")
    return opens or (before[-1:] in _UNTIL and before[:1] in "日月底末旬")


def has_deadline(text: str, within: Span) -> bool:
    """Tell whether a stretch sets a deadline with a year, a month or a turn of its own."""
    if not _DATED & set(within.of(text)):
        return False
    return any(d.bounded and d.precision != "relative" for d in find_dates(text, within))


def _recurring(text: str, within: Span) -> list[Deadline]:
    spans = [Span(*match.span()) for match in _RECURRING.finditer(text, within.start, within.end)]
    since = _SINCE.search(text, within.start, within.end) if spans else None
    first = int(since["year"]) if since else None
    return [
        Deadline(span, _first(span.of(text), first), "recurring", False, bounded=True, dated=False) for span in spans
    ]


def _first(quote: str, year: int | None) -> date | None:
    """Return the first time a date comes round, where the sentence says since which year (从2019年起…每年2月底前)."""
    match = _DATE.search(quote.removeprefix("每年")) if year and quote.startswith("每年") else None
    return _last_day(year, _parts(match)) if match else None


def _counted(text: str, within: Span) -> list[Span]:
    spans = [
        Span(max(within.start, match.start() - _event_length(text, match.start())), match.end())
        for match in _COUNTED.finditer(text, within.start, within.end)
        if not (match[0].startswith("起") and _YEARS_ON.search(text[max(0, match.start() - 10) : match.start()]))
    ]
    counted = Taken(_merged(spans))
    spans += [
        Span(*match.span())
        for match in _WITHIN.finditer(text, within.start, within.end)
        if counted.free(Span(*match.span())) and not _CUT_DOWN.search(text[max(0, match.start() - 4) : match.start()])
    ]
    return spans + [Span(*match.span()) for match in _events().finditer(text, within.start, within.end)]


def _event_length(text: str, at: int) -> int:
    """Return the length of the words that name the event from which days are counted (自印发|之日起30日内)."""
    match = _EVENT.search(text[max(0, at - 12) : at])
    return len(_BOUND.split(_NUMBERED.split(match[0])[-1])[-1]) if match else 0


def leading_date(text: str, start: int, end: int) -> int:
    """Return the length of a date or of a feast's 春节前 that stands right at `start`, 0 where none does."""
    at = start + text.startswith("于", start)
    match = _DATE.match(text, at, end)
    if match is None:
        event = _events().match(text, at, end)
        return event.end() - start if event else 0
    parts = _parts(match)
    dated = parts.year or parts.month or parts.shift or match[0].startswith(_ENDS_OF_YEAR)
    return match.end() - start if dated else 0


@cache
def _events() -> re.Pattern[str]:
    """春节前, 汛期来临前: a feast or a season before which something is due."""
    events = "|".join(map(re.escape, longest_first(words("dates")["events"])))
    return re.compile(rf"(?:{events})(?:来临|到来|开始|假期|期间)?(?:之|以)?前(?!夕|后)")


@dataclass(frozen=True, slots=True)
class _Parts:
    year: int | None
    shift: int
    month: int | None
    day: int | None
    precision: str
    closed: bool


def _parts(match: re.Match[str]) -> _Parts:
    got = {key.removeprefix("x_"): value for key, value in match.groupdict().items() if value}
    year = int(got["year"]) if "year" in got else None
    shift = 1 if "next" in got else 0
    closed = bool({"month_end", "year_end", "quarter_end", "before", "half", "ten", "quarter", "lost"} & got.keys())
    month, day, precision = _month(got)
    return _Parts(year, shift, month, day, precision, closed)


def _month(got: dict[str, str]) -> tuple[int | None, int | None, str]:
    if "month" in got or "lost" in got:
        month = _numeral(got.get("month") or got["lost"])
        ten = {"上旬": 10, "中旬": 20}.get(got.get("ten", ""))
        day = _numeral(got["day"]) if "day" in got else ten
        return month, day, "day" if "day" in got else "month"
    if "half" in got:
        return (6 if got["half"] == "上半年" else 12), None, "month"
    if "quarter" in got:
        return 3 * _numeral(got["quarter"]), None, "month"
    return None, None, "year"


def _numeral(digits: str) -> int:
    if digits.isdecimal():
        return int(digits)
    tens, ten, units = digits.rpartition("十")
    value = "一二三四五六七八九".find(units) + 1 if units else 0
    return value + 10 * ("一二三四五六七八九".find(tens or "一") + 1 if ten else 0)


def _deadline(text: str, match: re.Match[str], year: int | None, cell: bool) -> Deadline | None:
    parts = _parts(match)
    quote = match[0]
    if (
        not parts.month
        and not parts.year
        and not quote.startswith(("年底", "年末", "年内", "今年", "本年", "当年", "明年", "次年", "翌年"))
    ):
        return None
    if _is_other(text, match, parts):
        return None
    chosen = parts.year or (year + parts.shift if year else None)
    due = _last_day(chosen, parts)
    bounded = cell or (parts.closed and _limits(text, match))
    bounded = bounded and not text.endswith((*_PAST, *words("dates")["lasting"]), 0, match.start())
    inferred = not parts.year and due is not None
    return Deadline(Span(*match.span()), due, parts.precision, inferred, bounded, chosen is not None)


def _limits(text: str, match: re.Match[str]) -> bool:
    """Tell whether a date sets a limit: not 年内, nor half a year that no verb follows (下半年|全市…)."""
    if match["before"]:
        return True
    if match[0].endswith("年内"):
        return False
    if not match[0].endswith("半年") or text[match.end() : match.end() + 1] in "，,。；;、）)\n ":
        return True
    return starts(text, (*words("targets")["producing"], *words("dates")["doing"]), match.end()) is not None


def _is_other(text: str, match: re.Match[str], parts: _Parts) -> bool:
    """Tell whether what reads like a date is none: 三年内 (a length), 上半年以来 (the past), 到2025年底 (a horizon)."""
    before = text[max(0, match.start() - 1) : match.start()]
    if (
        not parts.year
        and match[0].startswith("年")
        and before
        and (before.isdigit() or before in "一二两三四五六七八九十几多半每跨去")
    ):
        return True
    if text.startswith(words("dates")["conditions"], match.end()):
        return True
    if text.startswith(("以来", "同期", "期间", "的", "来"), match.end()) and not match["before"]:
        return True
    return before in ("到", "至") and parts.precision == "year" and not match["before"]


def implied_year(text: str) -> int | None:
    """Return the only year that a text dates anything by, outside the titles of others; None where there are more."""
    years = {match[1] for match in _DATED_YEAR.finditer(_TITLE.sub("", text))}
    return int(years.pop()) if len(years) == 1 else None


def _last_day(year: int | None, parts: _Parts) -> date | None:
    if year is None or not 1 <= year <= 9999:
        return None
    month = parts.month or 12
    if not 1 <= month <= 12:
        return None
    last = calendar.monthrange(year, month)[1]
    day = parts.day if parts.day is not None else last
    return date(year, month, day) if 1 <= day <= last else None
