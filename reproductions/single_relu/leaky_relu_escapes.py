"""A leaky ReLU escapes from w = -10 and learns w = 1, the optimum.

Claim    With LeakyReLU(0.3) instead of ReLU, SGD from w(0) = -10 brings the loss down fast to a
         small value, and the weight to 1, said to be the optimum.
Source   https://stats.stackexchange.com/questions/379884, accepted answer: program and figure.
Setup    One unit without a bias, LeakyReLU(0.3); a fresh batch of 1000 x ~ N(0, 1) every step,
         target max(x, 0); mean squared error; 'sgd'; 100 steps an epoch, 20 epochs; w(0) = -10.
Theory   With slope c the loss is least at w* = 1/(1 + c²) = 0.917, where it is
         c²/(2 (1 + c²)) = 0.041: this unit cannot become a ReLU, and its optimum is not 1.
Differs  fit replaces fit_generator; RandomState(seed) replaces the global state and draws the same
         numbers; one call runs all steps of an epoch, which changes no number; SGD(0.01) is what
         'sgd' stands for.
"""
import numpy as np

from lib import theory
from lib.claims import below, first_epoch, largest, near, source_says, suite_finds
from lib.command import run_script
from lib.compat import keras
from lib.data import ReLUBatches
from lib.models import single_unit
from lib.originals import originals_of
from lib.show.plotting import (COURSE, FAILS, GREY, HOLDS, REFUTED, Animation, band, course,
                               label, name_curve, new_figure)
from lib.training import train

NUMBER = 3
NEGATIVE_SLOPE = 0.3        # the source
START = -10.0               # the source
EPOCHS = 20                 # the source
STEPS_PER_EPOCH = 100       # the source
LEARNING_RATE = 0.01        # Keras' default for 'sgd', then and now
LABEL = "LeakyReLU(0.3), SGD, Keras"


def run(seed=0, epochs=EPOCHS):
    """Train the leaky unit: {label: History}."""
    unit = single_unit(keras.layers.LeakyReLU(negative_slope=NEGATIVE_SLOPE), START)
    return {LABEL: train(unit, ReLUBatches(seed), keras.optimizers.SGD(learning_rate=LEARNING_RATE),
                         "mean_squared_error", epochs, STEPS_PER_EPOCH)}


def judge(histories):
    history = histories[LABEL]
    best_weight, best_loss = theory.right_minimum(NEGATIVE_SLOPE)
    return dict(
        the_loss_falls_fast_to_a_small_value=source_says(
            "leaky_loss_falls",
            "The loss falls fast to a small value (epochs until it stays below 0.05)",
            first_epoch(largest(history.loss[k:]) < 0.05 for k in range(len(history.loss))),
            below(8), "\"fast\" and \"small\": ours; by then the original program's figure is "
                      "flat, and in closed form it is the sixth epoch"),
        the_weight_goes_to_one=source_says(
            "leaky_learns_one", "The weight goes to 1, the optimum (final weight)",
            history.weight[-1], near(1, within=0.01),
            fails_because="1 is the optimum of a ReLU; this unit's is 1/(1 + c²) = 0.917, where "
                          "the source's own program ends too"),
        the_weight_goes_to_the_leaky_optimum=suite_finds(
            "The weight goes to 1/(1 + c²) (final weight)", history.weight[-1],
            near(best_weight, within=0.005), "closed form"),
        the_loss_ends_at_that_optimum=suite_finds(
            "The loss goes to c²/(2 (1 + c²)), not to 0 (loss of the last epoch)",
            history.loss[-1], near(best_loss, within=0.002), "closed form"),
    )


def draw(histories):
    """Where the weight ends, in large, beside its whole way and the loss."""
    figure, (end, way, loss) = new_figure(1, 3, size=(12, 4.6), width_ratios=(2, 1, 1))
    optimum, best_loss = theory.right_minimum(NEGATIVE_SLOPE)
    epochs = len(histories[LABEL].weight)
    for panel, series in ((end, "weight"), (way, "weight"), (loss, "loss")):
        draw_course(panel, series, histories[LABEL])
    label(end, "Epoch", "Weight w", f"It learns {optimum:.3f}, where its loss is least, not 1")
    end.set(xlim=(min(3.5, epochs - 1), epochs + 0.4), ylim=(0.68, 1.05))
    end.axhline(1, **REFUTED)
    name_curve(end, epochs, 1, "1: the optimum, says the source", FAILS, ha="right",
               xytext=(0, 10))
    name_curve(end, epochs, optimum, f"1/(1 + c²): the optimum for c = {NEGATIVE_SLOPE}", HOLDS,
               ha="right", xytext=(0, -16))
    name_curve(end, 0.4 * epochs, 0.78, COURSE, GREY, annotation_clip=True)
    label(way, "Epoch", "Weight w", "It does escape from -10")
    way.axhline(1, **REFUTED)
    band(way, START - 0.5, 0)
    name_curve(way, epochs, -5, "here a ReLU\nis stuck", GREY, ha="right", xytext=(-4, 0),
               path_effects=[])
    label(loss, "Epoch", "Loss", f"Its loss ends at {best_loss:.3f}, not 0")
    loss.set_yscale("log")
    return figure


def draw_course(panel, series, history):
    course(panel, series, history, theory.closed_forms_of([history]), originals_of([history]),
           color=HOLDS, marker="o", markersize=4.5)


def animate(histories):
    """The weight on the curve of its loss, epoch by epoch, and in the end from nearby."""
    history = histories[LABEL]
    optimum, best_loss = theory.right_minimum(NEGATIVE_SLOPE)
    path = np.array([history.settings["start"]] + history.weight)
    figure, (curve, way, loss) = new_figure(1, 3, size=(8.8, 3.3), width_ratios=(1.6, 1, 1))
    weights = np.linspace(-12, 3, 1501)
    curve.semilogy(weights, theory.unit_loss(weights, NEGATIVE_SLOPE), color=GREY)
    curve.axvline(1, **REFUTED)
    way.axhline(1, **REFUTED)
    name_curve(curve, 1, 0.92, "1, says the source", FAILS, ha="right", xytext=(-4, 0),
               xycoords=curve.get_xaxis_transform())
    least = name_curve(curve, optimum, best_loss, f"least loss:\n{optimum:.3f}", HOLDS,
                       ha="center", xytext=(0, -20))
    grown = [(panel.plot(numbers, "o-", color=HOLDS, markersize=4)[0], numbers)
             for panel, numbers in ((way, path), (loss, [np.nan] + history.loss))]
    trail, = curve.plot([], [], "o", color=HOLDS, markersize=4)
    point, = curve.plot([], [], "o", color=HOLDS, markersize=11, markeredgecolor="white")
    loss.set_yscale("log")
    label(curve, "Weight w", "Loss")
    label(way, "Epoch", "Weight w")
    label(loss, "Epoch", "Loss")
    # views: left, right, and the powers of ten below and above
    far, nearby = np.array([-10.8, 2.5, -1.75, 2.1]), np.array([0.6, 1.2, -1.5, -1.1])

    def show(frame):
        epoch, nearness = frame
        left, right, low, high = far + nearness * (nearby - far)
        curve.set(xlim=(left, right), ylim=(10 ** low, 10 ** high))
        curve.set_title(f"epoch {epoch}", loc="left", family="monospace")
        least.set_visible(nearness == 1)
        for line, numbers in grown:
            line.set_data(range(epoch + 1), numbers[:epoch + 1])
        so_far = path[:epoch + 1]
        trail.set_data(so_far, theory.unit_loss(so_far, NEGATIVE_SLOPE))
        point.set_data(so_far[-1:], theory.unit_loss(so_far[-1:], NEGATIVE_SLOPE))

    # equal frames in a row become one that stays longer; at ``turn`` the view changes
    turn = min(6, len(path) - 1)
    frames = ([(epoch, 0) for epoch in range(turn) for _ in range(5)]
              + [(turn, nearness) for nearness in np.linspace(0, 1, 9)]
              + [(epoch, 1) for epoch in range(turn, len(path)) for _ in range(2)]
              + [(len(path) - 1, 1)] * 20)
    return {"point": Animation(figure, show, frames)}


if __name__ == "__main__":
    run_script(__file__)
