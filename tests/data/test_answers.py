"""The answers of a whole run are those of its classes, one after the other."""

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest

from data.answers import read_answers
from data.classes import read_class_images
from data.demos import write_planted_run
from data.errors import NothingRecordedError
from data.planted_results import pack_bits
from data.store import open_run
from epochscope.log_writer import LogWriter
from epochscope.schema import META, TABLES


def test_answers_are_those_of_each_class(run, planted):
    found = read_answers(run)
    np.testing.assert_array_equal(found.steps, planted.validation_steps)
    assert found.images.tolist() == list(range(240))
    assert found.valid is None
    assert found.valid_images is None
    for class_ in found.class_ids.tolist():
        own = read_class_images(run, class_)
        of_class = found.classes == class_
        np.testing.assert_array_equal(found.images[of_class], own.images)
        np.testing.assert_array_equal(found.unpack()[of_class], own.right.T)
    np.testing.assert_array_equal(found.unpack().reshape(10, 24, -1)[3], planted.results.right[3].T)


def test_a_run_that_scores_only_predicted_nothing(runs):
    with pytest.raises(NothingRecordedError, match=r"'scores' predicted nothing; recorder\.valid"):
        read_answers(open_run("scores"))


def test_classes_of_more_than_one_word(logdir):
    write_planted_run(
        logdir, "wide", classes=2, images_per_class=70, validations=5, forgetting_class=1
    )
    run = open_run("wide")
    found = read_answers(run)
    own = [read_class_images(run, class_).right.T for class_ in (0, 1)]
    np.testing.assert_array_equal(found.unpack(), np.concatenate(own))


def test_a_class_that_was_not_validated_at_a_step(logdir):
    rows = [(0, 0, [1, 0]), (0, 2, [1, 1, 0]), (5, 0, [1, 1]), (9, 2, [0, 1, 1])]
    _write(logdir / "gaps", sizes={0: 2, 1: 0, 2: 3}, rows=rows)
    found = read_answers(open_run("gaps"))
    assert found.steps.tolist() == [0, 5, 9]
    assert found.class_ids.tolist() == [0, 1, 2]
    assert found.classes.tolist() == [0, 0, 2, 2, 2]
    assert found.valid.tolist() == [[True, True, False], [False] * 3, [True, False, True]]
    assert found.unpack().astype(int).tolist() == [
        [1, 1, 0],
        [0, 1, 0],
        [1, 0, 0],
        [1, 0, 1],
        [0, 0, 1],
    ]
    np.testing.assert_array_equal(found.valid_images, found.valid[found.classes])


def test_slots_that_are_not_all_taken_in_classes_of_one_word_and_two(logdir):
    right = np.random.default_rng(5).random((2, 70)) < 0.5
    rows = [(at, 1, right[at].astype(int).tolist()) for at in (0, 1)]
    rows += [(at, 0, [at, 1, 1 - at]) for at in (0, 1)]
    _write(logdir / "gaps", sizes={0: 3, 1: 70}, rows=rows, missing={(0, 1), (1, 64)})
    found = read_answers(open_run("gaps"))
    assert found.words.shape == (2, 2, 2)
    assert found.slots.tolist() == [0, 2, *range(64), *range(65, 70)]
    np.testing.assert_array_equal(found.unpack()[:2], [[0, 1], [1, 0]])
    np.testing.assert_array_equal(found.unpack()[2:], np.delete(right, 64, axis=1).T)


def _write(folder, sizes, rows, missing=frozenset()):
    writer = LogWriter.create(folder, {})
    members = [(id_, slot) for id_, n in sizes.items() for slot in range(n)]
    members = [member for member in members if member not in missing]
    count = Counter(id_ for id_, _ in members)
    classes = [{"class": id_, "name": f"c{id_}", "images": count[id_]} for id_ in sizes]
    images = [
        {"image": 10 + at, "split": "test", "class": id_, "slot": slot, "id": str(at), "path": None}
        for at, (id_, slot) in enumerate(members)
    ]
    writer.commit_meta(
        {
            "classes": pa.Table.from_pylist(classes, META["classes"].schema),
            "images": pa.Table.from_pylist(images, META["images"].schema),
        }
    )
    empty = dict.fromkeys(TABLES["class_stat"].schema.names)
    for step in sorted({step for step, _, _ in rows}):
        results = [
            {**empty, "step": step, "class": id_, "n": len(right), "right": sum(right)}
            | {"bits": pack_bits(np.array([right], dtype=bool))[0].tolist()}
            for at, id_, right in rows
            if at == step
        ]
        table = pa.Table.from_pylist(results, TABLES["class_stat"].schema)
        writer.commit_step(step, {"class_stat": table})
    writer.close("finished")
