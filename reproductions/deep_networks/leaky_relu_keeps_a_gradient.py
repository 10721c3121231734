"""A leaky ReLU is max(a x, x), keeps a gradient below zero, and revives dead units.

Claim    Leaky ReLU is max(a x, x): it keeps a little of the negative side.
Source   https://www.heiqu.com/wppjwj.html, the section on leaky ReLU; its program takes a = 0.01.
Setup    Keras' LeakyReLU, values and derivatives through the framework, against that formula. Then
         the network of relu_units_die, most of its ReLUs killed by ten steps at too large a rate
         (of its five starts the one that loses most), goes on at 0.01 with a leaky ReLU in place of
         each, and with the ReLUs as they are.
Theory   For 0 < a < 1, x > a x where x > 0 and a x > x where x < 0. Below zero the slope is a, so a
         unit with only negative inputs still has a gradient, a times that of a living one.
Differs  The source revives nothing: the network and the rates are ours, and of the slopes all but
         0.01.
"""
from collections import OrderedDict

import numpy as np

from lib.claims import (History, above, below, exactly, largest, near, smallest, source_says,
                        suite_finds)
from lib.command import run_script
from lib.compat import keras
from lib.data import SineBatches
from lib.dead_units import (INPUTS, KILLING_RATE, SAMPLES, inputs_and_gradients,
                            one_hidden_layer, train_and_watch)
from lib.plotting import THEORY, line_style, new_figure
from lib.signals import values_and_derivatives
from lib.training import train_each

NUMBER = 20
# between releases: of the units that are back, two or three cross zero a step earlier
TOLERANCE = {"a = 0.01": 3, "a = 0.1": 3}
EPOCHS = 40                 # ours
STEPS_PER_EPOCH = 50        # ours
KILLING_STEPS = 10          # ours: claim 19 finds them dead by then
STARTS = 5                  # ours: as many as there
RATE = 0.01                 # ours: one that kills none
GRID = np.linspace(-5, 5, 201)      # ours; it has 0 in it
FORMULA_SLOPES = (0.01, 0.1, 0.3, 0.9)          # the source's, and others between 0 and 1
BEYOND = 1.5                                    # ours: where max(a x, x) is no leaky ReLU
REVIVING = OrderedDict((    # none, the source's, and a stronger one
    ("ReLU", 0.0), ("a = 0.01", 0.01), ("a = 0.1", 0.1)))


def run(seed=0, epochs=EPOCHS):
    """Values and derivatives of the layer, and the dead network going on: {label: History}."""
    histories = OrderedDict()
    for slope in FORMULA_SLOPES + (BEYOND,):
        values, derivatives = values_and_derivatives(
            keras.layers.LeakyReLU(negative_slope=slope), GRID)
        histories["formula, a = {:g}".format(slope)] = History(
            {"negative_slope": slope}, x=GRID.tolist(), y=values, derivative=derivatives)
    batches = SineBatches(seed, SAMPLES, INPUTS, fresh=False)
    histories["killed"], weights = killed(batches, seed)

    def go_on(slope):
        model = one_hidden_layer(keras.layers.LeakyReLU(negative_slope=slope), [seed, 0])
        model.set_weights(weights)
        units = inputs_and_gradients(model, batches)
        history = train_and_watch(model, batches, RATE, epochs, STEPS_PER_EPOCH)
        return History(dict(history.settings, negative_slope=slope),
                       **dict(history.series, **units))

    histories.update(train_each(REVIVING, go_on, "slopes"))
    return histories


def killed(batches, seed):
    """The network most of whose units ten large steps kill: its History and its weights."""
    most = None
    for start in range(STARTS):
        model = one_hidden_layer(keras.layers.ReLU(), [seed, start])
        history = train_and_watch(model, batches, KILLING_RATE, 1, KILLING_STEPS)
        if most is None or history.dead[-1] > most[0].dead[-1]:
            most = history, model.get_weights()
    return most


def distances(histories, slopes, series, formula):
    """The largest distance of a series of the layer from a formula of (a, x), over ``slopes``."""
    return largest(np.max(np.abs(
        np.array(getattr(histories["formula, a = {:g}".format(slope)], series))
        - formula(np.float32(slope), GRID.astype("float32")))) for slope in slopes)


def gradient_of_the_dead(history):
    """The smallest gradient of a unit that got only inputs below zero, before training goes on."""
    return smallest(gradient for highest, gradient in zip(history.highest, history.gradient)
                    if highest <= 0)


def judge(histories):
    return OrderedDict(
        it_is_the_larger_of_two_lines=source_says(
            "leaky_formula",
            "Keras' layer is max(a x, x) (largest difference of values, 0 < a < 1)",
            distances(histories, FORMULA_SLOPES, "y", lambda a, x: np.maximum(a * x, x)),
            exactly(0)),
        it_keeps_a_little_of_the_negative_side=source_says(
            "leaky_keeps_a_little",
            "It keeps a little of the negative side: its slope there is a (largest difference)",
            distances(histories, FORMULA_SLOPES, "derivative", lambda a, x: np.where(x > 0, 1, a)),
            exactly(0)),
        the_dead_have_a_gradient_again=suite_finds(
            "So units that get only inputs below 0 have a gradient (a = 0.01, the smallest)",
            gradient_of_the_dead(histories["a = 0.01"]), above(0), "a times a living one's"),
        dead_units_revive=suite_finds(
            "… and a dead one can revive (share of those killed that has been back, a = 0.01)",
            histories["a = 0.01"].woken[-1], above(0), "2000 steps; \"can\": one is enough"),
        relus_stay_dead=suite_finds(
            "Without the leak none does (ReLU)", sum(histories["ReLU"].revived), exactly(0),
            "their gradient is 0"),
        the_network_learns_again=suite_finds(
            "With the leak the network learns again: loss relative to the ReLUs' (a = 0.01, 0.1)",
            largest(histories[label].loss[-1] / histories["ReLU"].loss[-1]
                    for label in ("a = 0.01", "a = 0.1")), below(0.8), "ours"),
        a_weak_leak_is_slow=suite_finds(
            "At the source's a = 0.01 most are still below zero by then (share of the units)",
            histories["a = 0.01"].dead[-1], above(0.5),
            "ours; the gradient is a times a living one's"),
        a_stronger_leak_revives_more=suite_finds(
            "At a = 0.1 more of those killed have been back (relative to those at 0.01)",
            histories["a = 0.1"].woken[-1] / max(histories["a = 0.01"].woken[-1], 0.01),
            above(1.5), "ours"),
        the_formula_is_wrong_beyond_one=suite_finds(
            "For a > 1 max(a x, x) is not the layer (largest difference, a = 1.5, |x| <= 5)",
            distances(histories, (BEYOND,), "y", lambda a, x: np.maximum(a * x, x)),
            near(2.5, within=1e-5), "(a - 1) x at x = 5; and at x = -5"),
    )


def draw(histories):
    figure, (left, middle, right) = new_figure(1, 3, size=(13.4, 4.6))
    left.set_title("Keras' layer is max(a x, x)")
    for index, slope in enumerate(FORMULA_SLOPES):
        left.plot(GRID, histories["formula, a = {:g}".format(slope)].y,
                  label="a = {:g}".format(slope), **dict(line_style(index), markevery=20))
        left.plot(GRID, np.maximum(slope * GRID, GRID), **dict(
            THEORY, label=None if index < len(FORMULA_SLOPES) - 1 else "max(a x, x)"))
    left.set_xlabel("x")
    left.set_ylabel("Output")
    middle.set_title("Dead ReLUs, going on as leaky ones")
    right.set_title("… and the network learns again")
    for index, label in enumerate(REVIVING):
        history, style = histories[label], dict(line_style(index), markevery=(2 * index, 10))
        dead = 100 * np.array(histories["killed"].dead + history.dead)
        middle.plot(range(len(dead)), dead, label=label, **style)
        right.semilogy(range(1, len(dead)), history.loss, label=label, **style)
    middle.set_ylabel("Units with only inputs below zero in %")
    middle.set_ylim(0, 103)
    right.set_ylabel("Loss")
    for panel in (middle, right):
        panel.set_xlabel("Epoch of {} steps".format(STEPS_PER_EPOCH))
    for panel in (left, middle, right):
        panel.grid(True)
        panel.legend()
    return figure


if __name__ == "__main__":
    run_script(__file__)
