"""Differences between releases that only the probes of layers, losses, fits and defaults meet."""
import numpy as np

from lib.compat.loading import NotSupported, engine, is_keras_3, load, tensorflow_release
from lib.compat.operations import there


def own_keras():
    """Keras as a program of its time imports it, without the suite's names."""
    return load("keras") if is_keras_3() else load("tensorflow").keras


def draw_the_same_again(seed):
    """Seed the framework's random numbers, so that a release gives the same draws each time."""
    if is_keras_3() or tensorflow_release() >= (2, 7):
        own_keras().utils.set_random_seed(seed)
    else:
        tensorflow = load("tensorflow")
        (tensorflow.set_random_seed if engine() == "graph" else tensorflow.random.set_seed)(seed)


def outputs_in_training(model, x):
    """What a model makes of the batch ``x`` while it trains: an array."""
    x = np.asarray(x, "float32")
    if engine() == "graph":
        backend = own_keras().backend
        return backend.function([model.input, backend.learning_phase()], [model.output])([x, 1])[0]
    x = load("keras").ops.convert_to_tensor(x) if is_keras_3() else load("tensorflow").constant(x)
    output = model(x, training=True)
    return load("keras").ops.convert_to_numpy(output) if is_keras_3() else output.numpy()


def times_have_weights():
    """Raises NotSupported where ``compile`` must be told that time steps have sample weights."""
    if not is_keras_3() and tensorflow_release() < (2, 2):
        raise NotSupported("weights of time steps need compile(sample_weight_mode='temporal')")


def steps_at_once(steps):
    """The setting of ``compile`` for that many steps in a call. Raises NotSupported."""
    if engine() == "torch" or not (is_keras_3() or tensorflow_release() >= (2, 4)):
        raise NotSupported("compile takes no steps_per_execution")
    return {"steps_per_execution": steps}


def fit_to(model, generator, **settings):
    """``fit`` to a generator of batches, which has its own method before TensorFlow 2."""
    fit = model.fit_generator if engine() == "graph" else model.fit
    return fit(generator, shuffle=False, verbose=0, **settings)


def loss_of_class(name, **settings):
    """The release's own loss of that class. Raises NotSupported without the class."""
    return there(own_keras().losses, name)(**settings)
