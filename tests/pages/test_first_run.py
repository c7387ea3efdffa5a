"""The page of an empty log folder: what it tells to type is what works."""

import shlex
from pathlib import Path

import numpy as np
import pytest

from data.log_place import LogPlace, inspect_log_place
from pages._first_run import build_first_run
from pages._first_run_code import BLOCK, added_lines, read_block, write_block
from parts.first_run import draw_begun, draw_folder, draw_watch

ROOT = Path(__file__).parent.parent.parent


def texts(component):
    """All text of a component, in reading order."""
    if component is None:
        return ""
    if isinstance(component, str | int | float):
        return str(component)
    if isinstance(component, list | tuple):
        return "".join(texts(child) for child in component)
    return texts(getattr(component, "children", None))


def properties(component, name):
    """The values of one property on all parts of a page."""
    parts = [component, *component._traverse()]
    return [part.to_plotly_json()["props"][name] for part in parts if hasattr(part, name)]


def test_the_block_runs_as_it_stands(tmp_path, monkeypatch):
    torch = pytest.importorskip("torch")
    from epochscope.log_reader import read_log

    torch.manual_seed(0)
    inputs, targets = torch.randn(12, 4), torch.arange(12) % 3
    dataset = torch.utils.data.TensorDataset(inputs, targets)
    model = torch.nn.Linear(4, 3)
    names = {
        "model": model,
        "optimizer": torch.optim.SGD(model.parameters(), lr=0.1),
        "criterion": torch.nn.functional.cross_entropy,
        "loader": torch.utils.data.DataLoader(dataset, batch_size=4),
        "validation_set": dataset,
        "validation_loader": torch.utils.data.DataLoader(dataset, batch_size=4),
    }
    monkeypatch.chdir(tmp_path)
    exec(compile(BLOCK.read_text(), str(BLOCK), "exec"), names)
    state = read_log(tmp_path / "runs" / "first")
    assert state.end.state == "finished"
    assert state.last_step == 3
    assert state.of("class_stat")


def test_five_lines_of_the_block_are_added_to_the_loop():
    added = added_lines(read_block()).splitlines()
    assert len(added) == 5
    assert added[0] == "from epochscope import Recorder"
    assert all("recorder" in line.lower() for line in added)
    own = [line.text for line in read_block() if not line.added]
    assert all("recorder" not in line.lower() for line in own)


def test_the_readers_own_lines_are_a_training_loop_without_the_added_ones():
    own = "\n".join(line.text for line in read_block() if not line.added and line.text)
    compile(own.replace("\n    ", "\n").removeprefix("    "), "loop", "exec")


@pytest.mark.parametrize("folder", ["/logs/of me/first", 'a"b/first', "back\\slash/first"])
def test_the_block_records_into_the_watched_folder(folder):
    line = next(line.text for line in write_block(folder) if "Recorder(" in line.text)
    made = []
    exec(
        f"{line}\n    pass", {"Recorder": lambda *a, **_: Made(made, a), "model": 0, "optimizer": 0}
    )
    assert made == [(folder, 0)]


class Made:
    """Stands in a with statement and keeps what it was made with."""

    def __init__(self, made, arguments):
        made.append(arguments)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


def test_installs_from_this_checkout(logdir):
    commands = [c for c in properties(build_first_run(), "data-copy") if c.startswith("pip")]
    assert [shlex.split(command) for command in commands] == [["pip", "install", f"{ROOT}[torch]"]]


def test_offers_make_demo_and_the_six_runs(logdir):
    page = build_first_run()
    assert "make demo" in properties(page, "data-copy")
    for name in (
        *("base_cnn", "narrow_cnn", "hinge_stuck", "vae_healthy", "vae_failing", "vae_repaired"),
    ):
        assert name in texts(page)


def test_promises_nothing_that_is_not_there(logdir):
    page = texts(build_first_run())
    for later in ("Lightning", "Keras", "TensorBoard", "tutorial", "Watch another folder"):
        assert later not in page


def test_names_the_folder_and_what_else_lies_in_it(logdir):
    (logdir / "notes.txt").touch()
    (logdir / "photos").mkdir()
    page = texts(build_first_run())
    assert f"Watching {logdir}" in page
    assert "2, ignored" in page
    assert "notes.txt" in page


def test_a_missing_folder_is_made_by_the_recorder(tmp_path):
    strip = texts(draw_watch(inspect_log_place(tmp_path / "none")))
    assert "does not exist yet; the recorder makes it" in strip


def test_a_folder_that_cannot_be_watched_says_why():
    place = LogPlace(Path("/logs"), exists=True, trouble="It is shut.", entries=())
    assert "It is shut." in texts(draw_watch(place))
    assert "exists, readableno" in texts(draw_folder(place, 0))


def test_many_other_files_are_counted_and_the_first_are_named():
    names = tuple(f"{number:03}.txt" for number in np.arange(45))
    text = texts(draw_folder(LogPlace(Path("/logs"), True, "", names), 0))
    assert "45, ignored" in text
    assert "019.txt" in text
    assert "020.txt" not in text
    assert "and 25 more" in text


def test_a_run_without_a_step_is_waited_for():
    strip = draw_begun("first", None, 4.2)
    assert "first has started" in texts(strip)
    assert "waiting for its first step, 4 s" in texts(strip)


def test_a_run_with_a_step_is_opened_by_its_name():
    strip = draw_begun("team/a,b", 1_012, 4.2)
    assert "team/a,b has begun, step 1,012" in texts(strip)
    assert properties(strip, "href") == ["/?runs=team%2Fa%2Cb"]
    assert properties(strip, "data-run") == ["team/a,b"]
