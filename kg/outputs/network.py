"""The responsibility network: organisations and tasks, with every role an edge of its own.

As plain JSON (`to_json`), which the web page draws and `zeren network` embeds:

    {"nodes": [{"id", "iri", "kind", "label", "title", "count", "documents",
                "code", "text", "mode", "section", "sectionLabel", "status"}],
     "edges": [{"id", "from", "to", "kind", "role", "basis", "stated", "asWritten",
                "task", "taskLabel", "quote", "start", "end", "statement", "statementStart", "statementEnd",
                "section", "sectionLabel", "document", "documentLabel", "status", "count"}],
     "sections": [{"id", "label", "document"}],
     "display": {"nodes": {KIND: STYLE}, "edges": {ROLE or KIND: STYLE}}}

Keys with nothing to say are left out. `id` is an IRI (of the thing, of the assignment); `kind` of a node is
organization, collective, task, campaign or policy; `kind` of an edge is assignment, coownership, campaign or policy;
`role` is lead, responsible, assist, participate, guide or supervise, `basis` stated, declared, in-sentence or
corrected, both only on assignments; `stated` is false for what was inferred (co-ownership). `label` is short (as
printed), `title` is the full name or the task's sentence: plain text, never HTML. `count` of an organisation is its
tasks in the document where it has most, of a task its organisations, of a co-ownership the tasks shared in one
document; `documents` lists the documents in which a node occurs. `quote` [`start`, `end`) is the task's sentence,
`statement` [`statementStart`, `statementEnd`) the words that name the organisations; an edge from the sentence itself
has no statement. STYLE is {"label": {"zh", "en"}} and what
`ontology/display.ttl` says (colour, darkColour, shape, width, dashes, direction, order), in the order of legends.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any

from kg.outputs.display import VOCABULARY, Display, display
from kg.questions.catalogue import run

if TYPE_CHECKING:
    from networkx import MultiDiGraph

    from kg.store import Row, Store

    Network = MultiDiGraph[str]

_NODE_TERMS = {
    "organization": "Organization",
    "collective": "Collective",
    "task": "Task",
    "campaign": "Campaign",
    "policy": "PolicyDocument",
}
_EDGE_TERMS = {
    "lead": "Lead",
    "responsible": "Responsible",
    "assist": "Assist",
    "participate": "Participate",
    "guide": "Guide",
    "supervise": "Supervise",
    "coownership": "coOwnsWith",
    "campaign": "underCampaign",
    "policy": "cites",
}
_PLACE = ("section", "sectionLabel", "document", "documentLabel", "status")
_SENTENCE = ("quote", "start", "end", "statement", "statementStart", "statementEnd")


def responsibility_network(
    store: Store, *, document: str | None = None, campaigns: bool = False, policies: bool = False
) -> Network:
    """Return the network of organisations and tasks of one document (its IRI), or of all.

    One edge per assignment; `campaigns` and `policies` add what tasks belong to and cite. Raises what the store raises.
    """
    network = _empty()
    words = display()
    for row in run(store, "network-assignments", document=document):
        _add_assignment(network, row, words)
    if campaigns:
        _add_context(network, run(store, "campaigns", document=document), "campaign")
    if policies:
        _add_context(network, run(store, "tasks-citing-policies", document=document), "policy")
    _count(network)
    return network


def coownership_network(store: Store, *, document: str | None = None) -> Network:
    """Return the network of organisations named together, with how many tasks each pair shares per document."""
    network = _empty()
    words = display()
    for row in run(store, "network-coownership", document=document):
        for end in ("organization", "other"):
            _add_organization(network, row, words, end)
        plain = _plain(row, ("count", "document", "documentLabel", "status"))
        pair = str(row["organization"]), str(row["other"])
        network.add_edge(*pair, key=str(row["shared"]), kind="coownership", stated=False, **plain)
    for assignment in run(store, "network-assignments", document=document):
        organization = str(assignment["organization"])
        if organization in network:
            _note_task(network, organization, assignment)
    _count(network)
    return network


def to_json(network: Network) -> dict[str, Any]:
    """Return the network as the plain object described above; the same network gives the same object."""
    nodes = [_without_nothing({"id": node, "iri": node, **data}) for node, data in network.nodes(data=True)]
    edges = [
        _without_nothing({"id": key, "from": start, "to": end, **data})
        for start, end, key, data in network.edges(keys=True, data=True)
    ]
    sections = {
        node["section"]: {"id": node["section"], "label": node["sectionLabel"], "document": node["documents"][0]}
        for node in nodes
        if "section" in node
    }
    return {"nodes": nodes, "edges": edges, "sections": list(sections.values()), "display": styles()}


def styles() -> dict[str, dict[str, Any]]:
    """Return how nodes and edges are shown, by kind and by role: the `display` of the plain object."""
    return {
        "nodes": {kind: _style(term) for kind, term in _NODE_TERMS.items()},
        "edges": {kind: _style(term) for kind, term in _EDGE_TERMS.items()},
    }


def to_graphml(network: Network) -> str:
    """Return the network as GraphML, for Gephi, yEd and Cytoscape."""
    from networkx import write_graphml_xml

    flat = _empty()
    for node, data in network.nodes(data=True):
        flat.add_node(node, **_scalars(data))
    for start, end, key, data in network.edges(keys=True, data=True):
        flat.add_edge(start, end, key=key, **_scalars(data))
    written = BytesIO()
    write_graphml_xml(flat, written)
    return written.getvalue().decode()


def _style(term: str) -> dict[str, Any]:
    found = display().by_iri[f"{VOCABULARY}{term}"]
    return {"label": {"zh": found.zh, "en": found.en}, **found.style}


def _empty() -> Network:
    from networkx import MultiDiGraph

    return MultiDiGraph()


def _add_assignment(network: Network, row: Row, words: Display) -> None:
    organization, task = _add_organization(network, row, words, "organization"), str(row["task"])
    _note_task(network, organization, row)
    if task not in network:
        plain = _plain(row, ("section", "sectionLabel", "status"))
        network.add_node(
            task,
            kind="task",
            label=str(row["taskLabel"]),
            code=str(row["taskLabel"]),
            title=str(row["quote"]),
            text=str(row["quote"]),
            mode=words.word(row["mode"]) if "mode" in row else None,
            documents=[str(row["document"])],
            **plain,
        )
    network.add_edge(
        organization,
        task,
        key=str(row["assignment"]),
        kind="assignment",
        role=words.word(row["role"]),
        basis=words.word(row["basis"]),
        stated=True,
        task=task,
        **_plain(row, ("asWritten", "taskLabel", *_SENTENCE, *_PLACE)),
    )


def _add_organization(network: Network, row: Row, words: Display, end: str) -> str:
    iri = str(row[end])
    if iri not in network:
        name = str(row[f"{end}Label"])
        kind = words.word(row[f"{end}Kind"])
        network.add_node(iri, kind=kind, label=name, title=name, documents=[], forms=Counter(), tasks=defaultdict(set))
    return iri


def _note_task(network: Network, organization: str, row: Row) -> None:
    data = network.nodes[organization]
    data["forms"][str(row["asWritten"])] += 1
    data["tasks"][str(row["document"])].add(str(row["task"]))


def _add_context(network: Network, rows: Iterable[Row], kind: str) -> None:
    """Join tasks to the campaigns they belong to, or the policies they cite."""
    for row in rows:
        task, iri = str(row["task"]), str(row[kind])
        if task not in network:
            continue
        if iri not in network:
            name = str(row[f"{kind}Label"])
            network.add_node(iri, kind=kind, label=name, title=name, documents=[])
        documents = network.nodes[iri]["documents"]
        if str(row["document"]) not in documents:
            documents.append(str(row["document"]))
        network.add_edge(task, iri, key=f"{task} {iri}", kind=kind, stated=True, task=task, **_plain(row, _PLACE))


def _count(network: Network) -> None:
    """Turn what was gathered into counts: a draft and its final are never added up."""
    for node, data in network.nodes(data=True):
        tasks, forms = data.pop("tasks", None), data.pop("forms", None)
        if tasks is not None:
            data["documents"] = sorted(tasks)
            data["count"] = max((len(t) for t in tasks.values()), default=0)
            data["label"] = min(forms, key=lambda form: (-forms[form], len(form), form), default=data["label"])
        else:
            data["count"] = len(set(network.predecessors(node)))


def _plain(row: Row, names: Iterable[str]) -> dict[str, Any]:
    """Return the named columns as JSON values, unbound ones as None."""
    from rdflib.term import Literal

    plain: dict[str, Any] = {}
    for name in names:
        term = row.get(name)
        value = term.toPython() if isinstance(term, Literal) else term
        plain[name] = value if isinstance(value, int | None) else str(value)
    return plain


def _without_nothing(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value is not None}


def _scalars(data: Mapping[str, Any]) -> dict[str, Any]:
    flat = {name: " ".join(value) if isinstance(value, list) else value for name, value in data.items()}
    return _without_nothing(flat)
