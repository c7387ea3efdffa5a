"""Classes of the Validation page stand in the clusters of the analysis, and in the rows of the page."""

import numpy as np
import pytest

from analytics.class_clusters import cluster_classes, measure_silhouettes
from analytics.similarity_order import order_by_similarity
from callbacks import validation_clusters
from callbacks.validation import show_charts, show_clusters, show_silhouettes
from data.demos import write_planted_run


def grouped(k=None, of="", chosen=("planted",)):
    return show_clusters({"k": k, "of": of}, list(chosen), None)


def errors(planted):
    return 1 - planted.results.right.mean(2)


@pytest.mark.parametrize("k", [1, 2, 3, 8])
def test_clusters_are_those_of_the_analysis(run, planted, k):
    found = grouped(k)
    assert found["count"] == k
    assert found["labels"] == cluster_classes(errors(planted), k).tolist()


def test_few_classes_make_no_clusters_and_ten_make_three(planted_runs, runs):
    assert grouped()["count"] == 3
    assert grouped(chosen=["scores"])["count"] == 1
    assert grouped(chosen=["plain"]) == {
        "count": 0, "most": 0, "labels": [], "ranks": [], "of": "",
    }  # fmt: skip


def test_more_clusters_than_curves_that_differ_are_not_made(logdir):
    write_planted_run(logdir, "tiny", steps=40, validations=1, layers=False, classes=3)
    found = grouped(8, chosen=["tiny"])
    assert 1 <= found["count"] <= 3
    assert len(found["labels"]) == 3


def test_ranks_are_places_in_the_order_by_similarity(run, planted):
    curves = errors(planted)
    easy = np.argsort(curves.sum(1), kind="stable")
    order = easy[order_by_similarity(curves[easy])]
    ranks = np.array(grouped()["ranks"])
    assert np.argsort(ranks).tolist() == order.tolist()


def test_clusters_come_from_the_run_asked_for_or_from_all(logdir):
    one = write_planted_run(logdir, "one", steps=60, validations=12, layers=False)
    two = write_planted_run(logdir, "two", steps=60, validations=9, layers=False, seed=3, classes=8)
    chosen = ["one", "two"]
    assert grouped(3, chosen=chosen)["labels"] == cluster_classes(errors(one), 3).tolist()
    of_two = grouped(3, of="two", chosen=chosen)["labels"]
    assert of_two == [*cluster_classes(errors(two), 3).tolist(), -1, -1]
    both = np.concatenate([errors(one)[:8], errors(two)], axis=1)
    assert grouped(2, of="*", chosen=chosen)["labels"] == [
        *cluster_classes(both, 2).tolist(), -1, -1,
    ]  # fmt: skip


def test_silhouettes_are_those_of_the_analysis_or_of_a_sample(run, planted, monkeypatch):
    found = show_silhouettes({"of": ""}, ["planted"], None)
    np.testing.assert_allclose(found["values"], measure_silhouettes(errors(planted), 8))
    assert (found["classes"], found["sampled"]) == (10, False)
    monkeypatch.setattr(validation_clusters, "COMPARED_AT_MOST", 5)
    validation_clusters._silhouettes.cache_clear()
    sampled = show_silhouettes({"of": ""}, ["planted"], None)
    assert (sampled["classes"], sampled["sampled"]) == (5, True)
    wanted = measure_silhouettes(errors(planted)[::2], 5)
    np.testing.assert_allclose([each or np.nan for each in sampled["values"]], wanted)
    validation_clusters._silhouettes.cache_clear()


def test_images_stand_by_similarity_of_their_answers(run, planted):
    opened = {"rows": [3], "order": "similarity", "of": ""}
    (chart,) = show_charts(opened, ["planted"], None)["charts"]
    right = planted.results.right[3].T.astype(float)
    easy = np.argsort(-right.sum(1), kind="stable")
    order = easy[order_by_similarity(right[easy])]
    assert chart["ids"] == [f"cat/{3 * len(right) + slot:05d}" for slot in order]
    assert chart["groups"] is None


def test_the_run_asked_for_leads_the_order_of_images(logdir):
    write_planted_run(logdir, "one", steps=60, validations=12, layers=False)
    two = write_planted_run(logdir, "two", steps=60, validations=9, layers=False, seed=3)
    opened = {"rows": [2], "order": "difficulty", "of": "two"}
    (chart,) = show_charts(opened, ["one", "two"], None)["charts"]
    right = two.results.right[2]
    order = np.argsort(-right.sum(0), kind="stable")
    assert chart["run"] == "two"
    assert [int(id_[-5:]) % right.shape[1] for id_ in chart["ids"]] == order.tolist()


def test_galleries_hold_the_images_never_right_and_those_forgotten_often(logdir):
    planted = write_planted_run(logdir, "one", steps=200, validations=40, layers=False, seed=5)
    opened = {"rows": [1], "order": "recorded"}
    (chart,) = show_charts(opened, ["one"], None)["charts"]
    right = planted.results.right[1]
    never = np.flatnonzero(~right.any(0))
    galleries = chart["galleries"]
    assert [int(each["id"][-5:]) % 24 for each in galleries["never"]["images"]] == never.tolist()
    times = (right[:-1] & ~right[1:]).sum(0)
    listed = galleries["forgotten"]["images"]
    assert [each["times"] for each in listed] == sorted(times[times > 1].tolist(), reverse=True)
    assert all(times[int(each["id"][-5:]) % 24] == each["times"] for each in listed)
