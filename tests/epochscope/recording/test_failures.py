"""What goes wrong in recording is told once, is an event, and never reaches training."""

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
import warnings

import pytest
import torch
from torch import nn

from epochscope import Recorder
from epochscope.log_reader import read_log
from epochscope.log_writer import RunExistsError
from epochscope.recording import background
from epochscope.recording.border import RecordingWarning, StrictError
from tests.epochscope.recording.reading import read_curve, read_row, read_rows
from tests.epochscope.recording.trainings import mlp


def train(recorder, training, steps):
    for step in range(1, steps + 1):
        recorder.step(**training.update(step))


@pytest.fixture
def training():
    torch.manual_seed(2)
    return mlp()


def test_a_folder_that_holds_a_run_is_refused_by_the_constructor(tmp_path, training):
    Recorder(tmp_path / "run", training.model).close()
    with pytest.raises(RunExistsError, match="resume=True"):
        Recorder(tmp_path / "run", training.model)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_refused_by_the_constructor(tmp_path, training):
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError):
        Recorder(tmp_path / "run", training.model)


def test_a_path_that_is_a_file_is_refused_by_the_constructor(tmp_path, training):
    (tmp_path / "run").write_text("mine")
    with pytest.raises(OSError, match="run"):
        Recorder(tmp_path / "run", training.model)


@pytest.mark.parametrize("options", [{"every": 0}, {"budget": 0.0}])
def test_an_impossible_cadence_is_refused_by_the_constructor(tmp_path, training, options):
    with pytest.raises(ValueError, match="give"):
        Recorder(tmp_path / "run", training.model, **options)


def test_a_model_without_shapes_is_refused_with_advice(tmp_path):
    with pytest.raises(ValueError, match="run one forward pass"):
        Recorder(tmp_path / "run", nn.LazyLinear(3))


def test_a_scalar_of_the_wrong_shape_warns_once_and_training_goes_on(tmp_path, training):
    with Recorder(tmp_path / "run", training.model) as recorder:
        with pytest.warns(RecordingWarning, match=r"'loss' has shape \(2,\)"):
            recorder.log({"loss": torch.zeros(2)})
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            recorder.log({"loss": torch.zeros(2)})
        train(recorder, training, 2)
    assert len(read_rows(tmp_path / "run", "event", kind="failure")) == 2
    assert set(read_curve(tmp_path / "run", "train/loss")) == {1, 2}


def test_strict_raises_it_into_training(tmp_path, training):
    recorder = Recorder(tmp_path / "run", training.model, strict=True)
    with pytest.raises(StrictError, match="shape"):
        recorder.log({"loss": torch.zeros(2)})
    recorder.close()


def test_an_activation_that_cannot_be_measured_stops_nothing(tmp_path):
    class Odd(nn.Linear):
        def forward(self, x):
            return super().forward(x).to_sparse()

    model = Odd(3, 2)
    recorder = Recorder(tmp_path / "run", model, every=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(3):
            model(torch.rand(4, 3)).to_dense().sum().backward()
            recorder.step()
        recorder.close()
    assert read_log(tmp_path / "run").end.state == "finished"
    assert {row["step"] for row in read_rows(tmp_path / "run", "layer_stat")} == {0, 1, 2, 3}


def test_a_folder_that_vanishes_warns_once_and_training_is_the_same(tmp_path, training):
    losses = [training.update(step)["loss"].item() for step in range(1, 30)]
    torch.manual_seed(2)
    again = mlp()
    found = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with Recorder(
            tmp_path / "run", again.model, optimizer=again.optimizer, every=1
        ) as recorder:
            for step in range(1, 30):
                loss = again.update(step)["loss"]
                found.append(loss.item())
                recorder.step(loss=loss)
                if step == 5:
                    recorder._session.background.drain()
                    shutil.rmtree(tmp_path / "run")
                    (tmp_path / "run").write_text("no folder any more")
                    recorder._session.background.drain(2)
    assert found == losses
    assert [one.category for one in caught].count(RecordingWarning) == 1


def test_a_full_disk_warns_once_and_training_goes_on(tmp_path):
    """A limit on the size of files stands for the disk: writing beyond it fails likewise."""
    script = """
        import resource, signal, sys, warnings, torch
        from epochscope import Recorder
        from tests.epochscope.recording.trainings import mlp
        torch.manual_seed(2)
        training = mlp()
        warnings.simplefilter("always")
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        recorder = Recorder(sys.argv[1], training.model, optimizer=training.optimizer, every=5)
        recorder.step(loss=training.update(1)["loss"])
        recorder._session.background.drain()
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
        for step in range(2, 60):
            loss = training.update(step)["loss"]
            recorder.step(loss=loss)
        recorder._session.background.drain(2)
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        recorder.step(loss=loss)
        recorder.close()
        print(loss.item())
    """
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(tmp_path / "run")],
        capture_output=True,
        text=True,
        check=True,
    )
    torch.manual_seed(2)
    training = mlp()
    losses = [training.update(step)["loss"].item() for step in range(1, 60)]
    assert float(ran.stdout) == losses[-1]
    assert ran.stderr.count("RecordingWarning") == 1
    assert read_log(tmp_path / "run").end.state == "finished"
    curve = read_curve(tmp_path / "run", "train/loss")
    assert set(curve) == set(range(1, 61))  # kept in memory until the disk took them


def test_a_slow_disk_drops_no_step_and_each_is_whole(tmp_path, training, monkeypatch):
    """Steps that wait for the disk are committed together: far fewer commits than steps."""
    real = os.fsync

    def sync(descriptor):
        time.sleep(0.05)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", sync)
    with Recorder(
        tmp_path / "run", training.model, optimizer=training.optimizer, every=1
    ) as recorder:
        train(recorder, training, 60)
        recorder._session.background.drain()
        assert recorder.cost.dropped == 0
    log = read_log(tmp_path / "run")
    assert len(log.of("layer_stat")) < 30
    layers = {row["layer"] for row in read_rows(tmp_path / "run", "layers", kind="layer")}
    for layer in layers:
        rows = read_rows(
            tmp_path / "run", "layer_stat", kind="weight", series="statistics", layer=layer
        )
        assert [row["step"] for row in rows] == list(range(61))
        assert [row["previous_step"] for row in rows] == [None, *range(60)]


def test_a_full_queue_drops_recorded_steps_whole_and_counts_them(tmp_path, training, monkeypatch):
    monkeypatch.setattr(background, "QUEUE_BYTES", 0)
    options = {"optimizer": training.optimizer, "every": 1}
    with Recorder(tmp_path / "run", training.model, **options) as recorder:
        train(recorder, training, 150)
        dropped = recorder.cost.dropped
    assert dropped > 0
    events = read_rows(tmp_path / "run", "event", kind="dropped")
    assert json.loads(events[-1]["detail"])["dropped"] == len(events) == dropped
    recorded = {row["step"] for row in read_rows(tmp_path / "run", "layer_stat", kind="weight")}
    assert recorded.isdisjoint(row["step"] for row in events)
    assert recorded | {row["step"] for row in events} == set(range(151))
    assert set(read_curve(tmp_path / "run", "train/loss")) == set(range(1, 151))


def test_an_exception_in_the_block_ends_the_run_as_failed(tmp_path, training):
    with pytest.raises(KeyError), Recorder(tmp_path / "run", training.model):
        raise KeyError("lost")
    end = read_log(tmp_path / "run").end
    assert (end.state, end.message) == ("failed", "KeyError: 'lost'")


def run_script(folder, body):
    start = """
        import os, signal, sys, torch
        from torch import nn
        from epochscope import Recorder
        model = nn.Linear(3, 2)
    """
    script = textwrap.dedent(start) + textwrap.dedent(body)
    return subprocess.run(
        [sys.executable, "-c", script, str(folder)], capture_output=True, text=True, check=False
    )


def test_a_termination_signal_ends_the_run_as_failed_and_the_process_as_ever(tmp_path):
    ran = run_script(
        tmp_path / "run",
        """
        with Recorder(sys.argv[1], model) as recorder:
            recorder.step(loss=1.0)
            os.kill(os.getpid(), signal.SIGTERM)
            signal.pause()
        """,
    )
    assert ran.returncode == -signal.SIGTERM
    assert read_log(tmp_path / "run").end.state == "failed"


@pytest.mark.parametrize(("last", "state"), [("", "finished"), ("raise KeyError", "failed")])
def test_a_script_that_forgets_to_close_ends_its_run(tmp_path, last, state):
    run_script(tmp_path / "run", f"Recorder(sys.argv[1], model).step(loss=1.0)\n{last}")
    assert read_log(tmp_path / "run").end.state == state
    assert read_curve(tmp_path / "run", "train/loss") == {1: 1.0}


def test_a_forked_child_records_nothing(tmp_path):
    ran = run_script(
        tmp_path / "run",
        """
        recorder = Recorder(sys.argv[1], model, every=1)
        child = os.fork()
        model(torch.rand(2, 3)).sum().backward()
        recorder.step(loss=float(child == 0), **({"child": 1.0} if child == 0 else {}))
        recorder.close()
        if child:
            sys.exit(os.waitpid(child, 0)[1])
        """,
    )
    assert ran.returncode == 0, ran.stderr
    assert read_curve(tmp_path / "run", "train/loss") == {1: 0.0}
    assert read_curve(tmp_path / "run", "child") == {}
    assert read_log(tmp_path / "run").end.state == "finished"


def test_reading_the_schema_loads_no_torch(tmp_path):
    ran = run_script(tmp_path, "")
    assert ran.returncode == 0, ran.stderr
    loaded = "import sys, epochscope.schema, epochscope.log_reader; print('torch' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


@pytest.mark.parametrize(("resume", "first"), [(True, 5), (3, 4)])
def test_resuming_goes_on_after_the_last_step_or_the_one_given(tmp_path, training, resume, first):
    with Recorder(tmp_path / "run", training.model, every=1) as recorder:
        train(recorder, training, 4)
    with Recorder(tmp_path / "run", training.model, every=1, resume=resume) as recorder:
        recorder.step(loss=-1.0)
    curve = read_curve(tmp_path / "run", "train/loss")
    assert set(curve) == set(range(1, first + 1))
    assert curve[first] == -1
    steps = [
        row["step"] for row in read_rows(tmp_path / "run", "layer_stat", kind="weight", layer=1)
    ]
    assert steps == list(range(first + 1))
    assert read_log(tmp_path / "run").attempt == 2


def test_cost_states_seconds_shares_bytes_and_drops(tmp_path, training):
    with Recorder(tmp_path / "run", training.model, every=1) as recorder:
        train(recorder, training, 5)
        recorder.validate(training.loader)
        recorder._session.background.drain()
        cost = recorder.cost
    assert cost.statistics.seconds > 0
    assert 0 < cost.statistics.share < 1
    assert cost.validation.seconds > 0
    assert cost.bytes > 1000
    assert cost.dropped == 0
    assert read_row(tmp_path / "run", "layers", name="0")["group"] is None
