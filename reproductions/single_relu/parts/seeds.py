"""Claims 5 and 6: how many of many seeds let a ReLU escape, by learning rate and momentum."""
import numpy as np

from lib import theory
from lib.claims import History, above, largest, share_interval, smallest, suite_finds
from lib.compat import keras
from lib.data import SeededMoments
from lib.measure.fates import escaped
from lib.measure.sweeps import train_units
from lib.show.plotting import share_panels
from lib.training import train_each

SEEDS = 1000                            # ours: if all escape, or none, the interval is 0.4 % wide
RATES = np.logspace(-3, -1, 17)         # ours: around the source's 0.01 and Adam's default 0.001
MOMENTA = np.linspace(0, 0.98, 50)      # ours: around the source's 0.9
HEAVY_BALL = "seeds, SGD"
BY_RATE = {
    "seeds, Adam": lambda rate: keras.optimizers.Adam(rate),
    "seeds, AMSGrad": lambda rate: keras.optimizers.Adam(rate, amsgrad=True),
}


def run(start, seed, epochs, steps_per_epoch, seeds, resume):
    """How many of ``seeds`` let a ReLU escape from ``start``: {label: History}, empty for 0 seeds.

    ``escaped`` has one number a rate for Adam and AMSGrad, and for SGD a list with one number a
    momentum.
    """
    if not seeds:
        return {}
    batches = SeededMoments(seed, seeds)

    def train_all(optimizer, rates, **momenta):
        sweep = train_units(batches, start, rates, optimizer, epochs, steps_per_epoch, **momenta)
        return (dict(sweep.settings, start=start),
                {"rate": RATES.tolist(), "escaped": escaped(sweep.weights).sum(axis=-1).tolist()})

    def train_heavy_balls(_):
        settings, series = train_all(
            lambda rate, momentum: keras.optimizers.SGD(rate, momentum=momentum),
            RATES[:, None, None], momenta=MOMENTA[:, None])
        return History(settings, momentum=MOMENTA.tolist(), **series)

    def train_at_rates(optimizer):
        settings, series = train_all(optimizer, RATES[:, None])
        return History(settings, **series)

    histories = train_each({HEAVY_BALL: None}, train_heavy_balls, "seeds", resume)
    histories.update(train_each(BY_RATE, train_at_rates, "seeds", resume))
    return histories


def number_of_seeds(histories):
    """How many seeds these histories have: 0 if none were run."""
    return histories[HEAVY_BALL].settings["seeds"] if HEAVY_BALL in histories else 0


def judge(histories):
    history = histories[HEAVY_BALL]
    crosses = np.array(history.rate)[:, None] > theory.escape_rate(np.array(history.momentum))
    return dict(
        damping_decides_for_every_seed=suite_finds(
            "Damping decides for every seed whether it escapes (share of the pairs of rate and "
            "momentum at which all seeds do as it says)",
            np.mean(np.array(history.escaped) == crosses * number_of_seeds(histories)), above(0.9),
            "closed form: escapes where momentum > (1 - sqrt(rate))²"),
    )


def lowest_share(histories, *places):
    """The share of seeds that escape, where it is lowest: the lower end of its interval.

    places: (label, rate), for SGD (label, rate, momentum).
    """
    return smallest(_interval_at(histories, *place)[0] for place in places)


def highest_share(histories, *places):
    """The share of seeds that escape, where it is highest: the upper end of its interval."""
    return largest(_interval_at(histories, *place)[1] for place in places)


def _interval_at(histories, label, rate, momentum=None):
    """The interval of the share of seeds that escape, at the grid's nearest rate and momentum."""
    history = histories[label]
    escaped_seeds = history.escaped[int(np.argmin(np.abs(np.log(np.array(history.rate) / rate))))]
    if momentum is not None:
        escaped_seeds = escaped_seeds[_nearest_momentum(history, momentum)]
    return share_interval(escaped_seeds, history.settings["seeds"])


def _nearest_momentum(history, momentum):
    return int(np.argmin(np.abs(np.array(history.momentum) - momentum)))


def draw(histories, title):
    """The share of seeds that escape: {"seeds": figure}, or {} if none were run.

    title: with {epochs} in the place of their number.
    """
    if not number_of_seeds(histories):
        return {}
    grid = histories[HEAVY_BALL]
    columns = {label: (grid.rate, [row[_nearest_momentum(grid, momentum)] for row in grid.escaped])
               for label, momentum in (("SGD", 0.0), ("momentum 0.9", 0.9))}
    columns.update({label.split(", ")[1]: (histories[label].rate, histories[label].escaped)
                    for label in BY_RATE})
    momenta = np.array(grid.momentum)
    return {"seeds": share_panels(title.format(epochs=grid.settings["epochs"]), grid, columns,
                                  (momenta, theory.escape_rate(momenta)))}
