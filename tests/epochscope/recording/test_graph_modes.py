import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

from epochscope.recording.graph import describe_graph


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


class Switching(nn.Module):
    def __init__(self, branch):
        super().__init__()
        self.branch = branch
        self.conv, self.norm = nn.Conv1d(3, 3, 1), nn.BatchNorm1d(3)
        self.attention = nn.MultiheadAttention(3, 1, dropout=0.1, batch_first=True)
        self.lstm = nn.LSTM(3, 3, 2, dropout=0.2, batch_first=True)

    def forward(self, x):
        h = F.dropout(F.relu(self.norm(self.conv(x))), 0.2, self.training).transpose(1, 2)
        h = self.lstm(self.attention(h, h, h)[0])[0]
        h = F.scaled_dot_product_attention(h, h, h, dropout_p=0.1 if self.training else 0.0)
        return h * 2 if self.branch and not self.training else h


@pytest.mark.parametrize("branch", [False, True])
def test_holds_the_graph_of_eval_mode_only_where_it_differs(branch):
    graph = describe_graph(Switching(branch), (torch.randn(2, 3, 4),), {})
    assert graph["source"] == "export", graph["reason"]
    assert graph["eval_reason"] == ""
    if not branch:
        assert graph["eval"] is None
    else:
        assert graph["eval"]["batch"]["dynamic"]
        assert graph["eval"]["nodes"][-1]["type"] == "mul"


def test_says_why_eval_mode_is_not_described():
    class Branching(nn.Module):
        def forward(self, x):
            return x * 2 if self.training or x.sum() > 0 else x

    graph = describe_graph(Branching(), (torch.randn(2, 3),), {})
    assert graph["source"] == "export"
    assert graph["eval"] is None
    assert "data-dependent" in graph["eval_reason"]
