"""What a history says of the run that made it."""
import itertools

import numpy as np
import pytest

from lib import data
from lib.claims import History
from lib.compat import (compile_model, engine, gradient_function, in_this_order, keras,
                        state_of)
from lib.data import FixedBatches, ReLUBatches
from lib.models import leaky_relu, linear_unit, single_unit
from lib.training import (FROM_THE_START, FromTheStart, fit, train, train_by_epochs,
                          train_each)


@pytest.fixture(scope="module")
def history():
    return train(single_unit(leaky_relu(0.3), -0.1), ReLUBatches(4, size=64),
                 keras.optimizers.Adam(learning_rate=0.003, amsgrad=True), "mean_squared_error",
                 epochs=3, steps_per_epoch=5)


@pytest.mark.parametrize("name, value", [
    ("activation", "LeakyReLU"), ("negative_slope", 0.3), ("start", -0.1), ("optimizer", "Adam"),
    ("learning_rate", 0.003), ("amsgrad", True), ("epochs", 3), ("steps_per_epoch", 5),
    ("batch_size", 64), ("seed", 4), ("loss", "mean_squared_error")])
def test_the_settings_are_those_in_force(history, name, value):
    assert history.settings[name] == value


def test_there_is_one_plain_number_an_epoch(history):
    assert [type(value) for value in history.loss + history.weight] == [float] * 6


def test_the_same_seed_gives_the_same_history_to_the_last_bit(history):
    again = train(single_unit(leaky_relu(0.3), -0.1), ReLUBatches(4, size=64),
                  keras.optimizers.Adam(learning_rate=0.003, amsgrad=True), "mean_squared_error",
                  epochs=3, steps_per_epoch=5)
    assert again == history


def test_a_step_is_traced_no_more_often_than_where_the_optimizer_has_its_weights():
    """Tracing takes longer than the training; a step that makes weights is traced once more."""
    calls = []

    class Counted(type(leaky_relu(0.3))):
        def call(self, x):
            calls.append(x)
            return super().call(x)

    unit, optimizer = single_unit(Counted(0.3), -0.1), keras.optimizers.Adam(0.01)

    def traces():
        calls.clear()
        train(unit, ReLUBatches(4, size=8), optimizer, "mean_squared_error", 1, steps_per_epoch=2)
        return len(calls)

    first, later = traces(), traces()
    assert first == later
    # that of TensorFlow 1 is in the graph since the model was made
    assert (first > 0) == (engine() != "graph")


@pytest.mark.parametrize("steps", [5, 6])
def test_the_steps_of_fit_are_those_of_single_batches(steps):
    x = np.random.RandomState(0).randn(40, 1)
    batches, epochs = FixedBatches(x, np.maximum(x, 0), 8), 2       # of five batches
    fitted, stepped = (single_unit(leaky_relu(0.3), -0.1) for _ in range(2))
    history, weights = fit(fitted, batches, keras.optimizers.Adam(0.01), "mean_squared_error",
                           epochs, steps)
    eagerly = {} if engine() == "graph" else {"run_eagerly": True}
    stepped.compile(optimizer=keras.optimizers.Adam(0.01), loss="mean_squared_error", **eagerly)
    drawn = iter(batches)
    for epoch in range(epochs):
        before = []
        for batch in itertools.islice(drawn, steps):
            before.append(stepped.evaluate(*batch, verbose=0))
            stepped.train_on_batch(*batch)
        assert history.loss[epoch] == pytest.approx(np.mean(before), rel=1e-5)
        assert weights[epoch][0] == pytest.approx(stepped.get_weights()[0], rel=1e-5)


@pytest.mark.parametrize("make", [
    lambda: keras.optimizers.SGD(0.01, momentum=0.9), lambda: keras.optimizers.Adam(0.01)])
def test_a_training_in_pieces_gives_the_same_numbers_to_the_last_bit(monkeypatch, make):
    """And its optimizer remembers the same. In one piece, in pieces of two epochs, and of one."""
    found = []
    for size in (data.PIECE, 2 * 5 * 64 * 8, 1):
        monkeypatch.setattr(data, "PIECE", size)
        unit = single_unit(leaky_relu(0.3), -0.1)
        history = train(unit, ReLUBatches(4, size=64), make(), "mean_squared_error", 5, 5)
        found.append((history, [array.tobytes() for array in state_of(unit)]))
    assert len(found[0][0].loss) == len(found[0][0].weight) == 5
    assert found[0] == found[1] == found[2]


def test_divergence_is_recorded_not_raised():
    history = train(single_unit(keras.layers.ReLU(), 5.0), ReLUBatches(0, size=64),
                    keras.optimizers.SGD(100.0), "mean_squared_error", 2, 50)
    assert not history.loss[-1] < float("inf")


@pytest.mark.parametrize("slope", [0.3, 0.0, -0.3])
def test_a_leaky_layer_passes_the_positive_and_scales_the_negative(slope):
    numbers = keras.ops.convert_to_tensor([[-2.0], [3.0]], "float32")
    values = keras.ops.convert_to_numpy(leaky_relu(slope)(numbers))
    assert values.ravel() == pytest.approx([-2 * slope, 3])


def test_the_gradient_of_a_straight_line_is_its_closed_form():
    unit = single_unit(keras.layers.Activation("linear"), 2.0)
    measure = gradient_function(unit, lambda y, output: keras.ops.mean((output - y) ** 2))
    loss, (gradient,) = measure([[1.0], [3.0]], [[0.0], [0.0]])
    assert (loss, gradient[0, 0]) == pytest.approx((20.0, 20.0))


def test_a_history_has_the_rate_in_force_however_it_was_asked_for():
    """Or making the optimizer is an error: some releases ignore ``lr=``."""
    try:
        optimizer = keras.optimizers.SGD(lr=0.25)
    except (TypeError, ValueError):
        return
    # one step on (w - 1)² from w = 0
    history, ((after,),) = fit(linear_unit([0.0]), FixedBatches([[1.0]], [[1.0]]), optimizer,
                               "mean_squared_error", 1, 1)
    assert after[0, 0] == pytest.approx(2 * history.settings["learning_rate"])


def test_a_history_says_what_it_is_told_of_its_run():
    def any_loss(y, output):
        return keras.ops.mean((output - y) ** 2)

    def settings(**described):
        history, _ = fit(linear_unit([0.0]), FixedBatches([[1.0]], [[1.0]]),
                         keras.optimizers.SGD(0.1), any_loss, 1, 2, **described)
        return history.settings

    assert (settings()["loss"], settings(loss_name="mine")["loss"]) == ("any_loss", "mine")
    assert settings(units=7)["units"] == 7


class Kept(FromTheStart):
    """Has the history "old", and keeps the labels of those that it is asked for."""

    def __init__(self):
        self.asked = []

    def history(self, label, make):
        self.asked.append(label)
        return History({"kept": True}) if label == "old" else make()


def test_of_each_setting_there_is_a_history_and_only_what_is_not_kept_is_made():
    made, kept, settings = [], Kept(), {"old": 1, "new": 2}

    def train_one(setting):
        made.append(setting)
        return History({"setting": setting})

    histories = train_each(settings, train_one, "settings", kept)
    assert (list(histories), kept.asked, made) == (["old", "new"], ["old", "new"], [2])
    assert histories == {"old": History({"kept": True}), "new": History({"setting": 2})}
    assert train_each(settings, train_one) == {
        "old": History({"setting": 1}), "new": History({"setting": 2})}


def test_each_epoch_is_trained_in_its_order_and_then_measured():
    """On one sample at a time, y = 3 x: each step leaves 1 - 2 rate x² of the error."""
    model, x = linear_unit([0.0]), np.array([[1.0], [2.0]], "float32")
    compile_model(model, keras.optimizers.SGD(0.1), "mean_squared_error")

    def measure(order):
        return {"first": order[0], "weight": model.get_weights()[0][0, 0]}

    series = train_by_epochs(model, in_this_order(x, 3 * x, 1), np.array([[0, 1], [1, 0]]), measure,
                             FROM_THE_START)
    assert series["first"] == [0, 1]
    assert series["weight"] == pytest.approx([3 - 3 * 0.16, 3 - 3 * 0.16 ** 2])
    assert series["loss"] == pytest.approx([((3 * 1) ** 2 + (2.4 * 2) ** 2) / 2,
                                            ((0.48 * 2) ** 2 + (0.096 * 1) ** 2) / 2], rel=1e-5)
