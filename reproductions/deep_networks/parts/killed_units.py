"""A network of ReLUs in training: how many units die at a small, a large, and a too large rate."""
import numpy as np

from lib.claims import above, exactly, largest, not_finite, suite_finds
from lib.compat import keras
from lib.measure.dead_units import KILLING_RATE, UNITS, one_hidden_layer, train_and_watch
from lib.show.plotting import label, line_style
from lib.progress import track
from reproductions.deep_networks.parts.units_at_the_start import units_of

STEPS_PER_EPOCH = 10        # ours
FINE, DIVERGES = 0.01, 0.3  # ours: rates at which no unit dies, and at which the loss diverges
STARTS = 5                  # ours: how many units a large step kills depends on the start


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
    """Each start at the killing rate, and one at the small rate."""
    shown = [(KILLING_RATE, start, dict(line_style(start + 1), markevery=3))
             for start in range(STARTS)] + [(FINE, 0, line_style(0))]
    for rate, start, style in shown:
        history = histories[label_of(rate, start)]
        epochs = range(1, len(history.loss) + 1)
        dead_panel.plot(epochs, 100 * np.array(history.dead), **style)
        loss_panel.semilogy(epochs, history.loss, label=label_of(rate, start), **style)
    epoch = f"Epoch of {STEPS_PER_EPOCH} steps"
    label(dead_panel, epoch, "Dead units in %", "Too large a step kills, and the dead stay dead")
    label(loss_panel, epoch, "Loss", "With dead units a network may learn worse", legend="best")
    for panel in (dead_panel, loss_panel):
        panel.set_xticks(range(0, epochs[-1] + 1, 5))
