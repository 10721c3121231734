"""Plain gradient descent, step by step: what each step does, and the rate at which it diverges."""
import numpy as np

from lib import many_steps
from lib.claims import History
from lib.compat import (compile_model, fit_in_turn, keras, optimizer_settings, outputs_of,
                        start_again)
from lib.measure.curvature import LossSurface

SOLVED = 1e-6       # share of the first loss; what remains below it is float32 rounding


def mean_squared_error(y, prediction):
    """The mean over the samples and outputs of a batch: a scalar tensor."""
    return keras.ops.mean(keras.ops.square(y - prediction))


def many_descents(model):
    """A function that runs gradient descent from any start at any rate, as fast as the release can.

    Returns ``descend(start, batches, learning_rate, steps, enough=-inf) -> (int, float)``. start:
    the weights, as ``model.set_weights`` takes them. It returns how many steps it took, at most
    ``steps``, and the loss of the next batch. It stops early once that loss is at most ``enough``,
    which by default it never is. Where many steps are one compiled call it also stops at the first
    NaN, and the number of steps is exact; with ``fit`` it is known to 2 %.
    """
    optimizer = keras.optimizers.SGD(1.0)
    take_steps = (many_steps.many_steps(model, mean_squared_error, optimizer)
                  if many_steps.available() else _steps_by_fit(model, optimizer))

    def descend(start, batches, learning_rate, steps, enough=-np.inf):
        model.set_weights(start)
        return take_steps(*batches.stacked(), learning_rate=learning_rate, steps=steps,
                          enough=enough)

    return descend


def _steps_by_fit(model, optimizer):
    """Like ``many_steps``, with ``fit``: checks the loss whenever the steps have grown by 2 %."""
    compile_model(model, optimizer, mean_squared_error, steps_per_execution=100)

    def take_steps(x, y, learning_rate, steps, enough):
        start_again(model, model.get_weights(), learning_rate)
        taken = 0
        while True:
            x_next, y_next = x[taken % len(x)], y[taken % len(x)]
            with np.errstate(over="ignore", invalid="ignore"):
                last = float(np.mean(np.square(outputs_of(model, x_next) - y_next)))
            if taken >= steps or not last > enough:
                return taken, last
            more = steps if enough == -np.inf else max(1, taken // 50)
            more = min(more, steps - taken)
            fit_in_turn(model, *(np.roll(part, -taken, axis=0) for part in (x, y)),
                        epochs=1, steps_per_epoch=more)
            taken += more

    return take_steps


def threshold_rate(descend, start, batches, low, high, steps, precision=1e-4):
    """The learning rate above which ``steps`` steps end with a higher loss than they began with.

    descend: from ``many_descents``; low, high: rates below and above it; precision: relative.
    Found by bisection. Returns it, and [(rate, ratio)] of the rates tried, the ratio being that of
    the last loss to the first; if the first loss is 0, infinity where it rose and 1 where it did
    not. Raises ValueError if the rate is not between ``low`` and ``high``, or if the steps are not
    a whole number of epochs: both losses must be of the first batch.
    """
    from scipy.optimize import bisect
    if steps % len(batches.stacked()[0]):
        raise ValueError(f"{steps} steps are no whole number of epochs")
    _, first = descend(start, batches, low, 0)
    tried = []

    def grows(rate):
        _, last = descend(start, batches, rate, steps)
        tried.append((float(rate), last / first if first else 1.0 if last == 0 else np.inf))
        return -1 if last <= first else 1

    return bisect(grows, low, high, xtol=precision * low, rtol=precision), tried


def watched_descent(model, batches, learning_rate, steps, trials=()):
    """Train on the first of ``batches`` and measure the loss surface before each step.

    Returns a History with, for each step: ``loss``, the loss before it; ``change``, what it adds
    to the loss; ``squared_gradient``, gᵀg; ``curvature_along``, gᵀHg; ``largest_curvature``, of H;
    and ``trial_change``, what steps along -g would have added at each of the rates ``trials``,
    which are relative to 2/largest curvature there. Stops early if the loss or H is not finite, or
    if the loss is at most SOLVED times the first.
    """
    x, y = next(iter(batches))
    surface = LossSurface(model, mean_squared_error, x, y)
    optimizer = keras.optimizers.SGD(learning_rate)
    compile_model(model, optimizer, mean_squared_error)
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
        model.train_on_batch(x, y)
        before, along = loss, gradient.dot(hessian).dot(gradient)
        series["squared_gradient"].append(float(gradient.dot(gradient)))
        series["curvature_along"].append(float(along))
        series["largest_curvature"].append(float(largest))
        loss, gradient, hessian = surface.derivatives()
        series["loss"].append(before)
        series["change"].append(loss - before)
    if not trials:
        del series["trial_change"]
    return History(dict(optimizer_settings(optimizer), loss="mean_squared_error",
                        trials=list(trials), **batches.settings()), **series)
