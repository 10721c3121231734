"""Plain gradient descent, step by step: what each step does, and the rate at which it breaks."""
import numpy as np

from lib.claims import History
from lib.compat import (compile_model, descent_function, keras, optimizer_settings,
                        step_function)
from lib.curvature import LossSurface

SOLVED = 1e-6       # the share of the first loss below which what remains is float32's rounding


def mean_squared_error(y, prediction):
    """A scalar tensor: over the samples and outputs of a batch."""
    return keras.ops.mean(keras.ops.square(y - prediction))


def many_descents(model):
    """A function that descends from anywhere at any rate, far faster than ``fit``.

    Returns ``descend(start, batches, learning_rate, steps, enough=-inf) -> (int, float)``. start:
    the weights, as ``model.set_weights`` takes them. It gives the steps that it took, at most
    ``steps``, and the loss of the batch that comes next. It ends early where that loss is at most
    ``enough``, which by default none is, or NaN.
    """
    optimizer = keras.optimizers.SGD(1.0)
    take_steps = descent_function(model, mean_squared_error, optimizer)

    def descend(start, batches, learning_rate, steps, enough=-np.inf):
        model.set_weights(start)
        return take_steps(*batches.stacked(), learning_rate=learning_rate, steps=steps,
                          enough=enough)

    return descend


def threshold_rate(descend, start, batches, low, high, steps, precision=1e-4):
    """The learning rate above which ``steps`` steps leave a higher loss than they began with.

    descend: of ``many_descents``; low, high: rates below and above it; precision: relative.
    Found by bisection. Returns it, and the rates that were tried with the loss that each ended at
    relative to the first loss: [(rate, ratio)]; of a first loss of 0, infinity where it rose and 1
    where it did not. Raises ValueError if the rate is not between the two, or if the steps do not
    end with a whole epoch, where both losses are of the first batch.
    """
    from scipy.optimize import bisect
    if steps % len(batches.stacked()[0]):
        raise ValueError("{} steps are no whole number of epochs".format(steps))
    _, first = descend(start, batches, low, 0)
    tried = []

    def grows(rate):
        _, last = descend(start, batches, rate, steps)
        tried.append((float(rate), last / first if first else 1.0 if last == 0 else np.inf))
        return -1 if last <= first else 1

    return bisect(grows, low, high, xtol=precision * low, rtol=precision), tried


def watched_descent(model, batches, learning_rate, steps, trials=()):
    """Train on the first of ``batches``, and measure the surface before each step.

    Returns a History with, for each step: ``loss``, before it; ``change``, what it adds to the
    loss; ``squared_gradient``, gᵀg; ``curvature_along``, gᵀHg; ``largest_curvature``, of H; and
    ``trial_change``, what steps along -g would have added at each of the rates ``trials``, which
    are in terms of 2/largest curvature there. It ends early where the loss or H is not finite, or
    the loss is at most SOLVED times the first.
    """
    x, y = next(iter(batches))
    surface = LossSurface(model, mean_squared_error, x, y)
    optimizer = keras.optimizers.SGD(learning_rate)
    compile_model(model, optimizer, mean_squared_error)
    take_step = step_function(model)
    series = {name: [] for name in ("loss", "change", "squared_gradient", "curvature_along",
                                    "largest_curvature", "trial_change")}
    loss, gradient, hessian = surface.derivatives()
    first = loss
    while (len(series["loss"]) < steps and SOLVED * first < loss < np.inf
           and np.isfinite(hessian).all()):
        largest = np.linalg.eigvalsh(hessian)[-1]
        if trials:
            series["trial_change"].append(surface.changes_by(
                [-share * 2 / largest * gradient for share in trials]))
        take_step(x, y)
        before, along = loss, gradient.dot(hessian).dot(gradient)
        series["squared_gradient"].append(float(gradient.dot(gradient)))
        series["curvature_along"].append(float(along))
        series["largest_curvature"].append(float(largest))
        loss, gradient, hessian = surface.derivatives()
        series["loss"].append(before)
        series["change"].append(loss - before)
    if not trials:
        del series["trial_change"]
    return History(dict(optimizer_settings(optimizer), loss="mean squared error",
                        trials=list(trials), **batches.settings()), **series)
