"""Dead ReLUs go on in training, with a leaky ReLU in the place of each, and as they are."""
import numpy as np

from lib.claims import History, above, below, exactly, largest, smallest, suite_finds
from lib.compat import keras
from lib.data import SineBatches
from lib.measure.dead_units import (INPUTS, KILLING_RATE, SAMPLES, inputs_and_gradients,
                                    one_hidden_layer, train_and_watch)
from lib.show.plotting import COLOURS, GREY, HOLDS, label, name_curve
from lib.training import train_each

STEPS_PER_EPOCH = 50        # ours
KILLING_STEPS = 10          # ours: by then claim 19 finds the units dead
STARTS = 5                  # ours: as many as in claim 19
RATE = 0.01                 # ours: a rate that kills no unit
REVIVING = {"ReLU": 0.0, "a = 0.01": 0.01, "a = 0.1": 0.1}  # no slope, the source's, a steeper one
LEAKY = ("a = 0.01", "a = 0.1")
KILLED = "killed"
LOOKS = {"ReLU": {"color": GREY, "linestyle": "--"},
         "a = 0.01": {"color": HOLDS, "marker": "o", "markersize": 4.5},
         "a = 0.1": {"color": COLOURS[2], "marker": "^", "markersize": 5}}


def run(seed, epochs):
    """The killed network going on with each slope: {label: History}."""
    batches = SineBatches(seed, SAMPLES, INPUTS, fresh=False)
    killed, weights = kill(seed, batches)

    def go_on(slope):
        model = one_hidden_layer(keras.layers.LeakyReLU(negative_slope=slope), [seed, 0])
        model.set_weights(weights)
        units = inputs_and_gradients(model, batches)
        history = train_and_watch(model, batches, RATE, epochs, STEPS_PER_EPOCH)
        return History(dict(history.settings, negative_slope=slope),
                       **dict(history.series, **units))

    histories = {KILLED: killed}
    histories.update(train_each(REVIVING, go_on, "slopes"))
    return histories


def kill(seed, batches):
    """Ten large steps from each start: History and weights of the network that loses most units."""
    most = None
    for start in range(STARTS):
        model = one_hidden_layer(keras.layers.ReLU(), [seed, start])
        history = train_and_watch(model, batches, KILLING_RATE, 1, KILLING_STEPS)
        if most is None or history.dead[-1] > most[0].dead[-1]:
            most = history, model.get_weights()
    return most


def gradient_of_the_dead(history):
    """The smallest gradient of a unit that got only inputs below zero, before it goes on."""
    return smallest(gradient for highest, gradient in zip(history.highest, history.gradient)
                    if highest <= 0)


def judge(histories):
    relu, source, steeper = (histories[name] for name in REVIVING)
    return dict(
        the_dead_have_a_gradient_again=suite_finds(
            "With a leaky ReLU, units that get only inputs below 0 have a gradient (a = 0.01, the "
            "smallest)", gradient_of_the_dead(source), above(0), "a times a living unit's"),
        dead_units_revive=suite_finds(
            "With a leaky ReLU, a dead unit can revive (share of the killed units that have been "
            "back, a = 0.01)", source.woken[-1], above(0), "2000 steps; \"can\": one is enough"),
        relus_stay_dead=suite_finds(
            "Without a leak, no dead unit revives (units revived, ReLU)", sum(relu.revived),
            exactly(0), "their gradient is 0"),
        the_network_learns_again=suite_finds(
            "With a leaky ReLU, the network learns again (final loss relative to the ReLUs', the "
            "larger of a = 0.01 and 0.1)",
            largest(histories[name].loss[-1] / relu.loss[-1] for name in LEAKY), below(0.8),
            "ours"),
        a_weak_leak_is_slow=suite_finds(
            "At the source's a = 0.01 most units still get only inputs below zero after 2000 steps "
            "(share)", source.dead[-1], above(0.5),
            "ours; the gradient is a times a living unit's"),
        a_stronger_leak_revives_more=suite_finds(
            "At a = 0.1 more of the killed units have been back than at 0.01 (ratio)",
            steeper.woken[-1] / max(source.woken[-1], 0.01), above(1.5), "ours"),
    )


def draw(dead_panel, loss_panel, histories):
    for name, look in LOOKS.items():
        history = histories[name]
        dead = 100 * np.array(histories[KILLED].dead + history.dead)
        dead_panel.plot(range(len(dead)), dead, markevery=8, **look)
        loss_panel.semilogy(range(1, len(dead)), history.loss, markevery=8, **look)
        for panel, end in ((dead_panel, dead[-1]), (loss_panel, history.loss[-1])):
            name_curve(panel, len(dead) - 1, end, name, look["color"], xytext=(7, 0))
            panel.set_xlim(right=1.25 * len(dead))
            panel.set_xticks(range(0, len(dead), 10))
    dead_panel.set_ylim(60, 100)
    epoch = f"Epoch of {STEPS_PER_EPOCH} steps"
    label(dead_panel, epoch, "Units with only inputs below zero in %",
          "A leak revives dead units …")
    label(loss_panel, epoch, "Loss", "… and the network learns again")
