"""The part of the recorder that needs torch."""
