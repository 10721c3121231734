"""The diabetes network by SGD at the source's two rates and at two smaller ones (claim 9)."""
from lib.claims import above, exactly, largest, suite_finds
from lib.compat import keras
from lib.measure.networks import share_alive, share_dead, share_learned
from lib.training import train_each
from reproductions.learning_rate.parts import diabetes_network

LARGE, SMALL = "network, rate 0.001", "network, rate 0.0001"
EDGE, LEARNS = "network, rate 0.00001", "network, rate 0.000001"
RATES = {LARGE: 0.001, SMALL: 0.0001,           # the source
         EDGE: 0.00001, LEARNS: 0.000001}       # ours: two decades more


def run(seed, epochs):
    """A training at each rate: {label: History}."""
    return train_each(RATES, lambda rate: diabetes_network.train(
        seed, keras.optimizers.SGD(rate), epochs))


def judge(histories):
    return dict(
        for_the_network_neither_rate_works=suite_finds(
            "For the network neither of the source's rates works (share of the starts that neither "
            "go to NaN nor die, the larger of the two)",
            largest(share_alive(histories[label]) for label in (LARGE, SMALL)), exactly(0),
            "measured, not derived: both are far above what its start tolerates"),
        some_die_at_a_finite_loss=suite_finds(
            "Some networks die at a finite loss: a whole layer puts out nothing but zeros (share "
            "of the starts at 0.0001)", share_dead(histories[SMALL]), above(0),
            "that it happens; about a quarter in our trials"),
        two_decades_lower_all_learn=suite_finds(
            "At 0.000001 all networks learn (share of the starts that end below the loss of the "
            "best constant)", share_learned(histories[LEARNS]), exactly(1), "\"learn\": ours"),
    )
