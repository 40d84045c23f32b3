"""The elements of a web page that can hold text, with how much running text each holds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.reading.formats.extract import BrokenError
from kg.reading.formats.furniture import is_named_furniture

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode


def elements(names: str) -> frozenset[str]:
    """Return the names of elements as a set."""
    return frozenset(names.split())


# Walking the tree takes up to three calls a level; real pages nest some thirty.
MAX_DEPTH = 200
MAX_NODES = 1_000_000
# Lexbor takes a second for 30,000 elements inside one another, eleven for 100,000.
MAX_NESTING = 20_000
_ASIDE = 0.3
_ROWS = 5
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
_UNENDED = elements("""
    area base br col embed hr img input link meta param source track wbr p li dt dd tr td th thead tbody tfoot colgroup
    option optgroup rp rt o
""")
_SILENT = elements("""
    script style noscript template head title nav aside button select textarea input iframe object svg canvas audio
    video rt rp del dialog
""")
_EDGES = ("header", "footer")
_BODIES = ("article", "main")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.I)
_HAN = re.compile("[\u4e00-\u9fff]")
_STOP = re.compile("[。；，]")


@dataclass(slots=True, eq=False)
class Node:
    """An element with its children, text as strings.

    `weight` tells how much running text it holds outside links, `han` how many Han characters; `nests` whether a table
    stands in it.
    """

    tag: str
    attributes: dict[str, str | None]
    children: list[Node | str] = field(default_factory=list)
    weight: int = 0
    han: int = 0
    nests: bool = False

    def elements(self) -> Iterator[Node]:
        """Yield the children that are elements."""
        return (child for child in self.children if isinstance(child, Node))

    def number(self, name: str, default: int = 1) -> int:
        """Return an attribute that is a whole number."""
        value = (self.attributes.get(name) or "").strip()
        return int(value) if value.isascii() and value.isdigit() and len(value) < 6 else default


def tree_of(body: LexborNode | None) -> Node:
    """Copy what can hold text; below MAX_DEPTH, elements join the last level. Raises BrokenError over MAX_NODES."""
    root = Node("body", {})
    order = [root]
    first = body.first_child if body is not None else None
    waiting: list[tuple[LexborNode, Node, int, bool]] = [(first, root, 1, False)] if first is not None else []
    count = 0
    while waiting:
        node, parent, depth, inside = waiting.pop()
        count += 1
        if count > MAX_NODES:
            raise BrokenError(f"has more than {MAX_NODES:,} elements; split it into its documents")
        if (following := node.next) is not None:
            waiting.append((following, parent, depth, inside))
        if node.is_text_node:
            parent.children.append(node.text_content or "")
        elif node.is_element_node and not _is_silent(node, inside):
            own = parent
            if depth < MAX_DEPTH:
                own = Node(node.tag or "", dict(node.attributes))
                parent.children.append(own)
                order.append(own)
            if (child := node.first_child) is not None:
                waiting.append((child, own, depth + 1, inside or own.tag in _BODIES))
    _weigh(order)
    for element in order:
        named = is_named_furniture(f"{element.attributes.get('class')} {element.attributes.get('id')}")
        if named and element is not root and element.weight <= _ASIDE * root.weight:
            element.children = []
    _weigh(order)
    return root


def refuse_depth(source: str) -> None:
    """Raise BrokenError where elements nest beyond all measure: the parser's time grows as the square of the depth."""
    depth = 0
    opened: Counter[str] = Counter()
    for found in _TAG.finditer(source):
        closing, tag = found[1], found[2].lower()
        if tag in _UNENDED:
            continue
        if not closing:
            opened[tag] += 1
            depth += 1
        elif opened[tag]:
            opened[tag] -= 1
            depth -= 1
        if depth > MAX_NESTING:
            raise BrokenError(f"nests elements deeper than {MAX_NESTING:,}; open it in a browser and save its text")


def _is_silent(node: LexborNode, inside: bool) -> bool:
    """Tell an element without text of the document: scripts, menus, what is not shown, the page's own edges."""
    if node.tag in _SILENT or (node.tag in _EDGES and not inside):
        return True
    attributes = node.attributes
    return "hidden" in attributes or _HIDDEN.search(attributes.get("style") or "") is not None


def _weigh(order: Sequence[Node]) -> None:
    for element in reversed(order):
        inside = list(element.elements())
        texts = [child for child in element.children if isinstance(child, str)]
        element.nests = any(child.nests or child.tag == "table" for child in inside)
        if element.tag == "a":
            element.weight = element.han = 0
            continue
        element.han = sum(child.han for child in inside) + sum(len(_HAN.findall(text)) for text in texts)
        element.weight = sum(child.weight for child in inside) + sum(map(_words, texts))
        if element.tag == "table" and not element.nests and _is_long(element):
            element.weight = element.han


def _is_long(table: Node) -> bool:
    """Tell a table that holds what a document says: it has more rows than one that says where the document belongs."""
    waiting, rows = [table], 0
    while waiting:
        for child in waiting.pop().elements():
            if child.tag == "tr":
                rows += 1
            elif child.tag in ("thead", "tbody", "tfoot"):
                waiting.append(child)
    return rows >= _ROWS


def _words(text: str) -> int:
    """Count Han characters; outside sentences, as in menus and colophons, four for one."""
    count = len(_HAN.findall(text))
    return count if _STOP.search(text) else count // 4
