"""The rows that a planted run was recorded from, walked once more."""

from data.planted_weights import Jump, WeightWalk


def walk_again(planted):
    """Walk the planted weights once more; yields step and the tables of the recorder."""
    walk = WeightWalk(planted.plan.seed, planted.plan.steps, Jump(planted.forgets[0], 2, (2, 5)))
    for step in planted.validation_steps.tolist():
        walk.advance(step)
        yield step, {name: table.to_pylist() for name, table in walk.record("validation").items()}


def rows_of(planted, table, **keys):
    """Return the rows of a table whose keys hold these values, in the order they were recorded."""
    return [
        row
        for _, tables in walk_again(planted)
        for row in tables[table]
        if all(row[key] == value for key, value in keys.items())
    ]
