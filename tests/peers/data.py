"""Plans of many districts made from the seed, and four questions about them, all of whose answers are known alike."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.corpus import build
from kg.store.generations import Generations
from tests.conftest import SEED, settings_for

CODE, NAME = "210804", "鲅鱼圈"
PREFIXES = "PREFIX zr: <https://w3id.org/zeren/ns#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
_DEPARTMENTS = ("市场监督管理局", "农业农村局", "卫生健康局", "教育局")
_TASKS = ("20.1", "23.1", "2.2", "8.1")
_POLICIES = ("地方党政领导干部食品安全责任制规定", "食品生产经营风险分级监管指导意见")
_PLAN = "https://w3id.org/zeren/id/doc/{code}/2021/营口市{name}区2021年食品安全重点工作安排/征求意见稿"
_ASKED_ABOUT = 4  # districts


@dataclass(frozen=True, slots=True)
class Plans:
    """N-Quads of the seed as it would be in many districts; `quads` counts them."""

    nquads: bytes
    districts: int

    @property
    def quads(self) -> int:
        """How many quads there are."""
        return self.nquads.count(b"\n")


def plans(folder: Path, quads: int) -> Plans:
    """Return as many districts' plans as come near this number of quads; works in an empty folder."""
    lines = _seed(folder)
    own = [line for line in lines.split(b"\n") if CODE.encode() in line or NAME.encode() in line]
    shared = sorted(set(lines.split(b"\n")) - {b""} - set(own))
    districts = max(1, (quads - len(shared)) // len(own))
    mine = b"\n".join(own)
    copies = [mine.replace(CODE.encode(), _code(n)).replace(NAME.encode(), _name(n)) for n in range(districts)]
    return Plans(b"\n".join([*shared, *copies]) + b"\n", districts)


def questions() -> dict[str, list[str]]:
    """Return the mix: each question's name, and the queries that ask it of several districts."""
    names = [_name(n).decode() for n in range(_ASKED_ABOUT)]
    return {
        "a department's tasks": [
            f'{PREFIXES}SELECT DISTINCT ?code ?role ?text {{ ?o skos:prefLabel "营口市{name}区{department}"@zh . '
            f"?a zr:agent ?o ; zr:ofTask ?t ; zr:role ?role . ?t zr:code ?code ; zr:text ?text }}"
            for name, department in zip(names, _DEPARTMENTS, strict=True)
        ],
        "co-owners of a task": [
            f'{PREFIXES}SELECT DISTINCT ?o ?name ?role {{ ?t zr:partOf <{plan}> ; zr:code "{task}" . '
            f"?a zr:ofTask ?t ; zr:agent ?o ; zr:role ?role . ?o skos:prefLabel ?name }}"
            for plan, task in zip(map(_plan, range(_ASKED_ABOUT)), _TASKS, strict=True)
        ],
        "lead-assist pairs": [
            f"{PREFIXES}SELECT DISTINCT ?code ?leader ?assistant {{ ?a zr:leads ?t ; skos:prefLabel ?leader . "
            f"?b zr:assists ?t ; skos:prefLabel ?assistant . ?t zr:code ?code }}"
        ],
        "tasks citing a policy": [
            f"{PREFIXES}SELECT DISTINCT ?t ?code ?text {{ ?t zr:cites <https://w3id.org/zeren/id/policy/{policy}> . "
            f"?t a zr:Task ; zr:code ?code ; zr:text ?text }}"
            for policy in _POLICIES
        ],
    }


def _code(n: int) -> bytes:
    return f"{310_000 + n}".encode()


def _name(n: int) -> bytes:
    return f"某{n:04d}".encode()


def _plan(n: int) -> str:
    return _PLAN.format(code=_code(n).decode(), name=_name(n).decode())


def _seed(folder: Path) -> bytes:
    build([SEED], settings_for(folder))
    generations = Generations(folder)
    return generations.open(generations.current() or "").dump(format=ox.RdfFormat.N_QUADS) or b""
