import io
from itertools import pairwise

import duckdb
import numpy as np
import pytest
import torch
from PIL import Image

from benchmarks.paper_log.network import ResNet, build_network
from benchmarks.paper_log.plan import IMAGES, Plan
from benchmarks.paper_log.truths import draw_truths
from benchmarks.paper_queries import find_arrays, list_indexes
from data.classes import read_class_images
from data.filter_pixels import read_filter_pixels
from data.images import read_thumbnail
from data.layers import read_top_filters
from data.store import open_run
from epochscope.__main__ import main as command_line
from epochscope.log_reader import read_log
from settings import settings
from tests.benchmarks.findings import Findings

FRACTION = 0.02


@pytest.fixture(scope="module")
def findings(paper_logs):
    """What the log alone tells of each run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EPOCHSCOPE_LOGDIR", str(paper_logs["plain"].folder))
        settings.cache_clear()
        yield {name: Findings(open_run(name)) for name in paper_logs}
    settings.cache_clear()


@pytest.fixture(params=["seed7", "seed8"])
def planted(request, paper_logs, findings):
    """The truths of a log with plants, and what is found in it."""
    return paper_logs[request.param].truths, findings[request.param]


@pytest.fixture
def plain(findings):
    """What is found in the log without plants."""
    return findings["plain"]


def test_keeps_all_layers_and_at_least_100_steps_at_a_small_fraction(plain):
    assert len(plain.layers) == 54
    assert [row.name for row in plain.layers][-2:] == ["layer4.2.conv3", "fc"]
    assert len(plain.steps) >= 100


def test_has_the_cardinalities_of_the_paper_at_full_size():
    plan = Plan()
    assert (plan.recorded, plan.classes, plan.total_steps) == (750, 1_000, 1_200_000)
    with torch.device("meta"):
        weights = [each.weight for each in ResNet(plan).modules() if hasattr(each, "weight")]
    assert (len(weights), sum(len(weight) for weight in weights)) == (54, 27_560)
    assert sum(weight.numel() for weight in weights) == 25_502_912


def test_is_sound_and_compacted(paper_logs, capsys):
    folder = paper_logs["plain"].folder
    assert command_line(["verify", str(folder)]) == 0
    state = read_log(folder / "seed7")
    tables = ("filter_stat", "filter_top", "layer_stat", "class_stat", "scalar")
    assert [len(state.of(table)) for table in tables] == [1] * 5
    on_disk = {path.name for path in (folder / "seed7").rglob("*.parquet")}
    assert on_disk == {
        file.path.rsplit("/", 1)[-1] for file in state.files if "json" not in file.path
    }


def test_writes_nothing_that_gives_the_plants_away(paper_logs):
    seeded, plain = (paper_logs[name].folder / name for name in ("seed7", "plain"))
    listed = [
        sorted({path.relative_to(run).parts[0] for path in run.rglob("*")})
        for run in (seeded, plain)
    ]
    assert listed[0] == listed[1]
    names = [open_names(run) for run in (seeded, plain)]
    assert names[0] == names[1]


def open_names(run):
    return [line for line in (run / "run.json").read_text().splitlines() if "class" in line]


def test_is_the_same_again_for_the_same_seed_and_another_for_another():
    network = build_network(FRACTION)
    drawn = [draw_truths(Plan(seed, FRACTION), network) for seed in (7, 7, 8)]
    assert drawn[0] == drawn[1]
    moved = ("frozen_filters", "peaks", "drops", "minority_class", "overactive_filters", "events")
    assert [getattr(drawn[0], name) == getattr(drawn[2], name) for name in moved] == [False] * 6


@pytest.mark.parametrize("seed", range(40))
def test_no_plant_stands_in_the_way_of_another(seed):
    plan = Plan(seed, FRACTION)
    truths = draw_truths(plan, build_network(FRACTION))
    steps = [*truths.peaks, *(peak + plan.every for peak in truths.peaks)]
    steps += [step for event in truths.events for step in event.steps]
    assert len(set(steps)) == len(steps)
    assert set(steps) <= set(plan.steps.tolist())
    classes = [c for event in truths.events for c in event.classes] + [truths.minority_class]
    assert len({*classes, *truths.peak_classes}) == len(classes) + len(truths.peak_classes)
    layers = [truths.frozen_layer, truths.overactive_layer, *(e.layer for e in truths.events)]
    assert len(set(layers)) == len(layers)


def test_freezes_two_filters(planted, plain):
    truths, found = planted
    assert found.frozen() == {truths.frozen_layer: truths.frozen_filters}
    assert plain.frozen() == {}


def test_the_layers_page_marks_these_filters_and_no_others(planted, plain):
    truths, found = planted
    marks = found.marks()
    assert marks["frozen"] == {truths.frozen_layer: truths.frozen_filters}
    assert marks["over_active"] == {truths.overactive_layer: truths.overactive_filters}
    assert marks["decay_only"] == marks["inactive"] == {}
    assert plain.marks() == {name: {} for name in marks}


def test_paints_frozen_filters_as_unchanged(planted):
    truths, found = planted
    pixels = read_filter_pixels(found.run, [truths.frozen_layer])[truths.frozen_layer].change
    still = (pixels[1:] == 0).all(0)
    assert tuple(np.flatnonzero(still).tolist()) == truths.frozen_filters


def test_peaks_three_times_while_many_classes_flip(planted, plain):
    truths, found = planted
    assert found.peaks() == truths.peaks
    at = np.searchsorted(found.steps, truths.peaks)
    chosen = found.anomalies.chosen
    assert set(truths.peak_classes) <= set(np.flatnonzero(chosen[:, at].all(1)).tolist())
    assert chosen[list(truths.peak_classes)][:, at + 1].all()
    assert plain.peaks() == ()
    assert plain.anomalies.chosen.sum(0).max() <= 1


def test_settles_as_the_learning_rate_drops(planted, plain):
    _, found = planted
    rates, flips = found.settling()
    np.testing.assert_allclose(np.divide(rates[1:], rates[:-1]), 0.1)
    assert all(later < 0.6 * earlier for earlier, later in pairwise(flips))
    rates, flips = plain.settling()
    np.testing.assert_allclose(np.divide(rates[1:], rates[:-1]), 0.9)
    assert flips[-1] > 0.6 * flips[1]


def test_drops_the_learning_rate_where_it_says(planted):
    truths, found = planted
    steps, rates = found.curve("lr/0")
    assert tuple(steps[1:] - 1) == truths.drops
    assert len(rates) == 4


def test_keeps_a_minority_wrong_that_looks_unlike_the_rest(planted, plain):
    truths, found = planted
    assert found.minorities() == {truths.minority_class: truths.minority_slots}
    assert plain.minorities() == {}
    images = read_class_images(found.run, truths.minority_class).images
    bodies = np.array([picture(found.run, image)[12:20, 12:20].mean((0, 1)) for image in images])
    minority = np.isin(np.arange(IMAGES), truths.minority_slots)
    blue = bodies[:, 2]
    assert blue[minority].min() > blue[~minority].max()


def test_keeps_three_filters_over_active(planted, plain):
    truths, found = planted
    assert found.overactive() == {truths.overactive_layer: truths.overactive_filters}
    assert plain.overactive() == {}


def test_turns_the_means_of_convolutions_negative_but_not_of_the_last_layer(planted, plain):
    truths, found = planted
    means = found.weights("mean")
    assert set(truths.sinking_layers) | {truths.rising_layer} == set(means)
    assert all(means[layer][0] > 0 > means[layer][-1] for layer in truths.sinking_layers)
    assert all((means[layer][-60:] < 0).all() for layer in truths.sinking_layers)
    assert (means[truths.rising_layer] > 0).all()
    kept = plain.weights("mean").values()
    assert 10 < sum(mean[-1] < 0 for mean in kept) < 44
    assert all(np.sign(mean[0]) == np.sign(mean[-1]) for mean in kept)


def test_halves_the_deviations_from_module_to_module(planted, plain):
    truths, found = planted
    series = list(found.weights("sd", truths.halving_modules).values())
    assert all((np.diff(sd) <= 0).all() and sd[-1] < 0.8 * sd[0] for sd in series)
    late = [sd[len(sd) // 2 :] for sd in series]
    for above, below in pairwise(late):
        np.testing.assert_allclose(above / below, 2, rtol=0.02)
    kept = list(plain.weights("sd", truths.halving_modules).values())
    assert all(sd[-1] >= sd[0] for sd in kept)
    assert not any(
        np.isclose(above[-1] / below[-1], 2, rtol=0.1) for above, below in pairwise(kept)
    )


def test_starts_from_the_deviation_of_its_initialisation(planted):
    _, found = planted
    for layer in build_network(FRACTION).layers:
        sd = found.weights("sd", (layer.name,))[layer.layer][0]
        assert sd == pytest.approx(layer.deviation, rel=0.01)


def test_plants_three_minisets(planted, plain):
    truths, found = planted
    minisets = {
        (each.layer, each.filters): (each.steps, each.classes)
        for each in found.minisets()
        if each.classes
    }
    assert minisets == {
        (event.layer, event.filters): (event.steps, event.classes) for event in truths.events
    }
    assert not any(each.classes for each in plain.minisets())


def test_pictures_of_classes_that_share_a_miniset_share_a_ground(planted):
    truths, found = planted
    sky = [ground(found.run, class_) for class_ in truths.shallow.classes]
    assert all(blue > red + 60 for red, _, blue in sky)
    grass = [ground(found.run, class_) for class_ in truths.deep.classes]
    assert all(green > red + 30 and green > blue + 30 for red, green, blue in grass)
    others = set(range(24)) - {*truths.shallow.classes, *truths.deep.classes}
    for class_ in sorted(others):
        red, green, blue = ground(found.run, class_)
        assert blue < red + 30
        assert green < red + 20


def ground(run, class_):
    """The colour of the upper corners of a class's first pictures."""
    images = read_class_images(run, class_).images[:8]
    pictures = np.array([picture(run, image) for image in images])
    return np.concatenate([pictures[:, :4, :4], pictures[:, :4, -4:]], 2).mean((0, 1, 2))


def picture(run, image):
    thumbnail = read_thumbnail(run, int(image))
    return np.asarray(Image.open(io.BytesIO(thumbnail.bytes)), np.float64)


def test_ranks_filters_by_the_change_it_writes(planted):
    _, found = planted
    change = {layer: values["change"] for layer, values in found.filters.items()}
    for at in (1, 50, len(found.steps) - 1):
        top = read_top_filters(found.run, int(found.steps[at]), 40)
        values = [change[lay][at, one] for lay, one in zip(top.layer, top.filter, strict=True)]
        np.testing.assert_array_equal(np.asarray(values, np.float64), top.change)
        every = np.sort(np.concatenate([each[at] for each in change.values()]))[::-1]
        np.testing.assert_array_equal(top.change, every[:40])


def test_relative_change_agrees_with_lengths_and_directions(planted):
    _, found = planted
    for values in found.filters.values():
        l2, change = values["l2"].astype(float), values["change"].astype(float)
        growth = l2[1:] / l2[:-1]
        expected = np.sqrt(2 * growth * change[1:] + (growth - 1) ** 2)
        # Stored lengths are rounded to 0.05 %.
        np.testing.assert_allclose(values["relative"][1:], expected, rtol=0.01, atol=2e-3)


def test_errors_are_those_of_the_answers(planted):
    _, found = planted
    answers = found.flips.answers
    steps, errors = found.curve("validation/error")
    np.testing.assert_array_equal(steps, answers.steps)
    np.testing.assert_allclose(errors, 1 - answers.unpack().mean(0))


def test_every_index_query_answers_for_its_first_and_its_last_thing(plain):
    for index in list_indexes(plain.run):
        files = [str(plain.run.folder / file.path) for file in plain.run.state.of(index.table)]
        for thing in (index.things[0], index.things[-1]):
            found = index.ask(plain.run, thing)
            assert sum(values.nbytes for values in find_arrays(found)) > 0, index.name
            asked = {"files": files, "thing": thing}
            assert duckdb.execute(index.bare, asked).fetchall(), index.name
