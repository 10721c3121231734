"""Seconds per epoch of claim 21's network, trained three ways and measured in one run.

    python benchmarks/mnist.py [ROUNDS]

The three: the program as the suite trains it; plain ``model.fit`` on arrays with all defaults; and
a NumPy loop of the same arithmetic, in float32, on the same order of samples. They take turns, so
that a slow moment of a shared machine affects all of them, and pause before each turn, so that none
starts with a rented machine's allowance spent by the previous one. MNIST comes from where the suite
finds it.
"""
import statistics
import sys
import time

import numpy as np

from lib.compat import in_this_order, keras
from lib.datasets import mnist
from reproductions.deep_networks.parts import mnist_program as program

SUITE, PLAIN, NUMPY = "the suite's settings", "plain fit, default settings", "NumPy loop, float32"
PAUSE = 1.5     # seconds


def numpy_epoch(weights, x, y, order):
    """One epoch of the program on float32 arrays, in place: forward, backward, and the step."""
    rate, slope = np.float32(program.LEARNING_RATE), np.float32(program.NEGATIVE_SLOPE)
    kernel_1, bias_1, kernel_2, bias_2, kernel_3, bias_3 = weights
    for start in range(0, len(order), program.BATCH_SIZE):
        rows = order[start:start + program.BATCH_SIZE]
        inputs = x[rows]
        z_1 = inputs @ kernel_1 + bias_1
        a_1 = np.maximum(z_1, slope * z_1)
        z_2 = a_1 @ kernel_2 + bias_2
        a_2 = np.maximum(z_2, slope * z_2)
        logits = a_2 @ kernel_3 + bias_3
        logits -= logits.max(axis=1, keepdims=True)
        error_3 = np.exp(logits)
        error_3 /= error_3.sum(axis=1, keepdims=True)
        error_3[np.arange(len(rows)), y[rows]] -= 1
        error_3 /= np.float32(len(rows))
        error_2 = error_3 @ kernel_3.T * np.where(z_2 > 0, np.float32(1), slope)
        error_1 = error_2 @ kernel_2.T * np.where(z_1 > 0, np.float32(1), slope)
        for kernel, bias, below, error in ((kernel_1, bias_1, inputs, error_1),
                                           (kernel_2, bias_2, a_1, error_2),
                                           (kernel_3, bias_3, a_2, error_3)):
            kernel -= rate * (below.T @ error)
            bias -= rate * error.sum(axis=0)


def main(rounds=5):
    digits = mnist.load()
    suite, plain = program.pinned_network(), program.pinned_network()
    weights = [weight.copy() for weight in suite.get_weights()]
    program.compile_program(suite, digits)
    plain.compile(optimizer=keras.optimizers.SGD(learning_rate=program.LEARNING_RATE),
                  loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    batches = in_this_order(digits.x_train, digits.y_train, program.BATCH_SIZE)

    ways = {
        SUITE: lambda order: suite.fit(shuffle=False, verbose=0, **batches(order)),
        PLAIN: lambda _: plain.fit(digits.x_train, digits.y_train, batch_size=program.BATCH_SIZE,
                                   verbose=0),
        NUMPY: lambda order: numpy_epoch(weights, digits.x_train, digits.y_train, order),
    }
    taken = {name: [] for name in ways}
    for order, number in zip(program.orders_of_the_program(digits), range(rounds + 1)):
        for name, train in ways.items():
            time.sleep(PAUSE)
            begin = time.perf_counter()
            train(order)
            if number:  # the first epoch compiles
                taken[name].append(time.perf_counter() - begin)
    own = statistics.median(taken[SUITE])
    settings = digits.settings()
    print(f"Trained on {settings['data']}, {settings['training_images']} images an epoch.\n")
    print("| an epoch | median s | min | max | the suite's time relative to it |")
    print("|---|--:|--:|--:|--:|")
    for name, values in taken.items():
        median = statistics.median(values)
        print(f"| {name} | {median:.2f} | {min(values):.2f} | {max(values):.2f} "
              f"| {own / median:.2f} |")
    ours, _ = program.score(suite, digits.x_valid, digits.y_valid)
    suite.set_weights(weights)
    theirs, _ = program.score(suite, digits.x_valid, digits.y_valid)
    print(f"\nValidation accuracy after {rounds + 1} epochs: {ours:.4f}, in NumPy {theirs:.4f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
