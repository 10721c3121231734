"""Many steps of a Keras optimizer in one compiled call, for work that ``fit`` is too slow for.

Its only purpose is speed: the steps are the optimizer's own, on gradients from automatic
differentiation. Where it is not ``available``, callers use ``fit``.
"""
import numpy as np

from lib.compat import engine, is_keras_3, load
from lib.compat.on_jax import function_of_weights


def available():
    """Whether ``many_steps`` works on this release and backend."""
    return is_keras_3() and engine() in ("tensorflow", "jax")


def many_steps(model, loss, optimizer):
    """A function that trains a model for many steps.

    model, loss: as for ``lib.compat.gradient_function``; optimizer: of Keras, not built yet.
    Returns ``take_steps(x, y, learning_rate, steps, enough) -> (int, float)``. x, y: the batches to
    train on in turn, again and again, of shape (batches, samples, features) and (batches, samples,
    1). It ends after ``steps`` steps, or earlier once the loss of the next batch is NaN or at most
    ``enough``, which may be -infinity. It returns how many steps it took, and that loss.
    """
    optimizer.build(model.trainable_variables)
    steps_on = {"tensorflow": _on_tensorflow, "jax": _on_jax}[engine()](model, loss, optimizer)

    def take_steps(x, y, learning_rate, steps, enough):
        optimizer.learning_rate = learning_rate
        taken, last = steps_on(np.asarray(x, "float32"), np.asarray(y, "float32"), steps, enough)
        return int(taken), float(last)

    return take_steps


def _on_tensorflow(model, loss, optimizer):
    tensorflow, weights = load("tensorflow"), model.trainable_variables

    @tensorflow.function(jit_compile=True)     # its loops run a hundred times as fast
    def descend(x, y, steps, enough):
        def loss_of_batch(step):
            batch = step % x.shape[0]
            return loss(tensorflow.gather(y, batch), model(tensorflow.gather(x, batch)))

        def take_step(step, _):
            with tensorflow.GradientTape() as tape:
                value = loss_of_batch(step)
            optimizer.apply_gradients(zip(tape.gradient(value, weights), weights))
            return step + 1, loss_of_batch(step + 1)

        return tensorflow.while_loop(lambda step, value: (step < steps) & (value > enough),
                                     take_step, (0, loss_of_batch(0)))

    return lambda x, y, steps, enough: descend(
        tensorflow.constant(x), tensorflow.constant(y), tensorflow.constant(steps),
        tensorflow.constant(enough, "float32"))


def _on_jax(model, loss, optimizer):
    jax = load("jax")
    value, weights_now = function_of_weights(model, loss)

    @jax.jit
    def descend(weights, state, x, y, steps, enough):
        def loss_of_batch(weights, step):
            return value(weights, x[step % x.shape[0]], y[step % x.shape[0]])

        def take_step(now):
            step, _, weights, state = now
            weights, state = optimizer.stateless_apply(
                state, jax.grad(loss_of_batch)(weights, step), weights)
            return step + 1, loss_of_batch(weights, step + 1), weights, state

        return jax.lax.while_loop(lambda now: (now[0] < steps) & (now[1] > enough), take_step,
                                  (0, loss_of_batch(weights, 0), weights, state))

    def on_jax(x, y, steps, enough):
        step, last, weights, _ = descend(
            weights_now(), [variable.value for variable in optimizer.variables], x, y, steps,
            enough)
        for variable, weight in zip(model.trainable_variables, weights):
            variable.assign(weight)
        return step, last

    return on_jax
