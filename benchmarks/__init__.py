"""Measures what the project promises, each figure beside a yardstick of the same run."""
