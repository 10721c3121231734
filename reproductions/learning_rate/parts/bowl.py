"""One weight in a bowl: how it is trained, and what the source does not say of it (claim 10).

Two samples, x = ±√a with the target 0, make the mean squared error of ``Dense(1)`` the bowl a w².
"""
import numpy as np

from lib.claims import first_epoch, near, smallest, suite_finds
from lib.compat import keras
from lib.data import FixedBatches
from lib.measure.curvature import LossSurface
from lib.measure.descents import mean_squared_error
from lib.models import linear_unit
from lib.show.plotting import GREY, Animation, label, new_figure, way_to
from lib.training import train_each
from reproductions.learning_rate.parts.regression import train_linear

START = -4.0                                    # ours
HALF_CURVATURE = 10.0                           # ours: the bowl is 10 w²
BETWEEN, ON_X_SQUARED = "rate 0.095", "rate 0.12 on x²"
# a of the bowl a w², and the rate
FURTHER_RUNS = {
    BETWEEN: (HALF_CURVATURE, 0.095),           # ours: between 1/20 and 2/20
    ON_X_SQUARED: (1.0, 0.12),                  # the source's rate; "a bowl like x²", literally
}
LARGEST_FLOAT32 = float(np.finfo("float32").max)


def train(half_curvature, rate, epochs):
    """SGD for so many steps: a History of ``loss``, ``weight``, ``gradient`` and ``curvature``.

    ``gradient``: before each of the first steps; ``curvature``: by automatic differentiation.
    """
    x = np.sqrt(half_curvature) * np.array([[1.0], [-1.0]])
    samples = FixedBatches(x, 0 * x, data="bowl", half_curvature=half_curvature)
    history = train_linear([START], samples, keras.optimizers.SGD(rate), epochs, ["weight"])
    model = linear_unit([START])
    surface = LossSurface(model, mean_squared_error, samples.x, samples.y)
    history.series.update(gradient=[], curvature=[surface.largest_curvature()])
    for weight in first_weights(history)[:-1]:
        model.set_weights([np.array([[weight]], "float32")])
        history.gradient.append(float(surface.derivatives()[1][0]))
    return history


def first_weights(history, steps=50):
    """The start, and the weight after each of the first steps."""
    return np.array(history.settings["start"] + history.weight)[:steps + 1]


def factors(history):
    """By what each of the first steps multiplied the weight."""
    weights = first_weights(history)
    return weights[1:] / weights[:-1]


def run(epochs):
    """The FURTHER_RUNS: {label: History}."""
    return train_each(FURTHER_RUNS, lambda setting: train(*setting, epochs=epochs))


def judge(histories, overshoots):
    """What the source does not say of the bowl.

    histories: with those of ``run``; overshoots: the training at 0.12, until float32 overflows.
    """
    steps_to_infinity = np.log(LARGEST_FLOAT32 / 2 / overshoots.loss[0]) / np.log(1.96)
    steps_to_infinite_gradient = np.log(LARGEST_FLOAT32 / 20 / -START) / np.log(1.4)
    return dict(
        the_loss_becomes_infinite=suite_finds(
            "At 0.12 the loss overflows to infinity (first step with an infinite loss)",
            first_epoch(np.isinf(loss) for loss in overshoots.loss),
            near(1 + np.ceil(steps_to_infinity), within=1),
            "1.96^(step - 1) · first loss, summed over 2 samples, exceeds float32"),
        the_weight_becomes_nan=suite_finds(
            "At 0.12 the weight ends as NaN (first step after which it is NaN)",
            first_epoch(map(np.isnan, overshoots.weight)),
            near(np.ceil(steps_to_infinite_gradient) + 2, within=1),
            "the gradient 20 · 4 · 1.4^step exceeds float32; the next step goes to infinity, and "
            "the one after it takes infinity from infinity"),
        in_between_it_overshoots_and_arrives=suite_finds(
            "At 0.095 every step lands beyond the minimum but nearer to it (least factor of a "
            "step)", smallest(factors(histories[BETWEEN])), near(-0.9, within=0.001),
            "1 - 0.095 · 20"),
        on_x_squared_it_approaches=suite_finds(
            "On x² itself 0.12 approaches the minimum without overshooting (least factor of a "
            "step)", smallest(factors(histories[ON_X_SQUARED])), near(0.76, within=0.001),
            "1 - 0.12 · 2; x² overshoots above 1/2 and diverges above 1"),
    )


def loss(weights):
    """The bowl: the loss at each of some weights."""
    return HALF_CURVATURE * np.square(weights)


def draw(panel, width):
    """The bowl, so wide on either side."""
    along = np.linspace(-width, width, 200)
    panel.plot(along, loss(along), color=GREY, linewidth=1)
    label(panel, "Weight", "Loss")


def animate(*runs, steps=6, frames_a_step=5):
    """A point that takes so many steps on the bowl, for each of ``runs``, on a panel of its own.

    runs: (title, History, colour, marker).
    """
    steps = min([steps] + [len(history.weight) for _, history, _, _ in runs])
    figure, panels = new_figure(1, len(runs), size=(7, 3.2))
    moving = []
    for panel, (title, history, colour, marker) in zip(panels, runs):
        weights = first_weights(history, steps)
        draw(panel, 1.1 * np.abs(weights).max())
        line, = panel.plot([], [], color=colour, linewidth=1, marker=marker, markersize=9)
        moving.append((panel, title, np.stack([weights, loss(weights)], axis=-1), line))

    def show(moment):
        for panel, title, path, line in moving:
            way = way_to(moment, path)
            line.set(data=way, markevery=[way.shape[1] - 1])
            panel.set_title(f"{title}, step {int(moment)}: loss {path[int(moment), 1]:,.0f}")

    moments = np.arange(steps * frames_a_step + 1) / frames_a_step
    return Animation(figure, show, [*moments, *[steps] * 12])
