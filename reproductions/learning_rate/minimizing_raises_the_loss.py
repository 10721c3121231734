"""A step that should minimize lands beyond the minimum, farther out than before.

Claim    On a bowl like x² a step scales with the gradient. Too large a rate lands beyond the
         minimum, farther out than before, again and again: 0.01 approaches the minimum, 0.12
         overshoots it by more with each step.
Source   https://datascience.stackexchange.com/questions/15962, an answer and its two figures.
Setup    One weight of ``Dense(1)`` without a bias; two samples, x = ±√10 with the target 0, so that
         the mean squared error is the bowl 10 w² with the Hessian 20; SGD at both rates from
         w = -4, 300 steps.
Theory   A step multiplies w by 1 - rate · 20: by 0.8 at 0.01, by -1.4 at 0.12. Between 1/20 and
         2/20 it lands beyond the minimum but nearer to it; above 2/20 it lands farther out.
Differs  The source's figures do not say how steep their bowl is. 20 is ours: it takes a curvature
         above 2/0.12 = 16.7. On x² itself, of curvature 2, 0.12 approaches the minimum as well.
"""
import numpy as np

from lib.claims import above, below, exactly, largest, near, smallest, source_says, suite_finds
from lib.command import run_script
from lib.show.plotting import FAILS, GREY, HOLDS, label, leaving_curve, name_curve, new_figure
from lib.training import train_each
from reproductions.learning_rate.parts import bowl

NUMBER = 10
ONE_SEED = "nothing is drawn at random"
EPOCHS = 300                                    # ours: steps, until the weight is NaN
APPROACHES, OVERSHOOTS = "rate 0.01", "rate 0.12"
RATES = {APPROACHES: 0.01, OVERSHOOTS: 0.12}    # the source
LOOKS = {APPROACHES: {"color": HOLDS, "marker": "o", "markersize": 5},
         OVERSHOOTS: {"color": FAILS, "marker": "^", "markersize": 6, "linestyle": "--"},
         bowl.BETWEEN: {"color": GREY}, bowl.ON_X_SQUARED: {"color": GREY, "linestyle": "-."}}


def run(seed=0, epochs=EPOCHS):
    """Each run's weight after every step: {label: History}. Nothing is drawn at random."""
    histories = train_each(RATES, lambda rate: bowl.train(bowl.HALF_CURVATURE, rate, epochs))
    histories.update(bowl.run(epochs))
    return histories


def share_of_rises(losses):
    """The share of the steps that raised the loss, while it is finite."""
    rises = np.diff([loss for loss in losses if np.isfinite(loss)]) > 0
    return np.mean(rises) if len(rises) else np.nan


def judge(histories):
    approaches, overshoots = histories[APPROACHES], histories[OVERSHOOTS]
    steps = np.diff(bowl.first_weights(overshoots))
    rate = overshoots.settings["learning_rate"]
    return dict(
        a_step_scales_with_the_gradient=source_says(
            "step_scales_with_gradient", "A step scales with the gradient (at 0.12; largest "
            "relative distance of a step from -rate · gradient)",
            largest(np.abs(steps / (-rate * np.array(overshoots.gradient)) - 1)),
            below(1e-4), "the source; float32"),
        it_lands_beyond_the_minimum=source_says(
            "lands_beyond", "At 0.12 a step lands beyond the minimum (share of the first 50 steps)",
            np.mean(bowl.factors(overshoots) < 0), exactly(1)),
        farther_out_than_before=source_says(
            "farther_out_again_and_again",
            "At 0.12 every step lands farther out than before (least factor of the distance from "
            "the minimum in the first 50 steps)",
            smallest(np.abs(bowl.factors(overshoots))), above(1)),
        it_raises_the_loss=source_says(
            "the_opposite", "At 0.12 the minimizer raises the loss (share of the steps that raise "
            "it, while it is finite)", share_of_rises(overshoots.loss), exactly(1)),
        a_small_rate_approaches=source_says(
            "small_rate_approaches", "At 0.01 the weight approaches the minimum (distance after 50 "
            "steps relative to the start)",
            abs(bowl.first_weights(approaches)[-1] / bowl.START), near(0.8 ** 50, within=1e-6),
            "(1 - 0.01 · 20)^50 = 1.4e-5"),
        it_does_not_overshoot=suite_finds(
            "At 0.01 no step overshoots (least factor of a step)",
            smallest(bowl.factors(approaches)), near(0.8, within=0.001), "1 - 0.01 · 20"),
        the_curvature_is_known=suite_finds(
            "The bowl has the curvature 20 (by automatic differentiation)",
            overshoots.curvature[0], near(20, within=1e-4), "2 · 10"),
        **bowl.judge(histories, overshoots))


def draw(histories):
    figure, (left, middle, right) = new_figure(1, 3, size=(13.4, 4.8))
    for panel, name, steps, beside in ((left, APPROACHES, 12, (-10, 7)),
                                       (middle, OVERSHOOTS, 4, (10, -7))):
        weights = bowl.first_weights(histories[name], steps)
        bowl.draw(panel, 1.25 * np.abs(weights).max())
        panel.plot(weights, bowl.loss(weights), **LOOKS[name])
        for step, weight in enumerate(weights[:5]):
            name_curve(panel, weight, bowl.loss(weight), step, LOOKS[name]["color"],
                       xytext=beside * np.array([np.sign(weight), 1]), ha="center")
    left.set_title("Rate 0.01 approaches the minimum")
    middle.set_title("Rate 0.12 lands farther out each time")
    draw_losses(right, histories)
    return figure


def draw_losses(panel, histories):
    """Of both rates, and of the further runs in grey, named where each ends."""
    panel.set(xlim=(0, 180), ylim=(1e-12, 1e43))
    for name, look in LOOKS.items():
        losses = histories[name].loss[:None if name == OVERSHOOTS else 40]
        leaving_curve(panel, losses, name, "step", **look)
        if name != OVERSHOOTS:
            name_curve(panel, len(losses), losses[-1], name, look["color"])
    name_curve(panel, 60, 1e22, OVERSHOOTS, LOOKS[OVERSHOOTS]["color"], ha="right",
               fontsize="medium")
    label(panel, "Step", "Loss", "Until float32 overflows")


def animate(histories):
    """The steps at both rates, side by side."""
    return {"steps": bowl.animate(*((f"Rate {histories[name].settings['learning_rate']:g}",
                                     histories[name], look["color"], look["marker"])
                                    for name, look in LOOKS.items() if name in RATES))}


if __name__ == "__main__":
    run_script(__file__)
