"""The namespaces whose terms the graph is written in."""

from __future__ import annotations

from rdflib import Namespace

from kg.graph.iris import NAMESPACE

ZR = Namespace(NAMESPACE)
ZD = Namespace("https://w3id.org/zeren/display#")
SCHEMA = Namespace("https://schema.org/")
VANN = Namespace("http://purl.org/vocab/vann/")

PREFIXES = {
    "zr": str(ZR),
    "dcterms": "http://purl.org/dc/terms/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
