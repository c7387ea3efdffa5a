"""Mini-sets: the filters of a layer that changed together at exactly the same steps.

Source: DeepTracker (Liu D. et al., ACM TIST 2018), section 6.4 and Algorithm 1. Its line 6 mixes sets
and elements and its line 9 assigns nothing; what it means is the coarsest partition of all filters
of which every given set is a union: two filters share a mini-set exactly if they occur in the same sets.
"""

from collections.abc import Collection, Hashable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def find_minisets(
    sets: Mapping[Key, Collection[int]],
) -> list[tuple[frozenset[int], tuple[Key, ...]]]:
    """Group filters by the keys whose sets hold them.

    sets gives, by key (a step, or class and step), filters of one layer. Each mini-set comes with the
    keys that hold it, in the order they were given; the largest first, then by smallest filter.
    Empty sets hold nothing, and are not an error.
    """
    holding: dict[int, list[Key]] = {}
    for key, filters in sets.items():
        for each in set(filters):
            holding.setdefault(each, []).append(key)
    groups: dict[tuple[Key, ...], list[int]] = {}
    for each, keys in holding.items():
        groups.setdefault(tuple(keys), []).append(each)
    found = [(frozenset(filters), keys) for keys, filters in groups.items()]
    return sorted(found, key=lambda one: (-len(one[0]), min(one[0])))
