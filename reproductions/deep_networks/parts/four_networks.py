"""The four networks of claim 15, told apart by the factor that a layer multiplies a gradient by."""
from dataclasses import dataclass
from typing import Callable

from lib.show.plotting import FAILS, GREY, HOLDS


@dataclass
class Network:
    """activation: of every hidden layer; gain: a function from the width of a layer to the variance
    of its weights times fan-in; starts: how many draws of the weights are trained.
    """
    activation: str
    gain: Callable
    starts: int


VANISHING, CONTROL = "sigmoid, Xavier", "tanh, Xavier"              # factor below 1, near 1
EXPLODING, UNBOUNDED = "tanh, unit normal", "linear, 2 × Xavier"    # factor above 1
# Ours: three starts of the two that are compared with each other
NETWORKS = {
    VANISHING: Network("sigmoid", lambda width: 1, starts=1),
    CONTROL: Network("tanh", lambda width: 1, starts=3),
    EXPLODING: Network("tanh", lambda width: width, starts=3),
    UNBOUNDED: Network("linear", lambda width: 4, starts=1),
}
# How their curves are drawn: the two of the claim in colour, what they are compared with in grey
LOOKS = {VANISHING: {"color": HOLDS, "marker": "o", "markersize": 4},
         EXPLODING: {"color": FAILS, "marker": "^", "markersize": 4},
         UNBOUNDED: {"color": GREY, "linestyle": "--"},
         CONTROL: {"color": GREY}}
