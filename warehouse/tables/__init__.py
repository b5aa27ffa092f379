"""The tables of `chm.duckdb`: what each says, and the query that makes it.

One definition gives the table, its comments, and its part of the data dictionary (`dictionary.json`, `dictionary.md`).
A new table is another `Table` in `of_records`, `of_terms` or `of_sources`.
"""
