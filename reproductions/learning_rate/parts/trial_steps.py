"""Steps taken and tried along a training, against the second-order expansion (claim 11)."""
from dataclasses import dataclass

import numpy as np

from lib.claims import above, exactly, largest, near, suite_finds
from lib.show.plotting import FAILS, GREY, HOLDS, SHADE, THEORY, band, label, name_curve

SHORT = 0.1                 # ours: a tenth of 2/largest curvature
AT_THE_EDGE = 0.05          # ours: nearer than that to their balance neither term wins
HIGHEST = 3.9               # change that is drawn where it is
# of trainings in the figures, by whether their cost is not quadratic
LOOKS = {False: {"color": HOLDS, "marker": "o", "markersize": 4},
         True: {"color": FAILS, "marker": "^", "markersize": 5}}


@dataclass
class Steps:
    """All steps of a training: arrays of shape (places, 1 + trials), the taken step first.

    size: the rate, relative to 2/largest curvature at that place; balance: the first term relative
    to the second, (e/2 gᵀHg)/gᵀg; change: what the step adds to the cost, relative to the second
    term, e gᵀg. The expansion predicts that change is balance - 1.
    """
    size: np.ndarray
    balance: np.ndarray
    change: np.ndarray

    @property
    def errors(self):
        """The distance of each change from its prediction, relative to the prediction."""
        return np.abs(self.change / (self.balance - 1) - 1)

    def wrong_signs(self, longest=np.inf):
        """How many steps of up to that size went the other way than the larger term says."""
        counted = (np.abs(self.balance - 1) > AT_THE_EDGE) & (self.size <= longest)
        return int(np.sum(counted & ~((self.change > 0) == (self.balance > 1))))


def steps_of(history):
    """The Steps of a ``lib.measure.descents.watched_descent``."""
    curvature = np.array(history.largest_curvature)[:, None]
    squared, along = (np.array(series)[:, None] for series in (history.squared_gradient,
                                                               history.curvature_along))
    taken = np.full_like(curvature, history.settings["learning_rate"])
    rates = np.hstack([taken, np.array(history.settings["trials"]) * 2 / curvature])
    change = np.hstack([np.array(history.change)[:, None], history.trial_change])
    return Steps(rates * curvature / 2, rates * along / squared / 2, change / (rates * squared))


def largest_error_of_short_steps(histories):
    steps = map(steps_of, histories.values())
    return largest(np.concatenate([one.errors[one.size <= SHORT * (1 + 1e-6)] for one in steps]))


def judge(histories, quadratic, not_quadratic):
    """How far the expansion goes, beyond what the source says.

    quadratic: the labels of trainings on a quadratic cost; not_quadratic: that of one on another.
    """
    steps = {name: steps_of(history) for name, history in histories.items()}
    return dict(
        the_sign_is_that_of_the_winner=suite_finds(
            "The cost rises where the first term wins and falls where the second does (regression, "
            "steps of any size; how many go the other way)",
            sum(steps[name].wrong_signs() for name in quadratic), exactly(0),
            "the expansion, which is exact there"),
        on_a_quadratic_cost_it_is_exact=suite_finds(
            "On a quadratic cost the two terms are the whole change, however long the step "
            "(regression, steps of 0.3 times 2/largest curvature or longer; largest relative "
            "distance)", largest(np.concatenate([
                steps[name].errors[steps[name].size > 0.2] for name in quadratic])),
            near(0, within=0.005), "no third order; float32"),
        elsewhere_a_long_step_may_go_the_other_way=suite_finds(
            "On another cost a long step may go the other way (two linear layers; how many do)",
            steps[not_quadratic].wrong_signs(), above(0),
            "the cost m (u v - 1)² has a third and a fourth order"),
        but_no_shorter_one=suite_finds(
            "No step of up to 0.4 times 2/largest curvature goes the other way (all trainings; how "
            "many do)", sum(one.wrong_signs(0.41) for one in steps.values()), exactly(0),
            "e/2 gᵀHg is at most 0.4 gᵀg there, so only a third order as large could turn it"),
    )


def draw_one_step(panel, history, longest):
    """The cost after steps of each size from the start of a training, relative to that before.

    Measured, and as the slope alone and both terms foretell it, which are arrows at the step taken.
    """
    steps = steps_of(history)
    size, change = steps.size[0], steps.change[0]
    slope = 2 / history.largest_curvature[0] * history.squared_gradient[0] / history.loss[0]
    bend = slope * steps.balance[0, 0] / size[0]
    after, along = 1 + slope * size * change, np.linspace(0, longest)
    panel.plot(along, 1 - slope * along, color=GREY, linestyle="--")
    panel.plot(along, 1 - slope * along + bend * along ** 2, **THEORY)
    shown, highest = size <= longest, after[size <= longest].max()
    for points, colour, marker in ((shown & (after <= 1), HOLDS, "o"),
                                   (shown & (after > 1), FAILS, "^")):
        panel.plot(size[points], after[points], color=colour, marker=marker, markersize=7,
                   linestyle="none")
    taken, lowest, middle = size[0], 1 - slope * size[0], 1 - slope * size[0] / 2
    for x, begin, end, colour in ((taken - 0.03, 1, lowest, GREY),
                                  (taken, lowest, after[0], FAILS)):
        panel.annotate("", (x, end), (x, begin), arrowprops={
            "arrowstyle": "->", "color": colour, "linewidth": 2, "shrinkA": 0, "shrinkB": 0})
    name_curve(panel, taken, middle, "the slope takes\ne gᵀg", GREY, fontsize="medium", ha="right",
               xytext=(-16, 0))
    name_curve(panel, taken, middle, "the curvature adds\ne²/2 gᵀHg", FAILS, fontsize="medium",
               xytext=(6, 0))
    name_curve(panel, longest, highest, "both together", GREY, ha="right", xytext=(-14, -4))
    panel.set_ylim(lowest - 1, highest + 0.5)
    band(panel, 1, highest + 0.5, "the cost rises")
    label(panel, "Size of the step, relative to 2 / largest curvature",
          "Cost after the step, relative to before", "Too long a step: the second-order term wins")


def draw_changes(panel, histories, not_quadratic):
    """What each step adds to the cost, against the balance of the two terms."""
    panel.plot([-1.2, 3.2], [-2.2, 2.2], **THEORY)
    for name, history in histories.items():
        steps = steps_of(history)
        panel.plot(steps.balance.ravel(), np.minimum(steps.change.ravel(), HIGHEST),
                   linestyle="none", clip_on=False, **LOOKS[name == not_quadratic])
    panel.axhline(0, color=GREY, linewidth=1)
    panel.axvline(1, color=GREY, linewidth=1)
    panel.set(xlim=(-1.2, 3.2), ylim=(-2.2, HIGHEST))
    for x, y, words in ((2.1, 0.15, "curvature wins,\nthe cost rises"),
                        (0.95, -2, "slope wins,\nthe cost falls")):
        name_curve(panel, x, y, words, GREY, ha="right" if y < 0 else "left", va="bottom")
    name_curve(panel, 2, 1, "grey road:\nboth terms", GREY, ha="right", xytext=(-4, 12))
    name_curve(panel, -1.1, 3.3, f"{not_quadratic}:\nlong steps may go elsewhere,\nup to "
               f"{np.max(steps_of(histories[not_quadratic]).change):.0f}", LOOKS[True]["color"])
    label(panel, "Curvature's term relative to the slope's, (e/2 gᵀHg) / gᵀg",
          "Change of the cost / (e gᵀg)", "Every step tried: the larger term decides")


def draw_errors(panel, histories, trials, not_quadratic):
    """The largest error of the expansion at each size of the trial steps."""
    for name, history in histories.items():
        errors = np.max(steps_of(history).errors[:, 1:], axis=0)
        look = LOOKS[name == not_quadratic]
        panel.loglog(trials, errors, **look)
        name_curve(panel, trials[-1], errors[-1], name, look["color"])
    panel.fill_between((min(trials), SHORT), 0.05, color=SHADE, zorder=0)
    name_curve(panel, min(trials), 0.075, "within 5 % up to a tenth", GREY)
    label(panel, "Size of the step, relative to 2 / largest curvature",
          "How far both terms miss, relative (worst step)",
          "For a short step both terms are enough")
