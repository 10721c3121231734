"""The only file that knows TensorFlow and Keras versions, and Keras' backends.

``keras`` is Keras with the names and defaults of Keras 3, whichever is installed, imported when
first used, so that importing a reproduction costs nothing. KERAS_BACKEND chooses the backend,
TF_USE_LEGACY_KERAS=1 the Keras 2 of the package tf-keras, as they do for Keras itself.
"""
import contextlib
import functools
import importlib
import itertools
import logging
import numbers
import os
import platform
import re
import sys
import tempfile

import numpy as np


@contextlib.contextmanager
def _silent_stderr():
    """Drop what is written to file descriptor 2: TensorFlow logs before it reads its level."""
    sys.stderr.flush()
    terminal = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(terminal, 2)
        os.close(terminal)
        os.close(nowhere)


class NotSupported(ImportError):
    """A backend that this suite does not know, or a framework that is not installed."""


@functools.lru_cache(maxsize=None)
def _load(name):
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    backend = os.environ.setdefault("KERAS_BACKEND", "tensorflow")  # whatever keras.json says
    if backend not in ("tensorflow", "jax", "torch"):
        raise NotSupported("KERAS_BACKEND is tensorflow, jax or torch here, not {!r}".format(
            backend))
    try:
        with _silent_stderr():
            module = importlib.import_module(name)
    except ImportError as error:
        raise NotSupported("{} cannot be imported: {}".format(name, error)) from error
    # it warns of functions that are compiled again for each new model, which is what a suite does
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    return module


@functools.lru_cache(maxsize=None)
def _keras_3():
    """Whether Keras is Keras 3: not before TensorFlow 2.16."""
    if os.environ.get("TF_USE_LEGACY_KERAS", "").lower() in ("1", "true"):
        return False
    try:
        return hasattr(_load("keras"), "ops")
    except ImportError:     # before TensorFlow 2.6 it is a part of TensorFlow
        if os.environ["KERAS_BACKEND"] != "tensorflow":
            raise
        return False


@functools.lru_cache(maxsize=None)
def _keras():
    if not _keras_3():
        return _as_keras_3(_with_keras(_load("tensorflow")))
    new = _load("keras")
    new.config.set_floatx("float32")
    makes = {name: getattr(new.optimizers, name) for name in ("SGD", "Adam")}
    if engine() == "torch":
        makes = {name: _per_unit_on_torch(make) for name, make in makes.items()}
    return _With(new, optimizers=_With(new.optimizers, **{
        name: _remembers_rate(make) for name, make in makes.items()}))


def _with_keras(tensorflow):
    """TensorFlow, if its Keras 2 is there: from 2.16 on that is a package of its own.

    TensorFlow itself says so only the first time, and then recurses without end.
    """
    if _release() >= (2, 16):
        legacy = os.environ.get("TF_USE_LEGACY_KERAS")
        try:
            _load("tf_keras")
        except NotSupported as error:
            raise NotSupported("{}: {}".format(
                "TF_USE_LEGACY_KERAS={} needs the package tf-keras".format(legacy) if legacy else
                "TensorFlow needs the package keras", error)) from error
    return tensorflow


@functools.lru_cache(maxsize=None)
def engine():
    """What trains: "tensorflow", "jax" or "torch"; "graph" is TensorFlow 1, which is not eager."""
    if _keras_3():
        return _load("keras").backend.backend()
    return "tensorflow" if _load("tensorflow").executing_eagerly() else "graph"


def _release():
    """TensorFlow's, as (2, 21)."""
    return _version(_load("tensorflow").__version__)


def _version(text):
    return tuple(int(part) for part in text.split(".")[:2])


class _ImportedOnFirstUse:
    """Keras' stand-in, which imports it when one of its names is asked for."""

    def __getattr__(self, attribute):
        return getattr(_keras(), attribute)


keras = _ImportedOnFirstUse()


class _With:
    """A module with some of its names replaced."""

    def __init__(self, module, **names):
        self._module = module
        self.__dict__.update(names)

    def __getattr__(self, name):
        return getattr(self._module, name)


def _as_keras_3(tensorflow):
    """``tf.keras`` of Keras 2 with the names of Keras 3, as far as the suite uses them."""
    old = tensorflow.keras
    if engine() == "graph":
        _new_session(tensorflow)

    class LeakyReLU(old.layers.LeakyReLU):
        def __init__(self, negative_slope=0.3, **settings):
            super().__init__(alpha=negative_slope, **settings)
            self.negative_slope = negative_slope

    class EinsumDense(old.layers.Layer):
        """Of Keras 3 or TensorFlow 2.4 and later; without a bias."""

        def __init__(self, equation, output_shape, kernel_initializer="glorot_uniform"):
            super().__init__()
            self.equation, self.shape, self.initializer = equation, output_shape, kernel_initializer

        def build(self, input_shape):
            inputs, kernel, outputs = re.fullmatch(r"(\w+),(\w+)->(\w+)", self.equation).groups()
            sizes = dict(zip(inputs[1:], input_shape[1:]))
            sizes.update(zip(outputs[1:], self.shape))
            self.kernel = self.add_weight(name="kernel", shape=[int(sizes[one]) for one in kernel],
                                          initializer=self.initializer)
            super().build(input_shape)

        def call(self, x):
            return tensorflow.einsum(self.equation, x, self.kernel)

    layers = _With(old.layers, LeakyReLU=LeakyReLU, EinsumDense=EinsumDense,
                   Input=lambda shape: old.layers.InputLayer(input_shape=shape))

    def where(condition, x, y):
        """Which broadcasts, as TensorFlow's own does from 2.0 on."""
        x, y = (tensorflow.convert_to_tensor(one, "float32") for one in (x, y))
        shape = functools.reduce(tensorflow.broadcast_dynamic_shape,
                                 map(tensorflow.shape, (condition, x, y)))
        return tensorflow.where(*(tensorflow.broadcast_to(one, shape) for one in (condition, x, y)))

    ops = _With(None, mean=tensorflow.reduce_mean, sum=tensorflow.reduce_sum,
                square=tensorflow.square,
                where=where if engine() == "graph" else tensorflow.where,
                cast=tensorflow.cast, minimum=tensorflow.minimum, take=tensorflow.gather,
                reshape=tensorflow.reshape, unstack=tensorflow.unstack,
                convert_to_tensor=tensorflow.convert_to_tensor, convert_to_numpy=_numbers)
    random = _With(None, SeedGenerator=_SeedGenerator, shuffle=lambda rows, seed: (
        np.random.RandomState(seed.next()).permutation(rows)))
    losses = old.losses
    if _release() < (1, 14):    # it has no SparseCategoricalCrossentropy
        losses = _With(losses, SparseCategoricalCrossentropy=_cross_entropy_of_logits)
    return _With(old, layers=layers, ops=ops, losses=losses, random=random,
                 initializers=_old_initializers(old), optimizers=_old_optimizers(tensorflow),
                 __version__=_keras_2_version(old))


def _cross_entropy_of_logits(from_logits):
    backend = _load("tensorflow").keras.backend
    return functools.partial(backend.sparse_categorical_crossentropy, from_logits=from_logits)


def _new_session(tensorflow):
    """One that looks at the part of a graph that it runs: not at all models that were made so far.
    """
    options = tensorflow.GraphOptions(place_pruned_graph=True)
    tensorflow.keras.backend.set_session(tensorflow.Session(
        config=tensorflow.ConfigProto(graph_options=options)))


def forget_models():
    """Let go of the graph in which TensorFlow 1 keeps every model; those so far are of no use."""
    if engine() == "graph":
        keras.backend.clear_session()
        _new_session(_load("tensorflow"))


def _keras_2_version(old):
    """Of the package that ``tf.keras`` is, from TensorFlow 2.6 on, or of ``tf.keras`` itself."""
    for name in ("tf_keras", "keras"):
        with contextlib.suppress(ImportError):
            version = getattr(_load(name), "__version__", "3")
            if version.startswith("2"):
                return version
    return old.__version__


class _SeedGenerator:
    """One seed after another for those who draw, as Keras 3 has it."""

    def __init__(self, seed):
        self._random_state = np.random.RandomState(seed)

    def next(self):
        return int(self._random_state.randint(2 ** 31 - 1))


def _old_initializers(old):
    """Those that the suite uses, each of which draws anew at every call as with a SeedGenerator."""
    def named(name, make, *fixed):
        class Drawing(old.initializers.Initializer):
            def __init__(self, *settings, **named_settings):
                self._seeds = named_settings.pop("seed")
                self._make = functools.partial(make, *(fixed + settings), **named_settings)

            def __call__(self, shape, dtype=None, partition_info=None, **_):
                return self._make(seed=self._seeds.next())(shape, dtype or "float32")

            def get_config(self):
                return self._make(seed=0).get_config()

        Drawing.__name__ = name
        return Drawing

    scaled, normal = old.initializers.VarianceScaling, old.initializers.RandomNormal
    return _With(
        old.initializers, VarianceScaling=named("VarianceScaling", scaled),
        RandomNormal=named("RandomNormal", lambda stddev, seed: normal(0.0, stddev, seed=seed)),
        HeNormal=named("HeNormal", scaled, 2.0, "fan_in", "truncated_normal"),
        GlorotNormal=named("GlorotNormal", scaled, 1.0, "fan_avg", "truncated_normal"),
        GlorotUniform=named("GlorotUniform", scaled, 1.0, "fan_avg", "uniform"))


def _old_optimizers(tensorflow):
    """Optimizers whose learning rate may be a ``rate_per_unit``."""
    old = tensorflow.keras.optimizers
    rate_name = "learning_rate" if _release() >= (1, 14) else "lr"

    def named(name, per_unit):
        def make(learning_rate=None, **settings):
            if isinstance(learning_rate, _RatePerUnit):
                return per_unit(learning_rate.rates, **settings)
            if learning_rate is not None:
                settings[rate_name] = learning_rate
            return getattr(old, name)(**settings)
        return make

    return _With(old, **{name: _remembers_rate(named(name, functools.partial(_old_per_unit, name)))
                         for name in ("SGD", "Adam")})


def _remembers_rate(make):
    """``make``, an optimizer of Keras, with the rate asked for kept for ``compile_model``."""
    def made(learning_rate=None, **settings):
        if learning_rate is not None:
            settings["learning_rate"] = learning_rate
        optimizer = make(**settings)
        rate = settings.get("learning_rate", settings.get("lr"))
        if isinstance(rate, numbers.Real):
            optimizer.rate_asked_for = float(rate)
        return optimizer

    return made


def _per_unit_on_torch(shipped):
    """``shipped``, an optimizer of Keras 3, or for a ``rate_per_unit`` one that takes it.

    Those that Keras has for torch step all weights at once, at a rate that is one number. They do
    not stand in for a subclass, which keeps the formulas of any backend.
    """
    written_out = type(shipped.__name__, (shipped,), {})

    def make(**settings):
        return (written_out if callable(settings.get("learning_rate")) else shipped)(**settings)

    return make


class _RatePerUnit:
    """Before Keras 3: the rates, for the optimizers that take them."""

    def __init__(self, rates):
        self.rates = rates


def _old_per_unit(name, rates, **settings):
    """An optimizer of Keras 2 whose rate, and momentum, may be an array."""
    keras_2 = _load("tensorflow").keras
    if _release() < (1, 14):        # its optimizers are written out in Python and take any tensor
        base = getattr(keras_2.optimizers, name)

        class PerUnit(base):
            def get_config(self):
                return dict(_DEFAULTS[name], **_shared_by_units(settings))

        PerUnit.__name__ = name
        optimizer = PerUnit(**_shared_by_units(settings))
        optimizer.lr = keras_2.backend.variable(rates)
        if np.ndim(settings.get("momentum", 0)):
            optimizer.momentum = keras_2.backend.variable(settings["momentum"])
        return optimizer
    return _written_out(name)(rates, **settings)


@functools.lru_cache(maxsize=None)
def _written_out(name):
    """SGD or Adam of TensorFlow 1.14 to 2.15 in plain operations: the kernels take scalars only.

    The formulas are Keras': v <- m v - r g, w <- w + v; and Adam's, with the maximum of the
    uncorrected second moment for AMSGrad.
    """
    tensorflow = _load("tensorflow")
    optimizers = tensorflow.keras.optimizers
    base = getattr(optimizers, "legacy", optimizers).Optimizer

    class WrittenOut(base):
        def __init__(self, rates, **settings):
            super().__init__(name=name)
            self.rates, self.settings = np.asarray(rates, "float32"), settings

        def get_config(self):
            return dict(super().get_config(), **dict(
                _DEFAULTS[name], **_shared_by_units(self.settings)))

        def _create_slots(self, weights):
            for weight in weights:
                for slot in ("m", "v", "largest"):
                    self.add_slot(weight, slot)

        def _resource_apply_dense(self, gradient, weight, apply_state=None):
            if name == "SGD":
                velocity = self.get_slot(weight, "v")
                moved = velocity.assign(velocity * self.settings.get("momentum", 0.0)
                                        - self.rates * gradient)
                return weight.assign_add(moved)
            m, v, largest = (self.get_slot(weight, slot) for slot in ("m", "v", "largest"))
            step = tensorflow.cast(self.iterations + 1, "float32")
            size = self.rates * tensorflow.sqrt(1 - 0.999 ** step) / (1 - 0.9 ** step)
            m_now = m.assign(0.9 * m + 0.1 * gradient)
            v_now = v.assign(0.999 * v + 0.001 * tensorflow.square(gradient))
            if self.settings.get("amsgrad"):
                v_now = largest.assign(tensorflow.maximum(largest, v_now))
            return weight.assign_sub(size * m_now / (tensorflow.sqrt(v_now) + 1e-7))

    WrittenOut.__name__ = name
    return WrittenOut


def _shared_by_units(settings):
    """Those of an optimizer that are one number for all units."""
    return {name: value for name, value in settings.items() if not np.ndim(value)}


_DEFAULTS = {"SGD": {"momentum": 0.0, "nesterov": False},
             "Adam": {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7, "amsgrad": False}}


def rate_per_unit(rates):
    """A learning rate for ``keras.optimizers`` that gives each weight one of its own.

    rates: an array that broadcasts to the shape of the weights.
    """
    rates = np.asarray(rates, "float32")
    if not _keras_3():
        return _RatePerUnit(rates)

    class RatePerUnit(keras.optimizers.schedules.LearningRateSchedule):
        def __call__(self, step):
            return keras.ops.convert_to_tensor(rates)

        def get_config(self):
            return {"rates": rates.tolist()}

    return RatePerUnit()


def heavy_ball_per_unit(momenta):
    """An optimizer for units: SGD with a momentum of its own for each, an array that broadcasts.

    v <- m v - r g;  w <- w + v, as Keras' SGD, which takes one number for m.
    Returns a function from a ``rate_per_unit`` to a Keras optimizer.
    """
    momenta = np.asarray(momenta, "float32")
    if not _keras_3():
        return lambda learning_rate: keras.optimizers.SGD(learning_rate, momentum=momenta)

    class HeavyBall(_load("keras").optimizers.SGD):
        def update_step(self, gradient, variable, learning_rate):
            velocity = self.momentums[self._get_variable_index(variable)]
            self.assign(velocity, velocity * momenta - learning_rate * gradient)
            self.assign_add(variable, velocity)

    # any momentum but zero makes SGD keep velocities; the number itself is not used
    return lambda learning_rate: HeavyBall(learning_rate=learning_rate, momentum=0.5)


@contextlib.contextmanager
def units_over_devices(shape):
    """Within it a layer "units" has its weights, of that shape, spread over all devices there are.

    By Keras' distribution, which is for JAX, along the first axis that they divide.
    """
    devices = keras.distribution.list_devices() if engine() == "jax" else ()
    axis = next((axis for axis, length in enumerate(shape) if length % len(devices) == 0), None
                ) if len(devices) > 1 else None
    if axis is None:
        yield
        return
    distribution = keras.distribution
    mesh = distribution.DeviceMesh((1, len(devices)), ("batch", "units"), devices)
    layout = distribution.LayoutMap(mesh)
    # theirs, and what an optimizer keeps for each of them
    layout[".*units.w.*"] = tuple("units" if one == axis else None for one in range(len(shape)))
    with distribution.ModelParallel(layout_map=layout, batch_dim_name="batch").scope():
        yield


def as_written(number):
    """The decimal that a person wrote for a float32: 0.01, not 0.009999999776482582."""
    return float(str(np.float32(number)))


def optimizer_settings(optimizer):
    """What is in force in a compiled ``optimizer``: its name, learning rate and own constants.

    A learning rate that is a schedule, one rate a unit, is left to whoever made it.
    """
    config = optimizer.get_config()
    settings = {"optimizer": type(optimizer).__name__}
    rate = config.get("learning_rate", config.get("lr"))    # "lr" before TensorFlow 1.14
    if isinstance(rate, (numbers.Real, np.floating)):
        settings["learning_rate"] = as_written(rate)
    for name in ("momentum", "nesterov", "beta_1", "beta_2", "epsilon", "amsgrad"):
        if name in config:
            value = config[name]
            settings[name] = as_written(value) if isinstance(value, np.floating) else value
    return settings


class WrongRate(RuntimeError):
    """A learning rate in force that is not the one asked for."""


def compile_model(model, optimizer, loss, steps_per_execution=1, jit_compile=None, metrics=()):
    """``model.compile``, with as many steps in one call of the framework as it can take.

    jit_compile: whether XLA compiles a step, where it can, which Keras leaves off on a CPU.
    Raises WrongRate: Keras of TensorFlow 2.11 to 2.15 takes ``lr=0.1`` and trains at its default.
    """
    settings = {"metrics": list(metrics)} if metrics else {}
    if engine() != "torch" and (_keras_3() or _release() >= (2, 4)):
        settings["steps_per_execution"] = _steps_at_once(steps_per_execution)
    if jit_compile and engine() != "torch" and (_keras_3() or _release() >= (2, 11)):
        settings["jit_compile"] = True
    model.compile(optimizer=optimizer, loss=loss, **settings)
    _build(model.optimizer, model.trainable_variables)
    asked = getattr(model.optimizer, "rate_asked_for", None)
    in_force = optimizer_settings(model.optimizer).get("learning_rate")
    if asked is not None and in_force != as_written(asked):
        raise WrongRate("{} was asked for a learning rate of {}, and has one of {}".format(
            type(model.optimizer).__name__, asked, in_force))


def _build(optimizer, weights):
    """Have the optimizer make its own weights now: TensorFlow traces a step that makes any twice.
    """
    if hasattr(optimizer, "build"):
        if not getattr(optimizer, "built", False):
            optimizer.build(weights)
    elif engine() == "tensorflow":      # an optimizer as they were before TensorFlow 2.11
        optimizer.iterations    # is one of them, made when it is first asked for
        optimizer._create_hypers()
        optimizer._create_slots(weights)


def outputs_of(model, x):
    """What a model makes of the batch ``x``: an array, or a list of them if it has many outputs."""
    x = np.asarray(x, "float32")
    outputs = (model(_load("tensorflow").constant(x)) if engine() == "tensorflow"
               else model.predict_on_batch(x))
    return [np.array(one) for one in outputs] if isinstance(outputs, list) else np.array(outputs)


def step_function(model):
    """``train_on_batch`` of a compiled model, to be called again and again."""
    if not _makes_a_data_set_of_each_batch():
        return model.train_on_batch
    tensorflow = _load("tensorflow")
    step = tensorflow.function(model.train_step)
    return lambda x, y: step(tuple(tensorflow.constant(one, "float32") for one in (x, y)))


def _steps_at_once(steps):
    """How many of ``steps`` one call takes: before 3.7 Keras 3 writes them out one by one, of which
    TensorFlow refuses more than 32.
    """
    if not _keras_3() or not _makes_a_data_set_of_each_batch():
        return steps
    return max(part for part in range(1, 11) if steps % part == 0)


def _makes_a_data_set_of_each_batch():
    """TensorFlow 2.2 to 2.15, and Keras 3.0 to 3.6: a call with one batch takes 10 ms and more."""
    if not _keras_3():
        return _release() >= (2, 2)
    return engine() == "tensorflow" and _version(keras.__version__) < (3, 7)


def drawn(initializer, shape):
    """What a Keras initializer draws: an array of that shape."""
    return _numbers(initializer(shape))


def _numbers(tensor):
    """A tensor, or what is an array already, as an array."""
    if isinstance(tensor, np.ndarray):
        return tensor
    if engine() == "graph":
        return keras.backend.get_value(tensor)
    if _keras_3():
        return keras.ops.convert_to_numpy(tensor)
    return tensor.numpy()


def gradient_function(model, loss, weights=None, often=False):
    """A function of (x, y) that gives the loss and its gradient with respect to each weight.

    model: a Keras model; loss: a function of (y, prediction) that returns a scalar tensor;
    weights: variables of the model, by default all that are trained; often: whether it will be
    called some hundred times, which pays for compiling it.
    Returns ``function(x, y) -> (float, [numpy array in the shape of each weight])``.
    """
    engines = {"tensorflow": functools.partial(_eager_gradient, compiled=often),
               "graph": _graph_gradient, "jax": _jax_gradient, "torch": _torch_gradient}
    return engines[engine()](model, loss, weights or model.trainable_variables)


def _eager_gradient(model, loss, weights, compiled):
    tensorflow = _load("tensorflow")

    def derivatives(x, y):
        with tensorflow.GradientTape() as tape:
            value = loss(y, model(x))
        return value, tape.gradient(value, weights)

    if compiled:
        derivatives = tensorflow.function(derivatives)

    def function(x, y):
        value, gradients = derivatives(tensorflow.constant(x, "float32"),
                                       tensorflow.constant(y, "float32"))
        return float(value), [gradient.numpy() for gradient in gradients]

    return function


def _graph_gradient(model, loss, weights):
    tensorflow = _load("tensorflow")
    x, y = (tensorflow.placeholder("float32") for _ in range(2))

    def function(x_values, y_values):
        if x.shape.ndims is None:
            x.set_shape(np.shape(x_values))
            y.set_shape(np.shape(y_values))
            value = loss(y, model(x))
            function.tensors = [value] + tensorflow.gradients(value, weights)
        value, *gradients = _session().run(function.tensors, {x: x_values, y: y_values})
        return float(value), gradients

    return function


def _session():
    """Keras' session of TensorFlow 1, in which its variables have their values."""
    return _load("tensorflow").keras.backend.get_session()


def _as_function_of_weights(model, loss):
    """To differentiate functions: the loss of (weights, x, y), and a function for the weights now.
    """
    def value(weights, x, y):
        others = [variable.value for variable in model.non_trainable_variables]
        output, _ = model.stateless_call(weights, others, x)
        return loss(y, output)

    return value, lambda: [variable.value for variable in model.trainable_variables]


def _jax_gradient(model, loss, weights):
    jax = _load("jax")
    value, weights_now = _as_function_of_weights(model, loss)
    derivatives = jax.jit(jax.value_and_grad(value))
    places = [[variable is weight for variable in model.trainable_variables].index(True)
              for weight in weights]

    def function(x, y):
        x, y = np.asarray(x, "float32"), np.asarray(y, "float32")
        value, gradients = derivatives(weights_now(), x, y)
        return float(value), [np.array(gradients[place]) for place in places]

    return function


def _torch_gradient(model, loss, weights):
    torch = _load("torch")

    def function(x, y):
        x, y = _torch_tensors(x, y)
        value = loss(y, model(x))
        gradients = torch.autograd.grad(value, [weight.value for weight in weights])
        return float(value.detach()), [_numbers(gradient) for gradient in gradients]

    return function


def _torch_tensors(*arrays):
    return [keras.ops.convert_to_tensor(array, "float32") for array in arrays]


def _as_function_of_flat_weights(model, loss):
    """For torch, three functions: the loss of (all weights in one vector, x, y); that vector now;
    and from such a vector to the weights.
    """
    torch = _load("torch")
    value, weights_now = _as_function_of_weights(model, loss)
    shapes = [weight.shape for weight in weights_now()]

    def shaped(flat):
        parts = torch.split(flat, [shape.numel() for shape in shapes])
        return [part.reshape(shape) for part, shape in zip(parts, shapes)]

    def flat_now():
        return torch.cat([weight.detach().reshape(-1) for weight in weights_now()])

    return lambda flat, x, y: value(shaped(flat), x, y), flat_now, shaped


def hessian_function(model, loss):
    """A function of (x, y) that gives the loss, its gradient and its Hessian, all at once.

    model, loss: as for ``gradient_function``. The Hessian comes from a Hessian-vector product with
    each unit vector: H v is the gradient of g·v.
    Returns ``function(x, y) -> (float, array (n,), array (n, n))`` in float64, for the n numbers of
    the trained weights in the order of the model.
    """
    return {"tensorflow": _eager_hessian, "graph": _graph_hessian, "jax": _jax_hessian,
            "torch": _torch_hessian}[engine()](model, loss)


def _eager_hessian(model, loss):
    tensorflow = _load("tensorflow")
    weights = model.trainable_variables

    @tensorflow.function
    def derivatives(x, y):
        def product(vector):
            with tensorflow.GradientTape() as outer:
                with tensorflow.GradientTape() as inner:
                    value = loss(y, model(x))
                along = tensorflow.tensordot(_flat(inner.gradient(value, weights)), vector, 1)
            return _flat(outer.gradient(along, weights, unconnected_gradients="zero"))

        with tensorflow.GradientTape() as tape:
            value = loss(y, model(x))
        gradient = _flat(tape.gradient(value, weights))
        return value, gradient, tensorflow.map_fn(product, tensorflow.eye(int(gradient.shape[0])))

    def function(x, y):
        value, gradient, hessian = derivatives(tensorflow.constant(x, "float32"),
                                               tensorflow.constant(y, "float32"))
        return float(value), gradient.numpy().astype(float), hessian.numpy().astype(float)

    return function


def _graph_hessian(model, loss):
    tensorflow = _load("tensorflow")
    weights = model.trainable_variables
    tensors = []

    def function(x, y):
        if not tensors:
            x_in, y_in = (tensorflow.placeholder("float32", np.shape(one)) for one in (x, y))
            value = loss(y_in, model(x_in))
            gradient = _flat(tensorflow.gradients(value, weights))
            vector = tensorflow.placeholder("float32", gradient.shape)
            along = tensorflow.gradients(tensorflow.reduce_sum(gradient * vector), weights)
            product = _flat([tensorflow.zeros_like(weight) if one is None else one
                             for one, weight in zip(along, weights)])
            tensors.extend((x_in, y_in, vector, value, gradient, product))
        x_in, y_in, vector, value, gradient, product = tensors
        value, gradient = _session().run([value, gradient], {x_in: x, y_in: y})
        rows = [_session().run(product, {x_in: x, y_in: y, vector: unit})
                for unit in np.eye(len(gradient))]
        return float(value), gradient.astype(float), np.array(rows, float)

    return function


def _jax_hessian(model, loss):
    jax = _load("jax")
    value, weights_now = _as_function_of_weights(model, loss)
    ravel = importlib.import_module("jax.flatten_util").ravel_pytree

    @jax.jit
    def derivatives(weights, x, y):
        flat, shaped = ravel(weights)
        slope = jax.value_and_grad(lambda flat: value(shaped(flat), x, y))
        now, gradient = slope(flat)
        products = jax.vmap(lambda unit: jax.jvp(lambda at: slope(at)[1], (flat,), (unit,))[1])
        return now, gradient, products(jax.numpy.eye(len(flat)))

    def function(x, y):
        x, y = np.asarray(x, "float32"), np.asarray(y, "float32")
        now, gradient, hessian = derivatives(weights_now(), x, y)
        return float(now), np.array(gradient, float), np.array(hessian, float)

    return function


def _torch_hessian(model, loss):
    torch = _load("torch")
    value, flat_now, _ = _as_function_of_flat_weights(model, loss)
    slope, products = torch.func.grad_and_value(value), torch.func.jacrev(torch.func.grad(value))

    def function(x, y):
        inputs = [flat_now()] + _torch_tensors(x, y)
        gradient, now = slope(*inputs)
        gradient, hessian = (_numbers(one).astype(float) for one in (gradient, products(*inputs)))
        return float(now), gradient, hessian

    return function


def _flat(tensors):
    tensorflow = _load("tensorflow")
    return tensorflow.concat([tensorflow.reshape(one, [-1]) for one in tensors], 0)


def descent_function(model, loss, optimizer):
    """A function that takes many steps of a training in one call, far faster than ``fit``.

    model, loss: as for ``gradient_function``; optimizer: a Keras SGD, without momentum.
    Returns ``function(x, y, learning_rate, steps, enough) -> (int, float)``. x, y: the batches to
    train on in turn, again and again, of shape (batches, samples, features) and (batches, samples,
    1). It ends after ``steps`` steps, or where the loss of the next batch is at most ``enough``,
    which may be -infinity, or NaN, and gives the steps taken and that loss.
    """
    return {"tensorflow": _eager_descent, "graph": _graph_descent, "jax": _jax_descent,
            "torch": _torch_descent}[engine()](model, loss, optimizer)


def _eager_descent(model, loss, optimizer):
    tensorflow = _load("tensorflow")
    weights = model.trainable_variables
    _build(optimizer, weights)

    @_compiled
    def descend(x, y, steps, enough):
        def loss_of_batch(step):    # XLA knows no y[step] before TensorFlow 2.1
            batch = step % x.shape[0]
            return loss(tensorflow.gather(y, batch), model(tensorflow.gather(x, batch)))

        def take_step(step, _):
            with tensorflow.GradientTape() as tape:
                value = loss_of_batch(step)
            optimizer.apply_gradients(zip(tape.gradient(value, weights), weights))
            return step + 1, loss_of_batch(step + 1)

        return tensorflow.while_loop(lambda step, value: (step < steps) & (value > enough),
                                     take_step, (0, loss_of_batch(0)))

    def function(x, y, learning_rate, steps, enough):
        optimizer.learning_rate = learning_rate
        # SGD of TensorFlow 2.11 to 2.15 keeps velocities without a momentum: 0 · NaN of last time
        for velocity in getattr(optimizer, "momentums", ()):
            velocity.assign(np.zeros(velocity.shape))
        step, value = descend(tensorflow.constant(x, "float32"), tensorflow.constant(y, "float32"),
                              tensorflow.constant(steps), tensorflow.constant(enough, "float32"))
        return int(step), float(value)

    return function


def _compiled(function):
    """A ``tf.function`` that XLA compiles: its loops run a hundred times as fast."""
    tensorflow = _load("tensorflow")
    if _release() < (2, 1):
        return tensorflow.function(lambda *tensors: tensorflow.xla.experimental.compile(
            function, tensors))
    name = "jit_compile" if _release() >= (2, 5) else "experimental_compile"
    return tensorflow.function(function, **{name: True})


def _graph_descent(model, loss, _):
    """Plain steps written out, w <- w - rate g: a session of TensorFlow 1 has no other loop."""
    tensorflow, xla = _load("tensorflow"), _load("tensorflow.contrib.compiler.xla")
    weights = model.trainable_variables
    known = {}

    def loop(x, y, rate, steps, enough):
        def loss_of_batch(step):    # XLA knows no y[step]
            batch = step % int(x.shape[0])
            return loss(tensorflow.gather(y, batch), model(tensorflow.gather(x, batch)))

        def take_step(step, _):
            gradients = tensorflow.gradients(loss_of_batch(step), weights)
            moves = [weight.assign_sub(rate * one) for weight, one in zip(weights, gradients)]
            with tensorflow.control_dependencies(moves):
                after = step + 1
                return after, loss_of_batch(after)

        return tensorflow.while_loop(lambda step, value: (step < steps) & (value > enough),
                                     take_step, (tensorflow.constant(0), loss_of_batch(0)),
                                     parallel_iterations=1, back_prop=False)

    def function(x, y, learning_rate, steps, enough):
        shapes = np.shape(x), np.shape(y)
        if shapes not in known:
            inputs = [tensorflow.placeholder(*one) for one in zip(
                ("float32", "float32", "float32", "int32", "float32"), shapes + ((), (), ()))]
            known[shapes] = inputs, xla.compile(loop, inputs)
        inputs, ends = known[shapes]
        step, value = _session().run(ends, dict(zip(inputs, (x, y, learning_rate, steps, enough))))
        return int(step), float(value)

    return function


def _jax_descent(model, loss, optimizer):
    jax = _load("jax")
    value, weights_now = _as_function_of_weights(model, loss)
    optimizer.build(model.trainable_variables)

    @jax.jit
    def descend(weights, state, x, y, steps, enough):
        def loss_of_batch(weights, step):
            return value(weights, x[step % x.shape[0]], y[step % x.shape[0]])

        def take_step(now):
            step, _, weights, state = now
            weights, state = optimizer.stateless_apply(
                state, jax.grad(loss_of_batch)(weights, step), weights)
            return step + 1, loss_of_batch(weights, step + 1), weights, state

        return jax.lax.while_loop(lambda now: (now[0] < steps) & (now[1] > enough), take_step,
                                  (0, loss_of_batch(weights, 0), weights, state))

    def function(x, y, learning_rate, steps, enough):
        optimizer.learning_rate = learning_rate
        step, last, weights, _ = descend(
            weights_now(), [variable.value for variable in optimizer.variables],
            np.asarray(x, "float32"), np.asarray(y, "float32"), steps, enough)
        for variable, weight in zip(model.trainable_variables, weights):
            variable.assign(weight)
        return int(step), float(last)

    return function


def _torch_slope(function, example):
    """The gradient and the value of ``function`` by its first argument, as one compiled call.

    TorchScript knows no gradients: first they become plain operations, of the example's shapes.
    """
    torch = _load("torch")
    as_operations = importlib.import_module("torch.fx.experimental.proxy_tensor").make_fx
    written_out = as_operations(torch.func.grad_and_value(function))(*example)
    return torch.jit.trace(lambda *inputs: written_out(*inputs), example)


def _torch_descent(model, loss, _):
    """Plain steps written out, w <- w - rate g, and compiled: ``fit`` takes 2 ms for each."""
    torch = _load("torch")
    value, flat_now, shaped = _as_function_of_flat_weights(model, loss)
    known = {}

    def loop(*example):
        slope = _torch_slope(value, example)

        @torch.jit.script
        def descend(flat, x, y, rate: float, steps: int, enough: float):
            step = 0
            gradient, last = slope(flat, x[0], y[0])
            while step < steps and float(last) > enough:
                flat.add_(gradient, alpha=-rate)
                step += 1
                gradient, last = slope(flat, x[step % x.shape[0]], y[step % x.shape[0]])
            return step, float(last)

        return descend

    def function(x, y, learning_rate, steps, enough):
        flat, (x, y) = flat_now(), _torch_tensors(x, y)
        shapes = x.shape, y.shape
        if shapes not in known:
            known[shapes] = loop(flat, x[0], y[0])
        with torch.inference_mode():
            step, last = known[shapes](flat, x, y, float(learning_rate), int(steps), float(enough))
        for variable, weight in zip(model.trainable_variables, shaped(flat)):
            variable.assign(weight)
        return step, last

    return function


def repeated_batches(x, y):
    """Batches for ``fit``, in turn, again and again, faster than from a Python generator.

    x, y: of shape (batches, samples, features) and (batches, samples, 1).
    """
    if engine() == "tensorflow":
        return _slices(x, y).repeat()
    return (batch for batch in itertools.cycle(zip(x, y)))


def _slices(*tensors):
    """A tf.data set of the rows of tensors that are in memory, of which nothing is to be tuned.

    The thread that tunes a pipeline as it runs keeps a training from ending, by up to a second.
    """
    tensorflow = _load("tensorflow")
    options = tensorflow.data.Options()
    if _release() >= (2, 7):
        options.autotune.enabled = False
    else:
        options.experimental_optimization.autotune = False
    return tensorflow.data.Dataset.from_tensor_slices(tensors).with_options(options)


def epoch_function(model, x, y, optimizer, loss, steps):
    """Instead of ``fit``, where that takes longer to call a step than the step takes, or None.

    Which is before TensorFlow 2.4 and on torch. x, y: as for ``repeated_batches``. Returns a
    function that takes ``steps`` steps, from where it stopped the last time, and gives the mean of
    their losses.
    """
    if engine() == "torch":
        return _torch_epoch(model, x, y, optimizer, keras.losses.get(loss), steps)
    if _keras_3() or _release() >= (2, 4):
        return None
    tensorflow, weights = _load("tensorflow"), model.trainable_variables
    loss = keras.losses.get(loss)
    if engine() == "graph":
        places = [tensorflow.placeholder("float32", np.shape(one)) for one in (x, y)]
        iterator = tensorflow.data.Dataset.from_tensor_slices(
            tuple(places)).repeat().make_initializable_iterator()
        x_now, y_now = iterator.get_next()
        value = tensorflow.reduce_mean(loss(y_now, model(x_now)))
        tensors = [value] + optimizer.get_updates(value, weights)
        session = _session()
        session.run(iterator.initializer, dict(zip(places, (x, y))))
        step = session.make_callable(tensors)
        return lambda: float(np.mean([float(step()[0]) for _ in range(steps)]))

    _build(optimizer, weights)

    @tensorflow.function
    def epoch(batches):
        total = 0.0
        for _ in tensorflow.range(steps):
            x_now, y_now = next(batches)
            with tensorflow.GradientTape() as tape:
                value = tensorflow.reduce_mean(loss(y_now, model(x_now)))
            optimizer.apply_gradients(zip(tape.gradient(value, weights), weights))
            total += value
        return total / steps

    batches = iter(repeated_batches(x, y))
    return lambda: float(epoch(batches))


def _torch_epoch(model, x, y, optimizer, loss, steps):
    torch, weights = _load("torch"), model.trainable_variables
    x, y = _torch_tensors(x, y)
    value, flat_now, shaped = _as_function_of_flat_weights(
        model, lambda y, output: keras.ops.mean(loss(y, output)))
    slope = _torch_slope(value, (flat_now(), x[0], y[0]))
    batches = itertools.cycle(zip(x, y))

    def epoch():
        losses = []
        with torch.no_grad():
            for x_now, y_now in itertools.islice(batches, steps):
                gradient, now = slope(flat_now(), x_now, y_now)
                optimizer.apply(shaped(gradient), weights)
                losses.append(now)
        return float(torch.stack(losses).mean())

    return epoch


def ordered_batches(x, y, batch_size):
    """A function from an order of the rows to an epoch of them in batches: settings for ``fit``.

    order: the row numbers, a multiple of ``batch_size`` of them.
    """
    if not _keras_3() or engine() != "tensorflow":
        def drawn_batches(order):
            rows = np.reshape(order, (-1, batch_size))
            return {"x": ((x[batch], y[batch]) for batch in rows), "steps_per_epoch": len(rows)}
        return drawn_batches

    tensorflow = _load("tensorflow")    # gathers where it trains, which no generator is as fast as
    x_there, y_there = tensorflow.constant(x), tensorflow.constant(y)

    def gathered_batches(order):
        rows = np.reshape(order, (-1, batch_size))
        return {"x": _slices(tensorflow.gather(x_there, rows), tensorflow.gather(y_there, rows))}

    return gathered_batches


def state_of(model):
    """What training changes: the weights of a compiled model and its optimizer's, as arrays."""
    return [_numbers(variable) for variable in _variables(model)]


def set_state(model, arrays):
    """Put back what ``state_of`` gave."""
    pairs = list(zip(_variables(model), arrays))
    if engine() == "graph":
        keras.backend.batch_set_value(pairs)
        return
    for variable, array in pairs:
        variable.assign(array)


def _variables(model):
    if not (_keras_3() or _release() >= (2, 11)):
        return list(model.weights) + list(model.optimizer.weights)
    _build(model.optimizer, model.trainable_variables)
    own = model.optimizer.variables
    return list(model.weights) + list(own() if callable(own) else own)  # a method on 2.11


def processor():
    """What computes: the processor's name, its vector instructions and the threads it is used with.

    The last bits of a sum depend on all three. Names are the system's; empty where it gives none.
    """
    described = {}
    with contextlib.suppress(OSError, UnicodeDecodeError):      # Linux alone has this file
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            described = dict(re.findall(r"^(model name|flags|Features)\s*:\s*(.*)$",
                                        file.read().split("\n\n")[0], re.MULTILINE))
    flags = described.get("flags", described.get("Features", "")).split()
    threads = os.environ.get("TF_NUM_INTRAOP_THREADS", "")
    cores = (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity")
             else os.cpu_count() or 1)
    return {"processor": described.get("model name", platform.processor()),
            "vector_flags": sorted(flag for flag in flags if re.match(
                r"avx|fma$|sse4|amx|asimd$|neon$|sve", flag)),
            "threads": int(threads) if threads.isdecimal() and int(threads) else cores}


def keras_data_folders():
    """Where Keras looks for data sets and puts them, the first place that it can write to.

    KERAS_HOME, which Keras 2 does not read, or ~/.keras; where Keras cannot write to that, the
    folder for temporary files.
    """
    _keras()    # it makes the first of them, where it can
    homes = [os.environ["KERAS_HOME"]] if "KERAS_HOME" in os.environ else []
    if not homes or not _keras_3():
        homes.append(os.path.join("~", ".keras"))
    homes = [os.path.expanduser(home) for home in homes]
    if not all(os.access(home, os.W_OK) for home in homes):
        homes.append(os.path.join("/tmp" if os.path.isdir("/tmp") else tempfile.gettempdir(),
                                  ".keras"))
    return [os.path.join(home, "datasets") for home in homes]


def environment():
    """What a record names: versions and processor. Imports the framework and Keras."""
    versions = {"python": platform.python_version(), "keras": keras.__version__,
                "backend": engine() if _keras_3() else "tensorflow", "numpy": np.__version__,
                "platform": "{} {}".format(platform.system(), platform.machine())}
    for name in {"tensorflow", versions["backend"]}:
        with contextlib.suppress(ImportError):
            versions[name] = _load(name).__version__
    return dict(versions, **processor())
