"""Keras 2 under Keras 3's names: ``tf.keras`` before TensorFlow 2.16, or the package tf-keras.

Only the names that the suite uses. Each shim says which releases need it and can go when those
leave the matrix.
"""
import contextlib
import functools
import os

import numpy as np

from lib.compat.loading import NotSupported, engine, load, tensorflow_release


class WithNames:
    """A module with some of its names replaced."""

    def __init__(self, module, **names):
        self._module = module
        self.__dict__.update(names)

    def __getattr__(self, name):
        return getattr(self._module, name)


def keras_2():
    """Keras 2 with the names of Keras 3. Raises NotSupported where no Keras 2 is installed."""
    tensorflow = _tensorflow_with_keras()
    old = tensorflow.keras
    return WithNames(old, layers=_layers(old.layers), ops=_ops(tensorflow), losses=_losses(old),
                     random=WithNames(None, SeedGenerator=SeedGenerator),
                     initializers=_initializers(old), optimizers=_optimizers(old),
                     __version__=_version(old))


def _tensorflow_with_keras():
    """TensorFlow, if it has a Keras 2: from 2.16 on that is a package of its own.

    If that is missing, TensorFlow says so only the first time it is asked, then recurses forever.
    """
    if tensorflow_release() >= (2, 16):
        legacy = os.environ.get("TF_USE_LEGACY_KERAS")
        try:
            load("tf_keras")
        except NotSupported as error:
            needs = (f"TF_USE_LEGACY_KERAS={legacy} needs the package tf-keras" if legacy
                     else "TensorFlow needs the package keras")
            raise NotSupported(f"{needs}: {error}") from error
    return load("tensorflow")


def _version(old):
    """The version of the package behind ``tf.keras`` (from TensorFlow 2.6 on), or its own."""
    for name in ("tf_keras", "keras"):
        with contextlib.suppress(ImportError):
            version = getattr(load(name), "__version__", "3")
            if version.startswith("2"):
                return version
    return old.__version__


def _layers(old):

    class LeakyReLU(old.LeakyReLU):
        """Keras 2 calls the slope alpha."""

        def __init__(self, negative_slope=0.3, **settings):
            super().__init__(alpha=negative_slope, **settings)
            self.negative_slope = negative_slope

    # Input of Keras 2 makes a tensor, which its Sequential does not take
    return WithNames(old, LeakyReLU=LeakyReLU,
                     Input=lambda shape: old.InputLayer(input_shape=shape))


def _ops(tensorflow):
    """The operations of Keras 3 that the suite's losses, layers and probes use."""
    def broadcasting_where(condition, x, y):
        """TensorFlow 1's ``where`` does not broadcast."""
        x, y = (tensorflow.convert_to_tensor(one, "float32") for one in (x, y))
        shape = functools.reduce(tensorflow.broadcast_dynamic_shape,
                                 map(tensorflow.shape, (condition, x, y)))
        return tensorflow.where(*(tensorflow.broadcast_to(one, shape) for one in (condition, x, y)))

    def cross_entropy(labels, logits, from_logits):
        return tensorflow.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)

    return WithNames(
        None, mean=tensorflow.reduce_mean, sum=tensorflow.reduce_sum, square=tensorflow.square,
        matmul=tensorflow.matmul, divide=tensorflow.divide, power=tensorflow.pow,
        exp=tensorflow.exp, log=tensorflow.math.log, sqrt=tensorflow.sqrt,
        rsqrt=tensorflow.math.rsqrt, tanh=tensorflow.tanh, sigmoid=tensorflow.sigmoid,
        relu=tensorflow.nn.relu, leaky_relu=tensorflow.nn.leaky_relu,
        sparse_categorical_crossentropy=cross_entropy,
        where=broadcasting_where if engine() == "graph" else tensorflow.where,
        cast=tensorflow.cast, minimum=tensorflow.minimum, take=tensorflow.gather,
        einsum=tensorflow.einsum, reshape=tensorflow.reshape, unstack=tensorflow.unstack,
        convert_to_tensor=tensorflow.convert_to_tensor, convert_to_numpy=_to_numpy)


def _to_numpy(tensor):
    if isinstance(tensor, np.ndarray):
        return tensor
    return load("tensorflow").keras.backend.get_value(tensor)


def _losses(old):
    if tensorflow_release() >= (1, 14):
        return old.losses
    cross_entropy = old.backend.sparse_categorical_crossentropy     # 1.13 has no class for it
    return WithNames(old.losses, SparseCategoricalCrossentropy=lambda from_logits: (
        functools.partial(cross_entropy, from_logits=from_logits)))


class SeedGenerator:
    """Stands in for Keras 3's: gives a new seed to each draw."""

    def __init__(self, seed):
        self._random_state = np.random.RandomState(seed)

    def next(self):
        return int(self._random_state.randint(2 ** 31 - 1))


def _initializers(old):
    """Those that the suite uses. At every call they draw anew, as with Keras 3's SeedGenerator."""
    def named(name, make, *fixed):
        class Drawing(old.initializers.Initializer):
            def __init__(self, *settings, seed, **named_settings):
                self._seeds = seed
                self._make = functools.partial(make, *(fixed + settings), **named_settings)

            def __call__(self, shape, dtype=None, partition_info=None, **_):
                return self._make(seed=self._seeds.next())(shape, dtype or "float32")

            def get_config(self):
                return self._make(seed=0).get_config()

        Drawing.__name__ = name
        return Drawing

    scaled = old.initializers.VarianceScaling
    # TensorFlow 1 lacks the classes, and VarianceScaling has had their formulas all along
    return WithNames(
        old.initializers, VarianceScaling=named("VarianceScaling", scaled),
        RandomNormal=named("RandomNormal", lambda stddev, seed: old.initializers.RandomNormal(
            0.0, stddev, seed=seed)),
        HeNormal=named("HeNormal", scaled, 2.0, "fan_in", "truncated_normal"),
        GlorotNormal=named("GlorotNormal", scaled, 1.0, "fan_avg", "truncated_normal"),
        GlorotUniform=named("GlorotUniform", scaled, 1.0, "fan_avg", "uniform"))


def _optimizers(old):
    """TensorFlow 1.13 calls the learning rate ``lr``."""
    if tensorflow_release() >= (1, 14):
        return old.optimizers

    def renamed(make):
        def optimizer(learning_rate=None, **settings):
            if learning_rate is not None:
                settings["lr"] = learning_rate
            return make(**settings)
        return optimizer

    return WithNames(old.optimizers, **{name: renamed(getattr(old.optimizers, name))
                                        for name in ("SGD", "Adam", "RMSprop", "Nadam")})
