"""The later program of the book's notebook, and both programs beside their originals.

It draws its batches in another order than the source's program, so that it prints another table.
The originals are both programs as they were, run on TensorFlow 1.12.3.
"""
import numpy as np

from lib.claims import exactly, largest, near, suite_finds
from lib.originals import MNIST_CASES, deviation, original_histories
from reproductions.deep_networks.parts.mnist_program import (LATER_PROGRAM, PROGRAM, PROGRAM_SEED,
                                                             orders_of_the_later_program,
                                                             pinned_network, train)
from reproductions.deep_networks.parts.mnist_tables import (PRINTED_LATER, differences,
                                                            mean_difference)


def run(digits, epochs, resume):
    """The later program, pinned: {label: History}."""
    return {LATER_PROGRAM: train(
        pinned_network(), digits, orders_of_the_later_program(digits), epochs, resume,
        mode="pinned", order="shuffle_batch", seed=PROGRAM_SEED)}


def judge(histories):
    later = histories[LATER_PROGRAM]

    def from_originals(series):
        """The largest difference of a series of the two programs from their originals."""
        originals = original_histories()
        return largest(
            deviation(getattr(originals[MNIST_CASES[ours.settings["order"]]], series),
                      getattr(ours, series)) for ours in (histories[PROGRAM], later))

    return dict(
        the_later_program_meets_its_table=suite_finds(
            "The later program meets its own table: validation accuracies (mean size of the "
            "difference, eight rows)", mean_difference(later, PRINTED_LATER),
            near(0, within=0.0005), "the book's notebook, its last published table"),
        so_does_each_row=suite_finds(
            "The later program meets each row of its own table: validation accuracies (largest "
            "difference)",
            largest(np.abs(differences(later, PRINTED_LATER, 1))), near(0, within=0.001),
            "the book's notebook, its last published table: five images of 5,000"),
        so_do_its_batches=suite_finds(
            "The later program meets its own table: batch accuracies (largest difference)",
            largest(np.abs(np.round(differences(later, PRINTED_LATER, 0), 6))), exactly(0),
            "the book's notebook, its last published table"),
        both_follow_the_originals=suite_finds(
            "Both programs follow their originals on TensorFlow 1.12.3: validation accuracies "
            "(largest difference, 40 epochs)", from_originals("val_accuracy"),
            near(0, within=0.002), "44,000 steps of float32: ten images of 5,000"),
        so_do_their_losses=suite_finds(
            "Both programs follow their originals on TensorFlow 1.12.3: validation losses "
            "(largest difference, 40 epochs)", from_originals("val_loss"), near(0, within=0.002),
            "44,000 steps of float32"),
    )
