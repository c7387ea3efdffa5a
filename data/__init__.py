"""Reads recorded runs: Parquet in, arrays out."""
