import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load
from torch import nn

from epochscope.recording.layers import find_layers
from epochscope.recording.snapshot import SnapshotPass

CLASSES, IMAGES = 3, 11


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


class Net(nn.Module):
    """A convolution, norm and in-place rectifier; a residual sum; two linear layers."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.relu = nn.ReLU(inplace=True)
        self.mix = nn.Conv2d(4, 4, 1)
        self.hidden = nn.Linear(4 * 6 * 5, 7)
        self.head = nn.Linear(7, CLASSES)

    def forward(self, x):
        h = self.relu(self.norm(self.conv(x)))
        mixed = self.mix(h)
        mixed += h
        return self.head(torch.tanh(self.hidden(mixed.flatten(1))))


@pytest.fixture
def net():
    torch.manual_seed(5)
    net = Net()
    net.norm.running_mean.uniform_(-0.2, 0.2)
    net.norm.running_var.uniform_(0.5, 2)
    return net.eval()


@pytest.fixture
def batch():
    generator = torch.Generator().manual_seed(9)
    x = torch.randn(IMAGES, 1, 6, 5, generator=generator)
    return x, torch.randint(0, CLASSES, (IMAGES,), generator=generator)


def take(model, x, y, size=4, numbers=None, classes=CLASSES, **options):
    numbers = np.arange(len(x)) if numbers is None else numbers
    taking = SnapshotPass(model, find_layers(model), 12, classes, None, 0, **options)
    taking.start()
    for first in range(0, len(x), size):
        part = slice(first, first + size)
        taking.batch(
            lambda part=part: model(x[part]), x[part], None if y is None else y[part], numbers[part]
        )
    return load(taking.finish())


def of_layer(tensors, model, name):
    index = next(layer.index for layer in find_layers(model) if layer.name == name)
    start = f"layers/{index}/"
    return {k.removeprefix(start): t.numpy() for k, t in tensors.items() if k.startswith(start)}


def literal_pass(net, x, y):
    """Before, after and gradient of every layer, (image, neuron, row, column), by hand."""
    conv = net.conv(x)
    norm = net.norm(conv)
    after = torch.relu(norm)
    mixed = net.mix(after)
    hidden = net.hidden((mixed + after).flatten(1))
    squashed = torch.tanh(hidden)
    logits = net.head(squashed)
    chosen = sum(logits[i, y[i]] for i in range(len(x)))
    taps = {"conv": (conv, after), "norm": (norm, after), "mix": (mixed, mixed)}
    taps |= {"hidden": (hidden, squashed), "head": (logits, logits)}
    found = {}
    for name, (before, tap) in taps.items():
        (gradient,) = torch.autograd.grad(chosen, tap, retain_graph=True)
        found[name] = [t.detach().double().numpy() for t in (before, tap, gradient)]
    return {n: [t.reshape(*t.shape, *[1] * (4 - t.ndim)) for t in ts] for n, ts in found.items()}


NAMES = ("conv", "norm", "mix", "hidden", "head")


@pytest.mark.parametrize("name", NAMES)
def test_class_means_follow_their_definition(name, net, batch):
    found = of_layer(take(net, *batch), net, name)
    before, after, _ = literal_pass(net, *batch)[name]
    for class_ in range(CLASSES):
        members = [i for i in range(IMAGES) if batch[1][i] == class_]
        assert found["class_count"][class_] == len(members)
        for neuron in range(before.shape[1]):
            for part, values in (("before", before), ("after", after)):
                wanted = sum(values[i, neuron].mean() for i in members) / len(members)
                assert found[f"class_mean_{part}"][class_, neuron] == pytest.approx(
                    wanted, rel=1e-4, abs=1e-6
                )


@pytest.mark.parametrize("name", NAMES)
def test_extremes_means_and_shares_follow_their_definition(name, net, batch):
    found = of_layer(take(net, *batch), net, name)
    _, after, _ = literal_pass(net, *batch)[name]
    for neuron in range(after.shape[1]):
        values = after[:, neuron].ravel()
        wanted = [values.max(), values.min(), values.mean(), (values > 0).mean()]
        got = [found[part][neuron] for part in ("maximum", "minimum", "mean", "share")]
        np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_best_images_are_the_five_highest_one_position_each(name, net, batch):
    numbers = np.arange(IMAGES)[::-1] * 10
    found = of_layer(take(net, *batch, numbers=numbers), net, name)
    _, after, _ = literal_pass(net, *batch)[name]
    for neuron in range(after.shape[1]):
        highest = sorted(range(IMAGES), key=lambda i: (-after[i, neuron].max(), numbers[i]))[:5]
        assert found["best_image"][neuron].tolist() == [numbers[i] for i in highest]
        for place, image in enumerate(highest):
            row, column = found["best_row"][neuron, place], found["best_column"][neuron, place]
            assert after[image, neuron, row, column] == after[image, neuron].max()
            assert found["best_value"][neuron, place] == pytest.approx(
                after[image, neuron].max(), rel=1e-4
            )


@pytest.mark.parametrize("name", NAMES)
def test_contribution_is_mean_activation_times_gradient_of_the_labels_logit(name, net, batch):
    found = of_layer(take(net, *batch), net, name)
    _, after, gradient = literal_pass(net, *batch)[name]
    for class_ in range(CLASSES):
        members = [i for i in range(IMAGES) if batch[1][i] == class_]
        for neuron in range(after.shape[1]):
            product = [np.abs(after[i, neuron] * gradient[i, neuron]).mean() for i in members]
            assert found["contribution"][class_, neuron] == pytest.approx(
                np.mean(product), rel=1e-4, abs=1e-7
            )


@pytest.mark.parametrize("name", NAMES)
def test_separation_adds_up_to_between_minus_within_class_variance(name, net, batch):
    found = of_layer(take(net, *batch), net, name)
    _, after, _ = literal_pass(net, *batch)[name]
    values, labels = after.mean((2, 3)), batch[1].numpy()
    between = np.zeros(values.shape[1])
    within = np.zeros(values.shape[1])
    for class_ in range(CLASSES):
        members = values[labels == class_]
        share = len(members) / IMAGES
        between += share * (members.mean(0) - values.mean(0)) ** 2
        within += share * members.var(0)
    added = (found["class_count"] / IMAGES) @ found["separation"]
    np.testing.assert_allclose(added, between - within, rtol=1e-3, atol=1e-6)


@settings(max_examples=8)
@given(size=st.integers(1, IMAGES), seed=st.integers(0, 100))
def test_neither_batch_size_nor_order_of_images_matters(size, seed):
    torch.manual_seed(5)
    net = Net().eval()
    x, y = torch.randn(IMAGES, 1, 6, 5), torch.arange(IMAGES) % CLASSES
    order = np.random.default_rng(seed).permutation(IMAGES)
    once, again = take(net, x, y), take(net, x[order], y[order], size, order)
    for name in once:
        if name.startswith("layers/"):
            np.testing.assert_allclose(once[name], again[name], rtol=1e-4, atol=1e-6, err_msg=name)


def test_counts_an_image_shown_twice_once_among_the_best(net, batch):
    x, y = batch
    found = take(net, torch.cat([x, x]), torch.cat([y, y]), numbers=np.tile(np.arange(IMAGES), 2))
    for images in of_layer(found, net, "hidden")["best_image"]:
        assert len(set(images.tolist())) == 5


def test_gives_fewer_best_images_where_there_are_fewer(net, batch):
    found = of_layer(take(net, batch[0][:2], batch[1][:2]), net, "conv")
    assert found["best_image"].shape == (4, 2)


def test_adds_the_calls_of_a_shared_module(batch):
    model = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    twice = nn.Sequential(model[0], model[1], model[0]).eval()
    x = torch.randn(6, 2)
    found = of_layer(take(twice, x, torch.arange(6) % 2, classes=2), twice, "0")
    inner = torch.relu(model[0](x))
    both = torch.cat([inner, model[0](inner)]).detach().numpy()
    np.testing.assert_allclose(found["maximum"], both.max(0), rtol=1e-6)
    np.testing.assert_allclose(found["mean"], both.mean(0), rtol=1e-5)
    assert found["class_count"].tolist() == [6, 6]


def test_keeps_nan_out_of_extremes_and_best_images(net, batch):
    x = batch[0].clone()
    x[3, 0, 2, 2] = torch.nan
    x[5] = torch.inf
    found = of_layer(take(net, x, batch[1]), net, "conv")
    _, after, _ = literal_pass(net, x, batch[1])["conv"]
    for neuron in range(after.shape[1]):
        values = after[:, neuron][np.isfinite(after[:, neuron])]
        wanted = [values.max(), values.min(), values.mean()]
        got = [found[part][neuron] for part in ("maximum", "minimum", "mean")]
        np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-6)
        share = (values > 0).sum() / after[:, neuron].size
        assert found["share"][neuron] == pytest.approx(share, rel=1e-6)
    assert not np.isnan(found["best_value"]).any()


def test_gives_contributions_below_frozen_layers(net, batch):
    for parameter in net.parameters():
        parameter.requires_grad_(False)
    frozen = take(net, *batch)
    for parameter in net.parameters():
        parameter.requires_grad_(True)
    for name, tensor in take(net, *batch).items():
        torch.testing.assert_close(frozen[name], tensor)


def test_has_no_class_tables_without_classes(net, batch):
    found = of_layer(take(net, batch[0], None, classes=None), net, "conv")
    assert "maximum" in found
    assert not [name for name in found if "class" in name or name in {"contribution", "separation"}]


def test_has_no_contributions_where_classes_are_no_labels(net, batch):
    found = of_layer(take(net, *batch, labelled=False), net, "conv")
    assert "class_mean_after" in found
    assert "contribution" not in found


def test_means_of_packed_sequences_are_over_each_samples_own_length():
    class Packed(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = nn.LSTM(3, 4)

        def forward(self, x):
            return self.lstm(nn.utils.rnn.pack_sequence(list(x), enforce_sorted=False))[0].data

    torch.manual_seed(0)
    model = Packed().eval()
    x = [torch.randn(n, 3) for n in (2, 5, 1, 4)]
    labels = torch.tensor([0, 1, 1, 0])
    found = of_layer(take(model, x, labels, classes=2), model, "lstm")
    alone = [model.lstm(one[:, None])[0][:, 0].detach().numpy() for one in x]
    for class_ in range(2):
        members = [one.mean(0) for one, label in zip(alone, labels, strict=True) if label == class_]
        np.testing.assert_allclose(
            found["class_mean_after"][class_], np.mean(members, 0), rtol=1e-4, atol=1e-6
        )
    np.testing.assert_allclose(found["maximum"], np.concatenate(alone).max(0), rtol=1e-5)


def test_takes_time_first_sequences_by_sample():
    torch.manual_seed(0)
    model = nn.LSTM(3, 4).eval()

    class Wrapped(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = model

        def forward(self, x):
            return self.lstm(x.transpose(0, 1))[0][-1]

    wrapped = Wrapped()
    x, labels = torch.randn(6, 5, 3), torch.arange(6) % 2
    found = of_layer(take(wrapped, x, labels, 6, classes=2), wrapped, "lstm")
    output = model(x.transpose(0, 1))[0].detach().numpy()
    np.testing.assert_allclose(
        found["class_mean_after"][0], output[:, ::2].mean((0, 1)), rtol=1e-4, atol=1e-6
    )
