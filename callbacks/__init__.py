"""Wiring of the pages, one module per page: load, analyse, draw."""
