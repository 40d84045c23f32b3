"""What a hostile client asks: every operator nested and chained, at any size, and answers without end."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Shape = Callable[[int], str]


def _nested(before: str, after: str, around: str = "SELECT * {{ {} }}", core: str = "") -> Shape:
    """Return what nests `before … after` until it has so many bytes."""

    def shape(size: int) -> str:
        depth = max(1, size // len(before + after))
        return around.format(before * depth + core + after * depth)

    return shape


def _chained(link: str, around: str, first: str = "") -> Shape:
    """Return what repeats `link` until it has so many bytes."""

    def shape(size: int) -> str:
        return around.format(first + link * max(1, size // len(link)))

    return shape


_FILTER = "SELECT * {{ ?s ?p ?o FILTER({}) }}"
_TRIPLES = "SELECT * {{ ?s ?p {} }}"
_PATH = "SELECT * {{ ?s {} ?o }}"

#: Each operator of SPARQL, deep or long; a function of the size in bytes.
SHAPES: Mapping[str, Shape] = {
    "groups": _nested("{", "}"),
    "optional": _nested("OPTIONAL{", "}", core="?s ?p ?o"),
    "minus": _nested("?s ?p ?o MINUS{", "}", core="?s ?p ?o"),
    "graph": _nested("GRAPH ?g{", "}", core="?s ?p ?o"),
    "service": _nested("SERVICE <http://a.example/>{", "}", core="?s ?p ?o"),
    "services": _chained("SERVICE <http://a.example/> { } ", "SELECT * {{ {} }}"),
    "subselects": _nested("{SELECT*{", "}}", core="?s ?p ?o"),
    "exists": _nested("FILTER EXISTS{", "}", core="?s ?p ?o"),
    "not exists": _nested("?s ?p ?o FILTER NOT EXISTS{", "}", core="?s ?p ?o"),
    "unions": _chained("UNION{?s ?p ?o}", "SELECT * {{ {} }}", "{ ?s ?p ?o }"),
    "nested unions": _nested("{}UNION{", "}"),
    "joins": _chained("?a ?b ?c.", "SELECT * {{ {} }}"),
    "values": _chained("1 ", "SELECT * {{ VALUES ?x {{ {} }} }}"),
    "binds": _chained("BIND(1 AS ?x)", "SELECT * {{ {} }}"),
    "filters": _chained("FILTER(true)", "SELECT * {{ {} }}"),
    "nots": _chained("!", _FILTER.replace("{}", "{}true")),
    "minuses": _chained("- ", _FILTER.replace("{}", "{}1")),
    "parentheses": _nested("(", ")", _FILTER, "1"),
    "and": _chained("&&true", _FILTER, "true"),
    "or": _chained("||false", _FILTER, "false"),
    "plus": _chained("+1", _FILTER, "1"),
    "times": _chained("*1", _FILTER, "1"),
    "in": _chained("1,", "SELECT * {{ ?s ?p ?o FILTER(?o IN ({}1)) }}"),
    "calls": _nested("STR(", ")", _FILTER, "1"),
    "coalesce": _nested("COALESCE(1,", ")", _FILTER, "1"),
    "if": _nested("IF(true,1,", ")", _FILTER, "1"),
    "concat": _chained("'a',", "SELECT * {{ BIND(CONCAT({}'a') AS ?x) }}"),
    "regex": _chained("(a|aa)+", "SELECT * {{ ?s ?p ?o FILTER(REGEX(STR(?o), '{}$')) }}"),
    "deep regex": _nested("(", ")*", "SELECT * {{ ?s ?p ?o FILTER(REGEX(STR(?o), '{}')) }}", "a"),
    "sequence": _chained("/<a:a>", _PATH, "<a:a>"),
    "alternative": _chained("|<a:a>", _PATH, "<a:a>"),
    "inverse": _nested("^(", ")", _PATH, "<a:a>"),
    "closure": _nested("(", ")*", _PATH, "<a:a>"),
    "optional path": _nested("(", ")?", _PATH, "<a:a>"),
    "negated": _chained("|<a:a>", _PATH.replace("{}", "!({})"), "<a:a>"),
    "lists": _nested("(", ")", _TRIPLES),
    "long list": _chained("1 ", _TRIPLES.replace("{}", "({})")),
    "blank nodes": _nested("[<a:a> ", "]", _TRIPLES, "1"),
    "objects": _chained(",1", _TRIPLES, "1"),
    "predicates": _chained(";<a:a> 1", _TRIPLES, "1"),
    "triple terms": _nested("<<( <a:a> <a:b> ", ")>>", _TRIPLES, "1"),
    "columns": _chained("(1 AS ?x) ", "SELECT {} {{ }}"),
    "grouping": _chained("?o ", "SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o }} GROUP BY {}"),
    "ordering": _chained("?o ", "SELECT * {{ ?s ?p ?o }} ORDER BY {}"),
    "having": _chained("(true)", "SELECT ?s {{ ?s ?p ?o }} GROUP BY ?s HAVING {}"),
    "prefixes": _chained("PREFIX a:<a:>", "{} ASK {{}}"),
    "from": _chained("FROM <a:a>", "SELECT * {} {{ ?s ?p ?o }}"),
    "template": _chained("?s ?p ?o.", "CONSTRUCT {{ {} }} WHERE {{ ?s ?p ?o }}"),
    "describe": _chained("<a:a> ", "DESCRIBE {}"),
    "literal": _chained("x", "SELECT * {{ ?s ?p '{}' }}"),
    "escapes": _chained("\\u4EFB", "SELECT * {{ ?s ?p '{}' }}"),
    "open literal": _chained("\\'", "SELECT * {{ ?s ?p '{}"),
    "iri": _chained("x", "SELECT * {{ ?s ?p <a:{}> }}"),
    "comment": _chained("#x\n", "{} ASK {{}}"),
    "blanks": _chained(" \r\n\t", "{} ASK {{}}"),
    "variable": _chained("任", "SELECT * {{ ?s ?p ?{} }}"),
    "nonsense": _chained("\\\"'<>{ }((%", "SELECT {}"),
    "nothing": _chained("\0", "{}"),
}
#: Queries that are small, and whose answers are not.
ENDLESS = {
    "cross product": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
    "count": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?c != ?l) }",
    "sort": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g",
    "distinct": "SELECT DISTINCT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "group": "SELECT ?a ?d (GROUP_CONCAT(?i) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } GROUP BY ?a ?d",
    "construct": "CONSTRUCT { ?a ?e ?i . ?d ?h ?c . ?g ?b ?f } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "path": "SELECT * { ?a (!<a:a>|^!<a:a>)* ?b . ?c (!<a:a>|^!<a:a>)* ?d }",
    "strings": "SELECT * { VALUES ?x { 'aaaaaaaaaaaaaaaa' } "
    + "".join(f"BIND(CONCAT({','.join([f'?x{n - 1}' if n else '?x'] * 16)}) AS ?x{n}) " for n in range(9))
    + "}",
    "replace": "SELECT (STRLEN(REPLACE(REPLACE(REPLACE(REPLACE(?t,'','任任任任任任任任任任'),'','任任任任任任任任任任')"
    ",'','任任任任任任任任任任'),'','任任任任任任任任任任')) AS ?n) { ?s ?p ?t }",
}
