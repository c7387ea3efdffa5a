"""Keeps what readers of runs returned, so that what is asked again is not read again."""

import threading
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import is_dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np
from cachetools import LRUCache, cached
from numpy.typing import NDArray

from data.run_files import RunFiles

BYTES = 256 << 20  # kept by this process; what was not asked for longest goes first
_LEAST = 1_000  # bytes that any entry counts for

_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")

_memory: LRUCache[Hashable, Any] = LRUCache(BYTES, getsizeof=lambda found: _LEAST + _weigh(found))
_changed = threading.Condition()


def keep(
    read: Callable[Concatenate[RunFiles, _Asked], _Answer],
) -> Callable[Concatenate[RunFiles, _Asked], _Answer]:
    """Let a reader read once what is asked again of the same version of a run.

    Requests that ask the same at the same time wait for one reading. What is returned is shared,
    so its arrays become read-only.
    """

    def find_key(run: RunFiles, *given: Any, **named: Any) -> Hashable:
        asked = (*given, *sorted(named.items()))
        return read.__qualname__, run.folder, run.version, tuple(map(_settle, asked))

    @cached(_memory, key=find_key, condition=_changed)
    @wraps(read)
    def read_once(run: RunFiles, *given: Any, **named: Any) -> _Answer:
        found = read(run, *given, **named)
        for array in find_arrays(found):
            array.flags.writeable = False
        return found

    return read_once


def forget_all() -> None:
    """Drop everything, as a measurement of reading needs."""
    with _changed:
        _memory.clear()


def find_arrays(found: object) -> Iterator[NDArray[np.generic]]:
    """Yield the arrays that a result holds: a dataclass, mapping or tuple of them."""
    if isinstance(found, np.ndarray):
        yield found
    elif isinstance(found, Mapping):
        for each in found.values():
            yield from find_arrays(each)
    elif isinstance(found, tuple) and not all(isinstance(each, str) for each in found):
        # Of a thousand names none is an array: to look into each took a millisecond.
        for each in found:
            yield from find_arrays(each)
    elif is_dataclass(found):
        yield from find_arrays(vars(found))


def _weigh(found: object) -> int:
    return sum(array.nbytes for array in find_arrays(found))


def _settle(asked: object) -> Hashable:
    """Return an argument as something that a key can be made of."""
    if isinstance(asked, str) or not isinstance(asked, Sequence | np.ndarray):
        assert isinstance(asked, Hashable)
        return asked
    return tuple(_settle(each) for each in asked)
