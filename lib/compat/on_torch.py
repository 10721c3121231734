"""PyTorch, on which Keras 3 runs: the functions that each engine has, see ``lib.compat``."""
import numpy as np

from lib.compat.loading import load


def gradient_function(model, loss, weights, often):
    torch = load("torch")

    def function(x, y):
        x, y = _tensors(x, y)
        value = loss(y, model(x))
        gradients = torch.autograd.grad(value, [weight.value for weight in weights])
        return float(value.detach()), [_to_numpy(gradient) for gradient in gradients]

    return function


def hessian_function(model, loss):
    torch = load("torch")
    variables = model.trainable_variables
    shapes = [tuple(variable.shape) for variable in variables]

    def value(flat, x, y):
        parts = torch.split(flat, [int(np.prod(shape)) for shape in shapes])
        weights = [part.reshape(shape) for part, shape in zip(parts, shapes)]
        others = [variable.value for variable in model.non_trainable_variables]
        output, _ = model.stateless_call(weights, others, x)
        return loss(y, output)

    slope, products = torch.func.grad_and_value(value), torch.func.jacrev(torch.func.grad(value))

    def function(x, y):
        flat = torch.cat([variable.value.detach().reshape(-1) for variable in variables])
        inputs = [flat] + _tensors(x, y)
        gradient, now = slope(*inputs)
        gradient, hessian = (_to_numpy(one).astype(float) for one in (gradient, products(*inputs)))
        return float(now), gradient, hessian

    return function


def evaluated(function, arrays):
    with load("torch").no_grad():
        return function(*map(load("torch").from_numpy, arrays)).numpy()


def derivative(function, array):
    torch = load("torch")
    x = torch.from_numpy(array).requires_grad_()
    function(x).sum().backward()
    return x.grad.numpy()


def _tensors(*arrays):
    return [load("keras").ops.convert_to_tensor(array, "float32") for array in arrays]


def _to_numpy(tensor):
    return load("keras").ops.convert_to_numpy(tensor)
