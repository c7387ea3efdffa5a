"""How many bytes a recorded step takes on disk, beside the same numbers as plain float32."""

import tempfile
from pathlib import Path

import torch

from benchmarks.networks import build_network
from benchmarks.timing import print_head, print_row
from epochscope import Recorder
from epochscope.compaction import compact
from epochscope.log_reader import read_log

STEPS = 256  # one whole file of the coarsest level
RAW_STATISTICS = 8 * 6 + 4 * 14  # counts and steps; moments, norms, quantiles
RAW_ROW = RAW_STATISTICS + 4 * 64  # with the histogram


def main() -> None:
    """Print the bytes per (layer, step, kind) of `layer_stat` before and after compaction."""
    torch.set_num_threads(1)
    print_head(
        "Bytes per (layer, step, kind) with its 64-bin histogram", "under 300 after compaction"
    )
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        _record(run)
        for moment in ("as recorded", "compacted"):
            files = read_log(run).of("layer_stat")
            each = sum(file.bytes for file in files) / sum(file.rows for file in files)
            print_row(moment, f"{each:.0f} bytes", f"plain arrays {RAW_ROW} bytes", RAW_ROW / each)
            compact(run)


def _record(folder: Path) -> None:
    network, inputs = build_network("0.1 M")
    optimizer = torch.optim.SGD(network.parameters(), 1e-2, momentum=0.9)
    with Recorder(folder, network, optimizer=optimizer, every=1) as recorder:
        for _ in range(STEPS):
            batch = inputs + 0.1 * torch.randn_like(inputs)
            loss = (network(batch) - 1).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            recorder.step(loss=loss)


if __name__ == "__main__":
    main()
