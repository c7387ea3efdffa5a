"""What tests share: planted runs, and a log folder that the dashboard is pointed at."""

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import numpy as np
import pytest

from data.demos import Planted, write_plain_run, write_planted_run, write_score_run
from data.store import Run, open_run
from settings import settings
from tests.make_once import make_once

# A busy machine is no failure, so there is no deadline. Every run draws the same examples; new ones are
# looked for by pytest --hypothesis-profile=search.
hypothesis.settings.register_profile("repeatable", deadline=None, derandomize=True)
hypothesis.settings.register_profile("search", deadline=None, max_examples=2_000)
hypothesis.settings.load_profile("repeatable")


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.fixture
def logdir(tmp_path, monkeypatch) -> Iterator[Path]:
    """An empty log folder that this test may write to."""
    folder = tmp_path / "runs"
    folder.mkdir()
    yield from _serve(folder, monkeypatch)


@pytest.fixture(scope="session")
def planted_runs(tmp_path_factory) -> dict[str, Planted]:
    """A folder of planted runs that no test may change: planted, failing, scores, plain."""
    folder = tmp_path_factory.mktemp("planted")
    return {
        "planted": write_planted_run(folder, "planted", validations=40, spike_at=2_345),
        "failing": write_planted_run(folder, "project/failing", validations=12, nan_at=726, seed=8),
        "scores": write_score_run(folder, validations=12),
        "plain": write_plain_run(folder, steps=50),
    }


@pytest.fixture(scope="session")
def paper_logs(tmp_path_factory):
    """A folder of small paper-scale logs that no test may change: of two seeds, and without plants."""
    from benchmarks.paper_log.plan import Plan
    from benchmarks.paper_log.writer import PaperLog, draw_plants, write_paper_log

    plans = {f"seed{seed}": Plan(seed, 0.02) for seed in (7, 8)}
    plans["plain"] = Plan(7, 0.02, plants=False)

    def write(folder: Path) -> None:
        for name, plan in plans.items():
            write_paper_log(folder, plan, name)

    folder = make_once(tmp_path_factory, "paper", write)
    return {name: PaperLog(folder, name, plan, draw_plants(plan)) for name, plan in plans.items()}


@pytest.fixture(scope="session")
def residual_log(tmp_path_factory) -> Path:
    """A folder with the record of a short real training of a residual network on small pictures."""
    import torch

    from demo.images import Split
    from demo.residual import train_residual
    from tests.demo.pictures import make_pictures

    torch.set_num_threads(1)  # a second one spins on a busy machine
    folder = tmp_path_factory.mktemp("residual")
    rng = np.random.default_rng(7)
    split = Split(make_pictures(256, rng), make_pictures(60, rng))
    train_residual(split, folder / "resnet", steps=10, lr=0.1, blocks=1)
    return folder


@pytest.fixture
def residual_folder(residual_log, monkeypatch) -> Iterator[Path]:
    """The folder of the residual network's run, as the log folder."""
    yield from _serve(residual_log, monkeypatch)


@pytest.fixture
def paper_folder(paper_logs, monkeypatch) -> Iterator[Path]:
    """The folder of the paper-scale logs, as the log folder."""
    yield from _serve(paper_logs["plain"].folder, monkeypatch)


@pytest.fixture(scope="session")
def marked_folder(tmp_path_factory) -> Path:
    """A folder with the run "marked", a real training, that no test may change."""
    from tests.callbacks.marked_training import record_marked_training

    folder = tmp_path_factory.mktemp("marked")
    record_marked_training(folder / "marked")
    return folder


@pytest.fixture
def runs(planted_runs, monkeypatch) -> Iterator[Path]:
    """The folder of the planted runs, as the log folder."""
    yield from _serve(planted_runs["planted"].folder.parent, monkeypatch)


@pytest.fixture
def run(runs) -> Run:
    return open_run("planted")


@pytest.fixture
def planted(planted_runs) -> Planted:
    return planted_runs["planted"]


@pytest.fixture
def app(runs):
    from app import create_app

    return create_app()


@pytest.fixture
def client(app):
    return app.server.test_client()


def _serve(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("EPOCHSCOPE_LOGDIR", str(folder))
    settings.cache_clear()
    yield folder
    monkeypatch.undo()
    settings.cache_clear()
