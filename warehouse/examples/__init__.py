"""Examples for analysts: queries (`*.sql`, for any DuckDB since 1.0, over `chm.duckdb`), and `plots.py`."""
