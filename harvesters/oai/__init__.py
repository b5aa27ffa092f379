"""What `protocols/oai_pmh.py` stands on: how OAI-PMH pages are read and mended, and lists walked, cut and kept."""
