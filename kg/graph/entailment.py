"""The ontology closed by owlrl: what its axioms say and what they entail, from which the rules are compiled.

`ontology/entailed.nt` and `ontology/entailed-aligned.nt` keep what owlrl found, under the hash of the files that it
closed, so that no start pays for it (half a second). While they are those of other files, owlrl is asked at each start;
`python -m kg.graph.entailment` writes them anew.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from rdflib import OWL, RDF, RDFS, XSD, Graph, URIRef

from kg.graph import ontology, reference
from kg.graph.rules import Triple, has_rule
from kg.resources import ontology_dir

_FILES = {False: "entailed.nt", True: "entailed-aligned.nt"}
_META = tuple(str(namespace) for namespace in (RDF, RDFS, OWL, XSD))


@lru_cache(maxsize=2)
def closed(alignment: bool = False) -> Graph:
    """Return the axioms with what they entail; not to be changed."""
    graph = Graph()
    graph += ontology.axioms(alignment)
    for triple in entailed(alignment):
        graph.add(triple)
    return graph


@lru_cache(maxsize=2)
def entailed(alignment: bool = False) -> frozenset[Triple]:
    """Return the axioms that owlrl adds to those written down, less its noise."""
    path = ontology_dir() / _FILES[alignment]
    if not path.is_file() or not path.read_text("utf-8").startswith(_heading(alignment)):
        return drawn(ontology.axioms(alignment))
    return frozenset(Graph().parse(path, format="nt"))


def drawn(axioms: Graph) -> frozenset[Triple]:
    """Ask owlrl what axioms entail; raises InconsistentError where they contradict each other."""
    return frozenset(triple for triple in reference.closure((), axioms) if _tells(triple) and triple not in axioms)


def _tells(triple: Triple) -> bool:
    """Tell an axiom that says something from noise: x below x, all below owl:Thing, and what RDF says of itself."""
    subject, predicate, value = triple
    ours = [subject] if predicate == RDF.type else [subject, value]
    if subject == value or not has_rule(triple):
        return False
    return all(isinstance(term, URIRef) and not str(term).startswith(_META) for term in ours)


def _heading(alignment: bool) -> str:
    names = ("responsibility.ttl", "alignment.ttl") if alignment else ("responsibility.ttl",)
    whole = hashlib.sha256(b"".join((ontology_dir() / name).read_bytes() for name in names))
    return f"# What owlrl adds to {' and '.join(names)} ({whole.hexdigest()[:16]}); written by kg.graph.entailment\n"


def write(folder: Path) -> None:
    """Write both files into a folder; the same ontology gives the same bytes."""
    for alignment, name in _FILES.items():
        lines = sorted(" ".join(term.n3() for term in triple) for triple in drawn(ontology.axioms(alignment)))
        (folder / name).write_text(_heading(alignment) + "".join(f"{line} .\n" for line in lines), "utf-8")


if __name__ == "__main__":
    write(ontology_dir())
