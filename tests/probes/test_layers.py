"""Layers against float64, and errors that were put in on purpose."""
from dataclasses import replace

import numpy as np
import pytest

from lib.compat import engine, is_keras_3, keras
from lib.compat.loading import release, tensorflow_release
from lib.probes import layers
from lib.probes import layers_in_numpy as in_numpy
from lib.suite.deviations import deviation
from lib.suite.probing import measure
from lib.suite.records import CRASHED, MEASURED, NOT_THERE

BY_NAME = {probe.name: probe for probe in layers.PROBES}
WITH_MASKS = [name for name in BY_NAME if name.endswith(("dropout", "Dropout"))]


@pytest.fixture(scope="module")
def misses():
    """The probes that are not as their reference here, by name."""
    version, found = release(keras), set()
    if not is_keras_3():
        found.add("BatchNormalization of pictures")
    if version < (2, 11):
        found.add("Embedding with a mask")
    if (3, 0) <= version < (3, 16):
        found.add("Dropout called with training=True, in predict")
    if (3, 0) <= version < (3, 2):
        found.update(name for name in WITH_MASKS if "recurrent" in name)
    return found


@pytest.mark.parametrize("name", BY_NAME)
def test_a_layer_is_as_in_float64_but_where_a_release_is_known_not_to_be(name, misses):
    probe = BY_NAME[name]
    result = measure(probe)
    if name == "Embedding with a mask and weights of samples" and is_keras_3():
        assert result.state == CRASHED
    elif result.state == NOT_THERE:
        assert release(keras) < (2, 6), result.reason
    else:
        assert result.state == MEASURED, result.reason
        if probe.reference:
            assert (result.error > probe.tolerance) == (name in misses), result.error


@pytest.mark.parametrize("name, series, factor", [
    ("BatchNormalization", "moving variance", 6 / 5), ("LSTM", "gradient of weight 1", 1.001),
    ("Conv2D, stride 2", "output", -1), ("Masking", "after a step weight 2", 0.999)])
def test_an_error_that_is_put_in_is_seen(name, series, factor):
    """The first of them is an unbiased variance of six samples."""
    right = BY_NAME[name].reference()
    for changed in (1, factor):
        wrong = dict(right, **{series: changed * np.asarray(right[series])})
        error = measure(replace(BY_NAME[name], measure=lambda: wrong)).error
        assert (error > BY_NAME[name].tolerance) == (changed != 1)


def test_the_input_of_a_batch_normalization_does_not_hide_how_its_variance_is_divided():
    x = layers.NORMALIZED["BatchNormalization"].astype(float)
    assert in_numpy.batch_statistics(x)[1] == pytest.approx(x.var(axis=0, ddof=1) * 5 / 6)


def test_a_mask_that_is_the_same_at_all_times_is_told_from_one_that_is_not():
    """Of Keras' own Dropout, made to share its mask."""
    each_time = measure(BY_NAME["Dropout"]).measured.series
    x = np.ones((layers.SAMPLES, layers.TIMES, layers.UNITS), "float32")

    def sharing():
        layer = keras.layers.Dropout(layers.DROPPED,
                                     noise_shape=(layers.SAMPLES, 1, layers.UNITS))
        return layers.model_of([layer], x.shape), x, lambda output: output[None]

    constant = measure(layers.masks_probe("", "Dropout", sharing)).measured.series
    assert constant["share alike at all times"] == [1]
    alike = (1 - layers.DROPPED) ** layers.TIMES + layers.DROPPED ** layers.TIMES
    assert each_time["share alike at all times"] == pytest.approx([alike], abs=layers.CHANCE)
    assert deviation(constant["share alike at all times"],
                     each_time["share alike at all times"]) > layers.CHANCE


@pytest.mark.parametrize("name", ["SimpleRNN, recurrent_dropout", "LSTM, recurrent_dropout",
                                  "GRU, dropout"])
def test_the_masks_of_a_recurrent_layer_are_read_at_another_rate(name, monkeypatch, misses):
    if name in misses:
        pytest.skip("this release does not drop there")
    monkeypatch.setattr(layers, "DROPPED", 0.5)
    result = measure(BY_NAME[name])
    assert result.measured.series["share kept"] == pytest.approx([0.5], abs=layers.CHANCE)
    assert result.measured.series["factor of the kept"] == pytest.approx([2])
    assert result.measured.series["share alike at all times"] == [1]


def test_the_gates_of_a_recurrent_layer_share_a_mask_or_do_not():
    """TensorFlow 1 and from 2.1 on, and Keras from 3.8 on: keras-team/keras pull request 20663."""
    differ = measure(BY_NAME["LSTM, recurrent_dropout"]).measured.series[
        "share that differs between gates"]
    on_2_0 = not is_keras_3() and tensorflow_release() == (2, 0)
    shared = (3, 0) <= release(keras) < (3, 8) or on_2_0
    expected = 0 if shared else 2 * layers.DROPPED * (1 - layers.DROPPED)
    assert differ == pytest.approx([expected], abs=layers.CHANCE)


def test_gradients_by_differences():
    (of_x, of_y) = in_numpy.gradients(lambda x, y: np.sum(x ** 3) * y, [[1.0, -2.0], 3.0])
    assert of_x == pytest.approx([9, 36], rel=1e-8)
    assert of_y == pytest.approx(-7, rel=1e-8)


def test_the_slopes_of_leaky_relus():
    """jax.nn.leaky_relu asks x >= 0; the name is not known before TensorFlow 2.6."""
    layer = measure(BY_NAME["LeakyReLU by default"]).measured.series
    assert layer["slope"] == pytest.approx([0.3])
    assert layer["slope at 0"] == pytest.approx([1 if engine() == "jax" else 0.3])
    by_name = measure(BY_NAME["leaky_relu by name"])
    assert (by_name.state == NOT_THERE) == (release(keras) < (2, 6))
    if by_name.state == MEASURED:
        assert by_name.measured.series["slope"] == pytest.approx([0.2])
