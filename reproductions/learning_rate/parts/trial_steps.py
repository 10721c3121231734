"""Steps taken and tried along a training, against the second-order expansion (claim 11)."""
from dataclasses import dataclass

import numpy as np

from lib.claims import above, exactly, largest, near, suite_finds
from lib.show.plotting import THEORY, label, line_style

SHORT = 0.1                 # ours: a tenth of 2/largest curvature
AT_THE_EDGE = 0.05          # ours: nearer than that to their balance neither term wins


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


def draw_changes(panel, histories):
    """What each step adds to the cost, against the balance of the two terms."""
    panel.axvspan(1, 3.2, color="#f3e3d3", zorder=0)
    panel.plot([-1.2, 3.2], [-2.2, 2.2], label="second order", **THEORY)
    for index, (name, history) in enumerate(histories.items()):
        steps = steps_of(history)
        panel.plot(steps.balance.ravel(), steps.change.ravel(), label=name,
                   **dict(line_style(index), linestyle="none", alpha=0.6))
    panel.set_xlim(-1.2, 3.2)
    panel.set_yscale("symlog", linthresh=2.5, linscale=3)
    panel.set_ylim(-2.5, 100)
    panel.set_yticks([-2, -1, 0, 1, 2, 10, 100], ["-2", "-1", "0", "1", "2", "10", "100"])
    panel.axhline(0, color="#555555", linewidth=1)
    panel.annotate("the first term wins", (0.98, 0.03), xycoords="axes fraction", ha="right",
                   fontsize=9)
    label(panel, "First term relative to the second, (e/2 gᵀHg) / gᵀg",
          "Change of the cost / (e gᵀg)", "What a step adds to the cost", legend="upper left")


def draw_errors(panel, histories, trials):
    """The largest error of the expansion at each size of the trial steps."""
    for index, (name, history) in enumerate(histories.items()):
        panel.loglog(trials, np.max(steps_of(history).errors[:, 1:], axis=0), label=name,
                     **line_style(index))
    panel.fill_between((min(trials), SHORT), 0.05, color="#d9e8f5", zorder=0)
    panel.annotate("within 5 % up to a tenth", (0.0105, 0.06), fontsize=9)
    label(panel, "Size of the step, relative to 2 / largest curvature",
          "Largest relative distance from the prediction\n(regression: float32's rounding)",
          "How far the second order is from the measured change")
