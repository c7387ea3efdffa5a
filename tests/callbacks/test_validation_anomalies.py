"""What the Validation page is sent about anomaly iterations, against the rule read literally."""

from base64 import b64decode
from math import ceil

import numpy as np
import pytest

from callbacks.anomalies import AnomalySettings
from callbacks.validation import show_anomalies, show_flipped, show_suggestion
from callbacks.validation_anomalies import load_anomalies
from data.demos import write_planted_run
from figures import validation_anomalies
from figures.validation_anomalies import draw_anomalies

CAT = 3


def literal_scores(right, window, direction="both"):
    """The two rules of one class, image by image: right is (step, image)."""
    steps, images = right.shape
    left, after = np.zeros((2, steps)), np.zeros((2, steps))  # learned, forgotten
    for image in range(images):
        row = right[:, image].tolist()
        for at in range(1, steps):
            if row[at] == row[at - 1]:
                continue
            way = 0 if row[at] else 1
            if direction not in ("both", ("learned", "forgotten")[way]):
                continue
            if at >= window and len(set(row[at - window : at])) == 1:
                left[way, at] += 1
            if at + window <= steps and len(set(row[at : at + window])) == 1:
                after[way, at] += 1
    return left, after


def literal_events(planted, window, threshold, rule="either", direction="both"):
    """Every (row, step) that reaches the threshold: left and right scores, and learned ones of each."""
    found = {}
    for class_, right in enumerate(planted.results.right):
        left, after = literal_scores(right, window, direction)
        least = max(1, ceil(threshold * right.shape[1] / 100))
        for at in range(len(right)):
            scores = {"left": left[:, at].sum(), "right": after[:, at].sum()}
            wanted = scores if rule == "either" else {rule: scores[rule]}
            if max(wanted.values()) >= least:
                found[class_, at] = [
                    int(number)
                    for number in (left[:, at].sum(), after[:, at].sum(), left[0, at], after[0, at])
                ]
    return found


def unpack(text, width=None):
    numbers = np.frombuffer(b64decode(text), "<u4")
    return numbers if width is None else numbers.reshape(width, -1)


def sent_events(run):
    fields = unpack(run["events"], 6).T.tolist()
    return {(row, cell): rest for row, cell, *rest in fields}


@pytest.mark.parametrize("window", [1, 3, 5])
@pytest.mark.parametrize(
    "settings",
    [
        {"threshold": 20},
        {"threshold": 9, "rule": "left"},
        {"threshold": 30, "rule": "right"},
        {"threshold": 12, "options": {"validation.flips": "learned"}},
        {"threshold": 12, "options": {"validation.flips": "forgotten"}},
    ],
)
def test_exactly_the_iterations_of_the_literal_rule_are_sent(run, planted, window, settings):
    (sent,) = show_anomalies({"window": window, **settings}, ["planted"], None)["runs"]
    direction = settings.get("options", {}).get("validation.flips", "both")
    wanted = literal_events(
        planted, window, settings["threshold"], settings.get("rule", "either"), direction
    )
    assert sent_events(sent) == wanted
    assert sent["count"] == sent["sent"] == len(wanted)
    together = np.zeros(len(planted.validation_steps), dtype=int)
    for _, at in wanted:
        together[at] += 1
    assert unpack(sent["together"]).tolist() == together.tolist()
    assert unpack(sent["cells"]).tolist() == list(range(len(together)))
    counts = dict(zip(unpack(sent["rows"]).tolist(), unpack(sent["counts"]).tolist(), strict=True))
    assert counts == {
        row: sum(1 for found, _ in wanted if found == row) for row in range(planted.plan.classes)
    }


def test_the_strongest_stand_first_and_the_peak_is_that_of_all_steps(run, planted):
    (sent,) = show_anomalies({"window": 2, "threshold": 5}, ["planted"], None)["runs"]
    scores = [max(rest[:2]) for rest in sent_events(sent).values()]
    assert scores == sorted(scores, reverse=True)
    assert sent["largest"] == scores[0] / planted.plan.images_per_class
    for row, right in enumerate(planted.results.right):
        left, after = literal_scores(right, 2)
        assert unpack(sent["peaks"])[row] == max(left.sum(0).max(), after.sum(0).max())


def test_the_distribution_counts_every_score_of_the_rule_by_its_percent(run, planted):
    (sent,) = show_anomalies({"window": 3, "rule": "right"}, ["planted"], None)["runs"]
    images = planted.plan.images_per_class
    wanted = np.zeros(101, dtype=int)
    for right in planted.results.right:
        for score in literal_scores(right, 3)[1].sum(0):
            if score:
                wanted[int(100 * score) // images] += 1
    assert sent["spread"] == wanted.tolist()
    threshold = 17
    reaching = sum(sent["spread"][threshold:])
    again = show_anomalies(
        {"window": 3, "rule": "right", "threshold": threshold}, ["planted"], None
    )
    assert again["runs"][0]["count"] == reaching


def test_the_weakest_of_very_many_are_counted_alone(run, monkeypatch):
    monkeypatch.setattr(validation_anomalies, "SENT_AT_MOST", 10)
    settings = AnomalySettings(window=1, threshold=1)
    (sent,) = draw_anomalies(load_anomalies(["planted"], settings), {})["runs"]
    assert sent["sent"] == 10 < sent["count"]
    assert unpack(sent["together"]).sum() == sent["count"]


def test_runs_that_predict_nothing_have_none(runs):
    found = show_anomalies({}, ["planted", "scores", "plain"], None)["runs"]
    assert found[0] is not None
    assert found[1:] == [None, None]
    assert show_anomalies(None, ["planted"], None) is None
    assert show_suggestion({"settings": {}, "now": False}, ["scores"], None) is None


def test_classes_of_another_run_stand_in_their_own_rows(logdir):
    write_planted_run(logdir, "all", steps=60, validations=20, layers=False)
    few = write_planted_run(
        logdir, "few", steps=60, validations=20, layers=False, classes=6, seed=3
    )
    settings = {"window": 1, "threshold": 20}
    found = show_anomalies(settings, ["all", "few"], None)["runs"][1]
    assert sent_events(found) == literal_events(few, 1, 20)
    assert unpack(found["rows"]).tolist() == list(range(6))


def test_a_flip_across_a_lost_file_stands_at_the_next_step(logdir):
    planted = write_planted_run(logdir, "hurt", layers=False, steps=400, validations=21)
    lost = sorted((logdir / "hurt" / "class_stat").rglob("*.parquet"))[10]
    lost.write_bytes(lost.read_bytes()[:-60])
    (sent,) = show_anomalies({"window": 1, "threshold": 10}, ["hurt"], None)["runs"]
    cells = unpack(sent["cells"]).tolist()
    assert cells == [cell for cell in range(21) if cell != 10]
    kept = planted.results.right[:, np.array(cells)]
    left, after = literal_scores(kept[CAT], 1)
    scores = dict(sent_events(sent))
    for at, cell in enumerate(cells):
        best = max(left[:, at].sum(), after[:, at].sum())
        assert ((CAT, cell) in scores) == (best >= ceil(0.1 * planted.plan.images_per_class))


def test_the_images_that_flipped_are_those_the_score_counts_with_their_labels(run, planted):
    window = 3
    at = int(np.flatnonzero(planted.validation_steps == planted.forgets[0])[0])
    asked = {"step": planted.forgets[0], "rows": [CAT, 5], "settings": {"window": window}}
    found = show_flipped(asked, ["planted"], None)
    assert found["step"] == planted.forgets[0]
    cat = next(each for each in found["classes"] if each["row"] == CAT)
    right = planted.results.right[CAT]
    predicted = planted.results.predicted[CAT]
    wanted = {}
    for slot in range(right.shape[1]):
        row = right[:, slot]
        if row[at] == row[at - 1]:
            continue
        before = len(set(row[at - window : at].tolist())) == 1
        after = at + window <= len(row) and len(set(row[at : at + window].tolist())) == 1
        if before or after:
            names = [planted.class_names[predicted[step, slot]] for step in (at - 1, at)]
            wanted[f"cat/{CAT * right.shape[1] + slot:05d}"] = (bool(row[at]), *names)
    shown = {each["id"]: (each["learned"], each["before"], each["after"]) for each in cat["images"]}
    assert shown == wanted
    assert cat["count"] == len(wanted) >= len(planted.forgotten_slots)
    assert all(each["pictured"] for each in cat["images"])


def test_nothing_flips_at_a_step_that_was_not_validated(run, planted):
    asked = {"step": int(planted.validation_steps[5]) + 1, "rows": [0, CAT, 99], "settings": {}}
    assert show_flipped(asked, ["planted", "scores"], None)["classes"] == []
    assert show_flipped({**asked, "rows": []}, ["planted"], None) is None


def test_a_suggestion_names_the_run_and_waits_where_it_takes_long(run, monkeypatch):
    found = show_suggestion({"settings": {}, "now": False}, ["scores", "planted"], None)
    assert found["run"] == "planted"
    assert set(found) in ({"run"}, {"run", "window", "threshold", "found", "expected"})
    monkeypatch.setattr("callbacks.validation_anomalies.MANY_FLIPS", 10)
    assert show_suggestion({"settings": {}, "now": False}, ["planted"], None) == {
        "run": "planted",
        "waits": True,
    }
    assert show_suggestion({"settings": {}, "now": True}, ["planted"], None) == found
