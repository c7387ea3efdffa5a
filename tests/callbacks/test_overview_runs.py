"""The rows, read-outs and findings of the overview for planted runs."""

import json
import math
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from callbacks.overview_findings import list_findings
from callbacks.overview_load import open_chosen
from callbacks.overview_reading import show_findings, show_values
from callbacks.overview_runs import describe_notes, describe_run, describe_state, show_runs
from data.damage import Damage
from data.demos import write_plain_run, write_planted_run
from data.store import FirstBad, RunSummary, list_runs

PLAIN = RunSummary("a", "running", "", datetime(2026, 11, 21, tzinfo=UTC))


def words(children):
    if children is None or isinstance(children, str):
        return children or ""
    parts = children if isinstance(children, list | tuple) else [children]
    return " ".join(
        part if isinstance(part, str) else words(getattr(part, "children", "")) for part in parts
    )


def test_each_run_is_a_row_newest_first(runs):
    columns, rows, count = show_runs(None)
    assert {row["name"] for row in rows} == {"planted", "project/failing", "scores", "plain"}
    assert [row["created"] for row in rows] == sorted((r["created"] for r in rows), reverse=True)
    assert count.startswith("4 in ")
    assert [column["headerName"] for column in columns[:3]] == ["Run", "State", "Step"]
    json.dumps(rows, allow_nan=False)


def test_a_row_holds_what_the_run_has_come_to(runs, planted):
    _, rows, _ = show_runs(None)
    row = next(row for row in rows if row["name"] == "planted")
    assert (row["step"], row["total"]) == (4_000, 4_000)
    scalars = planted.scalars
    last = scalars.values[(scalars.names == "validation/error")][-1]
    assert row["validation_error"] == pytest.approx(last)
    assert row["parameters"] > 0
    assert row["size"] > 0


def test_hyper_parameters_are_columns_where_runs_differ(logdir):
    write_plain_run(logdir, "wide", steps=20, width=1.0)
    write_plain_run(logdir, "narrow", steps=20, width=0.25)
    columns, rows, _ = show_runs(None)
    titles = {column["headerName"]: column["field"] for column in columns}
    assert "width" in titles
    assert "LR" in titles
    assert {row["name"]: row[titles["width"]] for row in rows} == {"wide": 1.0, "narrow": 0.25}


def test_hyper_parameters_in_which_no_runs_differ_are_no_columns(logdir):
    write_plain_run(logdir, "a", steps=20)
    write_plain_run(logdir, "b", steps=20)
    columns, _, _ = show_runs(None)
    assert "width" not in {column["headerName"] for column in columns}


@pytest.mark.parametrize(
    ("state", "word", "tone"),
    [
        ("waiting", "waiting", ""),
        ("running", "training", "good"),
        ("stalled", "stalled", "warn"),
        ("finished", "finished", ""),
        ("failed", "failed", "bad"),
        ("crashed", "crashed", "bad"),
        ("unreadable", "unreadable", "bad"),
    ],
)
def test_a_state_is_a_word_and_a_tone(state, word, tone):
    assert describe_state(replace(PLAIN, state=state))[:2] == (word, tone)


def test_what_is_not_finite_is_the_state_of_a_run_but_not_of_a_crashed_one():
    bad = replace(PLAIN, first_bad=FirstBad("train/loss", 1726, "-Inf"))
    assert describe_state(bad) == ("−Inf at 1,726", "bad", "square")
    assert describe_state(replace(bad, state="crashed"))[0] == "crashed"


def test_no_two_states_share_word_shape_and_tone():
    states = ("waiting", "running", "stalled", "finished", "failed", "crashed", "unreadable")
    assert len({describe_state(replace(PLAIN, state=state)) for state in states}) == 7


def test_damage_and_drops_are_named():
    damaged = replace(PLAIN, damaged_files=(Damage("f", "r", "l"),), dropped_steps=14)
    assert describe_notes(damaged) == "1 damaged file, 14 recorded steps dropped"
    assert describe_notes(PLAIN) == ""


def test_numbers_that_are_not_finite_travel_as_words():
    row = describe_run(replace(PLAIN, train_loss=math.nan, gap=-math.inf), [])
    assert (row["loss"], row["gap"]) == ("NaN", "−Inf")


def test_values_are_those_of_the_focus_step(runs, planted):
    scalars = planted.scalars
    at = (scalars.names == "train/loss") & (scalars.steps == 1_000)
    title, table = show_values(["planted"], 1_000, None)
    assert title == "At step 1,000"
    assert f"planted loss {scalars.values[at].item():.3g}" in words(table)


def test_a_validation_says_how_old_it_is(runs, planted):
    _, table = show_values(["planted"], int(planted.validation_steps[3]) + 5, None)
    assert f"validation loss  at {planted.validation_steps[3]:,}" in words(table)


def test_without_a_focus_step_values_are_the_newest(runs):
    title, table = show_values(["planted", "plain"], None, None)
    assert title == "At the newest step"
    assert "plain loss" in words(table)


def test_nan_at_the_focus_step_is_said_in_red(runs):
    _, table = show_values(["project/failing"], 726, None)
    row = table.children.children[0]
    assert row.children[1].children == "NaN"
    assert "nan" in row.children[1].className


def test_findings_name_the_nan_of_any_run_and_the_spikes_of_the_chosen(runs):
    found = list_findings(list_runs(), open_chosen(["planted"]))
    assert [(f.run, f.step, f.tone) for f in found] == [
        ("project/failing", 726, "bad"),
        ("planted", 2_345, "warn"),
    ]
    assert found[0].text == "Loss is NaN from step 726."


def test_findings_say_what_is_still_to_come(logdir):
    write_planted_run(logdir, "calm", steps=200, validations=3)
    text = words(show_findings(["calm"], None))
    assert "No loss is out of bounds." in text
    assert "will be listed here" in text
