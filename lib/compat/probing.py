"""Differences between releases that only the probes meet."""
import re

import numpy as np

from lib.compat.loading import (NotSupported, engine, is_keras_3, load, own_keras,
                                tensorflow_release)


def there(module, name):
    """``getattr(module, name)``. Raises NotSupported where this release lacks it."""
    try:
        return getattr(module, name)
    except AttributeError:
        raise NotSupported(f"{name} is not there") from None


def initializer(name):
    """The release's own initializer of that name, which draws as ``seed``, a number, says.

    TensorFlow 1 and 2.0 have some of them as functions alone, such as "he_normal".
    """
    module = own_keras().initializers
    function = re.sub("(?<=.)(?=[A-Z])", "_", name).lower()
    return there(module, name if hasattr(module, name) else function)


def as_in_a_new_program():
    """Have the next draw from a seed be the first.

    On TensorFlow 2.7 to 2.9 an initializer goes on where an earlier one of the same seed stopped,
    until the global seed is set.
    """
    if engine() == "tensorflow":
        load("tensorflow").random.set_seed(None)


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
