"""Why is a document not in the index? It is followed along the street, station by station."""
