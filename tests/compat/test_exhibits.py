"""Known traps of an upgrade of TensorFlow or Keras, on the releases that have them and only there.

Each test trains or asks one unit as a program of its time would, through Keras itself and not
through ``lib.compat``, which hides most of this. The releases in the assertions are those on which
they were measured; a release that comes to differ fails its test.
"""
import importlib
import re

import numpy as np
import pytest

from lib.compat import engine


@pytest.fixture(scope="module")
def keras():
    """Keras as a program imports it: ``tf.keras``, or ``keras`` where TensorFlow trains nothing."""
    if engine() in ("jax", "torch"):
        return importlib.import_module("keras")
    return importlib.import_module("tensorflow").keras


@pytest.fixture(scope="module")
def version(keras):
    """Keras', as (3, 15), or that of tf-keras.

    Of TensorFlow 1.13 to 2.2 it is (2, 2) or (2, 3), then TensorFlow's up to 2.15.
    """
    package = keras.layers.Dense.__module__.split(".")[0]   # tensorflow, keras or tf_keras
    named = keras if package == "tensorflow" else importlib.import_module(package)
    return tuple(int(part) for part in re.findall(r"\d+", named.__version__)[:2])


@pytest.fixture(scope="module")
def new_optimizers_of_keras_2(version):
    """TensorFlow 2.11 to 2.15, and tf-keras, which goes on from there."""
    return (2, 11) <= version < (3, 0)


def unit(keras, optimizer, *layers, **compiled):
    """A model with one weight w = 0: w x, and then the layers, for the squared error."""
    inputs = keras.layers.Input(shape=(1,))
    outputs = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")(inputs)
    for layer in layers:
        outputs = layer(outputs)
    model = keras.models.Model(inputs, outputs)
    model.compile(optimizer=optimizer, loss="mse", **compiled)
    return model


def columns(*values):
    return [np.reshape(np.array(one, "float32"), (-1, 1)) for one in values]


def fit(model, x, y, batch_size=1, epochs=1):
    """The weight after it."""
    x, y = columns(x, y)
    model.fit(x, y, batch_size=batch_size, epochs=epochs, shuffle=False, verbose=0)
    return float(model.get_weights()[0][0, 0])


def fate(keras, *settings, **named):
    """What SGD does with the named setting: "an error", "ignored" or "honoured"."""
    try:
        optimizer = keras.optimizers.SGD(*settings, **named)
    except (TypeError, ValueError):
        return "an error"
    without = keras.optimizers.SGD(*settings)
    with_it, without = (fit(unit(keras, one), [1], [1], epochs=2) for one in (optimizer, without))
    return "ignored" if with_it == pytest.approx(without) else "honoured"


def test_a_rate_given_as_lr_is_silently_the_default_rate(keras, version):
    """keras-team/keras issue 17338. TensorFlow 1.13 knows no other name for it."""
    assert fate(keras, lr=0.25) == (
        "honoured" if version < (2, 11) else "ignored" if version < (3, 0) else "an error")


@pytest.mark.filterwarnings("ignore:Argument .decay. is no longer supported:UserWarning")
def test_a_decay_of_the_rate_becomes_an_error_and_then_nothing(keras, version):
    """Keras 3 warns and goes on at a constant rate."""
    assert fate(keras, 0.25, decay=1.0) == (
        "honoured" if version < (2, 11) else "an error" if version < (3, 0) else "ignored")


def test_the_loss_of_an_epoch_is_a_mean_over_batches_of_whatever_size(keras, version):
    """keras-team/keras pull request 19363, which Keras 3.2 has.

    Two samples with the error 0, and in a batch of its own one with the squared error 9.
    """
    model = unit(keras, keras.optimizers.SGD(0.0))
    x, y = columns([1, 1, 1], [0, 0, 3])
    history = model.fit(x, y, batch_size=2, shuffle=False, verbose=0).history
    losses = history["loss"] + [model.evaluate(x, y, batch_size=2, verbose=0)]
    over_batches = (3, 0) <= version < (3, 2)
    assert losses == pytest.approx([9 / 2 if over_batches else 9 / 3] * 2)


def test_nadam_throws_a_single_weight_to_infinity(keras, new_optimizers_of_keras_2):
    """The product of its momenta starts as 1, and 1 - 1 is what the first step divides by.

    Whether to multiply is asked for each weight by a counter in Python, which a graph reads once,
    when it is made: the product comes after the step's first weight is done. With one weight this
    is too late.
    """
    after = fit(unit(keras, keras.optimizers.Nadam(0.25)), [1], [1])
    assert np.isinf(after) == new_optimizers_of_keras_2, after


@pytest.mark.parametrize("layers", [1, 2])
def test_nadam_compiled_is_another_optimizer_than_nadam_run_eagerly(
        keras, new_optimizers_of_keras_2, layers):
    """With two weights nothing is infinite, which makes it harder to see."""
    if engine() == "graph":
        pytest.skip("fit of TensorFlow 1 is never eager")

    def trained(**compiled):
        more = [keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")
                for _ in range(layers - 1)]
        model = unit(keras, keras.optimizers.Nadam(0.25), *more, **compiled)
        return fit(model, [1], [1], epochs=3)

    compiled, eager = trained(), trained(run_eagerly=True)
    differ = compiled != pytest.approx(eager, rel=1e-4)
    assert np.isfinite(eager)
    assert differ == new_optimizers_of_keras_2, (compiled, eager)


@pytest.mark.parametrize("name, at_zero", [("ReLU", 0), ("LeakyReLU", 0.3)])
def test_jax_takes_a_leaky_relu_at_zero_for_its_upper_side(keras, name, at_zero):
    """jax.nn.leaky_relu asks x >= 0, TensorFlow and torch x > 0. It matters where x is exactly 0.

    At w = 0 the gradient of (f(w) + 1)² is 2 f'(0), which the rate 1/2 makes the step.
    """
    model = unit(keras, keras.optimizers.SGD(0.5), getattr(keras.layers, name)())
    derivative = -fit(model, [1], [-1])
    upper_side = engine() == "jax" and name == "LeakyReLU"
    assert derivative == pytest.approx(1 if upper_side else at_zero)


def slope(keras, layer):
    inputs = keras.layers.Input(shape=(1,))
    return -float(keras.models.Model(inputs, layer(inputs)).predict(*columns([-1]))[0, 0])


def test_a_leaky_relu_by_name_has_another_slope_than_the_layer(keras, version):
    """The name is not known before TensorFlow 2.6."""
    assert slope(keras, keras.layers.LeakyReLU()) == pytest.approx(0.3)
    if version >= (2, 6):
        assert slope(keras, keras.layers.Activation("leaky_relu")) == pytest.approx(0.2)
    else:
        with pytest.raises(ValueError, match="Unknown activation function"):
            keras.layers.Activation("leaky_relu")


def test_the_leaky_relu_of_tensorflow_has_the_slope_of_the_name(keras):
    if engine() not in ("graph", "tensorflow"):
        pytest.skip("tf.nn is TensorFlow's")
    leaky_relu = importlib.import_module("tensorflow").nn.leaky_relu
    assert slope(keras, keras.layers.Activation(leaky_relu)) == pytest.approx(0.2)


def weight_after_a_nan(keras, **compiled):
    """That of a unit whose weight became NaN, was set to 0, and took one more step."""
    model = unit(keras, keras.optimizers.SGD(0.25), **compiled)
    assert np.isnan(fit(model, [np.nan], [1]))
    model.set_weights(columns([0]))
    return fit(model, [1], [1])


def test_sgd_without_momentum_remembers_a_nan_where_it_runs_eagerly(
        keras, new_optimizers_of_keras_2):
    """It keeps velocities all the same, and 0 times the NaN in one is NaN again."""
    if engine() == "graph":
        pytest.skip("fit of TensorFlow 1 is never eager")
    after = weight_after_a_nan(keras, run_eagerly=True)
    assert np.isnan(after) == new_optimizers_of_keras_2, after


def test_sgd_without_momentum_remembers_a_nan_in_a_graph_that_multiplies_by_zero(keras, version):
    """tensorflow/tensorflow issue 119428: up to 2.16 the folding of constants makes 0 out of 0 x.

    That hides the NaN in the velocities of TensorFlow 2.11 to 2.15, and no longer in those of
    tf-keras from 2.17 on. TensorFlow 1.13 keeps velocities, too, and multiplies by a variable.
    """
    after = weight_after_a_nan(keras)
    first = engine() == "graph" and importlib.import_module("tensorflow").__version__ < "1.14"
    assert np.isnan(after) == (first or (2, 17) <= version < (3, 0)), after
