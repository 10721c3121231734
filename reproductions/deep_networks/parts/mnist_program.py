"""The source's program on Keras: a network with two hidden layers of leaky ReLUs that reads MNIST.

Claims 21 and 22 train it. It is pinned, with the kernels that the program's graph drew and its
order of the training images, or free, with both drawn from a seed of ours. The book's notebook has
had two programs, which draw their batches in different orders; the source's is the earlier one.
"""
import itertools

import numpy as np

from lib.claims import History
from lib.compat import compile_model, in_this_order, keras, optimizer_settings
from lib.data import graph_uniform
from lib.theory import glorot_limit
from lib.training import train_by_epochs

BATCH_SIZE = 50             # the source
LEARNING_RATE = 0.01        # the source
NEGATIVE_SLOPE = 0.01       # the source
PROGRAM_SEED = 42           # the notebook's, for NumPy and for TensorFlow
KERNEL_SEEDS = (5, 24, 43)  # those that its graph gave to the operations that draw the kernels
PROGRAM, LATER_PROGRAM = "the source's program", "the later program"    # labels of histories


def network(draw_uniform):
    """The source's network: Glorot uniform kernels, zero biases, ten logits.

    draw_uniform: a function from a kernel's number and shape to numbers in [0, 1), float32.
    """
    model = keras.Sequential([
        keras.layers.Input((784,)),
        keras.layers.Dense(300),
        keras.layers.LeakyReLU(negative_slope=NEGATIVE_SLOPE),
        keras.layers.Dense(100),
        keras.layers.LeakyReLU(negative_slope=NEGATIVE_SLOPE),
        keras.layers.Dense(10)])
    weights = model.get_weights()
    for number, kernel in enumerate(weights[::2]):
        limit = np.float32(glorot_limit(*kernel.shape))
        weights[2 * number] = draw_uniform(number, kernel.shape) * (limit + limit) - limit
    model.set_weights(weights)
    return model


def pinned_network():
    """The network with the kernels that the program's graph drew."""
    return network(lambda number, shape: graph_uniform(shape, PROGRAM_SEED, KERNEL_SEEDS[number]))


def free_network(seed):
    """The network with kernels from ``RandomState([seed, 0])``."""
    random_state = np.random.RandomState([seed, 0])
    return network(lambda number, shape: random_state.uniform(size=shape).astype("float32"))


def orders_of_the_program(digits):
    """The order of the training images in each epoch, as the source's ``next_batch`` drew it.

    It shuffles the set that it shuffled for the epoch before.
    """
    random_state, order = np.random.RandomState(PROGRAM_SEED), np.arange(len(digits.x_train))
    while True:
        order = order[random_state.permutation(len(order))]
        yield order


def orders_of_the_later_program(digits):
    """As the later program's ``shuffle_batch`` drew it: it shuffles the set as it is stored."""
    return _permutations(PROGRAM_SEED, digits)


def free_orders(digits, seed):
    """Orders from ``RandomState([seed, 1])``."""
    return _permutations([seed, 1], digits)


def _permutations(seed, digits):
    random_state = np.random.RandomState(seed)
    while True:
        yield random_state.permutation(len(digits.x_train))


def compile_program(model, digits):
    """Loss and optimizer of the source; the last two settings are for speed and change no row."""
    compile_model(model, keras.optimizers.SGD(learning_rate=LEARNING_RATE),
                  keras.losses.SparseCategoricalCrossentropy(from_logits=True),
                  steps_per_execution=len(digits.x_train) // BATCH_SIZE, jit_compile=True)


def train_program(model, digits, epochs, resume, for_others=False):
    """The source's program on its ``pinned_network``: its History."""
    return train(model, digits, orders_of_the_program(digits), epochs, resume, for_others,
                 mode="pinned", order="next_batch", seed=PROGRAM_SEED)


def train(model, digits, orders, epochs, resume, for_others=False, **settings):
    """Train the network: a History of losses and accuracies after each epoch.

    orders: of the training images, one an epoch; resume, for_others: see
    ``lib.training.FromTheStart``; settings: more of them for the History, "order" and "seed" too.
    """
    compile_program(model, digits)

    def measure(order):
        last_batch = order[-BATCH_SIZE:]
        batch_accuracy, _ = score(model, digits.x_train[last_batch], digits.y_train[last_batch])
        val_accuracy, val_loss = score(model, digits.x_valid, digits.y_valid)
        return dict(batch_accuracy=batch_accuracy, val_accuracy=val_accuracy, val_loss=val_loss)

    settings.update(optimizer_settings(model.optimizer), batch_size=BATCH_SIZE, epochs=epochs,
                    negative_slope=NEGATIVE_SLOPE, parameters=model.count_params(),
                    **digits.settings())
    series = train_by_epochs(
        model, in_this_order(digits.x_train, digits.y_train, BATCH_SIZE),
        list(itertools.islice(orders, epochs)), measure,
        resume.training(dict(settings, data_sha256=digits.sha256), for_others),
        f"{settings['order']}, seed {settings['seed']}")
    return History(settings, **series)


def score(model, x, y):
    """Accuracy and mean cross-entropy of the model on images ``x`` with labels ``y``."""
    logits = keras.ops.convert_to_numpy(model(keras.ops.convert_to_tensor(x))).astype("float64")
    logits -= logits.max(axis=-1, keepdims=True)
    cross_entropies = np.log(np.sum(np.exp(logits), axis=-1)) - logits[np.arange(len(y)), y]
    return float(np.mean(np.argmax(logits, axis=-1) == y)), float(np.mean(cross_entropies))
