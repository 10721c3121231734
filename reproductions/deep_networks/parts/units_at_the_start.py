"""ReLU units before any training: dead or alive by their bias, and by their depth in a network."""
import numpy as np

from lib.claims import History, above, exactly, suite_finds
from lib.compat import keras
from lib.data import NormalKernels
from lib.measure.dead_units import UNITS, inputs_and_gradients, one_hidden_layer
from lib.measure.signals import signals_in_depth
from lib.show.plotting import FAILS, HOLDS, label, name_curve

BIASES = (0.0, -1.0, -2.0, -3.0, -4.0, -6.0)    # ours: the lower, the fewer inputs are above 0
DEEP = "at the start, 20 layers"
DRAWS = 4                                       # ours: of the kernels of the 20 layers
DEAD, ALIVE = {"color": FAILS, "marker": "s"}, {"color": HOLDS, "marker": "o"}


def run(seed, batches):
    """Units of one hidden layer for each bias, and of 20 layers with He weights: {label: History}.
    """
    histories = {label_of(bias): units_of(
        one_hidden_layer(keras.layers.ReLU(), [seed, 0], bias), batches, bias=bias)
        for bias in BIASES}
    histories[DEEP] = signals_in_depth(
        NormalKernels(seed, gain=2), keras.layers.ReLU, seed, draws=DRAWS)
    return histories


def label_of(bias):
    return f"at the start, bias {bias:g}"


def units_of(model, batches, **settings):
    """A History of what each hidden unit gets and learns, see ``inputs_and_gradients``."""
    return History(dict(batches.settings(), units=UNITS, **settings),
                   **inputs_and_gradients(model, batches))


def judge(histories):
    deep = histories[DEEP]
    return dict(
        a_low_bias_kills_at_the_start=suite_finds(
            "Most units with a bias of -6 are dead before training (share)",
            np.mean(np.array(histories[label_of(-6.0)].highest) <= 0), above(0.5),
            "without the bias their inputs have the standard deviation sqrt(2): of 1000 samples "
            "few reach 6"),
        depth_kills_at_the_start=suite_finds(
            "Deep in a He network units are dead before training, for the samples of a batch "
            "(share in layer 20)", deep.dead[-1], above(0.1),
            "deep in a ReLU network all samples look alike; Lu et al. 2019"),
        but_not_near_the_input=suite_finds(
            "In the first layer of a He network no unit is dead before training (share)",
            deep.dead[0], exactly(0), "half of 100 samples are above 0"),
    )


def draw(bias_panel, depth_panel, histories):
    """Each unit by the highest input that it gets, and the share of dead units by depth."""
    units = [histories[label_of(bias)] for bias in BIASES]
    highest, gradient = (np.concatenate([getattr(one, series) for one in units])
                         for series in ("highest", "gradient"))
    for dead, look in ((highest <= 0, DEAD), (highest > 0, ALIVE)):
        bias_panel.plot(highest[dead], gradient[dead], linestyle="none", markersize=4, alpha=0.6,
                        **look)
    name_curve(bias_panel, np.min(highest), 0, "dead: gets no input\nabove 0, learns nothing",
               DEAD["color"], xytext=(-8, 22))
    name_curve(bias_panel, 4, 0.003, "alive: learns", ALIVE["color"])
    name_curve(bias_panel, np.min(highest), 1, "Each point is a unit,\n"
               f"its bias {max(BIASES):g} to {min(BIASES):g}", "black", xytext=(-8, 0))
    bias_panel.axvline(0, color="black", linewidth=1)
    bias_panel.set_yscale("symlog", linthresh=1e-4, linscale=0.4)
    bias_panel.set_ylim(-2e-5, 2 * np.max(gradient))
    label(bias_panel, "Highest input of the unit over the samples",
          "Largest derivative of the loss", "Dead before training: too low a bias")
    shares = 100 * np.array(histories[DEEP].dead)
    depth_panel.plot(np.arange(1, len(shares) + 1), shares, **DEAD)
    label(depth_panel, "Layer", "Dead units in %",
          "Dead before training: too deep in a He network")
    depth_panel.set_xticks(range(0, len(shares) + 1, 5))
