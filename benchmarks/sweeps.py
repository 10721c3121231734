"""Training runs a second: the sweep, a loop of single Keras runs, and NumPy, measured in one run.

    python benchmarks/sweeps.py [UNITS]

A run is 2,000 steps of one bias-free ReLU on batches of 1,000, from w(0) = -10 to -0.1 and at rates
from 0.001 to 0.1: by default 1,048,576 of them at once, drawing the batches included. The loop
trains some of them one after another as the scripts do, through ``model.fit``; NumPy steps all of
them in float32 on the same two moments of each batch, an array operation at a time. They take
turns, three times; a pause before each lets a rented machine's allowance recover.
"""
import resource
import statistics
import sys
import time

import numpy as np

from lib.compat import keras
from lib.data import ReLUBatches
from lib.models import single_unit
from lib.sweeps import train_units
from lib.training import train

EPOCHS, STEPS_PER_EPOCH = 20, 100
ROUNDS, SINGLE_RUNS, PAUSE = 3, 3, 2    # PAUSE in seconds
OPTIMIZERS = {
    "SGD": lambda rate: keras.optimizers.SGD(rate),
    "momentum 0.9": lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
    "Adam": lambda rate: keras.optimizers.Adam(rate),
    "AMSGrad": lambda rate: keras.optimizers.Adam(rate, amsgrad=True),
}
LOOP, NUMPY = "loop of single Keras runs, SGD", "NumPy loop over the same moments, SGD"


def in_numpy(starts, rates):
    """Plain gradient descent of all units, in place."""
    w = np.array(np.broadcast_to(starts, np.broadcast(starts, rates).shape))
    for plus, minus in ReLUBatches(0).moments(EPOCHS * STEPS_PER_EPOCH)[:, :, 0].astype("float32"):
        w -= rates * np.where(w > 0, 2 * (w - 1) * plus, 2 * w * minus)
    return w


def main(units=2 ** 20):
    columns = 2 ** (int(np.log2(units)) // 2)
    starts = np.linspace(-10, -0.1, columns, dtype="float32")
    rates = np.logspace(-3, -1, units // columns, dtype="float32")[:, None]

    def one_by_one():
        for start, rate in zip(starts, rates[:SINGLE_RUNS, 0]):
            train(single_unit(keras.layers.ReLU(), float(start)), ReLUBatches(0),
                  keras.optimizers.SGD(float(rate)), "mean_squared_error", EPOCHS, STEPS_PER_EPOCH)

    ends = {}
    ways = {"sweep, " + name: (units, lambda name=name, optimizer=optimizer: ends.update({
        name: train_units(ReLUBatches(0), starts, rates, optimizer, EPOCHS, STEPS_PER_EPOCH
                          ).weights[-1]})) for name, optimizer in OPTIMIZERS.items()}
    ways[LOOP] = SINGLE_RUNS, one_by_one
    ways[NUMPY] = units, lambda: ends.update({NUMPY: in_numpy(starts, rates)})
    one_by_one()        # imports the framework, and what it keeps between trainings
    memory_before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    taken = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, (_, work) in ways.items():
            time.sleep(PAUSE)
            begin = time.perf_counter()
            work()
            taken[name].append(time.perf_counter() - begin)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    speeds = {name: runs / statistics.median(taken[name]) for name, (runs, _) in ways.items()}
    print("{:,} units of {} rates and {} starts\n".format(units, len(rates), columns))
    print("| way | runs a second | slowest | fastest | times the loop |")
    print("|---|--:|--:|--:|--:|")
    for name, (runs, _) in ways.items():
        print("| {} | {:,.{places}f} | {:,.{places}f} | {:,.{places}f} | {:,.0f} |".format(
            name, speeds[name], runs / max(taken[name]), runs / min(taken[name]),
            speeds[name] / speeds[LOOP], places=1 if name == LOOP else 0))
    print("\nMemory: {:.2f} GB at most, {:.2f} GB of it before the first sweep".format(
        memory / 2 ** 20, memory_before / 2 ** 20))
    print("Largest difference of a weight between the sweep and NumPy: {:.1e}".format(
        np.max(np.abs(ends["SGD"] - ends[NUMPY]))))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
