import io
import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from PIL import Image

from demo.images import CIFAR10_NAMES, load_cifar10, load_digits


@pytest.fixture(scope="module")
def digits():
    return load_digits()


def test_every_digit_is_in_one_part_of_the_split(digits):
    assert (len(digits.training), len(digits.validation)) == (4500, 500)
    everything = torch.cat([digits.training.pixels, digits.validation.pixels]).flatten(1)
    assert len(torch.unique(everything, dim=0)) == 5000


def test_pads_the_digits_with_black(digits):
    pixels = digits.validation.pixels
    assert pixels.shape[1:] == (1, 32, 32)
    assert pixels[:, :, :2].max() == pixels[:, :, :, -2:].max() == 0
    assert pixels.max() == 1


def test_holds_every_class(digits):
    counts = torch.bincount(digits.validation.labels, minlength=10)
    assert counts.min() > 30


def a_picture(label):
    return np.full((32, 32, 3), 20 * label, np.uint8)


def a_parquet_folder(folder, labels):
    rows = []
    for label in labels:
        buffer = io.BytesIO()
        Image.fromarray(a_picture(label)).save(buffer, "PNG")
        rows.append({"image": buffer.getvalue(), "label": label})
    schema = pa.schema({"image": pa.binary(), "label": pa.int8()})
    pq.write_table(pa.Table.from_pylist(rows, schema), folder / "train.parquet")
    return folder


def a_binary_folder(folder, labels):
    nested = folder / "cifar-10-batches-bin"
    nested.mkdir()
    for number, part in enumerate(np.array_split(np.array(labels), 5), start=1):
        records = [bytes([label]) + a_picture(label).transpose(2, 0, 1).tobytes() for label in part]
        (nested / f"data_batch_{number}.bin").write_bytes(b"".join(records))
    return folder


@pytest.mark.parametrize("make", [a_parquet_folder, a_binary_folder])
def test_reads_both_versions_of_cifar10_alike(make, tmp_path):
    split = load_cifar10(make(tmp_path, [number % 10 for number in range(600)]))
    assert split.training.class_names == CIFAR10_NAMES
    for part in (split.training, split.validation):
        shades = part.pixels.flatten(1).mean(1) * 255 / 20
        torch.testing.assert_close(shades, part.labels.float(), rtol=1e-4, atol=1e-4)


def test_names_a_folder_without_cifar10(tmp_path):
    with pytest.raises(ValueError, match=r"neither train\.parquet nor data_batch_1\.bin"):
        load_cifar10(tmp_path)


def test_names_a_binary_file_cut_short(tmp_path):
    folder = a_binary_folder(tmp_path, [1, 2, 3, 4, 5])
    file = folder / "cifar-10-batches-bin" / "data_batch_5.bin"
    file.write_bytes(file.read_bytes()[:-7])
    with pytest.raises(ValueError, match="not a whole number of CIFAR-10 records"):
        load_cifar10(folder)


@pytest.mark.skipif(
    "EPOCHSCOPE_CIFAR10" not in os.environ, reason="EPOCHSCOPE_CIFAR10 names no folder"
)
def test_reads_the_real_cifar10():
    split = load_cifar10(Path(os.environ["EPOCHSCOPE_CIFAR10"]))
    assert (len(split.training), len(split.validation)) == (9500, 500)
    assert torch.bincount(split.training.labels).min() > 800
