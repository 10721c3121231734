"""In a deep network gradients vanish or explode, and neither trains.

Claim    A deep network passes its error back layer by layer. A factor below 1 a layer makes the
         gradient tend to 0, and the lower layers stop changing; a factor above 1 makes it huge, and
         training oscillates without converging.
Source   https://www.heiqu.com/wppjwj.html, the section on gradients (in words, no program).
Setup    Chains of 20 Dense layers of 256, and the gradient that reaches each, for sigmoid and for
         tanh and linear layers with weights that are too large. Then such networks of 10 layers of
         50 in training: SGD at 0.1 on the sine of a direction, 100 steps, all recorded.
Theory   With weights of variance g/fan-in a layer multiplies the mean square of the gradient by
         g E[f'(z)²]: at most 1/16 for a sigmoid with Xavier weights, g for a linear layer.
Differs  The source trains no such network: widths, depths, task and rate are ours. The tanh network
         with Xavier weights is the control: the same task and rate, a factor near 1.
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
ON_EVERY_RELEASE = "one of the two slow ones of its source"
EPOCHS = 100                # ours: 100 steps, each an epoch of one batch, so that all are recorded
STEPS_PER_EPOCH = 1
LEARNING_RATE = 0.1         # ours: the control learns well at it
BATCH_SIZE = 1000           # ours: so large that what moves is not noise
LAYERS, UNITS = 10, 50      # ours: of the networks that are trained
LAST = 10                   # ours: the steps at the end over which a loss is averaged
VANISHING, CONTROL = "sigmoid, Xavier", "tanh, Xavier"
EXPLODING, UNBOUNDED = "tanh, unit normal", "linear, 2 × Xavier"
# activation, and the variance of the weights times fan-in, by the width of the layer
NETWORKS = OrderedDict((
    (VANISHING, ("sigmoid", lambda width: 1)),
    (CONTROL, ("tanh", lambda width: 1)),
    (EXPLODING, ("tanh", lambda width: width)),
    (UNBOUNDED, ("linear", lambda width: 4))))


def run(seed=0, epochs=EPOCHS):
    """Gradients in depth, and trainings, of each of the networks: {label: History}."""
    histories = OrderedDict()
    for label, (activation, gain) in NETWORKS.items():
        histories["depth: " + label] = signals_in_depth(
            normal_weights(gain(WIDTH), seed),
            lambda: keras.layers.Activation(activation), seed)
    histories.update(train_each(NETWORKS, lambda setting: train(setting, seed, epochs), "networks"))
    return histories


def normal_weights(gain, seed):
    """Normal weights of variance gain/fan-in; each layer draws its own."""
    return keras.initializers.VarianceScaling(gain, "fan_in", "untruncated_normal",
                                              seed=keras.random.SeedGenerator(seed))


def train(setting, seed, epochs):
    """One network in training: a History of every step.

    ``loss``; ``turn``, the cosine of the angle between a step of the first kernel and the next;
    ``change``, how far each kernel moved in the end, relative to its size at the start.
    """
    activation, gain = setting
    weights = normal_weights(gain(UNITS), seed)
    model = keras.Sequential(
        [keras.layers.Input((UNITS,))]
        + [keras.layers.Dense(UNITS, activation, kernel_initializer=weights) for _ in range(LAYERS)]
        + [keras.layers.Dense(1, kernel_initializer=weights)])
    start = model.get_weights()[::2]
    batches, optimizer = SineBatches(seed, BATCH_SIZE, UNITS), keras.optimizers.SGD(LEARNING_RATE)
    losses, recorded = fit(model, batches, optimizer, "mean_squared_error", epochs,
                           STEPS_PER_EPOCH)
    settings = dict(optimizer_settings(optimizer), activation=activation, depth=LAYERS, width=UNITS,
                    gain=gain(UNITS), epochs=epochs, steps_per_epoch=STEPS_PER_EPOCH,
                    loss="mean squared error", **batches.settings())
    change = [float(np.linalg.norm(end - begin) / np.linalg.norm(begin))
              for begin, end in zip(start, recorded[-1][::2])]
    steps = np.diff([start[0]] + [weights[0] for weights in recorded], axis=0).reshape(epochs, -1)
    _, y = next(iter(batches))
    return History(settings, loss=losses, change=change, turn=cosines(steps[:-1], steps[1:]),
                   loss_of_a_constant=[float(np.var(y))])


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
    """The mean loss of the last steps, in terms of the best that a constant can do."""
    return float(np.mean(history.loss[-LAST:])) / history.loss_of_a_constant[0]


def rebound(history):
    """The most by which the loss rises over its lowest so far: a factor, 1 if it never does."""
    return largest(np.array(history.loss) / np.minimum.accumulate(history.loss))


def share_of_turns(history):
    """The share of steps on which the first kernel turns back on its step before."""
    return float(np.mean(np.array(history.turn) < 0))


def judge(histories):
    depth = {label: histories["depth: " + label] for label in NETWORKS}
    return OrderedDict(
        the_gradient_tends_to_zero=source_says(
            "A factor below 1: the gradient tends to 0 (sigmoid; first layer of 20 against last)",
            first_to_last(depth[VANISHING]), below(1e-6), "\"tends to 0\": ours"),
        the_lower_layers_stop_changing=source_says(
            "… and the lower layers stop changing (change of the first kernel in training)",
            histories[VANISHING].change[0], below(1e-4), "\"stop\": ours, 1/10,000 of its size"),
        the_gradient_becomes_huge=source_says(
            "A factor above 1: the gradient becomes huge (tanh and linear; first against last)",
            smallest(first_to_last(depth[label]) for label in (EXPLODING, UNBOUNDED)), above(1e5),
            "\"huge\": ours"),
        training_oscillates=source_says(
            "… and training oscillates: the loss rises over its lowest so far by a factor of",
            rebound(histories[EXPLODING]), above(2), "\"oscillates\": ours",
            fails_because="The loss falls to what a constant reaches and stays, or, where a "
                          "step is larger or nothing bounds the signal, leaves all numbers at "
                          "once; what has no direction is the first layer, whose steps turn back "
                          "half of the time"),
        it_does_not_converge=source_says(
            "… without converging on the task (loss at the end in terms of a constant's)",
            end(histories[EXPLODING]), above(0.9), "1: as good as learning nothing"),
        its_first_layer_has_no_direction=suite_finds(
            "What wanders is its first layer: share of steps on which it turns back",
            share_of_turns(histories[EXPLODING]), near(0.5, within=0.15),
            "1/2: a step knows nothing of the one before"),
        the_vanishing_network_learns_nothing=suite_finds(
            "With vanishing gradients nothing is learned either (the same)",
            end(histories[VANISHING]), near(1, within=0.1), "1: as good as learning nothing"),
        the_control_learns=suite_finds(
            "With a factor near 1 the same task is learned at the same rate (the same)",
            end(histories[CONTROL]), below(0.2), "ours"),
        the_control_does_not_oscillate=suite_finds(
            "… and its first kernel hardly ever turns back (share of steps)",
            share_of_turns(histories[CONTROL]), below(0.1), "ours"),
        nothing_holds_an_unbounded_network=suite_finds(
            "Where no activation bounds the signal the loss leaves all numbers (linear)",
            histories[UNBOUNDED].loss[-1], not_finite(), "overflow of float32"),
        a_sigmoid_passes_a_sixteenth=suite_finds(
            "A sigmoid passes at most 1/16 of the gradient's mean square on (a layer's factor)",
            1 / factor_per_layer(depth[VANISHING].gradient), below(1 / 16), "its slope is <= 1/4"),
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
    middle.set_title("Loss")
    right.set_title("Does the first layer keep its direction?")
    for index, label in enumerate(NETWORKS):
        style, history = line_style(index), histories[label]
        gradient = np.sqrt(histories["depth: " + label].gradient)
        layers = np.arange(1, len(gradient) + 1)
        left.semilogy(layers, gradient, label=label, markevery=2, **style)
        left.semilogy(layers, np.sqrt(closed(label)), **dict(
            THEORY, label="closed form" if index == len(NETWORKS) - 1 else None))
        middle.semilogy(np.where(np.isfinite(history.loss), history.loss, np.nan),
                        markevery=(2 * index, 9), **style)
        if label in (CONTROL, EXPLODING):
            right.plot(history.turn, markevery=9, **style)
    left.set_xlabel("Layer, from the output (20) to the input (1)")
    left.set_ylabel("Root mean square of the gradient")
    left.set_xticks(range(1, DEPTH + 1, 3))
    left.invert_xaxis()
    middle.set_xlabel("Step")
    middle.set_ylabel("Loss")
    middle.axhline(histories[CONTROL].loss_of_a_constant[0], color="#555555", linewidth=1,
                   linestyle=(0, (6, 3)), zorder=1)
    middle.annotate("what a constant reaches", (1, histories[CONTROL].loss_of_a_constant[0]),
                    xycoords=("axes fraction", "data"), xytext=(-4, 4),
                    textcoords="offset points", ha="right", fontsize=9)
    middle.annotate("linear: to infinity, NaN", (1.2, 1.2e3), (12, 1e3), va="center",
                    arrowprops={"arrowstyle": "->"})
    middle.set_ylim(2e-2, 3e3)
    right.set_xlabel("Step")
    right.set_ylabel("Cosine between one step and the next")
    for panel in (left, middle, right):
        panel.grid(True)
    figure.legend(loc="outside lower center", ncols=5)
    return figure


if __name__ == "__main__":
    run_script(__file__)
