"""The accuracies that the two programs of claim 21 print, in the book's notebook and here."""
import math

import numpy as np

from lib.claims import largest, smallest
from lib.originals import MNIST_CASES, original_histories
from lib.show.plotting import HOLDS, ORIGINAL, name_curve
from reproductions.deep_networks.parts.mnist_program import LATER_PROGRAM, PROGRAM

# By epoch, from 0: accuracy on the last batch and on the validation set
PRINTED = {             # the notebook's revision b639cad, of the source's program
    0: (0.86, 0.9044), 5: (0.94, 0.9508), 10: (0.96, 0.9666), 15: (1.0, 0.9722),
    20: (1.0, 0.975), 25: (1.0, 0.9766), 30: (0.98, 0.9782), 35: (0.96, 0.9792)}
PRINTED_LATER = {       # the notebook's last published table, of the later program
    0: (0.86, 0.9044), 5: (0.94, 0.9496), 10: (0.92, 0.9654), 15: (0.94, 0.9710),
    20: (1.0, 0.9764), 25: (1.0, 0.9778), 30: (0.98, 0.9780), 35: (1.0, 0.9788)}


def programs_of(histories):
    """{label: what the notebook printed} of the pinned programs that were trained."""
    printed = {PROGRAM: PRINTED, LATER_PROGRAM: PRINTED_LATER}
    return {label: cells for label, cells in printed.items() if label in histories}


def free_runs(histories):
    """The histories of the free runs."""
    return [history for label, history in histories.items()
            if label not in (PROGRAM, LATER_PROGRAM)]


def value_at(series, epoch):
    """The value of an epoch, counted from 0 as it is printed; NaN if it was not trained so far."""
    return series[epoch] if epoch < len(series) else math.nan


def differences(history, printed, column):
    """Ours less the printed accuracy in each row: of the batch (column 0) or of validation (1)."""
    series = (history.batch_accuracy, history.val_accuracy)[column]
    return [value_at(series, epoch) - cells[column] for epoch, cells in printed.items()]


def mean_difference(history, printed):
    """The mean size of the differences of the validation accuracies."""
    return float(np.mean(np.abs(differences(history, printed, 1))))


def table(histories):
    """The printed tables beside ours, and the band of the free runs."""
    columns = {"program": "whole", "epoch": "right"}
    for name in ("batch", "validation"):
        columns.update({f"{name}, printed": "right", f"{name}, pinned": "right",
                        f"{name}, difference": "right", f"{name}, free": "whole"})
    free, rows = free_runs(histories), []
    for label, printed in programs_of(histories).items():
        pinned = histories[label]
        full = pinned.settings["data"] == "MNIST"
        for epoch in [epoch for epoch in printed if epoch < len(pinned.val_accuracy)]:
            cells = [label, epoch]
            for column, (name, digits) in enumerate((("batch_accuracy", 2), ("val_accuracy", 4))):
                theirs, ours = printed[epoch][column], getattr(pinned, name)[epoch]
                band = [value_at(getattr(history, name), epoch) for history in free]
                cells += [f"{theirs:.{digits}f}" if full else "", f"{ours:.{digits}f}",
                          f"{ours - theirs:+.4f}" if full else "",
                          f"{smallest(band):.{digits}f} to {largest(band):.{digits}f}"]
            rows.append(cells)
    return columns, rows


def draw(panel, histories, program, name):
    """One accuracy of a program by epoch, ours in colour, what it should meet in black.

    name: of the series, "batch_accuracy" or "val_accuracy".
    """
    pinned, column = histories[program], ("batch_accuracy", "val_accuracy").index(name)
    ours, free = getattr(pinned, name), [getattr(run, name) for run in free_runs(histories)]
    if free:
        panel.fill_between(range(len(ours)), np.min(free, axis=0), np.max(free, axis=0),
                           color="#e0e0e0", label=f"here, from {len(free)} other seeds")
    panel.plot(ours, color=HOLDS, linewidth=2,
               label="here, with the program's own\ninitial weights and order of images")
    if pinned.settings["data"] == "MNIST":
        original = original_histories()[MNIST_CASES[pinned.settings["order"]]]
        panel.plot(getattr(original, name), label="original program, TensorFlow 1.12.3",
                   **dict(ORIGINAL, markersize=4))
        printed = programs_of(histories)[program]
        panel.plot(list(printed), [cells[column] for cells in printed.values()],
                   label="printed in the book's notebook", linestyle="none", marker="o",
                   markersize=11, markerfacecolor="none", markeredgecolor="black",
                   markeredgewidth=1.5)
        last = max(printed)
        if name == "val_accuracy" and last < len(ours):
            name_curve(panel, last, printed[last][1], f"printed {printed[last][1]:.4f}\n"
                       f"here {ours[last]:.4f}", HOLDS, ha="center", xytext=(0, -26))
