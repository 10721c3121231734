"""The four networks of claim 15 in training: whether they keep their direction, and learn.

Plain gradient descent on the sine of a direction. All weights of a network are one vector, and so
is each step. One exploding network goes on for longer, and all exploding networks are trained once
more, on one small batch that comes again and again.
"""
import numpy as np

from lib.claims import below, largest, near, not_finite, smallest, suite_finds
from lib.compat import forget_models, keras
from lib.data import SineBatches
from lib.show.plotting import band, label, level, name_curve
from lib.training import fit, train_each
from reproductions.deep_networks.parts.four_networks import (CONTROL, EXPLODING, LOOKS,
                                                             NETWORKS, UNBOUNDED, VANISHING)

STEPS_PER_EPOCH = 1         # ours: an epoch is a step, so that every step is recorded
LEARNING_RATE = 0.01        # ours: so small that the control's steps do not reverse
BATCH_SIZE = 500            # ours: so large that noise does not turn the steps
FEW = 200                   # ours: so few samples that a network can learn them by heart
LAYERS, UNITS = 10, 50      # ours
LONGER = 3                  # ours: times as many steps, for one exploding network
LAST = 10                   # ours: steps over which the final loss is averaged
MOST_STARTS = max(network.starts for network in NETWORKS.values())
BY_HEART = f"the same batch again: {EXPLODING}"


def run(seed, epochs, starts=MOST_STARTS, longer=LONGER, by_heart=1):
    """The training of each network from each of its starts: {label: History}.

    starts: at most so many of each; longer: times as many steps for one exploding network;
    by_heart: for those that learn a few samples by heart.
    """
    batches = SineBatches(seed, BATCH_SIZE, UNITS)
    few = SineBatches(seed, FEW, UNITS, fresh=False)
    trainings = {label_of(name, start): (network, start, batches, epochs)
                 for name, network in NETWORKS.items()
                 for start in range(min(network.starts, starts))}
    exploding = NETWORKS[EXPLODING]
    trainings[label_of(EXPLODING, 0)] = exploding, 0, batches, longer * epochs
    for start in range(min(exploding.starts, starts)):
        trainings[label_of(BY_HEART, start)] = exploding, start, few, by_heart * epochs
    return train_each(trainings, lambda setting: train(seed, *setting), "networks")


def label_of(name, start):
    return f"{name}, start {start}"


def train(seed, network, start, batches, epochs):
    """One network in training: a History of every step.

    ``loss``; ``turn``, the cosine of the angle between each step of all weights and the next;
    ``change``, how far each kernel is from its start after training, relative to its size there;
    ``loss_of_a_constant``, the smallest loss that a constant has on the last batches.
    """
    forget_models()     # those of the trainings before, which slow TensorFlow 1 down
    model = keras.Sequential([keras.layers.Input((UNITS,))]
                             + [keras.layers.Dense(UNITS, network.activation)
                                for _ in range(LAYERS)]
                             + [keras.layers.Dense(1)])
    gain = network.gain(UNITS)
    random_state = np.random.RandomState([seed, start])     # the same on every release
    model.set_weights([random_state.randn(*weights.shape) * np.sqrt(gain / UNITS)
                       * (weights.ndim > 1) for weights in model.get_weights()])
    initial_weights = model.get_weights()
    history, weights = fit(model, batches, keras.optimizers.SGD(LEARNING_RATE),
                           "mean_squared_error", epochs, STEPS_PER_EPOCH,
                           activation=network.activation, depth=LAYERS, width=UNITS, gain=gain,
                           start=start)
    change = [float(np.linalg.norm(after - before) / np.linalg.norm(before))
              for before, after in zip(initial_weights[::2], weights[-1][::2])]
    steps = np.diff([np.concatenate([array.ravel() for array in arrays])
                     for arrays in [initial_weights] + weights], axis=0)
    _, y = batches.stacked(epochs * STEPS_PER_EPOCH)
    return history.plus(change=change, turn=cosines(steps[:-1], steps[1:]),
                        loss_of_a_constant=[float(np.var(y[-LAST:]))])


def cosines(one, other):
    """Of the angles between the rows of two arrays; 0 where a row is zero.

    NaN, once, if the arrays have no rows.
    """
    if not len(one):
        return [np.nan]
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        sizes = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
        return np.where(sizes == 0, 0, np.sum(one * other, axis=1) / sizes).tolist()


def from_all_starts(histories, name):
    """The trainings of a network, or of BY_HEART, from each of the starts that were trained."""
    labels = [label_of(name, start) for start in range(MOST_STARTS)]
    return [histories[label] for label in labels if label in histories]


def final_loss(history):
    """The mean loss of the last steps relative to that of the best constant."""
    return float(np.mean(history.loss[-LAST:])) / history.loss_of_a_constant[0]


def share_of_reversals(history):
    """The share of steps at an angle of more than 90 degrees to the step before."""
    return float(np.mean(np.array(history.turn) < 0))


def judge(histories):
    control, by_heart = (from_all_starts(histories, name) for name in (CONTROL, BY_HEART))
    vanishing, unbounded = (histories[label_of(name, 0)] for name in (VANISHING, UNBOUNDED))
    return dict(
        the_control_does_not_oscillate=suite_finds(
            "With a factor near 1 hardly a step reverses (share of the steps, largest of the "
            "starts)", largest(map(share_of_reversals, control)), below(0.1), "ours"),
        the_control_learns=suite_finds(
            "With a factor near 1 the network learns the same task at the same rate (final loss "
            "relative to the best constant's, largest of the starts)",
            largest(map(final_loss, control)), below(0.5), "ours"),
        a_step_knows_nothing_of_the_one_before=suite_finds(
            "With a factor above 1 the network wanders rather than swinging to and fro (cosine "
            "between one step and the next, mean over steps and starts)",
            np.mean([np.mean(history.turn) for history in from_all_starts(histories, EXPLODING)]),
            near(0, within=0.05), "unrelated directions"),
        it_can_learn_a_few_samples_by_heart=suite_finds(
            "With a factor above 1 the network can still converge on 200 samples that are the same "
            "in every step (final loss relative to the best constant's, smallest of the starts)",
            smallest(map(final_loss, by_heart)), below(0.5),
            "ours; how far it gets depends on the start"),
        the_vanishing_network_learns_nothing=suite_finds(
            "With a factor below 1 the network learns nothing either (final loss relative to the "
            "best constant's)",
            final_loss(vanishing), near(1, within=0.1), "1: as good as learning nothing"),
        nothing_holds_an_unbounded_network=suite_finds(
            "Where no activation bounds the signal the loss overflows (last loss of the linear "
            "network)", unbounded.loss[-1], not_finite(), "overflow of float32"),
    )


def draw(loss_panel, direction_panel, histories):
    """The loss of every network from its first start, and the cosines of the two compared."""
    for name, look in LOOKS.items():
        loss = np.array(histories[label_of(name, 0)].loss)
        if np.isfinite(loss[-1]):
            loss_panel.semilogy(loss, markevery=50, **look)
            name_curve(loss_panel, len(loss) - 1, loss[-1], name, look["color"], ha="right",
                       xytext=(0, -12 if name == CONTROL else 10))
        else:
            gone = int(np.argmin(np.isfinite(loss)))
            name_curve(loss_panel, gone, 1.2e3, f"{name}: infinite at step {gone + 1}",
                       look["color"])
            loss_panel.plot(gone, 1.2e3, color=look["color"], marker="^", clip_on=False)
    for name in (CONTROL, EXPLODING):
        turn, colour = histories[label_of(name, 0)].turn, LOOKS[name]["color"]
        direction_panel.plot(turn, linewidth=0.8, color=colour)
        name_curve(direction_panel, len(turn), np.mean(turn[-20:]), name, colour,
                   **{} if name == CONTROL else {"ha": "right", "xytext": (0, 16)})
    label(loss_panel, "Step", "Loss, on new batches", "Neither kind learns")
    label(direction_panel, "Step", "Cosine between one step and the next",
          "An exploding network takes its steps at random")
    level(loss_panel, histories[label_of(CONTROL, 0)].loss_of_a_constant[0], "best constant")
    band(direction_panel, -1, 0, "steps that reverse")
    loss_panel.set_ylim(2e-2, 3e3)
    direction_panel.set_ylim(-1, 1)
