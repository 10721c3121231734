"""Source 1: one ReLU that should learn a ReLU, and often does not.

What its scripts share, all from the source's program: every step draws a fresh batch of 1000
x ~ N(0, 1); the target is max(x, 0); the model is one weight without a bias, then the activation;
mean squared error; 'sgd' at its default rate of 0.01 unless said otherwise; 100 steps an epoch,
20 epochs; the weight and the mean loss are kept after each epoch.
"""
from collections import OrderedDict

from lib.claims import Source
from lib.compat import keras

SOURCE = Source(
    title="Why can't a single ReLU learn a ReLU?",
    url="https://stats.stackexchange.com/questions/379884",
    published="Cross Validated, question 379884 and its accepted answer, 2018",
    licence="CC BY-SA 4.0",
)

# The activations and optimizers that the source names, at its rates and at Keras' default ones,
# and a weaker momentum of ours. "momentum 0.9, 0.01": SGD with momentum 0.9, learning rate 0.01.
NEGATIVE_SLOPE = 0.3
ACTIVATIONS = OrderedDict((
    ("ReLU", lambda: keras.layers.ReLU()),
    ("LeakyReLU(0.3)", lambda: keras.layers.LeakyReLU(negative_slope=NEGATIVE_SLOPE)),
))
OPTIMIZERS = OrderedDict((
    ("SGD 0.01", lambda: keras.optimizers.SGD(0.01)),
    ("momentum 0.5, 0.01", lambda: keras.optimizers.SGD(0.01, momentum=0.5)),
    ("momentum 0.9, 0.001", lambda: keras.optimizers.SGD(0.001, momentum=0.9)),
    ("momentum 0.9, 0.01", lambda: keras.optimizers.SGD(0.01, momentum=0.9)),
    ("Adam 0.001", lambda: keras.optimizers.Adam(0.001)),
    ("Adam 0.01", lambda: keras.optimizers.Adam(0.01)),
    ("AMSGrad 0.001", lambda: keras.optimizers.Adam(0.001, amsgrad=True)),
    ("AMSGrad 0.01", lambda: keras.optimizers.Adam(0.01, amsgrad=True)),
))
