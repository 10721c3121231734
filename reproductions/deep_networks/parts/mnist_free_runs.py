"""The network of claim 21 with kernels and orders of other seeds: is the source's seed special?"""
import math

import numpy as np

from lib.claims import above, near, smallest, suite_finds
from reproductions.deep_networks.parts.mnist_program import (BATCH_SIZE, PROGRAM, free_network,
                                                             free_orders, train)
from reproductions.deep_networks.parts.mnist_tables import (PRINTED, free_runs, mean_difference,
                                                            value_at)

LATE = 20           # ours: the epoch from which the batch accuracies hardly rise


def run(digits, seeds, epochs, resume):
    """A training with each of the seeds: {label: History}."""
    return {label_of(seed): train(
        free_network(seed), digits, free_orders(digits, seed), epochs, resume, mode="free",
        order="random", seed=seed) for seed in seeds}


def label_of(seed):
    return f"free, seed {seed}"


def spread_of_batches(histories):
    """Standard deviation of the late batch accuracies, relative to that of independent batches."""
    late = np.array([history.batch_accuracy[LATE:] for history in histories])
    if not late.size:
        return math.nan
    p = np.mean(late)
    return float(np.std(late) / np.sqrt(p * (1 - p) / BATCH_SIZE))


def mean_width(histories):
    """How far apart the runs' validation accuracies are, in the mean over the printed epochs."""
    columns = np.array([[value_at(history.val_accuracy, epoch) for epoch in PRINTED]
                        for history in histories] or [[math.nan]])
    return float(np.mean(columns.max(axis=0) - columns.min(axis=0)))


def judge(histories):
    free = free_runs(histories)
    return dict(
        every_seed_gets_there=suite_finds(
            "The seed is not special (validation accuracy at epoch 35, lowest of five seeds)",
            smallest(value_at(history.val_accuracy, max(PRINTED)) for history in free),
            above(0.975), "ours: half a percent below the printed one"),
        the_seed_moves_it_farther=suite_finds(
            "The seed moves the validation accuracies farther than the port does (mean width of "
            "the band of five seeds less the mean size of the difference from the printed rows)",
            mean_width(free) - mean_difference(histories[PROGRAM], PRINTED), above(0.001),
            "ours: the printed rows are one draw, met because it is pinned and not by chance"),
        the_batch_column_is_chance=suite_finds(
            "The batch accuracies are a matter of chance (their spread over the free seeds from "
            "epoch 20 on, relative to sqrt(p (1 - p) / 50))",
            spread_of_batches(free), near(1, within=0.3), "independent batches of 50"),
    )
