"""Names of organisations: known by the lexicon, a collective by its words, or unknown but shaped like one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from itertools import chain

from kg.plan import Span
from kg.reading.bodies import local_bodies, national_bodies
from kg.reading.brackets import CLOSING, OPENING
from kg.reading.lexicon import Row, ends, longest_first, starts, table, words
from kg.reading.places import leading_places

MAX_NAME = 30
_PLAUSIBLE = 16
_VERBAL = 20
_SECTION = 12
_COUNT = re.compile(r"(?:共?(?:\d{1,3}|[一二三四五六七八九十]{1,3}|几|多)(?:个|家)?)")
_PARTICULARS = frozenset("：:@0123456789")
_QUOTES = "“”‘’「」『』\"'"
_AREAS = frozenset("县区市乡镇州盟旗省") | {"街道", "自治区", "直辖市"}
# 负有安全生产监管职责的部门: a group by what it is charged with.
_CHARGED = re.compile(
    r"[\u4e00-\u9fff]{0,6}?(?:负有|承担|具有|行使)[\u4e00-\u9fff]{2,20}(?:职责|职能|责任|权)的(?:各|有关|相关)?(?:部门|单位|机构)"
    r"|(?:[\u4e00-\u9fff]{0,4}(?:所在地|属地|当地|事发地))的?(?:[省市县区乡镇、]{0,6}级?)(?:人民政府|政府|党委|街道办事处|街道|乡镇|镇街)"
)
_COMPOUND = re.compile("[县区市乡镇州盟旗省]{1,3}")
# 中央、省驻市有关单位 is one group.
_LOCAL = re.compile("(?:所在地|属地|当地|事发地)[省市县区]$")
_LEVELS = re.compile("(?:中央|国家|部|省|市|区|县)(?:、(?:部|省|市|区|县))*")
_STATIONED = re.compile("(?:部|省|市|区|县)?(?:[驻属直]|、(?:部|省|市|区|县))")
# A body of that level begins here, and no further area: 各街道、区直各部门; 各镇、区教育局.
_OWN = re.compile("[县区市乡镇州盟旗省](?:[直属]|级[^市、，,]|[^级、，,。；;及和与等以（(负按分牵配参协落共\\s])")
_GOVERNED = re.compile("[县区市乡镇州盟旗]{1,2}(?:人民|政府|管委|党委|[（(])|街道(?:办|[^\\u4e00-\\u9fff]|$)")


# Where an office sits, or which part of a task is its: 领导小组秘书组（设在区教育局）, 区教育局（第1—3项）.
_SEATED = re.compile(
    r"(?<=.)[（(](?:(?:设在|设于|挂靠在?|挂)[^（）()]{2,20}|第[\d一二三四五六七八九十、，,至到~—–-]{1,12}[项条款点])[）)]$"
)
# What tells when or how much, and no name holds: 6月底前, 年内, 25%.
_DATED = re.compile(
    r"\d\s?(?:年|个?月|日|季度|[万亿]?元)|[%％‰]|[年月底旬末日](?:之|以)?前|年[底末内]|季度|上半年|下半年|月[底末]|[上中下]旬"
)
# A regiment, division or company of its number: 十二团.
_NUMBERED_UNIT = re.compile("第?[一二三四五六七八九十百0-9]{1,4}(?:师|团|连|团场)")
# What a label calls who it names, and no body of its own: 参与部门, 责任单位.
_LABELLED = re.compile("(?:牵头|主办|承办|责任|负责|主责|配合|协办|协助|参与|参加|落实|实施)(?:责任)?(?:单位|部门)")


class Sort(StrEnum):
    """How a name was understood."""

    KNOWN = "known"
    COLLECTIVE = "collective"
    GENERIC = "generic"
    SHAPED = "shaped"


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart: `prefix` is its level word or place (区, 营口市, empty), `body` the rest."""

    text: str
    sort: Sort
    prefix: str
    body: str
    strong: bool = True


@lru_cache(maxsize=8192)
def recognise(text: str) -> Name | None:
    """Return what `text` is as the name of one organisation, or None where it is no such name."""
    if not 2 <= len(text) <= MAX_NAME:
        return None
    seated = _SEATED.search(text)
    if seated:
        name = recognise(text[: seated.start()])
        return name and Name(text, name.sort, name.prefix, name.body, name.strong)
    return (
        _known(text) or _known_with_bracket(text) or _collective(text) or _shaped(text) or _place(text) or _unit(text)
    )


def _place(text: str) -> Name | None:
    """A district or county among those responsible stands for its government; it is kept as printed."""
    whole = text[-1:] in _AREAS and any(place == text for place in chain(*_places(text)))
    return Name(text, Sort.SHAPED, text, "", strong=False) if whole else None


def _unit(text: str) -> Name | None:
    return Name(text, Sort.SHAPED, "", text, strong=False) if _NUMBERED_UNIT.fullmatch(text) else None


def is_numbered(name: Name) -> bool:
    """Tell whether a name is a number and a kind of unit: 十二团."""
    return _NUMBERED_UNIT.fullmatch(name.text) is not None


def is_place(name: Name) -> bool:
    """Tell whether a name is a district or county that stands for its government."""
    return name.sort is Sort.SHAPED and name.prefix == name.text


def _places(text: str) -> tuple[list[str], list[str]]:
    """Return the places that `text` begins with, alone and in chains (营口市鲅鱼圈区)."""
    found = [place for place, _ in leading_places(text)]
    return found, [place + inner for place in found for inner, _ in leading_places(text[len(place) :])]


@cache
def prefixes() -> Mapping[str, str]:
    """Return level word → level (区 → county), longest word first."""
    levels = {row["prefix"]: row["level"] for row in table("levels")}
    return {word: levels[word] for word in longest_first(levels)}


def _known(text: str) -> Name | None:
    if text in national_bodies():
        return Name(text, Sort.KNOWN, "", text)
    bodies = local_bodies()
    plain = text.removeprefix("中共")
    for prefix in _possible_prefixes(plain):
        own = plain in bodies and prefixes().get(prefix) == "township"
        if plain[len(prefix) :] in bodies and not own:
            return Name(text, Sort.KNOWN, prefix, plain[len(prefix) :])
    youth = plain.removeprefix("共青").removeprefix("团")
    if youth != plain and youth[:-1] in prefixes() and youth.endswith("委"):
        return Name(text, Sort.KNOWN, youth[:-1], "团委")
    if plain in bodies and len(plain) > 1 and not plain.startswith("委"):
        sure = bodies[plain].pattern != "each"
        return Name(text, Sort.KNOWN if sure else Sort.SHAPED, "", plain, sure)
    return None


def _known_with_bracket(text: str) -> Name | None:
    """区发改委（粮食局） is known by what stands before its bracket."""
    core = without_last_bracket(text)
    named = core != text and len(core) > 1 and _balanced(text) and not _PARTICULARS & set(text[len(core) :])
    known = _known(core) if named else None
    return known and Name(text, known.sort, known.prefix, known.body)


def _possible_prefixes(text: str) -> list[str]:
    level = starts(text, prefixes())
    found, chains = _places(text)
    return chains + found + ([level] if level else [])


@cache
def _collective_words() -> Mapping[str, tuple[str, ...]]:
    parts: dict[str, list[str]] = {}
    for row in table("collectives"):
        parts.setdefault(row["part"], []).append(row["wording"])
    return {part: longest_first(wordings) for part, wordings in parts.items()}


def _collective(text: str) -> Name | None:
    parts = _collective_words()
    core = without_last_bracket(text)
    if _LABELLED.fullmatch(core) or core in words("names")["nobodies"]:
        return None
    if _CHARGED.fullmatch(core):
        return Name(text, Sort.COLLECTIVE, "", text)
    alone = ends(core, parts["alone"])
    head = ends(core, parts["head"])
    stem = core.removesuffix(alone or head or "")
    if not _balanced(text) or _is_prose(stem) or starts(text, words("names")["never_first"]):
        return None
    if alone or (head and any(word in stem for word in parts["determiner"])):
        return Name(text, Sort.COLLECTIVE, "", text)
    generic = ends(core, parts["generic"])
    if generic and len(core) > len(generic):
        return Name(text, Sort.GENERIC, "", text)
    return None


def collective_start(text: str) -> int:
    """Return where the words that make a collective begin (区食安委|相关成员单位); 0 where nothing stands before."""
    parts = _collective_words()
    starts_at = [text.find(word) for word in (*parts["determiner"], *parts["alone"])]
    return min((at for at in starts_at if at >= 0), default=0)


@cache
def _endings() -> Mapping[str, Row]:
    rows = {row["ending"]: row for row in table("endings")}
    return {ending: rows[ending] for ending in longest_first(rows)}


def is_plausible(text: str) -> bool:
    """Tell whether `text` may be a name where names stand (中国移动): nothing speaks against it, its shape for it."""
    lists = words("names")
    if not 2 <= len(text) <= _PLAUSIBLE or _is_prose(text) or starts(text, lists["never_first"]):
        return False
    if any(verb in text for verb in (*lists["verbs"], *lists["acts"])) or text.endswith(lists["never_last"]):
        return False
    if text in lists["nobodies"] or text.endswith(lists["no_bodies"]):
        return False
    if sum("\u4e00" <= char <= "\u9fff" for char in text) < 2:
        return False
    return text.endswith(tuple(_endings())) or ends(text[1:], lists["likely_last"]) is not None or _likely_begun(text)


def _likely_begun(text: str) -> bool:
    """Tell whether a text begins like a body of a level, a place or the country: 市公用, 中国电信."""
    lists = words("names")
    if starts(text, lists["likely_first"]):
        return True
    begun = any(len(text) - len(prefix) >= 2 for prefix in _possible_prefixes(text))
    return begun and not starts(text, lists["no_levels"])


def ending_of(text: str) -> Row | None:
    """Return the row of the ending that makes `text` look like a name, or None."""
    ending = ends(without_last_bracket(text), _endings())
    return _endings()[ending] if ending else None


def _shaped(text: str) -> Name | None:
    row = ending_of(text)
    if row is None or len(text) <= len(row["ending"]) or _is_prose(text) or _tells_to_act(text, row):
        return None
    if text in words("names")["nobodies"] or ends(text, words("names")["no_bodies"]):
        return None
    if starts(text, words("names")["never_first"]):
        return None
    prefix = next((prefix for prefix in _possible_prefixes(text) if len(text) - len(prefix) > 1), "")
    if len(text) < 3 and not prefix:
        return None
    return Name(text, Sort.SHAPED, prefix, text[len(prefix) :], row["strength"] == "strong")


def _tells_to_act(text: str, row: Row) -> bool:
    """Tell whether a verb makes a sentence of it (推动区教育局); inside a name one may stand (市投资促进局)."""
    verb = next((word for word in words("names")["verbs"] if word in text), None)
    if verb is None or text.startswith(words("names")["verbs"]):
        return verb is not None
    section = row["kind"] == "internal" and len(text) <= _SECTION
    return len(text) > _VERBAL or (row["strength"] != "strong" and not section)


def _is_prose(text: str) -> bool:
    if any(word in text for word in words("names")["never_inside"]) or not _balanced(text) or _DATED.search(text):
        return True
    return any(
        not (char.isalnum() or char in _QUOTES or char in OPENING or char in CLOSING or char in "、·") for char in text
    )


def _balanced(text: str) -> bool:
    depth = 0
    for char in text:
        depth += (char in OPENING) - (char in CLOSING)
        if depth < 0:
            return False
    return depth == 0


def without_last_bracket(text: str) -> str:
    """Return `text` without a bracket at its end (区人民政府(管委会) → 区人民政府)."""
    if text and text[-1] in CLOSING:
        opening = max(text.rfind(char) for char in OPENING)
        if opening > 0:
            return text[:opening]
    return text


def split_names(text: str, start: int = 0) -> list[Span] | None:
    """Return where the names of `text` stand when it is nothing but names and joining words, else None.

    Offsets are counted from `start`. 文化和旅游局 stays whole: 和 parts two names only where both sides are names.
    """
    body = text.strip()
    if not body or len(body) > 4 * MAX_NAME:
        return None
    start += len(text) - len(text.lstrip())
    found = _split(body)
    return found and [Span(start + span.start, start + span.end) for span in found]


@lru_cache(maxsize=8192)
def _split(text: str) -> list[Span] | None:
    whole = recognise(text)
    if whole and whole.sort is Sort.KNOWN:
        return [Span(0, len(text))]
    parted = _open_list(text) or _joined(text) or _side_by_side(text)
    return parted or ([Span(0, len(text))] if whole else None)


def _open_list(text: str) -> list[Span] | None:
    for word in words("names")["open_list"]:
        at = text.find(word)
        names = _split(text[:at]) if at > 0 else None
        if names is None:
            continue
        rest = text[at + len(word) :]
        count = _COUNT.match(rest)
        if count and rest[count.end() :] in words("names")["open_tails"]:
            return names
        if not rest or rest in words("names")["open_tails"]:
            return names
        joiner = starts(rest, words("names")["joiners"]) or ""
        more = split_names(rest[len(joiner) :], at + len(word) + len(joiner))
        return names + more if more else None
    return None


def _joined(text: str) -> list[Span] | None:
    """Part a text at its last joining word that has a name on its right and names on its left."""
    for at in range(len(text) - 2, 1, -1):
        joiner = starts(text, words("names")["joiners"], at)
        if joiner and recognise(text[at + len(joiner) :]):
            left = _split(text[:at])
            if left:
                return [*left, Span(at + len(joiner), len(text))]
    return None


def _side_by_side(text: str) -> list[Span] | None:
    """Part collectives that stand together without a joining word (各地区各有关部门)."""
    at = text.find("各", 2) if text.startswith("各") else -1
    if at < 0 or not recognise(text[:at]):
        return None
    rest = _split(text[at:])
    return [Span(0, at), *(Span(at + s.start, at + s.end) for s in rest)] if rest else None


def continues_area(left: str, right: str) -> bool:
    """Tell whether a list mark stands inside one name: 各县、区人民政府, 各区、县级市, 中央、省驻市单位."""
    if (_LEVELS.fullmatch(left) and _STATIONED.match(right)) or (_LOCAL.search(left) and right[:1] in _AREAS):
        return True
    at = left.rfind("各")
    areas = re.sub("^(?:有关|相关)", "", left[at + 1 :]).split("、") if at >= 0 else []
    if areas and all(area in _AREAS for area in areas):
        own = _OWN.match(right)
        return any(right.startswith(area) for area in _AREAS) and (own is None or _GOVERNED.match(right) is not None)
    return bool(areas) and all(_COMPOUND.fullmatch(area) for area in areas) and _GOVERNED.match(right) is not None
