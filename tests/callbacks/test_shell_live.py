from dataclasses import replace

import pytest
from dash import no_update

from callbacks.shell_live import describe_run, follow_runs
from data.store import list_runs, open_run


def test_lists_every_run_as_the_log_does(runs):
    live, version = follow_runs(None, None)

    assert [run["name"] for run in live["runs"]] == [summary.name for summary in list_runs()]
    assert live["version"] == version


def test_sends_nothing_while_nothing_changed(runs):
    _, version = follow_runs(0, None)

    assert follow_runs(1, version) == (no_update, no_update)


def test_sends_anew_when_a_run_has_grown(logdir):
    from data.demos import open_planted_run

    run = open_planted_run(logdir, steps=400, validations=4)
    run.advance(100)
    _, before = follow_runs(0, None)
    run.advance(200)

    live, after = follow_runs(1, before)

    assert after != before
    assert live["runs"][0]["step"] == 200


def test_an_empty_log_has_no_runs(logdir):
    live, _ = follow_runs(None, None)

    assert live["runs"] == []


def test_names_the_first_value_that_is_not_finite(runs):
    described = describe_run(open_run("project/failing").summary(), now=0.0)

    assert described["bad"] == {"name": "train/loss", "step": 726, "value": "NaN"}


def test_settings_are_what_json_can_say(runs):
    config = {"lr": 0.1, "steps": 3, "flag": True, "none": None, "bad": float("nan"), "sizes": [1]}
    summary = replace(open_run("plain").summary(), config=config)

    assert describe_run(summary, now=0.0)["settings"] == {
        "lr": 0.1,
        "steps": 3,
        "flag": True,
        "none": None,
        "bad": "nan",
        "sizes": "[1]",
    }


@pytest.mark.parametrize("state", ["finished", "failed", "crashed"])
def test_a_dead_run_reads_the_same_a_second_later(runs, state):
    summary = replace(
        open_run("plain").summary(), state=state, heartbeat_age_seconds=100.0, reason="100 s ago"
    )
    later = replace(summary, heartbeat_age_seconds=101.1, reason=summary.reason)

    assert describe_run(summary, now=1_000_000.0) == describe_run(later, now=1_000_001.0)


def test_a_finished_run_ended_when_its_duration_was_over(runs):
    summary = replace(open_run("plain").summary(), state="finished", duration_seconds=90.0)

    assert describe_run(summary, now=0.0)["beat"] == round(summary.created.timestamp() + 90)


def test_counts_damaged_files_and_names_the_first(runs):
    from data.damage import Damage

    files = tuple(Damage(f"/log/{name}", "Its checksum does not match.", "steps") for name in "ab")
    described = describe_run(replace(open_run("plain").summary(), damaged_files=files), now=0.0)

    assert described["damaged_count"] == 2
    assert described["damaged"] == [{"path": "/log/a", "reason": "Its checksum does not match."}]
