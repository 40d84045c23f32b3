"""How a text is written: traditional script and full-width figures, folded for matching, character by character.

What is matched is the folded text; what is quoted stays as printed, for both have the same offsets.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from kg.plan import Assignment, Duty, Plan, Span, Task
from kg.reading.wrappers import unwrapped

_BLANKS = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f"
_BREAKS = "\u0085\u2028\u2029\v\f"
_RULES = "─━┄┈┌┍┎┏┐┑┒┓└┕┖┗┘┙┚┛├┝┞┟┠┣┤┥┨┫┬┯┰┳┴┷┸┻┼┿╂╋═╔╗╚╝╠╣╦╩╬"
_VARIANTS = "０１２３４５６７８９％∶∕﹑﹐﹔﹕│┃║＜＞" + _BLANKS + _BREAKS + _RULES
_WIDTHS = str.maketrans(
    _VARIANTS, "0123456789%：/、，；：|||〈〉" + " " * len(_BLANKS) + "\n" * len(_BREAKS) + " " * len(_RULES)
)
# Frequent in official prose, and never written so in simplified script.
_TELLTALE = frozenset("國會門關開發區設務員機構實應們產業負責縣鎮鄉監財農環與為進強導級協團體設類項標準計劃總經濟")
_ENOUGH = 8
# A point for 。 between Chinese words; behind a numeral (一.) it is the mark of a number.
_FULL_STOP = re.compile("(?<=[\u4e00-\u9fff”）)])(?<![一二三四五六七八九十])[.](?=[\u4e00-\u9fff“（(\\n]|$)")


def folded(text: str) -> str:
    """Return `text` in simplified script, half-width figures, plain blanks and line ends, of the same length."""
    text = unwrapped(text)
    if "\r" in text:
        text = text.replace("\r\n", " \n").replace("\r", "\n")
    if not text.isascii() and any(char in text for char in _VARIANTS):
        text = text.translate(_WIDTHS)
    text = _FULL_STOP.sub("。", text)
    return text.translate(_simplified()) if _is_traditional(text) else text


def simplified(text: str) -> str:
    """Return `text` in simplified script, whatever it is written in."""
    return text.translate(_WIDTHS).translate(_simplified())


def _is_traditional(text: str) -> bool:
    telling = _TELLTALE & set(text)
    return bool(telling) and sum(text.count(char) for char in telling) * 200 >= min(len(text), _ENOUGH * 200)


@cache
def _simplified() -> dict[int, str]:
    """Return traditional → simplified for single characters, as OpenCC's t2s maps them."""
    from opencc import OpenCC

    characters = [chr(code) for code in range(0x4E00, 0xA000)]
    converted = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    pairs = zip(characters, converted, strict=True)
    return {ord(old): new for old, new in pairs if old != new and len(new) == 1}


def as_printed(plan: Plan, text: str) -> Plan:
    """Return a plan that was read from the folded form of `text` with every quote as `text` prints it."""
    return replace(
        plan,
        text=text,
        title=_printed(plan.title, plan.title_span, plan.text, text),
        sections=tuple(replace(s, title=_printed(s.title, s.heading, plan.text, text)) for s in plan.sections),
        tasks=tuple(_task(task, text) for task in plan.tasks),
        policies=tuple(replace(p, name=_letters(p.name, p.span.of(text))) for p in plan.policies),
        campaigns=tuple(replace(c, name=_letters(c.name, c.span.of(text))) for c in plan.campaigns),
        targets=tuple(
            replace(
                t,
                indicator=_printed(t.indicator, t.span, plan.text, text),
                scope=t.scope and _printed(t.scope, t.span, plan.text, text),
            )
            for t in plan.targets
        ),
        duties=tuple(_duty(duty, plan.text, text) for duty in plan.duties),
    )


def _printed(quote: str, span: Span, read: str, text: str) -> str:
    """Return what `text` prints where `read` has `quote`, inside `span` or anywhere; the quote itself where nowhere."""
    at = read.find(quote, span.start, span.end)
    at = read.find(quote) if at < 0 else at
    return text[at : at + len(quote)] if at >= 0 else quote


def _task(task: Task, text: str) -> Task:
    return replace(task, assignments=tuple(_assignment(a, text) for a in task.assignments))


def _assignment(assignment: Assignment, text: str) -> Assignment:
    return replace(assignment, name=_letters(assignment.name, assignment.span.of(text)))


def _letters(name: str, printed: str) -> str:
    """Return a name in the letters that print it, without what stands between them: tags, line ends, page marks."""
    if len(name) == len(printed):
        return printed
    letters: list[str] = []
    for char in printed:
        if len(letters) < len(name) and simplified(char) == name[len(letters)]:
            letters.append(char)
    return "".join(letters) if len(letters) == len(name) else name


def _duty(duty: Duty, read: str, text: str) -> Duty:
    return replace(
        duty,
        actor=duty.actor and _printed(duty.actor, duty.span, read, text),
        action=_printed(duty.action, duty.span, read, text),
        due_as_written=_printed(duty.due_as_written, duty.span, read, text),
        recipients=tuple((_printed(name, duty.span, read, text), who) for name, who in duty.recipients),
        copies=tuple((_printed(name, duty.span, read, text), who) for name, who in duty.copies),
    )
