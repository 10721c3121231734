"""Training runs per second: the sweep, a loop of single Keras runs and NumPy, measured in one run.

    python benchmarks/sweeps.py [UNITS]

A run is 2,000 steps of one bias-free ReLU on batches of 1,000, with w(0) from -10 to -0.1 and rates
from 0.001 to 0.1. The sweep trains all of them at once, by default 1,048,576; its time includes
drawing the batches. The loop trains some of them one after another through ``model.fit``, as the
scripts do. NumPy steps all of them in float32 on the same two moments of each batch, one array
operation at a time. They take turns, three times; a pause before each lets a rented machine's
allowance recover. Last comes memory: the peak of a process that runs one sweep, by number of units.
"""
import statistics
import subprocess
import sys
import time

import numpy as np

from lib.compat import keras
from lib.data import ReLUBatches
from lib.models import single_unit
from lib.measure.sweeps import train_units
from lib.training import train
from reproductions.single_relu.large_steps_jump_over import EPOCHS, STEPS_PER_EPOCH
from reproductions.single_relu.parts.phase_diagrams import OPTIMIZERS

ROUNDS, SINGLE_RUNS, PAUSE = 3, 3, 2    # PAUSE in seconds
SWEEP, LOOP = "sweep, ", "loop of single Keras runs, SGD"
NUMPY = "NumPy loop over the same moments, SGD"


def in_numpy(starts, rates):
    """Plain gradient descent of all units, in place."""
    w = np.array(np.broadcast_to(starts, np.broadcast(starts, rates).shape))
    for plus, minus in ReLUBatches(0).moments(EPOCHS * STEPS_PER_EPOCH)[:, :, 0].astype("float32"):
        w -= rates * np.where(w > 0, 2 * (w - 1) * plus, 2 * w * minus)
    return w


def axes(units):
    """Starts and rates for about ``units`` units."""
    columns = int(np.sqrt(units))
    return (np.linspace(-10, -0.1, columns, dtype="float32"),
            np.logspace(-3, -1, units // columns, dtype="float32")[:, None])


def sweep(units, name):
    return train_units(ReLUBatches(0), *axes(units), OPTIMIZERS[name], EPOCHS, STEPS_PER_EPOCH
                       ).weights[-1]


def memory(units, name):
    """The peak memory, in GB, of a process that runs one sweep and nothing else."""
    # getrusage's peak for a child starts from its parent's; /proc is Linux only
    script = ("import sys; sys.path[:0] = {!r}; import sweeps; sweeps.sweep({}, {!r}); "
              "print(*[line.split()[1] for line in open('/proc/self/status') if 'VmHWM' in line])")
    ran = subprocess.run([sys.executable, "-c", script.format(sys.path, units, name)], check=True,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return int(ran.stdout) / 2 ** 20


def main(units=2 ** 20):
    starts, rates = axes(units)
    units = len(starts) * len(rates)

    def one_by_one():
        for start, rate in zip(starts, rates[:SINGLE_RUNS, 0]):
            train(single_unit(keras.layers.ReLU(), float(start)), ReLUBatches(0),
                  keras.optimizers.SGD(float(rate)), "mean_squared_error", EPOCHS, STEPS_PER_EPOCH)

    ends = {}
    ways = {SWEEP + name: (units, lambda name=name: ends.update({name: sweep(units, name)}))
            for name in OPTIMIZERS}
    ways[LOOP] = SINGLE_RUNS, one_by_one
    ways[NUMPY] = units, lambda: ends.update({NUMPY: in_numpy(starts, rates)})
    one_by_one()        # warm up: import the framework and fill what it keeps between trainings
    taken = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, (_, work) in ways.items():
            time.sleep(PAUSE)
            for drawn in (ReLUBatches.stacked, ReLUBatches.moments):
                drawn.cache_clear()     # drawing is part of the work
            begin = time.perf_counter()
            work()
            taken[name].append(time.perf_counter() - begin)
    speeds = {name: runs / statistics.median(taken[name]) for name, (runs, _) in ways.items()}
    print(f"{units:,} units of {len(rates)} rates and {len(starts)} starts\n")
    print("| way | runs a second | slowest | fastest | times the loop of SGD |")
    print("|---|--:|--:|--:|--:|")
    for name, (runs, _) in ways.items():
        print("| {} | {:,.{places}f} | {:,.{places}f} | {:,.{places}f} | {:,.0f} |".format(
            name, speeds[name], runs / max(taken[name]), runs / min(taken[name]),
            speeds[name] / speeds[LOOP], places=1 if name == LOOP else 0))
    print("\nLargest difference of a weight between the sweep and NumPy: {:.1e}".format(
        np.max(np.abs(ends["SGD"] - ends[NUMPY]))))
    print("\n| units | memory, SGD | AMSGrad |\n|--:|--:|--:|")
    for part in (units // 4, units // 2, units):
        print(f"| {part:,} | {memory(part, 'SGD'):.2f} GB | {memory(part, 'AMSGrad'):.2f} GB |")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
