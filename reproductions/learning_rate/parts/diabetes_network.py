"""The ReLU network of this source on the diabetes table, from many starts side by side."""
import numpy as np

from lib.data import FixedBatches
from lib.datasets import diabetes
from lib.measure.networks import (drawn_kernels, share_dead, share_learned, share_lost, squared,
                                  train_networks)
from lib.show.plotting import FAILS, HOLDS

WIDTHS = (10, 64, 64, 1)                # ours: ten inputs, two hidden layers, one output
STARTS = 32                             # ours
ROWS, ROWS_IN_A_BATCH = 416, 32         # 32: Keras' default; 416: 13 whole batches
EPOCHS = 20                             # ours
PREFIX = "network, "                    # of the labels of its histories


def train(seed, optimizer, epochs, penalty=squared, rows=ROWS):
    """Train from all starts for at most EPOCHS, on the first ``rows`` of the drawn order.

    Returns the History of ``lib.measure.networks.train_networks``; penalty: as there.
    """
    x, y = diabetes.load()
    order = np.random.RandomState(seed).permutation(len(x))[:rows]
    batches = FixedBatches(x[order], y[order], ROWS_IN_A_BATCH, data="diabetes", seed=seed)
    return train_networks(drawn_kernels(seed, STARTS, WIDTHS), batches, optimizer,
                          min(epochs, EPOCHS), penalty)


def draw_fates(panel, histories, labels):
    """A bar for each of ``labels``, without PREFIX: what became of its starts, in words."""
    shown = [histories[label] for label in labels]
    learned, dead, lost = (np.array([share(history) for history in shown])
                           for share in (share_learned, share_dead, share_lost))
    begin = np.zeros(len(shown))
    for share, name, colour, ink in ((learned, "learns", HOLDS, "white"),
                                     (1 - learned - dead - lost, "not yet", "#cfe3f2", "black"),
                                     (dead, "dies", "#555555", "white"),
                                     (lost, "NaN", FAILS, "white")):
        bars = panel.barh(range(len(shown)), share, left=begin, color=colour, height=0.7)
        panel.bar_label(bars, [name if one > 0.1 else "" for one in share], color=ink,
                        label_type="center", fontsize="small")
        begin = begin + share
    panel.set_yticks(range(len(shown)), [label[len(PREFIX):] for label in labels])
    panel.invert_yaxis()
    panel.set(xlim=(0, 1), xlabel=f"Share of the {STARTS} starts")
