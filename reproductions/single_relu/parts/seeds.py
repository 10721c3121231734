"""Claims 5 and 6: how many of many seeds let a ReLU escape, by learning rate and momentum."""
import numpy as np

from lib import theory
from lib.claims import History, above, largest, share_interval, smallest, suite_finds
from lib.compat import keras
from lib.data import SeededMoments
from lib.measure.fates import escaped
from lib.measure.sweeps import train_units
from lib.show.plotting import FAILS, GREY, HOLDS, THEORY, label, mark, name_curve, new_figure
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
    """At which settings all seeds escape, some or none: {"seeds": figure}; {} if none were run.

    title: with {epochs} in the place of their number.
    """
    if not number_of_seeds(histories):
        return {}
    grid = histories[HEAVY_BALL]
    momenta, escaped_seeds = np.array(grid.momentum), np.array(grid.escaped).T
    rows = {"plain SGD": escaped_seeds[0],
            "momentum 0.9": escaped_seeds[_nearest_momentum(grid, 0.9)],
            "AMSGrad": histories["seeds, AMSGrad"].escaped,
            "Adam": histories["seeds, Adam"].escaped}
    figure, (left, right) = new_figure(1, 2, size=(11.6, 4.8), width_ratios=(1.5, 1))
    figure.suptitle(title.format(epochs=grid.settings["epochs"]))
    left.plot(theory.escape_rate(momenta), momenta, **THEORY)
    draw_outcomes(left, grid, momenta, escaped_seeds, size=3)
    draw_outcomes(right, grid, range(len(rows)), np.array(list(rows.values())), size=7)
    name_curve(left, 0.03, 1.05, f"all {number_of_seeds(histories):,} seeds escape", HOLDS,
               ha="center", weight="bold")
    name_curve(left, 0.004, 0.4, "none escapes", GREY, ha="center", weight="bold")
    name_curve(left, 0.011, 0.76, "closed form: momentum = (1 - √rate)²", GREY, ha="right",
               xytext=(-4, -4))
    label(left, "Learning rate", "Momentum of SGD", "SGD: rate and momentum decide")
    label(right, "Learning rate", "Optimizer", "Adam and AMSGrad need larger rates")
    left.set_ylim(-0.05, 1.1)
    mark(right, 0.01)
    name_curve(right, 0.01, 3.45, "the source's rate", GREY)
    right.set_yticks(range(len(rows)), rows)
    right.set_ylim(-0.5, 3.6)
    return {"seeds": figure}


def draw_outcomes(panel, history, heights, escaped_seeds, size):
    """A marker at each rate and height: whether all seeds escape there, some or none."""
    seeds = history.settings["seeds"]
    rates, heights = np.meshgrid(history.rate, heights)
    every, none = escaped_seeds == seeds, escaped_seeds == 0
    some = ~(every | none)
    for chosen, look in ((every, {"color": HOLDS, "marker": "o"}),
                         (none, {"color": GREY, "marker": ".", "alpha": 0.6}),
                         (some, {"color": FAILS, "marker": "D"})):
        panel.plot(rates[chosen], heights[chosen], linestyle="none", markersize=size, **look)
    for rate, height, escaped_here in zip(rates[some], heights[some], escaped_seeds[some]):
        name_curve(panel, rate, height, f"{escaped_here:,} of {seeds:,} escape", FAILS,
                   ha="right", xytext=(-6, -12))
    panel.set(xscale="log", xlim=(history.rate[0] / 1.2, history.rate[-1] * 1.2))
