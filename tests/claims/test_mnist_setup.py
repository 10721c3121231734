"""What the claims on MNIST would train: their set-up, batch by batch, with all but the steps.

Their trainings take minutes, so here the loop over the epochs is replaced by one that looks at what
it is given. A planted fault in any of it is named.
"""
import itertools

import numpy as np
import pytest
from claims.against_record import as_json

from lib.compat import keras
from lib.data import graph_uniform
from lib.datasets import mnist
from reproductions.deep_networks import mnist_checkpoint_round_trip as round_trip
from reproductions.deep_networks import mnist_leaky_relu_mlp as script
from reproductions.deep_networks.parts import mnist_free_runs as free_runs
from reproductions.deep_networks.parts import mnist_program as program

OF_THE_DATA = {"data", "training_images", "validation_images"}
FREE = [f"free, seed {seed}" for seed in range(5)]


class Trainings:
    """In the place of ``train_by_epochs``: keeps what it gets, and measures the untrained model."""

    def __init__(self):
        self.seen = []

    def __call__(self, model, batches, orders, measure, checkpoint, description):
        x, y = next(iter(batches(orders[0])["x"].rebatch(1000)))
        self.seen.append({
            "weights": model.get_weights(), "loss": model.loss, "orders": orders,
            "x": np.reshape(x, (-1, 784))[:50], "y": np.ravel(y)[:50],
            "measured": measure(orders[0])})
        return {name: [number] * len(orders)
                for name, number in dict(self.seen[-1]["measured"], loss=0.0).items()}


def logits_of(weights, x):
    """The network's, in NumPy: leaky ReLUs of slope 0.01 between three layers."""
    for kernel, bias in zip(weights[:-2:2], weights[1:-2:2]):
        x = x.dot(kernel) + bias
        x = np.where(x > 0, x, 0.01 * x)
    return x.dot(weights[-2]) + weights[-1]


def cross_entropies(logits, y):
    return np.log(np.sum(np.exp(logits), axis=1)) - logits[np.arange(len(y)), y]


def kernels_of(label):
    """Those that the label stands for: uniform, up to sqrt(6/(fan-in + fan-out))."""
    stream = np.random.RandomState([int(label[-1]), 0]) if label in FREE else None
    for number, shape in enumerate(((784, 300), (300, 100), (100, 10))):
        uniform = (stream.uniform(size=shape) if stream else
                   graph_uniform(shape, 42, (5, 24, 43)[number]))
        yield (2 * uniform - 1) * np.sqrt(6 / sum(shape))


def orders_of(label, images):
    """The first two orders of the images."""
    if label in FREE:
        stream = np.random.RandomState([int(label[-1]), 1])
    else:
        stream = np.random.RandomState(42)
    one, other = stream.permutation(images), stream.permutation(images)
    return [one, one[other] if label in (program.PROGRAM, round_trip.TRAINED) else other]


def complaints(histories, seen, recorded):
    """{what is not as the record says or as the label stands for}."""
    found, digits = set(), mnist.sample()
    for (label, history), training in zip(histories.items(), seen):
        theirs, weights = recorded[label], training["weights"]
        logits = logits_of(weights, digits.x_valid)
        settings, on_record = as_json(history.settings), as_json(theirs.settings)
        found |= {f"setting {name}" for name in (set(settings) | set(on_record)) - OF_THE_DATA
                  if settings.get(name) != on_record.get(name)}
        as_it_should_be = {
            "kernels": all(np.allclose(*pair, atol=1e-6)
                           for pair in zip(weights[::2], kernels_of(label))),
            "biases": not any(map(np.any, weights[1::2])),
            "order": all(np.array_equal(*pair) for pair in zip(
                training["orders"], orders_of(label, len(digits.x_train)))),
            "images": np.array_equal(training["x"], digits.x_train[training["orders"][0][:50]]),
            "labels": np.array_equal(training["y"], digits.y_train[training["orders"][0][:50]]),
            "epochs": len(training["orders"]) == len(history.loss) == len(theirs.loss),
            "loss": float(training["loss"](digits.y_valid, logits)) == pytest.approx(
                np.mean(cross_entropies(logits, digits.y_valid)), rel=1e-4),
            "validation loss": training["measured"]["val_loss"] == pytest.approx(
                np.mean(cross_entropies(logits, digits.y_valid)), rel=1e-4),
            "validation accuracy": training["measured"]["val_accuracy"] == pytest.approx(
                np.mean(logits.argmax(axis=1) == digits.y_valid), abs=0.003)}
        found |= {what for what, is_so in as_it_should_be.items() if not is_so}
    return found | ({"labels of histories"} if len(seen) != len(histories) else set())


@pytest.fixture
def trainings(monkeypatch):
    for one in (script, round_trip):
        monkeypatch.setattr(one, "load_data", mnist.sample)
    made = Trainings()
    monkeypatch.setattr(program, "train_by_epochs", made)
    return made


@pytest.fixture
def recorded(claims, reference_of):
    return reference_of(claims["mnist_leaky_relu_mlp"]).histories


def test_each_training_is_set_up_as_its_record_says(trainings, recorded):
    histories = script.run()
    assert list(histories) == [program.PROGRAM, program.LATER_PROGRAM] + FREE
    assert complaints(histories, trainings.seen, recorded) == set()


def normal(seed):
    """A network whose kernels have the variance of Glorot's, and are normal."""
    stream = np.random.RandomState([seed, 0])
    return program.network(lambda _, shape: (0.5 + stream.normal(
        size=shape) / np.sqrt(12)).astype("float32"))


def median(model, x, y):
    losses = cross_entropies(keras.ops.convert_to_numpy(model(x)).astype(float), y)
    return 0.0, float(np.median(losses))


in_this_order, train_program = program.in_this_order, program.train_program
PLANTED = {
    "free runs in the program's order": (
        free_runs, "free_orders", lambda digits, _: program.orders_of_the_program(digits), "order"),
    "the order of the epoch before is not kept": (
        program, "orders_of_the_program", program.orders_of_the_later_program, "order"),
    "Glorot normal for uniform": (free_runs, "free_network", normal, "kernels"),
    "one seed for all free runs": (
        free_runs, "free_network", lambda seed: program.free_network(0), "kernels"),
    "validation loss as a median": (program, "score", median, "validation loss"),
    "shuffled labels": (program, "in_this_order", lambda x, y, size: in_this_order(
        x, np.random.RandomState(0).permutation(y), size), "labels"),
    "rate times 10": (program, "LEARNING_RATE", 0.1, "setting learning_rate"),
    "batches of 100": (program, "BATCH_SIZE", 100, "setting batch_size"),
    "slope 0.3": (program, "NEGATIVE_SLOPE", 0.3, "validation loss"),
    "36 epochs": (script, "train_program", lambda model, digits, epochs, *more, **named: (
        train_program(model, digits, 36, *more, **named)), "epochs"),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_named(trainings, recorded, monkeypatch, fault):
    where, name, replacement, complaint = PLANTED[fault]
    monkeypatch.setattr(where, name, replacement)
    histories = script.run(free_seeds=2, later_program=False)
    assert complaint in complaints(histories, trainings.seen, recorded)


class RoundTrip:
    """Runs claim 22 for three epochs and keeps what it asks of the other processes."""

    def __init__(self, monkeypatch):
        self.asked = []
        monkeypatch.setattr(round_trip.saving, "save", lambda model, path: None)
        monkeypatch.setattr(round_trip, "elsewhere", lambda path, *more: (
            self.asked.append((path.rsplit("/", 1)[-1].split(".")[0],) + more) or {}))
        monkeypatch.setattr(round_trip, "go_on", lambda model, digits, *more: (
            self.asked.append(("here",) + more[:2]) or {}))

    def run(self):
        return round_trip.run(epochs=3)


def test_the_round_trip_trains_as_often_as_asked_and_goes_on_from_there(
        trainings, monkeypatch, claims, reference_of):
    trip = RoundTrip(monkeypatch)
    histories = trip.run()
    assert list(histories) == [round_trip.TRAINED, round_trip.SAVED, round_trip.LOADED,
                               round_trip.CONTROL]
    assert {history.settings["epochs"] for history in histories.values()} == {3}
    assert len(histories[round_trip.TRAINED].loss) == len(trainings.seen[0]["orders"]) == 3
    assert [asked[:3] for asked in trip.asked] == [
        ("here", 3, 2), ("final", 3, 2), ("later", 4, 0)]
    theirs = reference_of(claims["mnist_checkpoint_round_trip"]).histories
    trained = {round_trip.TRAINED: histories[round_trip.TRAINED]}
    assert complaints(trained, trainings.seen, theirs) == {"setting epochs", "epochs"}


def test_a_round_trip_of_one_epoch_is_noticed(trainings, monkeypatch):
    monkeypatch.setattr(round_trip, "train_program", lambda model, digits, epochs, resume: (
        train_program(model, digits, 1, resume)))
    trained = RoundTrip(monkeypatch).run()[round_trip.TRAINED]
    assert trained.settings["epochs"] == len(trained.loss) == 1 != 3


def test_the_scripts_train_as_many_epochs_as_the_program(claims, reference_of):
    for stem in ("mnist_leaky_relu_mlp", "mnist_checkpoint_round_trip"):
        result = reference_of(claims[stem])
        assert claims[stem].epochs == result.settings["epochs"] == 40
        assert {history.settings["epochs"] for history in result.histories.values()} == {40}
    orders = program.orders_of_the_program(mnist.sample())
    assert len(list(itertools.islice(orders, 40))) == 40
