"""The Convention's controlled terms as SKOS; knows nothing of harvesting."""
