"""The loss as a surface over the weights of a Keras model: its slope and its curvature.

All derivatives come from the framework's automatic differentiation, none from finite differences.
"""
import numpy as np

from lib.compat import gradient_function, hessian_function


class LossSurface:
    """The loss on fixed data, at the model's current weights.

    model: a small Keras model; loss: a function of (y, prediction) that returns a scalar tensor.
    """

    def __init__(self, model, loss, x, y):
        self._model, self._x, self._y = model, x, y
        self._slope = gradient_function(model, loss, often=True)
        self._function = hessian_function(model, loss)

    def derivatives(self):
        """The loss, its gradient and its Hessian over all n weights: a float, (n,) and (n, n)."""
        return self._function(self._x, self._y)

    def largest_curvature(self):
        """The largest eigenvalue of the Hessian; NaN if the Hessian is not finite."""
        _, _, hessian = self.derivatives()
        return float(np.linalg.eigvalsh(hessian)[-1]) if np.isfinite(hessian).all() else np.nan

    def changes_by(self, steps):
        """What each of ``steps``, arrays (n,), would add to the loss; the weights are restored."""
        before = self._model.get_weights()
        ends = np.cumsum([weight.size for weight in before])
        here, changes = self._value(), []
        for step in steps:
            self._model.set_weights([weight + part.reshape(weight.shape) for weight, part
                                     in zip(before, np.split(step, ends))])
            changes.append(self._value() - here)
        self._model.set_weights(before)
        return changes

    def _value(self):
        return self._slope(self._x, self._y)[0]
