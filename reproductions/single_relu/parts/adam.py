"""Claim 5: Adam and AMSGrad on the flat side, held against Adam's formula, and run on for longer.

There L'(w) = w. Adam is a heavy ball whose rate grows as its memory of the large first gradients
fades, so it does cross 0 in the end; AMSGrad never forgets them.
"""
from lib import theory
from lib.claims import below, first_epoch, near, suite_finds

# ours: the optimizers that run on to see whether they cross 0, and for how many times the epochs
RUN_ON, TIMES = ("Adam 0.01", "AMSGrad 0.01"), 4


def longer_runs(epochs):
    """The ``longer`` of ``optimizers.run``."""
    return [(optimizer, TIMES * epochs) for optimizer in RUN_ON]


def adam_trajectory(history):
    """The weight after each epoch of a run of Adam, by Adam's formula for L'(w) = w."""
    settings = history.settings
    steps = settings["steps_per_epoch"]
    return theory.adam_on_a_bowl(settings["start"], settings["learning_rate"],
                                 len(history.weight) * steps)[steps - 1::steps]


def judge(histories):
    adam, amsgrad = (histories[f"run on: ReLU, {optimizer}"] for optimizer in RUN_ON)
    slow = histories["ReLU, Adam 0.001"]
    start = slow.settings["start"]
    return dict(
        adam_escapes_when_its_memory_fades=suite_finds(
            "Adam at 0.01 does escape if it runs on for longer (epoch in which it crosses 0)",
            first_epoch(w > 0 for w in adam.weight),
            near(first_epoch(w > 0 for w in adam_trajectory(adam)), within=3),
            "Kingma and Ba's formula for L'(w) = w, give or take batch noise"),
        amsgrad_stays_stuck=suite_finds(
            f"AMSGrad at 0.01 does not escape even in {len(amsgrad.weight)} epochs (final weight)",
            amsgrad.weight[-1], below(0),
            "it keeps the largest v, for which momentum 0.9 is overdamped"),
        adam_goes_its_rate_a_step=suite_finds(
            "Adam at 0.001 is slow because no step is longer than the rate (distance that it "
            f"moves in {len(slow.weight)} epochs)",
            slow.weight[-1] - start, near(adam_trajectory(slow)[-1] - start, within=0.02),
            "the formula; at most 0.001 · 2000 steps (Kingma and Ba 2015, section 2.1)"),
    )
