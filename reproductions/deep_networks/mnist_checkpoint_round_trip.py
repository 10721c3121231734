"""The trained network is saved, and scores the same when it is loaded again.

Claim    After its 40 epochs the program saves its final model.
Source   https://www.heiqu.com/wppjwj.html, the last lines of the program. It loads no model; that
         the saved one is the same elsewhere is ours.
Setup    The model is the one that mnist_leaky_relu_mlp trained by the source's program, if that
         claim ran before this one with the same code, data and versions: it keeps the model in
         runs/trained, exact to the last bit, and the model is removed once this claim is recorded.
         Without it the same program is trained here. The model is saved in Keras' own format; a
         fresh process gets nothing but the path of the file, loads it, and scores the validation
         set. Then both processes go on training for two epochs.
Theory   A file holds each float32 as it is, so the scores cannot differ. With the state of the
         optimizer in the file, neither can what comes after.
Differs  Keras' format for TensorFlow's checkpoint. Ours are the loading, the training that goes on,
         and the control: a file that is saved one epoch later and scores differently.
"""
import json
import math
import os
import subprocess
import sys
import tempfile

import numpy as np

from lib.claims import History, above, below, exactly, largest, source_says, suite_finds
from lib.command import run_script
from lib.compat import saving
from lib.datasets import mnist
from lib.show.plotting import GREY, HOLDS, label, mark, name_curve, new_figure
from lib.training import FROM_THE_START
from reproductions.deep_networks.parts.mnist_going_on import SHOWN, first_of, go_on
from reproductions.deep_networks.parts.mnist_program import pinned_network, train_program

NUMBER = 22
ONE_SEED = "the seed is the source's"
EPOCHS = 40                 # the source
MORE_EPOCHS = 2             # ours
DRAWN = 8                   # ours: epochs before the file, in the figure
TRAINED, SAVED = "trained", "saved, and going on"
LOADED, CONTROL = "loaded in a fresh process", "a file saved an epoch later, loaded"
COPY = {"color": HOLDS, "marker": "o", "markersize": 7}
CONTROL_LOOK = {"color": GREY, "marker": "x", "markersize": 5}
# Between processors: two images of a batch of 50; and one last bit of every weight, after 40
# epochs, moves one of the logits by 1
TOLERANCE = {TRAINED: 0.04, SAVED: 3, LOADED: 3, CONTROL: 3}
FRESH_PROCESS = """
import json, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
from reproductions.deep_networks.mnist_checkpoint_round_trip import load_and_go_on
sys.stdout.write("\\n" + json.dumps(load_and_go_on(*json.loads(sys.argv[1]))))
"""
# Ours: an epoch of twenty steps, and one fresh process, in the format that the release has
ON_EVERY_RELEASE = {"epochs": 1, "images": 1000}
load_data = mnist.load      # checked before anything is trained


def run(seed=0, epochs=EPOCHS, images=None, resume=FROM_THE_START):
    """Take or train the program's model, save it, load it elsewhere, go on in both processes.

    images: how many to train on, and how many to validate on; None for all of them.
    """
    digits, model = first_of(load_data(), images), saving.savable(pinned_network())
    trained = train_program(model, digits, epochs, resume)
    with tempfile.TemporaryDirectory() as folder:
        final, later = (os.path.join(folder, name + saving.own_format())
                        for name in ("final", "later"))
        saving.save(model, final)
        # a second fresh process would say no more, and takes longest on other releases
        load_later = load_and_go_on if images else elsewhere
        measured = {SAVED: go_on(model, digits, epochs, MORE_EPOCHS, os.getpid(), later),
                    LOADED: elsewhere(final, epochs, MORE_EPOCHS, os.getpid(), images),
                    CONTROL: load_later(later, epochs + 1, 0, os.getpid(), images)}
    settings = dict(trained.settings, **{"file": saving.own_format()} if images else {})
    histories = {TRAINED: trained}
    histories.update((name, History(settings, **series)) for name, series in measured.items())
    return histories


def elsewhere(*arguments):
    """What ``load_and_go_on`` gives in a fresh process."""
    printed = subprocess.check_output(
        [sys.executable, "-c", FRESH_PROCESS, json.dumps(arguments)])
    return json.loads(printed.decode("utf-8").splitlines()[-1])


def load_and_go_on(path, trained, more, pid_of_trainer, images):
    """Load the model and ``go_on``."""
    return go_on(saving.load_model(path), first_of(load_data(), images), trained, more,
                 pid_of_trainer)


def difference(one, other):
    """The largest difference of two series; NaN if one is longer."""
    return largest(np.abs(np.subtract(one, other))) if len(one) == len(other) else math.nan


def judge(histories):
    trained, saved, loaded, control = (histories[name]
                                       for name in (TRAINED, SAVED, LOADED, CONTROL))

    def of_two_processes(measured):
        """The number, or NaN if one process recorded both of what it compares."""
        two = saved.another_process == [0] and loaded.another_process == [1]
        return measured if two else math.nan

    return dict(
        the_file_holds_the_final_model=source_says(
            "final_model_saved",
            "The file holds the final model (arrays, of six, that a fresh process finds there and "
            "that differ from the trained ones)",
            of_two_processes(sum(one != other for one, other in zip(saved.weights_sha256,
                                                                    loaded.weights_sha256))),
            exactly(0), "to the last bit: float32 is stored as it is"),
        the_loaded_model_scores_the_same=suite_finds(
            "Loaded in a fresh process the model scores the same validation accuracy (difference)",
            of_two_processes(abs(loaded.val_accuracy[0] - trained.val_accuracy[-1])), exactly(0),
            "to the last digit: the same arithmetic on the same numbers"),
        its_logits_are_the_same=suite_finds(
            "Loaded in a fresh process the model has the same logits (largest difference, of ten "
            "images and of the sum of all sizes)",
            of_two_processes(largest([difference(loaded.logits, saved.logits),
                                      difference(loaded.sum_of_logits, saved.sum_of_logits)])),
            exactly(0), "to the last digit: the same arithmetic on the same numbers"),
        training_goes_on_the_same=suite_finds(
            "Training goes on as if the model had never been saved (largest difference of "
            "validation loss, two epochs)",
            of_two_processes(difference(loaded.val_loss[1:], saved.val_loss[1:])), exactly(0),
            "the same order of images and the same settings, which the file holds"),
        it_goes_on_learning=suite_finds(
            "The loaded model goes on learning (loss of its last epoch less that of the last epoch "
            "before it was saved)", loaded.loss_going_on[-1] - trained.loss[-1], below(0), "ours"),
        another_file_scores_otherwise=suite_finds(
            "The comparison can see a difference: a file saved an epoch later has another "
            "validation loss (difference)",
            of_two_processes(abs(control.val_loss[0] - loaded.val_loss[0])), above(0),
            "ours: a control"),
    )


def draw(histories):
    trained, saved, loaded, control = (histories[name]
                                       for name in (TRAINED, SAVED, LOADED, CONTROL))
    figure, (left, right) = new_figure(1, 2, size=(10.4, 4.6))
    epochs = len(trained.val_loss)
    before, after = range(1, epochs + 1)[-DRAWN:], range(epochs, epochs + len(saved.val_loss))
    left.plot(before, trained.val_loss[-DRAWN:], color=GREY)
    left.plot(after, saved.val_loss, color=GREY)
    left.plot(after, loaded.val_loss, linestyle="none", **COPY)
    mark(left, epochs)
    name_curve(left, before[0], trained.val_loss[-DRAWN:][0], "the process that trained it", GREY,
               xytext=(8, 6))
    name_curve(left, after[-1], loaded.val_loss[-1], "the file, loaded in a fresh process",
               COPY["color"], ha="right", xytext=(-10, -2))
    name_curve(left, epochs, max(trained.val_loss[-DRAWN:]), "saved", "black")
    left.set_xticks(range(before[0], after[-1] + 1))
    label(left, "Epoch", "Loss on the validation set", "Training goes on as if it had not stopped")
    differences = np.subtract([loaded.logits, control.logits], saved.logits)
    for difference, look, words, height in zip(
            differences, (COPY, CONTROL_LOOK),
            ("the file differs by {:g}", "control: a file saved\nan epoch later, by up to {:.1g}"),
            (-0.05, 0.5)):
        right.plot(saved.logits, difference, linestyle="none", **look)
        name_curve(right, min(saved.logits), height * abs(differences).max(),
                   words.format(abs(difference).max()), look["color"], xytext=(-4, -8))
    label(right, f"Logits of {SHOWN} images, where it was trained",
          "Logits of a loaded file, less these", "The file holds the model to the last bit")
    return figure


if __name__ == "__main__":
    run_script(__file__)
