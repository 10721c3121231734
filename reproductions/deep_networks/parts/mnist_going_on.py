"""A trained network of claim 22, measured as it is and while its training goes on."""
import copy
import hashlib
import itertools
import os

import numpy as np

from lib.compat import in_this_order, keras, saving
from reproductions.deep_networks.parts.mnist_program import (BATCH_SIZE, orders_of_the_program,
                                                             score)

SHOWN = 10      # ours: images whose logits are kept


def first_of(digits, images):
    """The Digits of the first so many images to train on, and as many to validate on; None: all.
    """
    some = copy.copy(digits)
    for name in ("x_train", "y_train", "x_valid", "y_valid"):
        setattr(some, name, getattr(digits, name)[:images])
    return some


def go_on(model, digits, trained, more, pid_of_trainer, save_after_one=None):
    """Scores of the model after its ``trained`` epochs, and after each of ``more``: series.

    Of the model as it is also ``logits``, of the first validation images, the sum of the sizes of
    all logits, and a digest of each of its arrays; of this process ``another_process``, whether it
    is another than the trainer's. save_after_one: the path to save the model at after one epoch.
    """
    logits = keras.ops.convert_to_numpy(model(keras.ops.convert_to_tensor(digits.x_valid)))
    series = dict(
        another_process=[int(os.getpid() != pid_of_trainer)],
        weights_sha256=[hashlib.sha256(array.tobytes()).hexdigest()[:16]
                        for array in model.get_weights()],
        logits=logits[:SHOWN].ravel().tolist(),
        sum_of_logits=[float(np.sum(np.abs(logits), dtype="float64"))])
    scores = [score(model, digits.x_valid, digits.y_valid)]
    batches = in_this_order(digits.x_train, digits.y_train, BATCH_SIZE)
    losses = []
    for order in itertools.islice(orders_of_the_program(digits), trained, trained + more):
        losses += model.fit(shuffle=False, verbose=0, **batches(order)).history["loss"]
        scores.append(score(model, digits.x_valid, digits.y_valid))
        if save_after_one and len(losses) == 1:
            saving.save(model, save_after_one)
    if losses:
        series["loss_going_on"] = [float(loss) for loss in losses]
    return dict(series, val_accuracy=[accuracy for accuracy, _ in scores],
                val_loss=[loss for _, loss in scores])
