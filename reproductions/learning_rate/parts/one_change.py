"""The diabetes network by SGD at 0.001, each time with one thing changed (claim 14).

The source does not say which optimizers, losses and amounts of data were tried: these are ours, as
Keras has them by default but for the rate.
"""
from lib.claims import exactly, largest, suite_finds
from lib.compat import keras
from lib.measure.networks import absolute, huber, share_learned
from lib.training import train_each
from reproductions.learning_rate.parts import diabetes_network

UNCHANGED, MOMENTUM, ADAM = "network, SGD", "network, momentum 0.9", "network, Adam"
OPTIMIZERS = {
    MOMENTUM: lambda: keras.optimizers.SGD(0.001, momentum=0.9),
    "network, RMSprop": lambda: keras.optimizers.RMSprop(),     # its default rate is 0.001
    ADAM: lambda: keras.optimizers.Adam(),                      # so is Adam's
}
LOSSES = {"network, absolute error": absolute, "network, Huber": huber}
ROWS = {"network, 192 rows": 192, "network, 96 rows": 96}       # 6 and 3 of the 13 batches
LABELS = [UNCHANGED, *OPTIMIZERS, *LOSSES, *ROWS]


def run(seed, epochs):
    """The network unchanged, and with each change: {label: History}."""
    def sgd(**changes):
        return diabetes_network.train(seed, keras.optimizers.SGD(0.001), epochs, **changes)

    histories = {UNCHANGED: sgd()}
    histories.update(train_each(OPTIMIZERS, lambda optimizer: diabetes_network.train(
        seed, optimizer(), epochs)))
    histories.update(train_each(LOSSES, lambda penalty: sgd(penalty=penalty)))
    histories.update(train_each(ROWS, lambda rows: sgd(rows=rows)))
    return histories


def most_that_learn(histories, labels):
    """The share of the starts that learn, with the one of ``labels`` that helps most."""
    return largest(share_learned(histories[label]) for label in labels)


def judge(histories):
    return dict(
        momentum_does_not_help=suite_finds(
            "Momentum does not help (network at 0.001; share of the starts that learn, the larger "
            "of those with momentum 0.9 and without)",
            most_that_learn(histories, [UNCHANGED, MOMENTUM]), exactly(0),
            "neither bounds a step"),
    )
