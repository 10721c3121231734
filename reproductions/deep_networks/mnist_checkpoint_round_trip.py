"""The trained network is saved, and scores the same when it is loaded again.

Claim    The program saves its final model, for use without training it again.
Source   https://www.heiqu.com/wppjwj.html, the last lines of the program (it does not load it).
Setup    The program of mnist_leaky_relu_mlp, pinned, for three epochs; saved in Keras' own format;
         a fresh process loads it and scores the validation set. Then both go on for two more.
Theory   A file holds each float32 as it is, so a score can differ in nothing, and with the state of
         the optimizer in it neither can what comes after.
Differs  Keras' format for TensorFlow's checkpoint; three epochs for 40, for the way to the file and
         back does not depend on how well the network was trained. Loading and going on are ours.
"""
import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections import OrderedDict

import numpy as np

from lib import mnist
from lib.claims import History, below, exactly, largest, source_says, suite_finds
from lib.command import run_script
from lib.compat import keras, optimizer_settings, ordered_batches
from lib.plotting import line_style, new_figure
from reproductions.deep_networks.mnist_leaky_relu_mlp import (BATCH_SIZE, compile_program,
                                                              pinned_network, pinned_orders, score)

NUMBER = 22
ONE_SEED = "the seed is the source's"
EPOCHS = 3                  # ours: the source saves after 40
MORE_EPOCHS = 2             # ours
SHOWN = 10                  # ours: images whose logits are kept
BEFORE, SAVED, LOADED = "trained", "saved, and going on", "loaded in a fresh process"
FRESH_PROCESS = """
import json, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
from reproductions.deep_networks.mnist_checkpoint_round_trip import load_and_go_on
sys.stdout.write("\\n" + json.dumps(load_and_go_on(sys.argv[1], int(sys.argv[2]))))
"""
ON_EVERY_RELEASE = "its subject, Keras' own file format, came with Keras 3"
load_data = mnist.load      # checked before anything is trained


def run(seed=0, epochs=EPOCHS):
    """Train, save, load elsewhere, and go on in both places: {label: History}."""
    digits, model = load_data(), pinned_network()
    compile_program(model, digits)
    series = scores_of(model, digits, 0, epochs)
    settings = dict(optimizer_settings(model.optimizer), batch_size=BATCH_SIZE, epochs=epochs,
                    **digits.settings())
    histories = OrderedDict([(BEFORE, History(settings, **series))])
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "final.keras")
        model.save(path)
        histories[SAVED] = History(settings, **go_on(model, digits, epochs))
        printed = subprocess.check_output(
            [sys.executable, "-c", FRESH_PROCESS, path, str(epochs)])
    histories[LOADED] = History(settings, **json.loads(printed.decode("utf-8").splitlines()[-1]))
    return histories


def load_and_go_on(path, epochs):
    """What the fresh process does: load the model trained for ``epochs``, and see ``go_on``."""
    return go_on(keras.models.load_model(path), load_data(), epochs)


def go_on(model, digits, epochs):
    """Scores of the model as it is, and after each further epoch; its logits as it is."""
    logits = keras.ops.convert_to_numpy(model(digits.x_valid))
    val_accuracy, val_loss = score(model, digits.x_valid, digits.y_valid)
    series = scores_of(model, digits, epochs, MORE_EPOCHS)
    return dict(val_accuracy=[val_accuracy] + series["val_accuracy"],
                val_loss=[val_loss] + series["val_loss"],
                logits=logits[:SHOWN].ravel().tolist(), sum_of_logits=[float(np.sum(
                    np.abs(logits), dtype="float64"))])


def scores_of(model, digits, trained, epochs):
    """Train for ``epochs`` more, after ``trained``: the score after each."""
    batches = ordered_batches(digits.x_train, digits.y_train, BATCH_SIZE)
    series = dict(val_accuracy=[], val_loss=[])
    for order in itertools.islice(pinned_orders(digits), trained, trained + epochs):
        model.fit(shuffle=False, verbose=0, **batches(order))
        accuracy, loss = score(model, digits.x_valid, digits.y_valid)
        series["val_accuracy"].append(accuracy)
        series["val_loss"].append(loss)
    return series


def difference(one, other):
    return largest(np.abs(np.subtract(one, other)))


def judge(histories):
    before, saved, loaded = (histories[label] for label in (BEFORE, SAVED, LOADED))
    return OrderedDict(
        the_loaded_model_scores_the_same=source_says(
            "Loaded in a fresh process it scores the same validation accuracy (difference)",
            abs(loaded.val_accuracy[0] - before.val_accuracy[-1]), exactly(0),
            "to the last digit: float32 is stored as it is"),
        its_loss_is_the_same=suite_finds(
            "… and the same loss (difference)", abs(loaded.val_loss[0] - before.val_loss[-1]),
            exactly(0), "the same"),
        its_logits_are_the_same=suite_finds(
            "… from the same logits (largest difference; ten images, and sum of all sizes)",
            largest([difference(loaded.logits, saved.logits),
                     difference(loaded.sum_of_logits, saved.sum_of_logits)]), exactly(0),
            "the same"),
        training_goes_on_the_same=suite_finds(
            "Training goes on as if it had never been saved (largest difference of loss, two "
            "epochs)", difference(loaded.val_loss[1:], saved.val_loss[1:]), exactly(0),
            "the same order of samples and the same settings, which the file holds"),
        it_goes_on_learning=suite_finds(
            "… which it does: loss after them less that before", loaded.val_loss[-1]
            - loaded.val_loss[0], below(0), "ours"),
    )


def draw(histories):
    before, saved, loaded = (histories[label] for label in (BEFORE, SAVED, LOADED))
    figure, (left, right) = new_figure(1, 2, size=(10.4, 4.6))
    epochs = len(before.val_accuracy)
    left.set_title("Saved after epoch {}, loaded in a fresh process".format(epochs))
    later = range(epochs, epochs + len(saved.val_accuracy))
    left.plot(range(1, epochs + 1), before.val_accuracy, label=BEFORE, **line_style(0))
    left.plot(later, saved.val_accuracy, label=SAVED, **dict(line_style(1), markersize=11,
                                                             markerfacecolor="none"))
    left.plot(later, loaded.val_accuracy, label=LOADED, **dict(line_style(2), markersize=5))
    left.axvline(epochs, color="#555555", linewidth=1, linestyle=(0, (6, 3)))
    left.set_xticks(range(1, later[-1] + 1))
    left.set_xlabel("Epoch")
    left.set_ylabel("Accuracy on the validation set")
    right.set_title("Logits of the first {} validation images".format(SHOWN))
    right.plot(saved.logits, loaded.logits, label="one logit", **dict(line_style(2),
                                                                      linestyle="none"))
    ends = [min(saved.logits), max(saved.logits)]
    right.plot(ends, ends, color="black", linewidth=0.8, label="the same")
    right.set_xlabel("Where it was trained")
    right.set_ylabel("In the fresh process")
    for panel in (left, right):
        panel.grid(True)
        panel.legend()
    return figure


if __name__ == "__main__":
    run_script(__file__)
