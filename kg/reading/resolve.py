"""Identity: which organisation a name means in a document of one place and year."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kg.plan import Organization
from kg.reading.bodies import Body, local_bodies, national_bodies
from kg.reading.names import Name, Sort, collective_start, ending_of, prefixes, recognise, without_last_bracket
from kg.reading.places import NATION, Place, leading_place

_CENTRAL_FIRST = ("国家", "中央", "国务院", "全国", "中国", "中华", "最高")
_CENTRAL_LAST = ("部", "总局", "总署", "署", "总行", "总社")
_OWN_PLACE = re.compile(
    "[\\u4e00-\\u9fff]{1,5}?(?:镇|乡|街道|苏木|社区|村|县|旗|州|盟|(?<!城)市(?![场政容])|(?<![城社园])区(?!域))"
)


@dataclass(frozen=True, slots=True)
class Resolution:
    """An organisation, and why it stayed as printed: the code of a finding, None where it is certain.

    `until` is the last year in which a superseded name was in use.
    """

    organization: Organization
    doubt: str | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Directory:
    """Resolves names as a document of `place` and `year` uses them."""

    place: Place | None
    year: int | None

    def resolve(self, printed: str, inherited: str = "") -> Resolution:
        """Return the organisation that `printed` names; `inherited` is the level of the names before it in a list.

        A name that cannot be resolved stays as printed, with its doubt: nothing is guessed.
        """
        name = recognise(printed)
        if name is None:
            return self._as_printed(printed, None, "unresolved-name")
        if name.sort in (Sort.COLLECTIVE, Sort.GENERIC):
            return self._group(name)
        if name.sort is Sort.KNOWN:
            return self._known(name, inherited)
        restored = self._restored(name, inherited)
        return self._as_printed(
            restored,
            self._located(name.prefix or inherited),
            "unresolved-name",
        )

    def prefix_of(self, printed: str) -> str:
        """Return the level word that later names of a list may leave out (县 of 县卫健局)."""
        name = recognise(printed)
        prefix = name.prefix if name else ""
        return "" if prefixes().get(prefix) == "nation" else prefix

    def _known(self, name: Name, inherited: str) -> Resolution:
        core = without_last_bracket(name.text)
        central = national_bodies().get(core)
        if central and self._means_centre(core, inherited):
            return self._body(name.text, NATION, central, central.name)
        if name.body not in local_bodies():
            return self._as_printed(name.text, None, "unresolved-name")
        body = local_bodies()[name.body]
        place = self._located(name.prefix or inherited)
        if place is None or place == NATION:
            return self._as_printed(self._restored(name, inherited), None, "unresolved-place", body)
        full = name.text if body.pattern == "named" or _is_full(name, place, body) else _full_name(place, body)
        return self._body(name.text, place, body, full)

    def _means_centre(self, name: str, inherited: str) -> bool:
        if inherited and not name.startswith(_CENTRAL_FIRST):
            return False
        own = self.place == NATION
        return own or name.startswith(_CENTRAL_FIRST) or name.endswith(_CENTRAL_LAST)

    def _body(self, printed: str, place: Place, body: Body, full: str) -> Resolution:
        if body.until and self.year and self.year > body.until:
            return self._as_printed(printed, place, "superseded-name", body)
        key = f"{place.code}/{body.function or body.name}"
        return Resolution(Organization(key, full, body.kind, body.function or None, place.code))

    def _located(self, prefix: str) -> Place | None:
        if not prefix:
            return None
        if prefix in prefixes():
            return self._of_level(prefix)
        found = leading_place(prefix, self.place)
        return found[1] if found and found[0] == len(prefix) else None

    def _of_level(self, prefix: str) -> Place | None:
        level = prefixes()[prefix]
        if level == "nation":
            return NATION
        if self.place is None or level == "township":
            return None
        if self.place.level in ("county", "province") and self.place.name.endswith(prefix):
            return self.place
        found = self.place.at(level)
        if found is None and level == "city":
            # 市 in a municipality under the centre is the municipality.
            province = self.place.at("province")
            found = province if province and province.name.endswith("市") else None
        # 市 in an autonomous prefecture is a county-level city that nothing names.
        return found if found and found.level != "county" and found.name.endswith(prefix) else None

    def _restored(self, name: Name, inherited: str) -> str:
        own_level = name.prefix or not inherited or name.text in national_bodies() or _stands_by_itself(name)
        return name.text if own_level else inherited + name.text

    def _group(self, name: Name) -> Resolution:
        collective = name.sort is Sort.COLLECTIVE
        at = collective_start(name.text)
        owner = recognise(name.text[:at]) if collective else None
        if owner and owner.sort is Sort.KNOWN:
            resolved = self.resolve(owner.text)
            if resolved.doubt is None:
                rest = name.text[at:]
                body = resolved.organization
                return Resolution(
                    Organization(
                        body.key + rest, body.name + rest, "collective", None, body.jurisdiction, collective=True
                    )
                )
        code = self.place.code if self.place else None
        kind = "collective" if collective else "generic"
        key = f"{code or '-'}/{name.text}"
        return Resolution(Organization(key, name.text, kind, None, code, collective=collective, generic=not collective))

    def _as_printed(self, printed: str, place: Place | None, doubt: str, body: Body | None = None) -> Resolution:
        ending = ending_of(printed)
        kind = body.kind if body else ending["kind"] if ending else None
        code = place.code if place else None
        function = (body.function or None) if body else None
        organization = Organization(f"{code or '-'}/{printed}", printed, kind, function, code)
        return Resolution(organization, doubt, body.until if body else None)


def implied_place(names: Iterable[str]) -> Place | None:
    """Return the whole country where a ministry is among those responsible: no local plan gives tasks to one."""
    ministries = (name for name in names if name.endswith("部") and name in national_bodies())
    return NATION if any(True for _ in ministries) else None


def _is_full(name: Name, place: Place, body: Body) -> bool:
    """Tell whether a name carries its place as it is called: 石河子开发区管委会, 南充市西充生态环境局."""
    if name.prefix in prefixes() or name.prefix.endswith(place.name):
        return False
    return body.pattern == "each" or (bool(name.prefix) and len(name.prefix) > len(place.name))


def _full_name(place: Place, body: Body) -> str:
    before = {"party": "中共", "youth": "共青团"}.get(body.pattern, "")
    return before + place.full_name + body.name


def _stands_by_itself(name: Name) -> bool:
    """Tell whether a name takes no level from those before it: it holds a place, is of the centre, or no department."""
    ending = ending_of(name.text)
    apart = name.sort is Sort.SHAPED and ending is not None and ending["kind"] in ("enterprise", "internal", "township")
    return (
        apart
        or name.text.startswith((*_CENTRAL_FIRST, "人行", "国网", "驻"))
        or _OWN_PLACE.match(name.text) is not None
    )
