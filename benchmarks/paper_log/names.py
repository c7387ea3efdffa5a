"""Names of classes: plain words in an order that says nothing of what is planted in which."""

from itertools import product

_FIRST = (
    "alpine", "banded", "barn", "bearded", "brown", "coastal", "common", "crested", "desert",
    "dwarf", "field", "garden", "giant", "grey", "highland", "hooded", "horned", "island",
    "jungle", "lake", "lesser", "long-tailed", "marsh", "masked", "mountain", "northern",
    "painted", "pied", "plains", "red", "river", "rock", "shore", "silver", "southern",
    "spotted", "striped", "tufted", "white-necked", "wood",
)  # fmt: skip
_SECOND = (
    "ape", "beetle", "bell", "boat", "bowl", "cart", "cat", "clock", "crab", "crane", "deer",
    "drum", "finch", "fox", "frog", "goat", "hat", "kite", "lamp", "lizard", "moth", "otter",
    "owl", "pot", "snake",
)  # fmt: skip


def name_classes(count: int) -> list[str]:
    """Name up to 1,000 classes, no two alike."""
    pairs = [f"{first} {second}" for first, second in product(_FIRST, _SECOND)]
    # 389 and 1,000 share no factor: every pair comes once, and neighbours are unlike.
    return [pairs[place * 389 % len(pairs)] for place in range(count)]
