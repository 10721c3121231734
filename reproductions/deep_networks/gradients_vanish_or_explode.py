"""In a deep network gradients vanish or explode, and neither trains.

Claim    A deep network passes its error back layer by layer. A factor below 1 a layer makes the
         gradient tend to 0, and the lower layers stop changing; a factor above 1 makes it huge, and
         a network corrected with it oscillates and cannot converge.
Source   https://www.heiqu.com/wppjwj.html, the section on gradients (in words, no program).
Setup    Chains of 20 Dense layers of 256, and the gradient that reaches each, for sigmoid and for
         tanh and linear layers with weights that are too large. Then such networks of 10 layers of
         50 in training: SGD at 0.01 on the sine of a direction, 200 new batches of 500. All their
         weights are one vector, and so is each step: two steps with an angle of more than 90
         degrees between them are a reversal.
Theory   With weights of variance g/fan-in a layer multiplies the mean square of the gradient by
         g E[f'(z)²]: at most 1/16 for a sigmoid with Xavier weights, g for a linear layer. Of steps
         that go straight on none is a reversal, of steps in directions that have nothing to do with
         each other half of them, of steps to and fro all.
Differs  The source trains no such network: widths, depths, task and rate are ours. The tanh network
         with Xavier weights is the control: the same task and rate, a factor near 1. At 0.1 the
         control's own steps reverse; with batches of 100 some do at 0.01. The two that are compared
         start from three draws of their weights each, and one exploding network goes on to 600
         steps, for its loss still falls at 200.
"""
from collections import OrderedDict

import numpy as np

from lib import theory
from lib.claims import (History, above, below, largest, near, not_finite, smallest, source_says,
                        suite_finds)
from lib.command import run_script
from lib.compat import keras, optimizer_settings
from lib.data import SineBatches
from lib.plotting import THEORY, line_style, new_figure
from lib.signals import DEPTH, WIDTH, factor_per_layer, signals_in_depth
from lib.training import fit, train_each

NUMBER = 15
OVER_SEEDS = 8              # ours: it takes ten seconds and more
ON_EVERY_RELEASE = "one of the two slow ones of its source"
EPOCHS = 200                # ours: 200 steps, each an epoch of one batch, so that all are recorded
STEPS_PER_EPOCH = 1
LEARNING_RATE = 0.01        # ours: small, so that the control's steps do not reverse
BATCH_SIZE = 500            # ours: so large that what moves is not noise
FEW = 200                   # ours: so few that a network can learn them by heart
LAYERS, UNITS = 10, 50      # ours: of the networks that are trained
LONGER = 3                  # ours: times as many steps, for one network
DRAWS = 4                   # ours: of the kernels of each chain
LAST = 10                   # ours: the steps at the end over which a loss is averaged
VANISHING, CONTROL = "sigmoid, Xavier", "tanh, Xavier"
EXPLODING, UNBOUNDED = "tanh, unit normal", "linear, 2 × Xavier"
# activation, and the variance of the weights times fan-in, by the width of the layer
NETWORKS = OrderedDict((
    (VANISHING, ("sigmoid", lambda width: 1)),
    (CONTROL, ("tanh", lambda width: 1)),
    (EXPLODING, ("tanh", lambda width: width)),
    (UNBOUNDED, ("linear", lambda width: 4))))
STARTS = {VANISHING: 1, CONTROL: 3, EXPLODING: 3, UNBOUNDED: 1}     # ours: draws of the weights
BY_HEART = "the same batch again: " + EXPLODING


def run(seed=0, epochs=EPOCHS):
    """Gradients in depth, and trainings, of each of the networks: {label: History}."""
    histories = OrderedDict()
    for label, (activation, gain) in NETWORKS.items():
        histories["depth: " + label] = signals_in_depth(
            keras.initializers.VarianceScaling(gain(WIDTH), "fan_in", "untruncated_normal",
                                               seed=keras.random.SeedGenerator(seed)),
            lambda: keras.layers.Activation(activation), seed, draws=DRAWS)
    batches = SineBatches(seed, BATCH_SIZE, UNITS)
    few = SineBatches(seed, FEW, UNITS, fresh=False)
    trainings = OrderedDict((label_of(label, start), (label, start, batches, epochs))
                            for label in NETWORKS for start in range(STARTS[label]))
    trainings[label_of(EXPLODING, 0)] = EXPLODING, 0, batches, LONGER * epochs
    trainings.update((label_of(BY_HEART, start), (EXPLODING, start, few, epochs))
                     for start in range(STARTS[EXPLODING]))
    histories.update(train_each(trainings, lambda setting: train(seed, *setting), "networks"))
    return histories


def label_of(label, start):
    return "{}, start {}".format(label, start)


def train(seed, label, start, batches, epochs):
    """One network in training: a History of every step.

    ``loss``; ``turn``, the cosine of the angle between each step of all weights and the next;
    ``change``, how far each kernel moved in the end, relative to its size at the start.
    """
    activation, gain = NETWORKS[label]
    model = keras.Sequential([keras.layers.Input((UNITS,))]
                             + [keras.layers.Dense(UNITS, activation) for _ in range(LAYERS)]
                             + [keras.layers.Dense(1)])
    random_state = np.random.RandomState([seed, start])     # the same on every release
    model.set_weights([random_state.randn(*weights.shape) * np.sqrt(gain(UNITS) / UNITS)
                       * (weights.ndim > 1) for weights in model.get_weights()])
    weights, optimizer = [model.get_weights()], keras.optimizers.SGD(LEARNING_RATE)
    losses, recorded = fit(model, batches, optimizer, "mean_squared_error", epochs,
                           STEPS_PER_EPOCH)
    weights += recorded
    settings = dict(optimizer_settings(optimizer), activation=activation, depth=LAYERS, width=UNITS,
                    gain=gain(UNITS), start=start, epochs=epochs, steps_per_epoch=STEPS_PER_EPOCH,
                    loss="mean squared error", **batches.settings())
    change = [float(np.linalg.norm(end - begin) / np.linalg.norm(begin))
              for begin, end in zip(weights[0][::2], weights[-1][::2])]
    steps = np.diff([np.concatenate([array.ravel() for array in arrays]) for arrays in weights],
                    axis=0)
    _, y = batches.stacked(epochs * STEPS_PER_EPOCH)
    return History(settings, loss=losses, change=change, turn=cosines(steps[:-1], steps[1:]),
                   loss_of_a_constant=[float(np.var(y[-LAST:]))])


def cosines(one, other):
    """Of the angles between the rows of two arrays; 0 where a row is zero, NaN if there is none."""
    if not len(one):
        return [np.nan]
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        sizes = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
        return np.where(sizes == 0, 0, np.sum(one * other, axis=1) / sizes).tolist()


def first_to_last(history):
    """Root mean square of the gradient at the first layer against that at the last."""
    return (history.gradient[0] / history.gradient[-1]) ** 0.5


def end(history):
    """The mean loss of the last steps relative to the best that a constant can do."""
    return float(np.mean(history.loss[-LAST:])) / history.loss_of_a_constant[0]


def share_of_reversals(history):
    """The share of steps that make an angle of more than 90 degrees with the step before."""
    return float(np.mean(np.array(history.turn) < 0))


def judge(histories):
    depth = {label: histories["depth: " + label] for label in NETWORKS}
    vanishing, unbounded = (histories[label_of(label, 0)] for label in (VANISHING, UNBOUNDED))
    control, exploding, by_heart = (
        [histories[label_of(label, start)] for start in range(STARTS[EXPLODING])]
        for label in (CONTROL, EXPLODING, BY_HEART))
    return OrderedDict(
        the_gradient_tends_to_zero=source_says(
            "small_factor_vanishes",
            "A factor below 1: the gradient tends to 0 (sigmoid; first layer of 20 against last)",
            first_to_last(depth[VANISHING]), below(1e-6), "\"tends to 0\": ours"),
        the_lower_layers_stop_changing=source_says(
            "small_factor_stops_layers",
            "… and the lower layers stop changing (largest change of the lowest three kernels, "
            "relative to the control's)",
            largest(np.divide(vanishing.change, control[0].change)[:3]), below(1e-3),
            "\"stop\": ours, a thousandth"),
        the_gradient_becomes_huge=source_says(
            "large_factor_explodes",
            "A factor above 1: the gradient becomes huge (tanh and linear; first against last)",
            smallest(first_to_last(depth[label]) for label in (EXPLODING, UNBOUNDED)), above(1e5),
            "\"huge\": ours"),
        the_network_oscillates=source_says(
            "large_factor_oscillates",
            "… and the network oscillates (share of steps that reverse, mean over the starts)",
            np.mean([share_of_reversals(history) for history in exploding]), above(1 / 3),
            "\"oscillates\": ours; 0 for steps straight on, 1 for steps to and fro"),
        it_does_not_converge=source_says(
            "large_factor_does_not_converge",
            "… and cannot converge (loss at the end relative to a constant's, least of the starts)",
            smallest(map(end, exploding)), above(0.9), "1: as good as learning nothing"),
        the_control_does_not_oscillate=suite_finds(
            "With a factor near 1 hardly a step reverses (share, largest of the starts)",
            largest(map(share_of_reversals, control)), below(0.1), "ours"),
        the_control_learns=suite_finds(
            "… and the same task is learned at the same rate (loss as above, largest)",
            largest(map(end, control)), below(0.5), "ours"),
        a_step_knows_nothing_of_the_one_before=suite_finds(
            "The network does not swing to and fro, it wanders (cosine between a step and the "
            "next, mean over steps and starts)",
            np.mean([np.mean(history.turn) for history in exploding]), near(0, within=0.05),
            "directions that have nothing to do with each other"),
        it_can_learn_a_few_samples_by_heart=suite_finds(
            "With the same 200 samples in every step it can converge on those (loss as above, "
            "least of the starts)", smallest(map(end, by_heart)), below(0.5),
            "ours; how far it gets depends on the start"),
        the_vanishing_network_learns_nothing=suite_finds(
            "With vanishing gradients nothing is learned either (loss as above)",
            end(vanishing), near(1, within=0.1), "1: as good as learning nothing"),
        nothing_holds_an_unbounded_network=suite_finds(
            "Where no activation bounds the signal the loss leaves all numbers (linear)",
            unbounded.loss[-1], not_finite(), "overflow of float32"),
        the_factors_are_those_of_the_closed_form=suite_finds(
            "The factors are those of the closed form (largest relative distance)",
            largest(abs(factor_per_layer(history.gradient) / factor_per_layer(closed(label)) - 1)
                    for label, history in depth.items()), near(0, within=0.1),
            "infinitely wide layers; these have 256"),
    )


def closed(label):
    """The closed form of the gradient in depth, for a gradient of mean square 1 at the end."""
    activation, gain = NETWORKS[label]
    return theory.wide_chain(activation, gain(WIDTH), DEPTH)[1]


def draw(histories):
    figure, (left, middle, right) = new_figure(1, 3, size=(13.4, 4.8))
    left.set_title("A gradient on its way back")
    middle.set_title("Loss, on new batches")
    right.set_title("Does the network keep its direction?")
    for index, label in enumerate(NETWORKS):
        style, history = line_style(index), histories[label_of(label, 0)]
        gradient = np.sqrt(histories["depth: " + label].gradient)
        layers = np.arange(1, len(gradient) + 1)
        left.semilogy(layers, gradient, label=label, markevery=2, **style)
        left.semilogy(layers, np.sqrt(closed(label)), **dict(
            THEORY, label="closed form" if index == len(NETWORKS) - 1 else None))
        middle.semilogy(np.where(np.isfinite(history.loss), history.loss, np.nan),
                        markevery=(8 * index, 50), **style)
        if label in (CONTROL, EXPLODING):
            right.plot(history.turn, markevery=50, **style)
    left.set_xlabel("Layer, from the output (20) to the input (1)")
    left.set_ylabel("Root mean square of the gradient")
    left.set_xticks(range(1, DEPTH + 1, 3))
    left.invert_xaxis()
    middle.set_xlabel("Step")
    middle.set_ylabel("Loss")
    constant = histories[label_of(CONTROL, 0)].loss_of_a_constant[0]
    middle.axhline(constant, color="#555555", linewidth=1, linestyle=(0, (6, 3)), zorder=1)
    middle.annotate("what a constant reaches", (1, constant), (-4, -13),
                    xycoords=("axes fraction", "data"), textcoords="offset points", ha="right",
                    fontsize=9)
    middle.annotate("linear: to infinity, NaN", (6, 1.2e3), (70, 1e3), va="center",
                    arrowprops={"arrowstyle": "->"})
    middle.set_ylim(2e-2, 3e3)
    right.set_xlabel("Step")
    right.set_ylabel("Cosine between one step and the next")
    right.axhline(0, color="#555555", linewidth=1, linestyle=(0, (6, 3)), zorder=1)
    right.annotate("below 0: the step reverses", (1, 0), (-4, -60),
                   xycoords=("axes fraction", "data"), textcoords="offset points", ha="right",
                   fontsize=9)
    right.set_ylim(-1.05, 1.05)
    for panel in (left, middle, right):
        panel.grid(True)
    figure.legend(loc="outside lower center", ncols=5)
    return figure


if __name__ == "__main__":
    run_script(__file__)
