"""The probes of operations: near their references here, and far from them after a planted error."""
import dataclasses

import numpy as np
import pytest

from lib.compat import NotSupported, derivative, engine, evaluated, keras
from lib.compat.probing import there
from lib.probes import operations
from lib.probes.operations import CASES, output, output_in_numpy, slopes, slopes_in_numpy
from lib.suite.probing import measure

# Of what a probe may differ from its float64 reference on any engine, relative to max(1, |value|)
BOUND = 1e-6
BOUNDS = {"matmul, (64, 64) by (64, 64)": 5e-6,     # sums of 64 products, as large as 20
          "sum of 100 numbers, of each column": 3e-6}
PROBES = {probe.name: probe for probe in operations.PROBES}
# The kernels of TensorFlow behind each
KERNELS = {"sum of 1,000 numbers": ["Sum"], "sum of 64 numbers, of each row": ["Sum"],
           "mean of 1,000 numbers": ["Mean"], "mean of 64 numbers, of each row": ["Mean"],
           "matmul, (64, 64) by (64, 64)": ["MatMul"], "matmul, (1000, 1) by (1, 1)": ["MatMul"],
           "matmul, (1, 1000) by (1000, 1)": ["MatMul"],
           "matmul, (200, 10) by (10, 1)": ["MatMul"],
           "sum of 100 numbers, of each column": ["Sum"],
           "einsum, networks side by side": ["Einsum"], "rsqrt": ["Rsqrt"], "power": ["Pow"],
           "log": ["Log"], "divide": ["RealDiv"], "exp": ["Exp"], "tanh": ["Tanh"],
           "sigmoid": ["Sigmoid"],
           "sqrt": ["Sqrt"], "square": ["Square"], "relu": ["Relu"],
           "leaky_relu, slope by default": ["LeakyRelu"],
           "leaky_relu, slope 0.3": ["LeakyRelu"], "leaky_relu, slope 1.5": ["LeakyRelu"],
           "softmax cross-entropy": ["SparseSoftmaxCrossEntropyWithLogits"]}
OF_DERIVATIVES = {"exp": ["Exp", "Mul"], "tanh": ["Tanh", "TanhGrad"],
                  "sigmoid": ["Sigmoid", "SigmoidGrad"], "sqrt": ["Sqrt", "SqrtGrad"],
                  "square": ["Mul", "Square"], "relu": ["Relu", "ReluGrad"],
                  "leaky_relu, slope 0.3": ["LeakyRelu", "LeakyReluGrad"],
                  "leaky_relu, slope 1.5": ["LeakyRelu", "LeakyReluGrad"],
                  "softmax cross-entropy": ["Mul", "SparseSoftmaxCrossEntropyWithLogits"]}
KERNELS.update((name + ", derivative", names) for name, names in OF_DERIVATIVES.items())


@pytest.mark.parametrize("name", PROBES)
def test_each_is_near_its_reference(name):
    assert measure(PROBES[name]).error <= BOUNDS.get(name, BOUND)


@pytest.mark.parametrize("name", PROBES)
def test_each_is_about_its_own_kernels_and_no_others(name):
    if engine() != "tensorflow":
        pytest.skip("only TensorFlow 2 tells what runs")
    assert measure(PROBES[name]).subject == KERNELS[name]


def test_the_references_are_what_a_reader_expects():
    assert CASES["sigmoid"].slope(0.0) == 1 / 4
    assert CASES["tanh"].slope(0.0) == 1
    assert CASES["leaky_relu, slope 0.3"].value(np.array([-2.0, 2.0])).tolist() == [-0.6, 2]
    assert CASES["leaky_relu, slope 1.5"].value(np.array([-2.0, 2.0])).tolist() == [-3, 2]
    of_equal_logits = CASES["softmax cross-entropy"].value(np.zeros((100, 10)))
    assert of_equal_logits == pytest.approx(np.full(100, np.log(10)))


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.slope])
def test_the_slopes_are_those_of_the_values(name):
    """By a difference quotient in float64."""
    case, tiny = CASES[name], 1e-6
    x = case.inputs[0].astype("float64")
    x = x[np.abs(x) > tiny] if name in operations.KINKED else x
    if name == "softmax cross-entropy":     # along the first logit of each row
        step = tiny * np.eye(10)[0]
        slope = case.slope(x)[:, 0]
    else:
        step, slope = tiny, case.slope(x)
    quotient = (case.value(x + step) - case.value(x - step)) / (2 * tiny)
    assert quotient == pytest.approx(slope, rel=1e-5, abs=1e-7)


PLANTED = {
    "a mean over too few": ("mean of 1,000 numbers", lambda x: keras.ops.sum(x) / 990),
    "another slope": ("leaky_relu, slope 0.3", operations.called("leaky_relu", 0.2)),
    "a leaky ReLU that is a maximum": (
        "leaky_relu, slope 1.5", lambda x: x + 0.5 * keras.ops.relu(x)),
    "a sigmoid that is hard": (
        "sigmoid", lambda x: keras.ops.relu(x / 6 + 0.5) - keras.ops.relu(x / 6 - 0.5)),
    "logits that are scaled": (
        "softmax cross-entropy", lambda x: operations.cross_entropy(1.001 * x)),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_error_is_seen(planted):
    name, function = PLANTED[planted]
    wrong = CASES[name]._replace(function=function)
    probe = dataclasses.replace(PROBES[name], measure=lambda: output(wrong))
    assert measure(probe).error > 10 * probe.tolerance


def test_a_planted_slope_is_seen_in_the_derivative():
    name = "leaky_relu, slope 0.3"
    wrong = CASES[name]._replace(function=operations.called("leaky_relu", 0.2))
    probe = dataclasses.replace(PROBES[name + ", derivative"],
                                measure=lambda: slopes(name, wrong))
    assert measure(probe).error == pytest.approx(0.1)


def test_the_derivative_at_exactly_0_stands_apart():
    at_zero = {name: slopes(name, CASES[name])["at_zero"] for name in operations.KINKED}
    upper_side = engine() == "jax"
    assert at_zero["relu"] == 0
    assert at_zero["leaky_relu, slope 0.3"] == pytest.approx(1 if upper_side else 0.3)
    assert at_zero["leaky_relu, slope 1.5"] == pytest.approx(1 if upper_side else 1.5)
    for name in operations.KINKED:
        assert len(slopes(name, CASES[name])["derivative"]) == 800
        assert len(slopes_in_numpy(name, CASES[name])["derivative"]) == 800


def test_the_derivative_of_a_saturating_function_ends():
    """A float32 sigmoid rounds to 1 from 17.3 on, a tanh from 9.01 on, in exact arithmetic."""
    lower, upper = slopes("sigmoid", CASES["sigmoid"])["ends"]
    assert 15 < upper < 18 and lower < -upper
    lower, upper = slopes("tanh", CASES["tanh"])["ends"]
    assert 7 < upper < 10 and lower == -upper


def test_functions_are_evaluated_and_differentiated():
    x = [[1.0, -2.0], [3.0, 4.0]]
    assert evaluated(lambda x, y: x * y, x, [10.0, 100.0]).tolist() == [[10, -200], [30, 400]]
    assert derivative(lambda x: x * x, x).tolist() == [[2, -4], [6, 8]]
    assert output(CASES["square"])["output"].dtype == "float32"
    assert output_in_numpy(CASES["square"])["output"].dtype == "float64"


def test_what_a_release_lacks_is_not_supported():
    assert there(keras.layers, "Dense") is keras.layers.Dense
    with pytest.raises(NotSupported, match="FourierDense is not there"):
        there(keras.layers, "FourierDense")
