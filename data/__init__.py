"""Reads recorded runs: DuckDB in, arrays out."""
