"""The elements of a web page that can hold text, with how much running text each holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.reading.formats.extract import BrokenError

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode


def elements(names: str) -> frozenset[str]:
    """Return the names of elements as a set."""
    return frozenset(names.split())


# Walking the tree takes up to three calls a level; real pages nest some thirty.
MAX_DEPTH = 200
MAX_NODES = 1_000_000
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
    """An element with its children, text as strings; `weight` tells how much running text it holds outside links."""

    tag: str
    attributes: dict[str, str | None]
    children: list[Node | str] = field(default_factory=list)
    weight: int = 0

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
    for element in reversed(order):
        element.weight = _weight(element)
    return root


def _is_silent(node: LexborNode, inside: bool) -> bool:
    """Tell an element without text of the document: scripts, menus, what is not shown, the page's own edges."""
    if node.tag in _SILENT or (node.tag in _EDGES and not inside):
        return True
    attributes = node.attributes
    return "hidden" in attributes or _HIDDEN.search(attributes.get("style") or "") is not None


def _weight(element: Node) -> int:
    if element.tag == "a":
        return 0
    return sum(child.weight if isinstance(child, Node) else _words(child) for child in element.children)


def _words(text: str) -> int:
    """Count Han characters; outside sentences, as in menus and colophons, four for one."""
    count = len(_HAN.findall(text))
    return count if _STOP.search(text) else count // 4
