"""Administrative divisions: names and GB/T 2260 codes, and which of them a text begins with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from kg.reading.lexicon import ends, read_table, words
from kg.resources import data_dir

NATION_CODE = "000000"
_SUFFIXES = ("特别行政区", "新区", "自治区", "自治州", "自治县", "地区", "省", "市", "区", "县", "旗", "盟")
_LONGEST = 15
# What makes of a short name the beginning of another place's: 东河|镇, 柘城|塘市; not 大连|市场监管局, 朝阳|城区.
_OTHER_LEVEL = re.compile(
    r"[\u4e00-\u9fff]{0,3}?(?:省|(?<!城)市(?![场政容民直])|县(?!域|直)|(?<![城山地灾景园校新发高])区(?!域|直)|(?<!城)镇(?!街)"
    r"|(?<!城)乡(?![村镇])|街道|旗|州|盟)"
)


@dataclass(frozen=True, slots=True)
class Place:
    """One division: `code` six digits, `name` as in the standard, `level` nation, province, city or county."""

    code: str
    name: str

    @property
    def level(self) -> str:
        """The level that the code tells."""
        if self.code == NATION_CODE:
            return "nation"
        if self.code.endswith("0000"):
            return "province"
        return "city" if self.code.endswith("00") else "county"

    @property
    def full_name(self) -> str:
        """The name with its city before it, as organisations carry it (营口市鲅鱼圈区, 营口市, 辽宁省)."""
        city = place_of_code(self.code[:4] + "00") if self.level == "county" else None
        if city is None and self.level == "county":
            city = place_of_code(self.code[:2] + "0000")
        return (city.name if city else "") + ("" if self.level == "nation" else self.name)

    @property
    def lineage(self) -> tuple[str | None, str | None, str | None]:
        """Province, city, district: None where there is none or the place is above it."""
        levels = [self.code[:2] + "0000", self.code[:4] + "00", self.code]
        found = [place_of_code(code) for code in dict.fromkeys(levels)]
        names = {place.level: place.name for place in found if place}
        return names.get("province"), names.get("city"), names.get("county")

    def at(self, level: str) -> Place | None:
        """Return the division of `level` that holds this place, or the place itself; None below it."""
        code = {"nation": NATION_CODE, "province": self.code[:2] + "0000", "city": self.code[:4] + "00"}.get(level)
        if self.level == level:
            return self
        order = ("nation", "province", "city", "county")
        if code is None or order.index(level) > order.index(self.level):
            return None
        return place_of_code(code)


NATION = Place(NATION_CODE, "全国")


@cache
def _by_code() -> dict[str, Place]:
    rows = read_table(data_dir() / "registry" / "places.tsv")
    return {NATION_CODE: NATION} | {row["code"]: Place(row["code"], row["name"]) for row in rows}


@cache
def _by_name() -> dict[str, tuple[Place, ...]]:
    names: dict[str, list[Place]] = {}
    for place in _by_code().values():
        for name in dict.fromkeys((place.name, short_name(place.name), *_autonomous(place.name))):
            names.setdefault(name, []).append(place)
    return {name: tuple(places) for name, places in names.items()}


def _autonomous(name: str) -> tuple[str, ...]:
    """Return what an autonomous prefecture or county is called without its peoples (恩施州, 宽甸县)."""
    kind = next((kind for kind in ("自治州", "自治县", "自治旗") if name.endswith(kind)), None)
    if kind is None:
        return ()
    stem = name.removesuffix(kind)
    while people := ends(stem, words("places")["peoples"]):
        stem = stem.removesuffix(people)
    return (stem + kind[-1],) if len(stem) > 1 else ()


def short_name(name: str) -> str:
    """Return a place's name without its kind (鲅鱼圈区 → 鲅鱼圈), or the whole where too little would be left."""
    suffix = next((s for s in _SUFFIXES if name.endswith(s)), "")
    short = name.removesuffix(suffix)
    return short if len(short) >= 2 else name


def place_of_code(code: str) -> Place | None:
    """Return the place of a GB/T 2260 code, None where there is none."""
    return _by_code().get(code)


def leading_places(text: str) -> Iterator[tuple[str, tuple[Place, ...]]]:
    """Yield the names of places that `text` begins with, longest first, each with the places that bear it.

    A short name before the word of another level is no such name: 东河镇 is not in 东河区; nor is one that is a word
    of the language, 平安 in 平安建设.
    """
    for length in range(min(_LONGEST, len(text)), 1, -1):
        name = text[:length]
        places = _by_name().get(name)
        other = name in words("places")["ordinary"] or (places and _OTHER_LEVEL.match(text, length))
        if places and other and not _begins_with_place(text[length : length + _LONGEST]):
            places = tuple(place for place in places if place.name == name)
        if places:
            yield name, places


def _begins_with_place(text: str) -> bool:
    """Tell whether `text` begins with the full name of a division (营口|鲅鱼圈区)."""
    found = (_by_name().get(text[:length], ()) for length in range(len(text), 1, -1))
    return any(place.name == text[: len(place.name)] for places in found for place in places)


def leading_place(text: str, within: Place | None = None) -> tuple[int, Place] | None:
    """Return how many characters of `text` name a place, and the place; a chain 营口市鲅鱼圈区 counts as one.

    Where several places bear the name, the one inside or around `within` is meant; None where that leaves a doubt.
    """
    for name, places in leading_places(text):
        inner = leading_place(text[len(name) :], places[0]) if len(places) == 1 else None
        if inner and _holds(places[0], inner[1]):
            return len(name) + inner[0], inner[1]
        chosen = _choose(places, within)
        if chosen:
            return len(name), chosen
    return None


def _choose(places: tuple[Place, ...], within: Place | None) -> Place | None:
    near = [place for place in places if within and (_holds(within, place) or _holds(place, within))]
    candidates = near or list(places)
    return candidates[0] if len(candidates) == 1 else None


def _holds(outer: Place, inner: Place) -> bool:
    if outer == inner or outer.level == "nation":
        return True
    significant = {"province": 2, "city": 4}.get(outer.level, 6)
    return inner.code.startswith(outer.code[:significant])
