"""Results drawn: Plotly figures and canvas payloads, one module per analysis."""
