"""What may be the name of a campaign: heads, verbs, and the words that make one general."""

from __future__ import annotations

import re
from functools import cache

from kg.plan import Span
from kg.reading.lexicon import longest_first, words

QUOTED = re.compile(r"“[^”\n]{1,20}”|\"[^\"\n]{1,20}\"")
# A count of campaigns names none: “五大行动”, 六大人才行动计划.
COUNTED = re.compile(r"[一二三四五六七八九十两\d]{1,3}(?:大|项|个|类)[^“”]{0,8}$")
JOINERS = ("和", "与", "及", "、")
SHORTEST_STEM = 4
NAME_LIMIT = 40
_LOOSE = re.compile("[的、及和与]")


@cache
def heads() -> re.Pattern[str]:
    """Return the pattern of what a campaign's name ends in."""
    return re.compile("|".join(map(re.escape, words("campaigns")["heads"])))


@cache
def verbs() -> re.Pattern[str]:
    """Return the pattern of the verbs before a name, those of offenders included."""
    lists = words("campaigns")
    return re.compile("|".join(map(re.escape, longest_first([*lists["verbs"], *lists["opposing"]]))))


@cache
def seasons() -> tuple[str, ...]:
    """Return the heads that name a time and may have 活动 behind them (宣传月活动 is the 宣传月)."""
    return tuple(word for word in words("campaigns")["heads"] if word.endswith(("周", "月", "日")))


def last_verb(text: str, start: int, end: int, quoted: list[Span]) -> re.Match[str] | None:
    """Return the last verb before a head; one right before it belongs to the name (整治行动, 推进行动)."""
    for match in reversed([*verbs().finditer(text, start, end)]):
        if match.end() < end and not any(quote.start < match.start() < quote.end for quote in quoted):
            return match
    return None


def is_plain(quoted: str) -> bool:
    """Tell whether words in quotation marks are a term of the day and no name (“互联网+”, “放管服”)."""
    return quoted in words("campaigns")["plain_quotes"]


def is_common(stem: str) -> bool:
    """Tell whether nothing is left of a name's stem but words that any drive may bear (百日整治)."""
    for word in words("campaigns")["common_stems"]:
        stem = stem.replace(word, "")
    return not stem


def is_campaign(name: str, head: str, run: int = 0) -> bool:
    """Tell whether a name that ends in `head` is that of one campaign and no general word.

    With `run` characters before it one of `run_heads` names a drive too; 0 where nothing says that it is run.
    """
    if name in words("campaigns")["names"]:
        return True
    stem = name.removesuffix(head)
    if len(name) > NAME_LIMIT or len(stem) < 2 or _is_torn(name, stem):
        return False
    in_quotes = any(not is_plain(quote[0][1:-1]) for quote in QUOTED.finditer(stem))
    bare = QUOTED.sub("", stem)
    general = any(word in bare for word in words("campaigns")["general"])
    general = general or bare.endswith(words("campaigns")["general_endings"])
    if head in words("campaigns")["quoted_heads"]:
        run_as = run and head in words("campaigns")["run_heads"] and len(stem) >= run
        runs = run_as and not general and not _LOOSE.search(stem)
        return in_quotes or bool(runs) or (len(stem) >= 4 and stem.endswith(words("campaigns")["works"]))
    if head in words("campaigns")["common_heads"]:
        loose = "的" in stem or ("、" in stem and head in words("campaigns")["gatherings"])
        return in_quotes or (len(stem) >= 4 and not general and not loose)
    return in_quotes or not (general and len(stem) < 6)


def _is_torn(name: str, stem: str) -> bool:
    """Tell whether a stretch is no name: brackets stay open, campaigns are counted, or it is part of a sentence."""
    spoken = any(word in stem for word in words("campaigns")["no_names"])
    return spoken or not _balanced(name) or COUNTED.search(stem) is not None


def _balanced(name: str) -> bool:
    return all(name.count(opening) == name.count(closing) for opening, closing in ("（）", "()", "“”"))
