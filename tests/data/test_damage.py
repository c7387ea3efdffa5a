"""A damaged file is named, and everything beside it stays readable."""

import shutil
import time
from dataclasses import replace

import numpy as np
import pytest

from data.classes import read_class_curves
from data.demos import write_planted_run
from data.layers import read_filter_statistics
from data.scalars import read_curve, read_events
from data.store import list_runs, open_run
from epochscope.compaction import compact


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    folder = tmp_path_factory.mktemp("original")
    return write_planted_run(folder, "whole", steps=400, validations=8, images_per_class=4)


@pytest.fixture
def whole(original, logdir):
    shutil.copytree(original.folder, logdir / "whole")
    return replace(original, folder=logdir / "whole")


@pytest.fixture
def victim(whole):
    """The committed file of class results at one validated step."""
    return find_file(whole, "class_stat", 3)


def find_file(planted, table, at):
    state = open_run(planted.name).state
    step = int(planted.validation_steps[at])
    (file,) = state.of(table, step, step)
    return planted.folder / file.path


def flip_a_byte(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 0xFF
    path.write_bytes(bytes(data))


def cut(path):
    path.write_bytes(path.read_bytes()[:100])


def empty(path):
    path.write_bytes(b"")


def scramble(path):
    path.write_bytes(bytes(path.stat().st_size))


@pytest.mark.parametrize("harm", [flip_a_byte, cut, empty, scramble])
def test_it_is_named_and_the_other_steps_are_read(whole, victim, harm):
    harm(victim)
    run = open_run("whole")
    curves = read_class_curves(run)
    kept = np.delete(np.arange(8), 3)
    np.testing.assert_array_equal(curves.steps, whole.validation_steps[kept])
    np.testing.assert_array_equal(curves.right, whole.results.right[:, kept].sum(axis=2).T)
    (damage,) = list_runs()[0].damaged_files
    assert damage.path == str(victim)
    step = whole.validation_steps[3]
    assert (damage.table, damage.first, damage.last) == ("class_stat", step, step)
    assert damage.lost == f"10 rows of class_stat, step {step}"
    assert damage.reason


@pytest.mark.parametrize("harm", [flip_a_byte, cut, empty, scramble])
def test_it_is_noticed_even_after_it_was_read_whole(whole, victim, harm):
    run = open_run("whole")
    assert len(read_class_curves(run).steps) == 8
    harm(victim)
    first, last = 0, 399  # another question than the one that was remembered
    found = read_class_curves(open_run("whole"), first, last)
    assert len(found.steps) in (6, 7)  # a byte may flip where no question looks
    if harm is not flip_a_byte:
        assert [damage.path for damage in run.damaged()] == [str(victim)]


def test_other_tables_and_scalars_are_untouched(whole, victim):
    scramble(victim)
    run = open_run("whole")
    read_class_curves(run)
    assert read_curve(run, "train/loss").rows == 400
    assert len(read_filter_statistics(run, 2, ["mean"], "validation").steps) == 8
    assert read_events(run) == []


def test_the_version_changes_when_damage_is_found_so_that_pages_tell(whole, victim):
    scramble(victim)
    run = open_run("whole")
    before = run.version
    read_class_curves(run)
    assert open_run("whole").version != before


def test_a_file_that_is_missing_is_named(whole, victim):
    victim.unlink()
    assert len(read_class_curves(open_run("whole")).steps) == 7
    (damage,) = open_run("whole").summary().damaged_files
    assert (damage.path, damage.reason) == (str(victim), "is missing")


def test_a_file_that_goes_missing_later_is_named(whole, victim):
    read_class_curves(open_run("whole"))
    victim.unlink()
    assert len(read_class_curves(open_run("whole"), 0, 399).steps) == 6
    assert [damage.path for damage in open_run("whole").damaged()] == [str(victim)]


def test_a_file_that_was_put_back_is_read_again(whole, victim, tmp_path):
    shutil.copy2(victim, tmp_path / "copy")
    scramble(victim)
    assert len(read_class_curves(open_run("whole")).steps) == 7
    shutil.copy2(tmp_path / "copy", victim)
    assert len(read_class_curves(open_run("whole"), 0, 400).steps) == 8
    assert open_run("whole").damaged() == ()
    assert len(read_class_curves(open_run("whole")).steps) == 8


def test_a_file_that_was_merged_away_is_no_damage(logdir):
    planted = write_planted_run(logdir, "a", steps=400, validations=40, images_per_class=4)
    run = open_run("a")  # sees the small files
    assert compact(planted.folder) > 0
    for path in (planted.folder / "class_stat" / "L0").iterdir():
        path.unlink()
    curves = read_class_curves(run)
    np.testing.assert_array_equal(curves.right, planted.results.right.sum(axis=2).T)
    assert run.damaged() == ()


def test_a_damaged_commit_record_is_named(whole):
    record = sorted((whole.folder / "_log").glob("*.json"))[4]
    scramble(record)
    run = open_run("whole")
    assert [damage.path for damage in run.damaged()] == [str(record)]
    assert len(read_class_curves(run).steps) == 7


def test_a_big_damaged_file_is_found_in_the_background(whole, victim, monkeypatch):
    monkeypatch.setattr("data.damage._BYTES_AT_ONCE", 0)
    flip_a_byte(victim)
    run = open_run("whole")
    read_class_curves(run)
    for _ in range(200):
        if run.damaged():
            break
        time.sleep(0.02)
    assert [damage.path for damage in run.damaged()] == [str(victim)]


def test_a_damaged_file_of_facts_leaves_the_curves(whole):
    (path,) = [whole.folder / file.path for file in open_run("whole").state.of("layers")]
    scramble(path)
    run = open_run("whole")
    assert run.layers == ()
    assert read_curve(run, "train/loss").rows == 400
    assert run.summary().state == "finished"
