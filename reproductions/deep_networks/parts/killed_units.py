"""A network of ReLUs in training: how many units die at a small, a large, and a too large rate."""
import numpy as np

from lib.claims import above, exactly, largest, not_finite, suite_finds
from lib.compat import keras
from lib.measure.dead_units import KILLING_RATE, UNITS, one_hidden_layer, train_and_watch
from lib.show.plotting import FAILS, GREY, HOLDS, label, name_curve
from lib.progress import track
from reproductions.deep_networks.parts.units_at_the_start import units_of

STEPS_PER_EPOCH = 10        # ours
FINE, DIVERGES = 0.01, 0.3  # ours: rates at which no unit dies, and at which the loss diverges
STARTS = 5                  # ours: how many units a large step kills depends on the start
LOOKS = {FINE: {"color": HOLDS, "marker": "o", "markersize": 4},
         KILLING_RATE: {"color": FAILS, "marker": "s", "markersize": 4}}


def run(seed, epochs, batches):
    """Trainings at each rate, and the units after them: {label: History}."""
    histories = {}
    trainings = [(rate, start) for rate in (FINE, KILLING_RATE) for start in range(STARTS)]
    for rate, start in track(trainings + [(DIVERGES, 0)], "trainings"):
        model = one_hidden_layer(keras.layers.ReLU(), [seed, start])
        histories[label_of(rate, start)] = train_and_watch(model, batches, rate, epochs,
                                                           STEPS_PER_EPOCH)
        if rate != DIVERGES:
            histories[f"in the end, {label_of(rate, start)}"] = units_of(model, batches,
                                                                         learning_rate=rate)
    return histories


def label_of(rate, start):
    return f"rate {rate:g}, start {start}"


def from_all_starts(histories, rate, prefix=""):
    """The histories of a rate. prefix: "in the end, " for those of the units after training."""
    return [histories[prefix + label_of(rate, start)] for start in range(STARTS)]


def mean_of(histories, series, epoch):
    return float(np.mean([getattr(history, series)[epoch] for history in histories]))


def judge(histories):
    fine, killing = (from_all_starts(histories, rate) for rate in (FINE, KILLING_RATE))
    return dict(
        too_large_a_step_kills=suite_finds(
            "Too large a step kills units (share dead after 200 steps at 0.07, mean over the "
            "starts)", mean_of(killing, "dead", -1), above(0.25), "ours: a quarter of them"),
        they_die_at_once=suite_finds(
            "At 0.07 units die at once (share of those dead after 200 steps that are dead after "
            "the first ten)",
            mean_of(killing, "dead", 0) / max(mean_of(killing, "dead", -1), 1 / UNITS), above(0.5),
            "ours: half of them"),
        a_small_step_kills_none=suite_finds(
            "At 0.01 no unit dies (share dead, largest of epochs and starts)",
            largest(largest(history.dead) for history in fine), exactly(0), "ours"),
        the_dead_are_missed=suite_finds(
            "With dead units the network learns worse (final loss at 0.07 relative to that at "
            "0.01, means over the starts)",
            mean_of(killing, "loss", -1) / mean_of(fine, "loss", -1), above(1.2), "ours"),
        a_still_larger_step_diverges=suite_finds(
            "At 0.3 the loss diverges before a unit can be said to live or die (final loss)",
            histories[label_of(DIVERGES, 0)].loss[-1], not_finite(), "ours"),
    )


def draw(dead_panel, loss_panel, histories):
    for rate, look in LOOKS.items():
        runs = from_all_starts(histories, rate)
        draw_dead(dead_panel, rate, runs, look)
        for history in runs:
            loss_panel.semilogy(range(1, len(history.loss) + 1), history.loss, linewidth=1,
                                markevery=3, **look)
        name_curve(loss_panel, 6, runs[0].loss[5], f"rate {rate:g}", look["color"],
                   xytext=(0, 12 if rate == KILLING_RATE else -18))
    name_curve(dead_panel, DIVERGES, 0, "the loss\ndiverges", GREY, ha="center", xytext=(0, 12))
    epochs, rates = len(runs[0].loss), (FINE, KILLING_RATE, DIVERGES)
    name_curve(dead_panel, FINE / 1.9, 62, "Each point is a start: hollow\n"
               f"after {STEPS_PER_EPOCH} steps, full after {STEPS_PER_EPOCH * epochs}", "black")
    dead_panel.set_xscale("log")
    dead_panel.set_xticks(rates, [f"{rate:g}" for rate in rates])
    dead_panel.minorticks_off()
    dead_panel.set(xlim=(FINE / 2, DIVERGES * 2), ylim=(-5, 108))
    label(dead_panel, "Learning rate", "Dead units in %", "Killed in training: too large a step")
    label(loss_panel, f"Epoch of {STEPS_PER_EPOCH} steps", "Loss",
          "With dead units most starts learn worse")
    loss_panel.set_xticks(range(0, epochs + 1, 5))


def draw_dead(panel, rate, runs, look):
    """The dead after the first epoch and after the last, a line for each start, side by side."""
    for start, history in enumerate(runs):
        early, late = 100 * history.dead[0], 100 * history.dead[-1]
        place = rate * 1.08 ** (start - len(runs) // 2)
        panel.plot((place, place), (early, late), **dict(look, markersize=6, markevery=[1]))
        panel.plot(place, early, **dict(look, markersize=6, markerfacecolor="white", zorder=1.9))
    dead = [100 * history.dead[-1] for history in runs]
    name_curve(panel, rate, max(dead), f"{min(dead):.0f} to {max(dead):.0f} % die" if any(dead)
               else "none dies", look["color"], ha="center", xytext=(0, 12))
