"""Claim 8: ReLUs with a bias that start on a ring around (w, b) = (0, 0), and where they go."""
import math

import numpy as np

from lib.claims import History, at_least, below, exactly, largest, suite_finds
from lib.data import ReLUBatches
from lib.measure.landscapes import degrees_turned
from lib.measure.sweeps import train_ring
from lib.show.plotting import FAILS, HOLDS, Animation, fast_first, name_curve, new_figure
from reproductions.single_relu.parts import surface

RADIUS = 2.0                        # ours
ANGLES = list(range(0, 360, 15))    # ours, in degrees: (w, b) = 2 (cos, sin)
SAMPLE = 100000                     # ours: to measure final losses on
ARRIVED = 0.05                      # ours: the distance from (1, 0) within which a unit has learned
STUCK_LOSS = 0.45                   # ours: above it a unit is stuck; a dead one's loss is 1/2
ACTIVE = 0.01                       # ours: a unit that fewer inputs activate is dead
PIECE = 0.05                        # ours: the shortest piece of a path that has a direction
QUARTER = 90                        # ours: the least degrees for "circles", a quarter of a turn


def run(seed, epochs, steps_per_epoch, learning_rate):
    """Weight and bias after each epoch, and the final loss, of each start: {"0°": History, …}."""
    radians = np.radians(ANGLES)
    starts = RADIUS * np.stack([np.cos(radians), np.sin(radians)], axis=-1)
    settings, paths = train_ring(ReLUBatches(seed), starts, learning_rate, epochs, steps_per_epoch)
    final_losses = surface.measure_losses(*paths[-1].T, sample=SAMPLE, seed=seed)
    return {f"{angle}°": History(
        dict(settings, start=starts[index].tolist()), weight=paths[:, index, 0].tolist(),
        bias=paths[:, index, 1].tolist(), final_loss=[float(final_losses[index])])
        for index, angle in enumerate(ANGLES)}


def upright(histories):
    """The histories of the starts with w(0) > 0."""
    return [history for history in _every_start(histories) if _start(history)[0] > 0]


def upside_down(histories):
    """The histories of the starts with w(0) < 0."""
    return [history for history in _every_start(histories) if _start(history)[0] < 0]


def _every_start(histories):
    return [histories[f"{angle}°"] for angle in ANGLES]


def _start(history):
    """(w, b), without the last bits of sine and cosine."""
    return np.round(history.settings["start"], 6)


def is_stuck(history):
    return history.final_loss[-1] > STUCK_LOSS


def distance_from_minimum(history):
    """How far from (1, 0) a path ends."""
    return float(np.hypot(history.weight[-1] - 1, history.bias[-1]))


def path_of(history):
    """The path with its start: arrays of w and of b."""
    w, b = history.settings["start"]
    return np.array([w] + history.weight), np.array([b] + history.bias)


def degrees_its_direction_turned(history):
    return degrees_turned(*path_of(history), piece=PIECE)


@np.vectorize
def active_share(w, b):
    """The share of x ~ N(0, 1) for which a unit is active: Phi(b/|w|)."""
    return math.erfc(-b / abs(w) / math.sqrt(2)) / 2 if w else float(b > 0)


def judge(histories):
    starts = upside_down(histories)
    low = [history for history in starts if _start(history)[1] <= 0]
    return dict(
        upright_starts_with_a_low_bias_circle=suite_finds(
            "An upright start with b(0) far below 0 does move in a circle (degrees its direction "
            "turned, from (0.5, -1.9))",
            degrees_its_direction_turned(histories["285°"]), at_least(QUARTER),
            "ours: a quarter of a turn; see Reading"),
        without_a_bias_above_zero_it_is_always_stuck=suite_finds(
            f"Every start with w(0) < 0 and b(0) <= 0 gets stuck (how many of {len(low)} do not)",
            sum(not is_stuck(history) for history in low), exactly(0),
            "active only where the target is 0, it learns to be silent"),
        some_escape_over_a_positive_bias=suite_finds(
            "Some starts with w(0) < 0 < b(0) do not get stuck, and pass over b > 0 to the minimum "
            "(largest final distance from (1, 0))",
            largest(distance_from_minimum(history) for history in starts if not is_stuck(history)),
            below(ARRIVED), "at w = 0, b > 0 the gradient by w is -1"),
        stuck_units_are_dead=suite_finds(
            "A stuck unit is dead (largest share of inputs that activate one)",
            largest(active_share(history.weight[-1], history.bias[-1])
                    for history in starts if is_stuck(history)),
            below(ACTIVE), "no gradient without activity"),
    )


def draw(histories):
    figure, panel = new_figure(size=(7.2, 6.6))
    panel.set_title("A ReLU with a bias: where starts on a ring end")
    surface.draw(panel, histories)
    for history in _every_start(histories):
        colour, marker, dash = draw_style(history)
        w, b = path_of(history)
        panel.plot(w, b, dash, color=colour, linewidth=1.4)
        panel.plot(w[0], b[0], marker, color=colour)
        panel.plot(w[-1], b[-1], "X", color=colour, markersize=7, markeredgecolor="black",
                   zorder=7)
    for place, words, colour in (((-2.9, 0), "get\nstuck", FAILS),
                                 ((1.5, 2.3), "reach\nthe minimum", HOLDS)):
        name_curve(panel, *place, words, colour, fontsize="large")
    name_curve(panel, -2.9, 2.7, "start upside down: w < 0", "black", fontsize="medium")
    name_curve(panel, 0.3, -2.6, "dead: no gradient", "black", fontsize="medium")
    panel.annotate("", (-0.35, -1.4), (0.28, -2.5), arrowprops={"arrowstyle": "->"})
    return figure


def draw_style(history):
    """Colour, marker and dash: a start that gets stuck differs from others in each."""
    return (FAILS, "s", "--") if is_stuck(history) else (HOLDS, "o", "-")


def draw_paths(panel, histories):
    """The paths as thin lines, from markers at their starts."""
    for history in _every_start(histories):
        colour, marker, _ = draw_style(history)
        w, b = path_of(history)
        panel.plot(w, b, color=colour, linewidth=1)
        panel.plot(w[0], b[0], marker, color=colour)


def animate(histories):
    """The question's animation of the starts on a ring."""
    figure, panel = new_figure(size=(4.8, 4.6))
    surface.draw(panel, histories)
    starts = _every_start(histories)
    styles, paths = list(map(draw_style, starts)), list(map(path_of, starts))
    trails = [panel.plot([], [], color=colour, linewidth=1)[0] for colour, _, _ in styles]
    dots = [panel.plot([], [], marker, color=colour)[0] for colour, marker, _ in styles]
    steps_per_epoch = starts[0].settings["steps_per_epoch"]

    def show(epoch):
        panel.set_title(f"step {epoch * steps_per_epoch}", loc="left", family="monospace")
        for (w, b), trail, dot in zip(paths, trails, dots):
            trail.set_data(w[:epoch + 1], b[:epoch + 1])
            dot.set_data(w[epoch:epoch + 1], b[epoch:epoch + 1])

    return Animation(figure, show, fast_first(len(paths[0][0])))
