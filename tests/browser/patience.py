"""Waits for what a page comes to show: a busy machine is no failure."""

import time

SECONDS = 30.0


def until(page, read, expected):
    """Wait until read() gives what is expected, and say in what it differs where it does not."""
    deadline = time.monotonic() + SECONDS
    while read() != expected and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert read() == expected
