"""The questions the graph answers, each a SPARQL file with a header, and the names that people ask them with."""
