"""Scalars come out as the numbers that training held at the call, however it held them."""

from collections import deque

import pytest
import torch

from epochscope import Recorder
from epochscope.recording import background
from epochscope.recording.scalars import Scalars, to_value
from tests.epochscope.recording.reading import read_curve


class OwnTensor(torch.Tensor):
    """A subclass, as other libraries have."""


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (3, 3.0),
        (True, 1.0),
        (torch.tensor(0.5), 0.5),
        (torch.tensor(0.5, dtype=torch.bfloat16), 0.5),
        (torch.tensor(3), 3.0),
        (torch.tensor(True), 1.0),
        (torch.tensor([2.5]), 2.5),
        (torch.tensor([[2.5]]), 2.5),
        (torch.nn.Parameter(torch.tensor(0.5)), 0.5),
        (torch.tensor(0.5, requires_grad=True) * 3, 1.5),
        (torch.tensor(0.5).as_subclass(OwnTensor), 0.5),
    ],
)
def test_a_number_is_taken_from_whatever_holds_one(value, wanted):
    found = to_value("speed", value)
    assert type(found) is float
    assert found == wanted


@pytest.mark.parametrize("shape", [(0,), (2,), (1, 3)])
def test_what_is_not_one_number_is_refused_by_name_and_shape(shape):
    with pytest.raises(ValueError, match="'speed'") as caught:
        to_value("speed", torch.ones(shape))
    assert str(shape) in str(caught.value)


def test_learning_rates_are_written_where_they_differ_from_the_step_before():
    weights = [torch.nn.Parameter(torch.zeros(1)) for _ in range(3)]
    first = torch.optim.SGD([{"params": weights[:1], "name": "body"}], lr=0.5)
    second = torch.optim.SGD(weights[1:2], lr=torch.tensor(0.25))
    rows = deque()
    scalars = Scalars(rows, lambda: None, {"g": first, "": second})

    def change(step: int) -> None:
        if step == 2:
            first.param_groups[0]["lr"] = float("0.5")  # another object, the same number
        if step == 3:
            first.add_param_group({"params": weights[2:], "lr": 2})
        if step == 4:
            second.param_groups[0]["lr"].mul_(2)  # the same object, another number
        if step == 5:  # other groups, the same numbers
            first.load_state_dict(first.state_dict())
        if step == 6:
            first.param_groups[0]["lr"] = 0.125

    for step in range(1, 8):
        change(step)
        scalars.add_step(step, {}, None)
    assert [row[:3] for row in rows] == [
        (1, "lr/g.body", 0.5),
        (1, "lr/0", 0.25),
        (3, "lr/g.1", 2.0),
        (4, "lr/0", 0.5),
        (6, "lr/g.body", 0.125),
    ]


def test_a_loop_that_only_logs_waits_for_the_writer_and_loses_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(background, "FULL_ROWS", 10_000)
    monkeypatch.setattr(background, "KEPT_ROWS", 12_000)
    names = [f"metric {number}" for number in range(100)]
    with Recorder(tmp_path / "run", torch.nn.Linear(2, 2)) as recorder:
        for step in range(1_000):
            recorder.log(dict.fromkeys(names, step / 8), step)
    for name in (names[0], names[-1]):
        assert read_curve(tmp_path / "run", name) == {step: step / 8 for step in range(1_000)}
