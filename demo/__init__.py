"""The demo trainings: python -m demo."""
