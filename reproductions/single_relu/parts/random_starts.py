"""Claim 2: one ReLU from each of 2,000 random weights; how many fail, and which.

The weights are drawn as Keras' Dense(1) draws its own by default, uniform within sqrt(3). They are
trained as units of one model (see lib.measure.sweeps).
"""
import numpy as np

from lib import theory
from lib.claims import History, exactly, near, share_interval, source_says, suite_finds
from lib.compat import keras
from lib.data import ReLUBatches
from lib.measure.fates import escaped
from lib.measure.sweeps import train_units
from lib.show.plotting import FAILS, HOLDS, label, name_curve

LABEL = "random starts"
STARTS = 2000       # ours: their share of failures has a standard deviation of 0.011


def run(seed, epochs, steps_per_epoch, learning_rate):
    """A History with each random start, and whether (1) or not (0) a unit learns from it."""
    limit = theory.glorot_limit(1, 1)
    starts = np.random.RandomState([seed, STARTS]).uniform(-limit, limit, STARTS)
    sweep = train_units(ReLUBatches(seed), starts, learning_rate,
                        lambda rate: keras.optimizers.SGD(learning_rate=rate), epochs,
                        steps_per_epoch)
    return {LABEL: History(dict(sweep.settings, start="at random", learning_rate=learning_rate),
                           weight_at_start=starts.tolist(),
                           learned=escaped(sweep.weights).astype(int).tolist())}


def judge(histories):
    start = np.array(histories[LABEL].weight_at_start)
    learned = np.array(histories[LABEL].learned) == 1
    failures = int(np.sum(~learned))
    low, high = share_interval(failures, len(learned))
    return dict(
        half_of_the_random_starts_fail=source_says(
            "half_of_random_starts_fail",
            f"Half of {len(learned):,} random weights fail to converge (their share; 95 % interval "
            f"{low:.3f} to {high:.3f})",
            failures / len(learned), near(0.5, within=0.05),
            "half are below 0; of 2,000 that share has a standard deviation of 0.011"),
        the_sign_decides_which=suite_finds(
            "The sign of a random weight decides whether it fails (weights that fail from above 0 "
            "or learn from below)",
            np.sum((start > 0) != learned), exactly(0),
            "no step crosses 0 from below, and every start above 0 leads to 1"),
    )


def draw(panel, histories):
    """How many starts of each size there are, and how many of them learn."""
    start = np.array(histories[LABEL].weight_at_start)
    learned = np.array(histories[LABEL].learned) == 1
    limit = theory.glorot_limit(1, 1)
    for chosen, colour, words in ((~learned, FAILS, "get stuck"), (learned, HOLDS, "learn")):
        panel.hist(start[chosen], np.linspace(-limit, limit, 21), color=colour, edgecolor="white")
        name_curve(panel, np.mean(start[chosen]), 1, f"{np.sum(chosen):,} {words}", colour,
                   xycoords=panel.get_xaxis_transform(), ha="center", va="top", xytext=(0, -2),
                   weight="bold")
    panel.margins(y=0.15)
    label(panel, "Random weight at the start, w(0)", "Number of starts",
          f"Half of {len(start):,} random starts fail")
