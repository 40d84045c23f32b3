"""The network as one page that opens anywhere: pyvis draws it, all that it needs is inside, nothing is fetched.

Measured on pyvis 0.3.2: no mode of its own is offline (Bootstrap and vis come from a CDN), an undirected network drops
the second edge of a pair, `heading` is not escaped, `write_html` leaves a folder `lib/` behind. Hence our own template
(`network.html`, which escapes), a directed network, and `generate_html`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.util import find_spec
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.outputs.network import to_json

if TYPE_CHECKING:
    from kg.outputs.network import Network

_TEMPLATE = "network.html"
_SHAPES: dict[str, dict[str, Any]] = {
    "circle": {"shape": "dot"},
    "doubleCircle": {"shape": "dot", "borderWidth": 5, "borderWidthSelected": 5},
    "roundedBox": {"shape": "box", "font": {"strokeWidth": 0}, "shapeProperties": {"borderRadius": 6}, "margin": 6},
    "diamond": {"shape": "diamond", "size": 12},
    "document": {"shape": "square", "size": 9},
}
_ARROWS = {"forward": "to", "backward": "from", "none": ""}
_SMALLEST, _BIGGEST = 6, 34  # radii in px
_LIGHT = 128  # of 255: darker fillings carry white text
_OPTIONS = """{
  "layout": {"randomSeed": 1, "improvedLayout": false},
  "physics": {"solver": "forceAtlas2Based", "forceAtlas2Based": {"springLength": 70, "avoidOverlap": 0.4},
              "stabilization": {"iterations": 400}},
  "interaction": {"hover": true, "tooltipDelay": 200, "keyboard": {"enabled": true, "bindToWindow": false}},
  "nodes": {"font": {"face": "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif", "size": 14, "strokeWidth": 3,
                     "strokeColor": "#FFFFFF"}},
  "edges": {"arrows": {"to": {"scaleFactor": 0.6}}}
}"""


def to_html(network: Network, *, language: str = "zh") -> str:
    """Return a page that holds the network and everything it needs; the same network gives the same page."""
    import pyvis.network

    plain = to_json(network)
    page = pyvis.network.Network(directed=True, height="100%", cdn_resources="in_line")
    page.templateEnv = _environment(plain, language)
    page.path = _TEMPLATE
    page.set_options(_OPTIONS)
    most = max((node["count"] for node in plain["nodes"] if "count" in node), default=1)
    for node in plain["nodes"]:
        page.add_node(node["id"], **_drawn_node(node, plain["display"]["nodes"][node["kind"]], most))
    for edge in plain["edges"]:
        style = plain["display"]["edges"][edge.get("role", edge["kind"])]
        page.add_edge(edge["from"], edge["to"], **_drawn_edge(edge, style, language))
    return str(page.generate_html())


def _drawn_node(node: dict[str, Any], style: dict[str, Any], most: int) -> dict[str, Any]:
    """Return what vis-network draws of a node, beside what the panel tells of it; a circle's area is its count."""
    drawn = {**node, **_SHAPES[style["shape"]], "color": style["colour"]}
    if drawn["shape"] == "dot":
        drawn["size"] = round(max(_SMALLEST, _BIGGEST * sqrt(node.get("count", 1) / most)), 1)
    elif drawn["shape"] == "box" and _is_dark(style["colour"]):
        drawn["font"] = {"color": "#FFFFFF", "strokeWidth": 0}
    del drawn["id"]
    return drawn


def _drawn_edge(edge: dict[str, Any], style: dict[str, Any], language: str) -> dict[str, Any]:
    drawn = {
        **{name: value for name, value in edge.items() if name not in {"from", "to"}},
        "color": style["colour"],
        "width": style["width"] + edge.get("count", 1) - 1,
        "dashes": [float(length) for length in style["dashes"].split()] or False,
        "arrows": _ARROWS[style["direction"]],
        "title": style["label"][language],
    }
    if "count" in edge:
        drawn["label"] = str(edge["count"])
    return drawn


def _is_dark(colour: str) -> bool:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return (299 * red + 587 * green + 114 * blue) / 1000 < _LIGHT


def _environment(plain: dict[str, Any], language: str) -> Any:
    """Return pyvis' template environment with our template, the libraries it carries and the words it says."""
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(autoescape=True, loader=FileSystemLoader(Path(__file__).parent))
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    environment.globals |= {
        "language": language,
        "styles": plain["display"],
        "used": {node["kind"] for node in plain["nodes"]} | {e.get("role", e["kind"]) for e in plain["edges"]},
        "titles": _titles(plain),
        "vis": _vis(),
    }
    return environment


def _titles(plain: dict[str, Any]) -> list[str]:
    """Return the documents that the network is drawn from, each with its status."""
    named = {
        f"{edge['documentLabel']}{'（{}）'.format(edge['status']) if 'status' in edge else ''}": None
        for edge in plain["edges"]
    }
    return list(named)


@lru_cache(maxsize=1)
def _vis() -> dict[str, str]:
    """Return vis-network's script and style sheet, from the wheel of pyvis."""
    found = find_spec("pyvis")
    assert found is not None and found.origin is not None  # noqa: S101 - pyvis is a dependency
    folder = Path(found.origin).parent / "templates" / "lib" / "vis-9.1.2"
    script = (folder / "vis-network.min.js").read_text(encoding="utf-8")
    # A debugger would ask for the source map.
    script = re.sub(r"^//# sourceMappingURL=.*$", "", script, flags=re.MULTILINE)
    return {"script": script, "style": (folder / "vis-network.css").read_text(encoding="utf-8")}
