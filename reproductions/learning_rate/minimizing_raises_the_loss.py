"""A step that should minimize lands beyond the minimum, farther out than before.

Claim    On a bowl like x² a step scales with the gradient. Too large a rate lands beyond the
         minimum, farther out than before, again and again: 0.01 approaches, 0.12 overshoots farther
         each step.
Source   https://datascience.stackexchange.com/questions/15962, an answer and its two figures.
Setup    One weight of ``Dense(1)`` without a bias; two samples, x = ±√10 with the target 0, so that
         the mean squared error is the bowl 10 w² with the Hessian 20; SGD at both rates from
         w = -4, 300 steps.
Theory   A step multiplies w by 1 - rate · 20: by 0.8 at 0.01, by -1.4 at 0.12. Between 1/20 and
         2/20 it lands beyond the minimum but nearer to it; above 2/20 farther out.
Differs  The source's figures do not say how steep their bowl is: 20 is ours, as a curvature above
         2/0.12 = 16.7 is needed. On x² itself, of curvature 2, 0.12 approaches as well.
"""
from collections import OrderedDict

import numpy as np

from lib.claims import (above, below, exactly, first_epoch, largest, near, smallest, source_says,
                        suite_finds)
from lib.command import run_script
from lib.compat import keras
from lib.curvature import LossSurface
from lib.data import FixedBatches
from lib.descents import mean_squared_error
from lib.models import linear_unit
from lib.plotting import leaving_curve, line_style, new_figure
from lib.training import train_each
from reproductions.learning_rate import train_linear

NUMBER = 10
ONE_SEED = "nothing is drawn at random"
EPOCHS = 300                                    # ours: steps, until the weight is NaN
START = -4.0                                    # ours
HALF_CURVATURE = 10.0                           # ours: the bowl is 10 w²
APPROACHES, BETWEEN, OVERSHOOTS = "rate 0.01", "rate 0.095", "rate 0.12"
ON_X_SQUARED = "rate 0.12 on x²"
# half of the curvature, and the rate
RUNS = OrderedDict((
    (APPROACHES, (HALF_CURVATURE, 0.01)),       # the source's rate
    (BETWEEN, (HALF_CURVATURE, 0.095)),         # ours: between 1/20 and 2/20
    (OVERSHOOTS, (HALF_CURVATURE, 0.12)),       # the source's rate
    (ON_X_SQUARED, (1.0, 0.12)),                # "a bowl like x²", read to the letter
))
LARGEST_FLOAT32 = float(np.finfo("float32").max)


def run(seed=0, epochs=EPOCHS):
    """Each run's weight after every step: {label: History}. Nothing is drawn at random."""
    def roll(setting):
        half, rate = setting
        x = np.sqrt(half) * np.array([[1.0], [-1.0]])
        bowl = FixedBatches(x, 0 * x, data="bowl", half_curvature=half)
        history = train_linear([START], bowl, keras.optimizers.SGD(rate), epochs, ["weight"])
        model = linear_unit([START])
        surface = LossSurface(model, mean_squared_error, bowl.x, bowl.y)
        history.series.update(gradient=[], curvature=[surface.largest_curvature()])
        for weight in way(history)[:-1]:
            model.set_weights([np.array([[weight]], "float32")])
            history.gradient.append(float(surface.derivatives()[1][0]))
        return history

    return train_each(RUNS, roll)


def way(history, steps=50):
    """The first weights, from the start."""
    return np.array(history.settings["start"] + history.weight)[:steps + 1]


def factors(history):
    """By what each of the first steps multiplied the weight."""
    weights = way(history)
    return weights[1:] / weights[:-1]


def share_of_rises(losses):
    """The share of the steps, as long as the loss is finite, that raised it."""
    rises = np.diff([loss for loss in losses if np.isfinite(loss)]) > 0
    return np.mean(rises) if len(rises) else np.nan


def judge(histories):
    approaches, overshoots = histories[APPROACHES], histories[OVERSHOOTS]
    steps = np.diff(way(overshoots))
    rate = overshoots.settings["learning_rate"]
    infinite = first_epoch(np.isinf(loss) for loss in overshoots.loss)
    return OrderedDict(
        a_step_scales_with_the_gradient=source_says(
            "step_scales_with_gradient",
            "A step scales with the gradient (largest relative distance from -rate · gradient)",
            largest(np.abs(steps / (-rate * np.array(overshoots.gradient)) - 1)),
            below(1e-4), "the source; float32"),
        it_lands_beyond_the_minimum=source_says(
            "lands_beyond", "At 0.12 a step lands beyond the minimum (share of the first 50)",
            np.mean(factors(overshoots) < 0), exactly(1)),
        farther_out_than_before=source_says(
            "farther_out_again_and_again",
            "… farther out than before, again and again (least factor of the distance in the first "
            "50)", smallest(np.abs(factors(overshoots))), above(1)),
        it_raises_the_loss=source_says(
            "the_opposite",
            "The minimizer raises the loss (share of the steps that do, as long as it is finite)",
            share_of_rises(overshoots.loss), exactly(1)),
        a_small_rate_approaches=source_says(
            "small_rate_approaches",
            "At 0.01 it approaches the minimum (distance after 50 steps, as a share of the first)",
            abs(way(approaches)[-1] / START), near(0.8 ** 50, within=1e-6),
            "(1 - 0.01 · 20)^50 = 1.4e-5"),
        it_does_not_overshoot=suite_finds(
            "… without overshooting (least factor of a step)", smallest(factors(approaches)),
            near(0.8, within=0.001), "1 - 0.01 · 20"),
        the_curvature_is_known=suite_finds(
            "The curvature of the bowl, by automatic differentiation",
            overshoots.curvature[0], near(20, within=1e-4), "2 · 10"),
        the_loss_becomes_infinite=suite_finds(
            "At 0.12 the loss is infinite from step", infinite,
            near(1 + np.ceil(np.log(LARGEST_FLOAT32 / 2 / overshoots.loss[0]) / np.log(1.96)),
                 within=1), "1.96^(step - 1) · first loss, summed over 2 samples, ends float32"),
        the_weight_becomes_nan=suite_finds(
            "… and the weight is NaN after step", first_epoch(map(np.isnan, overshoots.weight)),
            near(np.ceil(np.log(LARGEST_FLOAT32 / 20 / -START) / np.log(1.4)) + 2, within=1),
            "the gradient 20 · 4 · 1.4^step ends float32; one step from there, and one back"),
        in_between_it_overshoots_and_arrives=suite_finds(
            "At 0.095 every step lands beyond the minimum but nearer to it (least factor)",
            smallest(factors(histories[BETWEEN])), near(-0.9, within=0.001), "1 - 0.095 · 20"),
        on_x_squared_it_approaches=suite_finds(
            "On x² itself 0.12 approaches, without overshooting (least factor)",
            smallest(factors(histories[ON_X_SQUARED])), near(0.76, within=0.001),
            "1 - 0.12 · 2; x² overshoots above 1/2 and diverges above 1"),
    )


def draw(histories):
    figure, panels = new_figure(1, 3, size=(13, 4.6))
    w = np.linspace(-18, 18, 400)
    for panel, label, index in zip(panels, (APPROACHES, OVERSHOOTS), (0, 1)):
        weights = way(histories[label], 12 if label == APPROACHES else 4)
        panel.plot(w, HALF_CURVATURE * w ** 2, color="#999999")
        panel.plot(weights, HALF_CURVATURE * weights ** 2, **line_style(index))
        for step, weight in enumerate(weights[:5]):
            panel.annotate(step, (weight, HALF_CURVATURE * weight ** 2), xytext=(0, 7),
                           textcoords="offset points", ha="center", fontsize=9)
        panel.set_xlabel("Weight")
        panel.set_ylabel("Loss")
    panels[0].set_title("Rate 0.01 approaches")
    panels[0].set_xlim(-6, 6)
    panels[0].set_ylim(-10, 260)
    panels[1].set_title("Rate 0.12 overshoots …")
    panels[1].set_ylim(-100, 3000)
    panels[2].set_title("… until there are no numbers left")
    panels[2].set_xlim(0, len(histories[OVERSHOOTS].loss))
    panels[2].set_ylim(1e-6, 1e43)
    for index, label in enumerate((APPROACHES, OVERSHOOTS, BETWEEN, ON_X_SQUARED)):
        shown = histories[label].loss if label == OVERSHOOTS else histories[label].loss[:40]
        leaving_curve(panels[2], shown, label, "step", **line_style(index))
    panels[2].set_xlabel("Step")
    panels[2].set_ylabel("Loss")
    panels[2].legend(loc="center right")
    for panel in panels:
        panel.grid(True)
    return figure


if __name__ == "__main__":
    run_script(__file__)
