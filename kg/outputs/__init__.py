"""What the answers become: networks, tables and RDF."""
