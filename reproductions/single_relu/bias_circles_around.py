"""With a bias an upside-down ReLU circles around and gets stuck; others learn.

Claim    With a bias too, over (w, b), the loss is smooth and simple, but an upside-down start
         circles around and gets stuck, while other starts go to the minimum.
Source   https://stats.stackexchange.com/questions/379884, question, in words and animations.
Setup    A ReLU unit max(0, w x + b); a fresh batch of 1000 x ~ N(0, 1) every step, target
         max(x, 0); mean squared error; plain SGD at 0.01. 24 starts on a ring around (0, 0), all
         units of one Dense layer.
Theory   The expected loss has a closed form in the normal's density and tail (lib.theory). Where
         b < 0 and w is about 0 the unit is never active: the loss is 1/2 and its gradient 0. With
         w < 0 and b <= 0 it is active only where the target is 0, so it learns to be silent: w
         rises towards 0, b falls, and it dies. With w < 0 and b > 0 large enough it crosses w = 0.
Reading  "Circles around" does not say around what, so each reading has its own row. That the start
         goes around the point (0, 0): the stuck starts pass from the left of it to below it, and
         seen from there the one from 150° sweeps 102 degrees, the most (87 from 165°, 72 from 180°,
         57 from 195°). That it moves in a circle: the stuck starts' paths are almost straight, and
         their direction turns by 24 degrees at most; a straight line past a point sweeps an angle
         too. Our least for "circles" is a quarter of a turn, but nothing hangs on it: every bound
         between 25 and 100 degrees gives the same two answers, yes to the first reading and no to
         the second. So the sentence holds for where the starts go, not for the shape of their
         paths: in part.
Differs  The source names neither starts nor steps: the ring, its radius and 6000 steps are ours,
         with the weights kept every 20 steps for the animation. We read "upside down" as w(0) < 0:
         the start at b(0) = 0 judges whether it gets stuck, all that get stuck judge how it moves,
         and that some with b(0) > 0 do not get stuck is our finding. "Other starts" are those with
         w(0) > 0 (the one at (0, -2) is dead from the first step). The map of all starts is ours;
         its batches enter sorted, as sums over a part of each (see lib.measure.sweeps).
"""
import numpy as np

from lib.claims import at_least, below, exactly, largest, near, source_says
from lib.command import run_script
from lib.measure.landscapes import degrees_around_origin, local_minima
from lib.training import FROM_THE_START
from reproductions.single_relu.parts import basins, point, ring, surface

NUMBER = 8
OVER_SEEDS = 8              # ours: it takes ten seconds and more
LEARNING_RATE = 0.01        # Keras' default for 'sgd', then and now
STEPS_PER_EPOCH = 20        # ours: how often the weights are kept
EPOCHS = 300                # ours: enough for the slowest start to arrive
UPSIDE_DOWN = "180°"
KINK = 0.4                  # ours: nearer to (0, 0) its kink is felt
TOLERANCE = {"basin": 2e-4}   # between processors: a few of its starts lie on a border
ON_EVERY_RELEASE = {"basin": 0}     # the grid of starts takes longest


def run(seed=0, epochs=EPOCHS, basin=basins.POINTS, resume=FROM_THE_START):
    """The starts on the ring, the surface, the points on L(w), and the grid of starts.

    basin: how many weights, and biases, that grid has; 0 for none.
    """
    histories = ring.run(seed, epochs, STEPS_PER_EPOCH, LEARNING_RATE)
    histories.update(surface.run(seed))
    histories.update(point.run(seed, LEARNING_RATE))
    histories.update(basins.run(seed, epochs, STEPS_PER_EPOCH, LEARNING_RATE, basin, resume))
    return histories


def judge(histories):
    change, distance = surface.changes_of_slope_by_distance(histories["surface"])
    stuck = [history for history in ring.upside_down(histories) if ring.is_stuck(history)]
    upright = ring.upright(histories)
    return dict(
        the_loss_is_simple=source_says(
            "bias_smooth_and_simple",
            "The loss over (w, b) is simple (local minima on the grid)",
            local_minima(histories["surface"].loss), exactly(1), "one, at (1, 0)"),
        the_loss_is_smooth=source_says(
            "bias_smooth_and_simple",
            "The loss over (w, b) is smooth (largest change of slope from point to point, except "
            "near (0, 0))",
            np.max(change[distance > KINK]), below(0.5),
            "0.15 apart, a curvature of 2 gives 0.3; a kink like that of claim 1 gives 1"),
        an_upside_down_start_gets_stuck=source_says(
            "bias_circles_and_sticks",
            "An upside-down start gets stuck (final loss from (-2, 0))",
            histories[UPSIDE_DOWN].final_loss[-1], near(0.5, within=0.02),
            "a dead unit's loss, E[max(x, 0)²] = 1/2"),
        it_circles_around_the_origin=source_says(
            "bias_circles_and_sticks",
            "An upside-down start circles around (0, 0) and gets stuck (degrees swept as seen from "
            "(0, 0), the most of all stuck)",
            largest(degrees_around_origin(*ring.path_of(history)) for history in stuck),
            at_least(ring.QUARTER), "ours: a quarter of a turn; see Reading"),
        it_moves_in_a_circle=source_says(
            "bias_circles_and_sticks",
            "An upside-down start moves in a circle and gets stuck (degrees its direction turned, "
            "the most of all stuck)",
            largest(map(ring.degrees_its_direction_turned, stuck)), at_least(ring.QUARTER),
            "ours: a quarter of a turn; see Reading",
            fails_because="From this ring at SGD 0.01 the starts that get stuck drift past (0, 0) "
                          "almost straight and turn by a quarter of that; what does move in a "
                          "circle starts upright with b(0) far below 0, and learns"),
        other_starts_reach_the_minimum=source_says(
            "bias_others_learn",
            f"Other starts go to the minimum (largest final distance from (1, 0) of {len(upright)} "
            "with w(0) > 0)",
            largest(map(ring.distance_from_minimum, upright)), below(ring.ARRIVED)),
        **ring.judge(histories),
        **surface.judge(histories),
        **basins.judge(histories),
    )


def draw(histories):
    return ring.draw(histories)


def draw_more(histories):
    return basins.draw(histories)


def animate(histories):
    """The question's two animations: the ring of starts, and the point moving on L(w)."""
    return {"ring": ring.animate(histories), "point": point.animate(histories)}


if __name__ == "__main__":
    run_script(__file__)
