"""With a bias an upside-down ReLU circles around and gets stuck, others learn.

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
Reading  "Circles around" does not say around what, so each reading has a row of its own. That it
         goes around the point (0, 0): the stuck starts pass from the left of it to below it, and
         seen from there the farthest, that from 150°, sweeps 102 degrees (87 from 165°, 72 from
         180°, 57 from 195°). That it moves in a circle: their paths are almost straight, and their
         direction turns by 24 degrees at most; a straight line past a point sweeps an angle there
         too. A quarter of a turn is our least for "circles", but no fine line: every bound between
         25 and 100 degrees gives the same two answers, yes to the first and no to the second. So
         the sentence holds of where the starts go, not of the shape of their way: in part.
Differs  The source names neither starts nor steps: ring, radius and 6000 steps are ours, with the
         weights kept every 20 steps for the animation. "Upside down" is read as w(0) < 0: that it
         gets stuck is judged by the start at b(0) = 0, how it moves by all that get stuck, and that
         some with b(0) > 0 do not is our finding; "other starts" are those with w(0) > 0 (the one
         at (0, -2) is dead from the first step). The map of all starts is ours; there a batch
         enters sorted, by sums over a part of it (see lib.sweeps).
"""
import math
from collections import OrderedDict

import numpy as np

from lib import theory
from lib.checkpoints import keep_diagrams
from lib.claims import (History, above, at_least, below, exactly, largest, near, source_says,
                        suite_finds)
from lib.command import run_script
from lib.compat import keras
from lib.data import ReLUBatches
from lib.fates import as_rows, letters_of
from lib.landscapes import (changes_of_slope, degrees_around_origin, degrees_turned,
                            local_minima)
from lib.plotting import COLOURS, animation, fast_first, new_figure
from lib.sweeps import train_basin, train_ring, train_units

NUMBER = 8
OVER_SEEDS = 8              # ours: it takes ten seconds and more
LEARNING_RATE = 0.01        # Keras' default for 'sgd', then and now
STEPS_PER_EPOCH = 20        # ours: how often the weights are kept
EPOCHS = 300                # ours: enough for the slowest start to arrive
RADIUS = 2.0                # ours
ANGLES = list(range(0, 360, 15))                # ours, in degrees: (w, b) = 2 (cos, sin)
UPSIDE_DOWN = "180°"
SURFACE = np.linspace(-3, 3, 41)                # ours: the grid of the loss, for w and for b
SURFACE_SAMPLE, END_SAMPLE = 10000, 100000      # ours: to measure losses on
POINT_STARTS = (-2.0, 3.0)                      # ours: one on either side, for the point on L(w)
POINT_STEPS, POINT_EPOCHS = 10, 60              # ours: how often the point is kept, how long
PIECE = 0.05                                    # ours: the shortest piece that has a direction
KINK = 0.4                                      # ours: nearer to (0, 0) its kink is felt
QUARTER = 90                                    # ours: the degrees that "circles" asks for at least
ARRIVED, STUCK = 0.05, 0.45                     # ours: distance to (1, 0); loss, 1/2 if dead
ACTIVE = 0.01                                   # ours: a unit active for fewer inputs is dead
BASIN = 161                                     # ours: starts for w and for b, from -3 to 3
ON_EVERY_RELEASE = {"basin": 0}
LEARNS, DEAD, ELSEWHERE = "l", "d", "e"         # what became of one


def run(seed=0, epochs=EPOCHS, basin=BASIN):
    """One History a start with weight, bias and final loss; the surface; the points on L(w); and
    one letter a start of a grid.
    """
    radians = np.radians(ANGLES)
    starts = RADIUS * np.stack([np.cos(radians), np.sin(radians)], axis=-1)
    settings, paths = train_ring(ReLUBatches(seed), starts, LEARNING_RATE, epochs,
                                 STEPS_PER_EPOCH)
    final_losses = measure_losses(*paths[-1].T, sample=END_SAMPLE, seed=seed)
    histories = OrderedDict()
    for index, angle in enumerate(ANGLES):
        histories["{}°".format(angle)] = History(
            dict(settings, start=starts[index].tolist()), weight=paths[:, index, 0].tolist(),
            bias=paths[:, index, 1].tolist(), final_loss=[float(final_losses[index])])
    surface = measure_losses(*map(np.ravel, np.meshgrid(SURFACE, SURFACE)),
                             sample=SURFACE_SAMPLE, seed=seed)
    histories["surface"] = History({"sample": SURFACE_SAMPLE, "seed": seed}, axis=SURFACE.tolist(),
                                   loss=surface.reshape(len(SURFACE), -1).tolist())
    points = train_units(
        ReLUBatches(seed), POINT_STARTS, LEARNING_RATE,
        lambda rate: keras.optimizers.SGD(rate), POINT_EPOCHS, POINT_STEPS)
    for index, start in enumerate(POINT_STARTS):
        histories["point from {:g}".format(start)] = History(
            dict(points.settings, start=start, learning_rate=LEARNING_RATE),
            weight=points.weights[:, index].tolist())
    if basin:
        keep = keep_diagrams(seed=seed, epochs=epochs, basin=basin)
        histories["basin"] = keep("basin", lambda: train_grid(seed, epochs, basin))
    return histories


def train_grid(seed, epochs, points):
    """What becomes of each start of a grid over (w, b), one string of letters a bias."""
    axis = np.linspace(SURFACE[0], SURFACE[-1], points)
    starts = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    settings, ends = train_basin(ReLUBatches(seed), starts, LEARNING_RATE, epochs,
                                 STEPS_PER_EPOCH)
    w, b = ends.T.astype(float)
    letters = np.full(len(ends), ELSEWHERE)
    letters[active_share(w, b) < ACTIVE] = DEAD
    letters[np.hypot(w - 1, b) < ARRIVED] = LEARNS
    return History(settings, weight=axis.tolist(), bias=axis.tolist(),
                   state=as_rows(letters.reshape(points, points)))


def measure_losses(w, b, sample, seed):
    """The mean squared error of each unit (w, b) on one sample, through one Keras layer."""
    x, y = (values[:, None] for values in next(iter(ReLUBatches(seed, sample))))
    model = keras.Sequential([keras.layers.Input((1,)),
                              keras.layers.Dense(len(w), activation="relu")])
    model.set_weights([w[None].astype("float32"), b.astype("float32")])
    errors = model.predict(x, batch_size=1000, verbose=0) - y
    return np.mean(np.square(errors, dtype="float64"), axis=0)


def is_stuck(history):
    return history.final_loss[-1] > STUCK


def distance(history):
    """From the end of the path to the minimum at (1, 0)."""
    return float(np.hypot(history.weight[-1] - 1, history.bias[-1]))


def path_of(history):
    """The path with its start: arrays of w and of b."""
    w, b = history.settings["start"]
    return np.array([w] + history.weight), np.array([b] + history.bias)


def turned(history):
    return degrees_turned(*path_of(history), piece=PIECE)


@np.vectorize
def active_share(w, b):
    """The share of x ~ N(0, 1) for which a unit is active: Phi(b/|w|)."""
    return math.erfc(-b / abs(w) / math.sqrt(2)) / 2 if w else float(b > 0)


def ring(histories, chosen=lambda w: True):
    """The ring's histories whose start w(0) is chosen."""
    return [history for history in histories.values() if "final_loss" in history.series
            and chosen(round(history.settings["start"][0], 6))]


def basin_of(histories):
    """The letters of the grid of starts, and (w, b) of each: three arrays."""
    grid = histories["basin"]
    return (letters_of(grid),) + tuple(np.meshgrid(grid.weight, grid.bias))


def judge(histories):
    surface = histories["surface"]
    loss = np.array(surface.loss)
    w, b = np.meshgrid(surface.axis, surface.axis)
    formula, radius = theory.relu_loss_with_bias(w, b), np.hypot(w, b)[:, 1:-1]
    change = changes_of_slope(loss, surface.axis)
    upright, upside_down = ring(histories, lambda w: w > 0), ring(histories, lambda w: w < 0)
    stuck = list(filter(is_stuck, upside_down))
    at_most_zero = [history for history in upside_down if history.settings["start"][1] < 1e-6]
    outcomes = OrderedDict(
        the_loss_is_simple=source_says(
            "bias_smooth_and_simple",
            "The loss over (w, b) is simple: number of local minima on the grid",
            local_minima(loss), exactly(1), "one, at (1, 0)"),
        the_loss_is_smooth=source_says(
            "bias_smooth_and_simple",
            "… and smooth: largest change of slope from point to point, but for (0, 0)",
            np.max(change[radius > KINK]), below(0.5),
            "0.15 apart a curvature of 2 gives 0.3; a kink as that of claim 1 gives 1"),
        an_upside_down_start_gets_stuck=source_says(
            "bias_circles_and_sticks",
            "An upside-down start gets stuck (loss at the end, from (-2, 0))",
            histories[UPSIDE_DOWN].final_loss[-1], near(0.5, within=0.02),
            "a dead unit's loss, E[max(x, 0)²] = 1/2"),
        it_circles_around_the_origin=source_says(
            "bias_circles_and_sticks",
            "… having circled around (0, 0) (degrees swept as seen from there, the most of those "
            "stuck)", largest(degrees_around_origin(*path_of(history)) for history in stuck),
            at_least(QUARTER), "ours: a quarter of a turn; see Reading"),
        it_moves_in_a_circle=source_says(
            "bias_circles_and_sticks",
            "… having moved in a circle (degrees its direction turned, the most of those stuck)",
            largest(turned(history) for history in stuck), at_least(QUARTER),
            "ours: a quarter of a turn; see Reading",
            fails_because="From this ring at SGD 0.01 those that get stuck drift past (0, 0) "
                          "almost straight, turning by a quarter of that; what does move in a "
                          "circle starts upright with b(0) far below 0, and learns"),
        other_starts_reach_the_minimum=source_says(
            "bias_others_learn",
            "Other starts go to the minimum (largest distance from (1, 0), {} with w(0) > 0)"
            .format(len(upright)), largest(map(distance, upright)), below(ARRIVED)),
        upright_starts_with_a_low_bias_circle=suite_finds(
            "What moves in a circle is upright with b(0) far below 0 (degrees its direction "
            "turned from (0.5, -1.9))", turned(histories["285°"]), at_least(QUARTER), "as above"),
        the_kink_is_at_the_origin=suite_finds(
            "At (0, 0) it has the kink of claim 1 (change of slope)",
            change[radius < 1e-9][0], near(0.85, within=0.1),
            "the jump of 1, less the grid's 0.15 · L'' = 0.15"),
        the_surface_is_the_closed_form=suite_finds(
            "The surface is a closed form in the normal's density and tail (largest distance)",
            np.max(np.abs(loss - formula) / np.maximum(1, formula)), below(0.1),
            "closed form; of a sample of 10,000 the worst point has a deviation of 0.029"),
        without_a_bias_above_zero_it_is_always_stuck=suite_finds(
            "Of {} starts with w(0) < 0 and b(0) <= 0 this many are not stuck".format(
                len(at_most_zero)), sum(not is_stuck(history) for history in at_most_zero),
            exactly(0), "active only where the target is 0, it learns to be silent"),
        some_escape_over_a_positive_bias=suite_finds(
            "Some of w(0) < 0 < b(0) are not, and pass over b > 0 to the minimum (largest "
            "distance)",
            largest(distance(history) for history in upside_down if not is_stuck(history)),
            below(ARRIVED), "at w = 0, b > 0 the gradient by w is -1"),
        stuck_units_are_dead=suite_finds(
            "A stuck unit is dead: largest share of inputs that activate one",
            largest(active_share(history.weight[-1], history.bias[-1]) for history in stuck),
            below(ACTIVE), "no gradient without activity"),
    )
    if "basin" in histories:
        outcomes.update(judge_basin(*basin_of(histories)))
    return outcomes


def judge_basin(letters, w, b):
    upside_down, upright = letters[w < 0], letters[(w > 0) & (b > -w)]
    return OrderedDict(
        every_start_learns_or_dies=suite_finds(
            "Of {:,} starts the share that neither learns nor dies".format(letters.size),
            np.mean(letters == ELSEWHERE), below(0.02),
            "two ends only; how many are still on the way was measured, not derived"),
        most_upside_down_starts_get_stuck=suite_finds(
            "… of those with w(0) < 0 the share that gets stuck",
            np.mean(upside_down == DEAD), above(0.5), "all of b(0) <= 0, which is half of them"),
        upright_starts_learn_everywhere=suite_finds(
            "… and of the upright ones with b(0) > -w(0) the share that learns",
            np.mean(upright == LEARNS), above(0.98),
            "one of six inputs at least activates it; how many are still on the way was measured, "
            "not derived"),
    )


def look_of(history):
    """Colour, marker, dash and label: what is stuck and what learns differ in each."""
    if is_stuck(history):
        return COLOURS[1], "s", "--", "gets stuck"
    return COLOURS[0], "o", "-", "reaches (1, 0)"


def draw_surface(panel, surface):
    """Contours of the loss that Keras measured."""
    levels = [0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1, 2, 4, 8]
    drawn = panel.contour(surface.axis, surface.axis, surface.loss, levels, colors="#888888",
                          linewidths=0.8)
    panel.clabel(drawn, fontsize=7)
    panel.plot(1, 0, "*", color="black", markersize=13, zorder=6)
    panel.set_xlabel("Weight w")
    panel.set_ylabel("Bias b")
    panel.set_aspect("equal")


def draw(histories):
    figure, panel = new_figure(size=(7.2, 6.6))
    panel.set_title("A ReLU with a bias: where starts on a ring end")
    draw_surface(panel, histories["surface"])
    labelled = set()
    for history in ring(histories):
        colour, marker, dash, label = look_of(history)
        w, b = path_of(history)
        panel.plot(w, b, dash, color=colour, linewidth=1.4,
                   label=None if label in labelled else label)
        panel.plot(w[0], b[0], marker, color=colour)
        panel.plot(w[-1], b[-1], "X", color=colour, markersize=7, markeredgecolor="black",
                   zorder=7)
        labelled.add(label)
    panel.annotate("minimum (1, 0)", (1, 0), (1.3, 0.35))
    panel.annotate("start upside down", (-RADIUS, 0), (-2.9, 0.3))
    panel.annotate("dead: no gradient", (-0.35, -1.3), (0.3, -2.6),
                   arrowprops={"arrowstyle": "->"})
    panel.legend(loc="upper left")
    return figure


def draw_more(histories):
    """The basins of the minimum and of the dead units, where they were run."""
    if "basin" not in histories:
        return {}
    letters, w, b = basin_of(histories)
    figure, panel = new_figure(size=(7.2, 6.6))
    panel.set_title("Which starts learn, and which get stuck")
    panel.contourf(w, b, letters == DEAD, [-0.5, 0.5, 1.5], colors=["#ffffff", "#f3c98b"])
    panel.contourf(w, b, letters == ELSEWHERE, [0.5, 1.5], colors=["#bbbbbb"])
    draw_surface(panel, histories["surface"])
    for place, text in (((-2.6, -2.5), "gets stuck"), ((1.6, 2.0), "reaches (1, 0)")):
        panel.text(*place, text, fontsize=12, bbox={"facecolor": "white", "edgecolor": "none"})
    panel.annotate("still on the way", (0.75, -2.75), (1.15, -2.5), arrowprops={"arrowstyle": "->"})
    for history in ring(histories):
        w, b = path_of(history)
        panel.plot(w, b, color=look_of(history)[0], linewidth=1)
        panel.plot(w[0], b[0], look_of(history)[1], color=look_of(history)[0])
    return {"basin": figure}


def animate(histories):
    """The question's two animations: the ring of starts, and the point moving on L(w)."""
    return {"ring": animate_ring(histories), "point": animate_point(histories)}


def animate_ring(histories):
    figure, panel = new_figure(size=(4.8, 4.6))
    draw_surface(panel, histories["surface"])
    histories = ring(histories)
    looks, paths = list(map(look_of, histories)), list(map(path_of, histories))
    trails = [panel.plot([], [], color=colour, linewidth=1)[0] for colour, _, _, _ in looks]
    dots = [panel.plot([], [], marker, color=colour)[0] for colour, marker, _, _ in looks]

    def show(step):
        panel.set_title("step {}".format(step * STEPS_PER_EPOCH), loc="left", family="monospace")
        for (w, b), trail, dot in zip(paths, trails, dots):
            trail.set_data(w[:step + 1], b[:step + 1])
            dot.set_data(w[step:step + 1], b[step:step + 1])

    return animation(figure, show, fast_first(len(paths[0][0])))


def animate_point(histories):
    figure, panel = new_figure(size=(4.8, 3.6))
    grid = np.linspace(-2.3, 3.3, 200)
    panel.plot(grid, theory.unit_loss(grid), color="#777777")
    panel.set_xlabel("Weight")
    panel.set_ylabel("Loss")
    panel.grid(True)
    paths = [[start] + histories["point from {:g}".format(start)].weight
             for start in POINT_STARTS]
    dots = [panel.plot([], [], marker, color=COLOURS[index], markersize=10, label=label)[0]
            for index, (marker, label) in ((1, ("s", "gets stuck at 0")),
                                           (0, ("o", "learns 1")))]
    panel.legend(loc="upper center")

    def show(step):
        panel.set_title("step {}".format(step * POINT_STEPS), loc="left", family="monospace")
        for path, dot in zip(paths, dots):
            dot.set_data(path[step:step + 1], theory.unit_loss(path[step:step + 1]))

    return animation(figure, show, fast_first(len(paths[0])))


if __name__ == "__main__":
    run_script(__file__)
