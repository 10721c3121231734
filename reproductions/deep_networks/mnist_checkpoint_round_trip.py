"""The trained network is saved, and scores the same when it is loaded again.

Claim    After its 40 epochs the program saves its final model.
Source   https://www.heiqu.com/wppjwj.html, the last lines of the program. It loads no model: that
         the saved one is the same elsewhere is ours.
Setup    The model is the one that mnist_leaky_relu_mlp trained by the source's program, where that
         claim ran before this one on the same code, data and versions; it leaves it in
         runs/trained, to the last bit, and it goes when this claim is recorded. Where there is
         none the same program is trained here. The model is saved in Keras' own format; a fresh
         process gets the path of the file and nothing else, loads it, and scores the validation
         set. Then both go on for two epochs.
Theory   A file holds each float32 as it is, so a score can differ in nothing, and with the state of
         the optimizer in it neither can what comes after.
Differs  Keras' format for TensorFlow's checkpoint. Loading, going on, and the control are ours: a
         file saved an epoch later, which scores otherwise.
"""
import hashlib
import itertools
import json
import math
import os
import subprocess
import sys
import tempfile
from collections import OrderedDict

import numpy as np

from lib import mnist
from lib.checkpoints import kept_until_finished, left_by_another_claim
from lib.claims import History, above, below, exactly, largest, source_says, suite_finds
from lib.command import run_script
from lib.compat import keras, ordered_batches
from lib.plotting import line_style, new_figure
from reproductions.deep_networks.mnist_leaky_relu_mlp import (BATCH_SIZE, orders_of_the_program,
                                                              pinned_network, score, train_program)

NUMBER = 22
ONE_SEED = "the seed is the source's"
EPOCHS = 40                 # the source
MORE_EPOCHS = 2             # ours
SHOWN = 10                  # ours: images whose logits are kept
DRAWN = 8                   # ours: epochs before the file
TRAINED, SAVED = "trained", "saved, and going on"
LOADED, CONTROL = "loaded in a fresh process", "a file saved an epoch later, loaded"
FRESH_PROCESS = """
import json, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
from reproductions.deep_networks.mnist_checkpoint_round_trip import load_and_go_on
sys.stdout.write("\\n" + json.dumps(load_and_go_on(*sys.argv[1:])))
"""
ON_EVERY_RELEASE = "its subject, Keras' own file format, came with Keras 3"
load_data = mnist.load      # checked before anything is trained


def run(seed=0, epochs=EPOCHS):
    """Take or train the program's model, save it, load it elsewhere, go on in both places."""
    digits, model = load_data(), pinned_network()
    with kept_until_finished("mnist_checkpoint_round_trip") as checkpoint:
        trained = train_program(model, digits, epochs, lambda settings: (
            left_by_another_claim(settings) or checkpoint(settings)))
        histories = OrderedDict([(TRAINED, trained)])
        with tempfile.TemporaryDirectory() as folder:
            final, later = (os.path.join(folder, name) for name in ("final.keras", "later.keras"))
            model.save(final)
            saved = go_on(model, digits, epochs, MORE_EPOCHS, os.getpid(), save_after_one=later)
            for label, here in ((SAVED, saved), (LOADED, elsewhere(final, epochs, MORE_EPOCHS)),
                                (CONTROL, elsewhere(later, epochs + 1, 0))):
                histories[label] = History(trained.settings, **here)
    return histories


def elsewhere(path, trained, more):
    """What a fresh process makes of the file: see ``load_and_go_on``."""
    printed = subprocess.check_output(
        [sys.executable, "-c", FRESH_PROCESS] + [str(one) for one in (
            path, trained, more, os.getpid())])
    return json.loads(printed.decode("utf-8").splitlines()[-1])


def load_and_go_on(path, trained, more, pid_of_trainer):
    """What the fresh process does: load the model of a file, and see ``go_on``. Arguments: text."""
    return go_on(keras.models.load_model(path), load_data(), int(trained), int(more),
                 int(pid_of_trainer))


def go_on(model, digits, trained, more, pid_of_trainer, save_after_one=None):
    """Scores of the model as it is, after ``trained`` epochs, and after each of some ``more``.

    Of the model as it is also its logits and a digest of each of its arrays, and of the process
    whether it is another one than the trainer's. save_after_one: a path.
    """
    logits = keras.ops.convert_to_numpy(model(digits.x_valid))
    series = dict(
        another_process=[int(os.getpid() != pid_of_trainer)],
        weights_sha256=[hashlib.sha256(array.tobytes()).hexdigest()[:16]
                        for array in model.get_weights()],
        logits=logits[:SHOWN].ravel().tolist(),
        sum_of_logits=[float(np.sum(np.abs(logits), dtype="float64"))])
    scores = [score(model, digits.x_valid, digits.y_valid)]
    batches = ordered_batches(digits.x_train, digits.y_train, BATCH_SIZE)
    losses = []
    for order in itertools.islice(orders_of_the_program(digits), trained, trained + more):
        losses += model.fit(shuffle=False, verbose=0, **batches(order)).history["loss"]
        scores.append(score(model, digits.x_valid, digits.y_valid))
        if save_after_one and len(losses) == 1:
            model.save(save_after_one)
    if losses:
        series["loss_going_on"] = [float(loss) for loss in losses]
    return dict(series, val_accuracy=[accuracy for accuracy, _ in scores],
                val_loss=[loss for _, loss in scores])


def difference(one, other):
    """The largest difference of two series; NaN if one is longer."""
    return largest(np.abs(np.subtract(one, other))) if len(one) == len(other) else math.nan


def judge(histories):
    trained, saved, loaded, control = (histories[label]
                                       for label in (TRAINED, SAVED, LOADED, CONTROL))

    def of_two(measured):
        """The number, if it compares what two processes recorded."""
        two = saved.another_process == [0] and loaded.another_process == [1]
        return measured if two else math.nan

    return OrderedDict(
        the_file_holds_the_final_model=source_says(
            "final_model_saved",
            "The final model is in the file: arrays that a fresh process finds there and that are "
            "not the trained ones (of six)",
            of_two(sum(one != other for one, other in zip(saved.weights_sha256,
                                                          loaded.weights_sha256))),
            exactly(0), "to the last bit: float32 is stored as it is"),
        the_loaded_model_scores_the_same=suite_finds(
            "Loaded in a fresh process it scores the same validation accuracy (difference)",
            of_two(abs(loaded.val_accuracy[0] - trained.val_accuracy[-1])), exactly(0),
            "to the last digit: the same arithmetic on the same numbers"),
        its_logits_are_the_same=suite_finds(
            "… from the same logits (largest difference; ten images, and sum of all sizes)",
            of_two(largest([difference(loaded.logits, saved.logits),
                            difference(loaded.sum_of_logits, saved.sum_of_logits)])), exactly(0),
            "the same"),
        training_goes_on_the_same=suite_finds(
            "Training goes on as if it had never been saved (largest difference of validation "
            "loss, two epochs)",
            of_two(difference(loaded.val_loss[1:], saved.val_loss[1:])), exactly(0),
            "the same order of samples and the same settings, which the file holds"),
        it_goes_on_learning=suite_finds(
            "… which it does: loss of the last epoch less that of the last one before the file",
            loaded.loss_going_on[-1] - trained.loss[-1], below(0), "ours"),
        another_file_scores_otherwise=suite_finds(
            "The comparison can see a difference: a file saved an epoch later has another "
            "validation loss (difference)",
            of_two(abs(control.val_loss[0] - loaded.val_loss[0])), above(0), "ours: a control"),
    )


def draw(histories):
    trained, saved, loaded = (histories[label] for label in (TRAINED, SAVED, LOADED))
    figure, (left, right) = new_figure(1, 2, size=(10.4, 4.6))
    epochs = len(trained.val_accuracy)
    left.set_title("Saved after epoch {}, loaded in a fresh process".format(epochs))
    later = range(epochs, epochs + len(saved.val_accuracy))
    left.plot(range(1, epochs + 1)[-DRAWN:], trained.val_accuracy[-DRAWN:], label=TRAINED,
              **line_style(0))
    left.plot(later, saved.val_accuracy, label=SAVED, **dict(line_style(1), markersize=11,
                                                             markerfacecolor="none"))
    left.plot(later, loaded.val_accuracy, label=LOADED, **dict(line_style(2), markersize=5))
    left.axvline(epochs, color="#555555", linewidth=1, linestyle=(0, (6, 3)))
    left.set_xticks(range(1, later[-1] + 1)[-DRAWN - MORE_EPOCHS:])
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
