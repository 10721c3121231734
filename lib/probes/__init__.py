"""Small fixed cases that show which operation, optimizer, layer or loss of a release moved.

A claim says that its numbers moved; a probe says where. Each module here is a table of one kind of
case: inputs and weights come from NumPy, and the release's own Keras does the rest. What a case
should give is computed in NumPy with float64, so that of two releases that disagree the right one
can be told.
"""
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Optional, Tuple

OPERATION, OPTIMIZER, INITIALIZER = "operation", "optimizer", "initializer"
LAYER, LOSS, FIT, DEFAULTS = "layer", "loss", "fit", "defaults"
# At the end of the names of probes of the same steps, not compiled, and compiled by XLA
EAGERLY, BY_XLA = ", eagerly", ", compiled by XLA"
# How far the numbers of a probe may move between releases, relative to max(1, |value|): some
# hundred last bits of a float32
TOLERANCE = 1e-5


@dataclass
class Probe:
    """One case.

    name: unique, in the words of Keras; kind: one of the words above; subject: the Keras classes or
    functions that it is about ("Adam", "LSTM", "mean_squared_error"), by which it is found to lie
    on a claim's path; of an OPERATION it is (), as the kernels that it calls are noted when it
    runs; measure: a function without arguments that returns {series: array, or list of texts} and
    raises NotSupported where the release lacks what it is about; reference: one that returns some
    of the same series as they are in float64, or None if there is no such thing; tolerance: see
    TOLERANCE; settings: of an optimizer, by which the histories are found that have the same.
    """
    name: str
    kind: str
    subject: Tuple[str, ...]
    measure: Callable
    reference: Optional[Callable] = None
    tolerance: float = TOLERANCE
    settings: Dict[str, Any] = field(default_factory=dict)
