"""Steps are finite: a large enough one jumps over the flat side of a ReLU.

Claim    For some pairs of w(0) and a large enough step size, a trajectory from a negative start
         jumps over the flat side of the loss.
Source   https://stats.stackexchange.com/questions/379884, accepted answer, in words.
Setup    One ReLU unit without a bias; a fresh batch of 1000 x ~ N(0, 1) every step, target
         max(x, 0); mean squared error; 100 steps an epoch, 20 epochs. Single runs at three rates;
         and every pair of a start (or a momentum) and a rate on a grid, trained as many units of
         one Keras model.
Theory   Plain SGD takes w < 0 to (1 - rate) w, so it crosses 0 at once if rate > 1. It diverges if
         rate > 2 + 1/|w(0)|, and from almost any start if rate > 2.618 (lib.theory). Batches
         blur these edges both ways: the mean of x² over half a batch varies by 7 % of its
         expectation (one standard deviation), so some runs cross below 1, some far starts survive a
         little above 2 + 1/|w(0)|, and some near ones diverge below 2.618. With momentum m SGD
         crosses if rate > (1 - sqrt(m))², from any start. Adam's steps do not scale with the
         gradient: what counts is rate/|w(0)|, and Adam's formula says above which value it crosses
         within 2000 steps.
Differs  The source names no pairs; the grids are ours. In a grid a batch enters through the two
         moments that its loss depends on, which is exact (see lib.measure.sweeps).
"""
from lib.claims import exactly, near, not_finite, source_says, suite_finds
from lib.command import run_script
from lib.compat import keras
from lib.data import ReLUBatches
from lib.models import single_unit
from lib.training import FROM_THE_START, train, train_each
from reproductions.single_relu.parts import jump, phase_diagrams
from reproductions.single_relu.parts.phase_diagrams import POINTS

NUMBER = 7
OVER_SEEDS = 8              # ours: it takes ten seconds and more
EPOCHS = 20                 # the source
STEPS_PER_EPOCH = 100       # the source
START = -10.0               # the source's far start, for the single runs
RATES = {"SGD 0.5": 0.5, "SGD 1.5": 1.5, "SGD 4": 4.0}      # ours: one on each side of the edges
TOLERANCE = 0.01            # between processors: the share of units, those on an edge of a region
# One in ninety of those at rates above 2, where every bit counts
TOLERANCE_BETWEEN_RELEASES = {phase_diagrams.CLOSER: 0.02}
ON_EVERY_RELEASE = {"points": 6, "closer": 15, "momenta": 3}
SEEDS_FORM = {"points": 129, "closer": 129, "momenta": 129}     # ours: a few seconds a seed


def run(seed=0, epochs=EPOCHS, points=POINTS, closer=POINTS, momenta=POINTS,
        resume=FROM_THE_START):
    """Single runs, and for each diagram one row of letters a rate: {label: History}."""
    def train_at(rate):
        return train(single_unit(keras.layers.ReLU(), START), ReLUBatches(seed),
                     keras.optimizers.SGD(rate), "mean_squared_error", epochs, STEPS_PER_EPOCH)

    histories = train_each(RATES, train_at, "single runs")
    histories.update(phase_diagrams.run(seed, epochs, STEPS_PER_EPOCH, points, closer, momenta,
                                        resume))
    return histories


def judge(histories):
    return dict(
        a_large_step_jumps_over=source_says(
            "finite_steps_jump",
            "With a large enough step a negative start jumps over the flat side (final weight from "
            "w(0) = -10, SGD at 1.5)",
            histories["SGD 1.5"].weight[-1], near(1, within=0.01)),
        every_start_has_such_a_step=suite_finds(
            "Every start has a step that jumps over the flat side (share of the grid's starts, "
            "SGD)",
            phase_diagrams.share_of_starts_that_escape(histories["SGD"]), exactly(1),
            "from every start at rates between 1 and 2"),
        a_smaller_step_does_not=suite_finds(
            "A smaller step does not jump over the flat side (final weight from w(0) = -10, SGD at "
            "0.5)",
            histories["SGD 0.5"].weight[-1], near(0, within=1e-6), "closed form: it shrinks to 0"),
        far_too_large_a_step_diverges=suite_finds(
            "With a far too large step the loss becomes infinite, then NaN (last loss from "
            "w(0) = -10, SGD at 4)",
            histories["SGD 4"].loss[-1], not_finite(), "divergence is an outcome"),
        **phase_diagrams.judge(histories),
    )


def draw(histories):
    return phase_diagrams.draw(histories)


def animate(histories):
    """A step that is large enough beside one that is not, on the curve of the loss."""
    return {"jump": jump.animate(histories["SGD 1.5"], histories["SGD 0.5"])}


if __name__ == "__main__":
    run_script(__file__)
