from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from epochscope.journal import Frame, Gap, JournalFile, encode_frame, read_frames
from epochscope.schema import TABLES

TIME = datetime(2026, 1, 1, tzinfo=UTC)


def batch(step, rows=2):
    columns = [[step] * rows, [f"name {step}"] * rows, [float(step)] * rows, [TIME] * rows]
    schema = TABLES["scalar"].schema
    arrays = [pa.array(c, field.type) for c, field in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


FRAMES = [encode_frame("scalar", batch(step)) for step in range(6)]
WHOLE = b"".join(FRAMES)
ENDS = np.cumsum([len(frame) for frame in FRAMES]).tolist()


def steps(data):
    return [
        found.rows["step"][0].as_py() for found in read_frames(data) if isinstance(found, Frame)
    ]


def gaps(data):
    return [found for found in read_frames(data) if isinstance(found, Gap)]


def test_reads_what_was_written():
    frames = list(read_frames(WHOLE))
    assert [frame.rows for frame in frames] == [batch(step) for step in range(6)]
    assert [frame.end for frame in frames] == ENDS


def test_cut_at_every_byte_keeps_every_whole_frame_and_is_no_damage():
    for cut in range(len(WHOLE)):
        whole = sum(end <= cut for end in ENDS)
        assert steps(WHOLE[:cut]) == list(range(whole))
        found = gaps(WHOLE[:cut])
        assert [gap.torn for gap in found] == ([] if cut in (0, *ENDS) else [True])


def test_every_flipped_bit_is_noticed_and_costs_one_frame():
    rng = np.random.default_rng(7)
    for _ in range(1_500):
        place, bit = int(rng.integers(len(WHOLE))), int(rng.integers(8))
        flipped = bytearray(WHOLE)
        flipped[place] ^= 1 << bit
        hit = sum(end <= place for end in ENDS)
        assert steps(bytes(flipped)) == [step for step in range(6) if step != hit]
        (gap,) = gaps(bytes(flipped))
        assert not gap.torn
        assert (gap.start, gap.end) == ((0, *ENDS)[hit], ENDS[hit])


def test_bytes_lost_in_the_middle_cost_only_the_frames_they_were_in():
    data = WHOLE[: ENDS[1] + 10] + WHOLE[ENDS[2] + 10 :]
    assert steps(data) == [0, 1, 4, 5]


def test_zeros_at_the_end_are_what_a_power_cut_leaves():
    (gap,) = gaps(WHOLE + bytes(4096))
    assert gap == Gap(len(WHOLE), len(WHOLE) + 4096, torn=True)


def test_garbage_is_damage():
    assert gaps(b"garbage, and more of it") == [Gap(0, 23, torn=False)]


def test_a_name_that_holds_the_mark_of_a_frame_is_read():
    schema = TABLES["event"].schema
    row = {"step": 1, "kind": "note", "message": "õEPJ", "detail": "{}", "time": TIME}
    rows = pa.RecordBatch.from_pylist([row], schema)
    (frame,) = read_frames(encode_frame("event", rows))
    assert frame.rows == rows
    assert frame.table == "event"


def test_a_write_that_fails_leaves_no_part_of_itself(tmp_path):
    journal = JournalFile(tmp_path / "a.journal")
    journal.append([FRAMES[0]])
    with pytest.raises(TypeError):
        journal.append([FRAMES[1], None])
    journal.append([FRAMES[2]])
    journal.close()
    assert steps((tmp_path / "a.journal").read_bytes()) == [0, 2]
