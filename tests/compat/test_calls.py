"""Which kernels run inside Keras, and which of its classes call them."""
import numpy as np
import pytest

from lib.compat import compile_model, engine, keras, outputs_of
from lib.compat.calls import calls_noted
from lib.compat.fitting import compiles_with_xla
from lib.compat.loading import tensorflow_release

pytestmark = pytest.mark.skipif(
    engine() != "tensorflow" or tensorflow_release() < (2, 2),
    reason="this release tells nobody which operations it runs")


def network(activation):
    return keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2, activation)])


def test_a_kernel_and_the_layer_that_calls_it_are_noted():
    model = network("tanh")
    with calls_noted() as calls:
        outputs_of(model, np.ones((4, 3)))
    assert {"Tanh", "MatMul", "layers.Dense", "activations.tanh"} <= calls
    assert not {"Sigmoid", "TanhGrad"} & calls


def test_what_a_compiled_step_calls_is_noted_with_the_optimizer_and_the_loss():
    model = network("sigmoid")
    compile_model(model, keras.optimizers.RMSprop(0.01), "mean_squared_error")
    with calls_noted() as calls:
        model.fit(np.ones((4, 3)), np.ones((4, 2)), verbose=0)
    assert {"Sigmoid", "SigmoidGrad", "optimizers.RMSprop"} <= calls
    assert any(name.startswith("losses.") for name in calls)
    assert not any("Adam" in name or "Dataset" in name or "Reshape" in name for name in calls)


@pytest.mark.skipif(not compiles_with_xla(), reason="this release compiles no step with XLA")
@pytest.mark.parametrize("jit_compile", [True, None])
def test_it_is_noted_whether_xla_compiles_the_step(jit_compile):
    model = network("tanh")
    compile_model(model, keras.optimizers.SGD(0.01), "mean_squared_error", jit_compile=jit_compile)
    with calls_noted() as calls:
        model.fit(np.ones((4, 3)), np.ones((4, 2)), verbose=0)
    assert ("compiled.XLA" in calls) == bool(jit_compile)


def test_outside_nothing_is_noted_and_numbers_are_the_same():
    model, x = network("tanh"), np.random.RandomState(0).randn(4, 3)
    with calls_noted() as calls:
        noted = outputs_of(model, x)
    before = set(calls)
    assert np.array_equal(outputs_of(network("sigmoid"), x).shape, noted.shape)
    assert calls == before
    assert np.array_equal(outputs_of(model, x), noted)


def test_after_an_error_nothing_is_noted_any_more():
    with pytest.raises(ZeroDivisionError):
        with calls_noted() as calls:
            raise ZeroDivisionError
    outputs_of(network("tanh"), np.ones((4, 3)))
    assert not calls
