"""The release's own tensor functions under Keras 3's names, and how each engine evaluates them."""
import re

import numpy as np

from lib.compat.loading import NotSupported, engine, is_keras_3, load


def there(module, name):
    """``getattr(module, name)``. Raises NotSupported where this release lacks it."""
    try:
        return getattr(module, name)
    except AttributeError:
        raise NotSupported(f"{name} is not there") from None


def operation(name):
    """A function of tensors: ``keras.ops``' own, or what layers of Keras 2 call in its place."""
    if is_keras_3():
        return there(load("keras").ops, name)
    tensorflow = load("tensorflow")
    return {"sum": tensorflow.reduce_sum, "mean": tensorflow.reduce_mean,
            "matmul": tensorflow.matmul, "divide": tensorflow.divide, "exp": tensorflow.exp,
            "tanh": tensorflow.tanh, "sigmoid": tensorflow.sigmoid, "sqrt": tensorflow.sqrt,
            "square": tensorflow.square, "power": tensorflow.pow, "einsum": tensorflow.einsum,
            "log": tensorflow.math.log, "rsqrt": tensorflow.math.rsqrt, "relu": tensorflow.nn.relu,
            "leaky_relu": tensorflow.nn.leaky_relu,
            "sparse_categorical_crossentropy": _cross_entropy_of_logits}[name]


def _cross_entropy_of_logits(labels, logits, from_logits):
    return load("tensorflow").nn.sparse_softmax_cross_entropy_with_logits(
        labels=labels, logits=logits)


def evaluated(function, *arrays):
    """``function`` of the arrays as float32 tensors, in the way that ``outputs_of`` takes."""
    arrays = [np.asarray(array, "float32") for array in arrays]
    return _on_this_engine()[0](function, arrays)


def derivative(function, array):
    """The gradient of the sum of ``function(x)`` at x = array, in the shape of the array."""
    return _on_this_engine()[1](function, np.asarray(array, "float32"))


def _on_this_engine():
    return {"graph": (_run, _gradient_in_graph), "tensorflow": (_eager, _gradient_on_tape),
            "jax": (_jitted, _gradient_jitted), "torch": (_on_torch, _gradient_on_torch)}[engine()]


def _run(function, arrays):
    tensorflow = load("tensorflow")
    inputs = [tensorflow.placeholder("float32", array.shape) for array in arrays]
    return _session().run(function(*inputs), dict(zip(inputs, arrays)))


def _gradient_in_graph(function, array):
    tensorflow = load("tensorflow")
    x = tensorflow.placeholder("float32", array.shape)
    return _session().run(tensorflow.gradients(function(x), x)[0], {x: array})


def _session():
    return load("tensorflow").keras.backend.get_session()


def _eager(function, arrays):
    return function(*map(load("tensorflow").constant, arrays)).numpy()


def _gradient_on_tape(function, array):
    tensorflow = load("tensorflow")
    x = tensorflow.constant(array)
    with tensorflow.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    return tape.gradient(y, x).numpy()


def _jitted(function, arrays):
    return np.array(load("jax").jit(function)(*arrays))


def _gradient_jitted(function, array):
    jax = load("jax")
    return np.array(jax.jit(jax.grad(lambda x: function(x).sum()))(array))


def _on_torch(function, arrays):
    with load("torch").no_grad():
        return function(*map(load("torch").from_numpy, arrays)).numpy()


def _gradient_on_torch(function, array):
    torch = load("torch")
    x = torch.from_numpy(array).requires_grad_()
    function(x).sum().backward()
    return x.grad.numpy()


def initializer(name):
    """The release's own initializer of that name, which draws as ``seed``, a number, says.

    TensorFlow 1 and 2.0 have some of them as functions alone, such as "he_normal".
    """
    module = (load("keras") if is_keras_3() else load("tensorflow").keras).initializers
    function = re.sub("(?<=.)(?=[A-Z])", "_", name).lower()
    return there(module, name if hasattr(module, name) else function)


def as_in_a_new_program():
    """Have the next draw from a seed be the first.

    On TensorFlow 2.7 to 2.9 an initializer goes on where an earlier one of the same seed stopped,
    until the global seed is set.
    """
    if engine() == "tensorflow":
        load("tensorflow").random.set_seed(None)
