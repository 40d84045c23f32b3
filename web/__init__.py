"""What people see in the browser and programs ask over HTTP: the pages, the network, the SPARQL endpoint."""
