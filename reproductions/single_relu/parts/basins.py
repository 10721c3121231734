"""Claim 8: which starts learn and which get stuck, over a fine grid of weights and biases."""
import numpy as np

from lib.claims import History, above, below, suite_finds
from lib.data import ReLUBatches
from lib.measure.fates import as_rows, letters_of
from lib.measure.sweeps import train_basin
from lib.show.plotting import FAILS, HOLDS, name_curve, new_figure
from reproductions.single_relu.parts import ring, surface

POINTS = 161                                # ours: starts for w and for b, from -3 to 3
LEARNS, DEAD, ELSEWHERE = "l", "d", "e"     # the letter of a start, by where it ends


def run(seed, epochs, steps_per_epoch, learning_rate, points, resume):
    """{"basin": History} with one string of letters a bias; {} for no points."""
    if not points:
        return {}
    return {"basin": resume.history("basin", lambda: _train_grid(
        seed, epochs, steps_per_epoch, learning_rate, points))}


def _train_grid(seed, epochs, steps_per_epoch, learning_rate, points):
    axis = np.linspace(surface.AXIS[0], surface.AXIS[-1], points)
    starts = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    settings, ends = train_basin(ReLUBatches(seed), starts, learning_rate, epochs, steps_per_epoch)
    w, b = ends.T.astype(float)
    letters = np.full(len(ends), ELSEWHERE)
    letters[ring.active_share(w, b) < ring.ACTIVE] = DEAD
    letters[np.hypot(w - 1, b) < ring.ARRIVED] = LEARNS
    return History(settings, weight=axis.tolist(), bias=axis.tolist(),
                   state=as_rows(letters.reshape(points, points)))


def _letters_and_starts(histories):
    """The letters of the grid, and (w, b) of each start: three arrays."""
    grid = histories["basin"]
    return (letters_of(grid),) + tuple(np.meshgrid(grid.weight, grid.bias))


def judge(histories):
    if "basin" not in histories:
        return {}
    letters, w, b = _letters_and_starts(histories)
    upside_down, upright = letters[w < 0], letters[(w > 0) & (b > -w)]
    return dict(
        every_start_learns_or_dies=suite_finds(
            f"Of {letters.size:,} starts nearly every one learns or dies (share that does neither)",
            np.mean(letters == ELSEWHERE), below(0.02),
            "there is no third end; how many are still on the way was measured, not derived"),
        most_upside_down_starts_get_stuck=suite_finds(
            f"Of {upside_down.size:,} starts with w(0) < 0 most get stuck (their share)",
            np.mean(upside_down == DEAD), above(0.5), "all of b(0) <= 0, which is half of them"),
        upright_starts_learn_everywhere=suite_finds(
            f"Of {upright.size:,} upright starts with b(0) > -w(0) nearly all learn (their share)",
            np.mean(upright == LEARNS), above(0.98),
            "at least one input in six activates such a unit; how many are still on the way was "
            "measured, not derived"),
    )


def draw(histories):
    """{"basin": figure}, or {} if the grid was not run."""
    if "basin" not in histories:
        return {}
    letters, w, b = _letters_and_starts(histories)
    figure, panel = new_figure(size=(7.2, 6.6))
    panel.set_title("Which starts learn, and which get stuck")
    panel.contourf(w, b, letters == DEAD, [-0.5, 0.5, 1.5], colors=["#ffffff", "#f3c98b"])
    panel.contourf(w, b, letters == ELSEWHERE, [0.5, 1.5], colors=["#bbbbbb"])
    surface.draw(panel, histories)
    for place, words, colour in (((-2.7, -2.5), "gets stuck", FAILS),
                                 ((1.5, 2.3), "reaches\nthe minimum", HOLDS)):
        name_curve(panel, *place, words, colour, fontsize="large")
    panel.annotate("still on the way", (0.75, -2.75), (1.15, -2.5),
                   arrowprops={"arrowstyle": "->"})
    ring.draw_paths(panel, histories)
    return {"basin": figure}
