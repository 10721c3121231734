"""From w = -10 no optimizer helps a ReLU; Adam even slows it down.

Claim    Keep w(0) = -10 and ReLU, but replace SGD by Adam, Adam with AMSGrad, or SGD with momentum:
         nothing helps, and going from SGD to Adam even slows the progress.
Source   https://stats.stackexchange.com/questions/379884, accepted answer, in words. It does not
         state the rates of these runs; its code elsewhere has SGD(0.01, momentum 0.9) and
         Adam(0.01, AMSGrad).
Setup    One unit without a bias; a fresh batch of 1000 x ~ N(0, 1) every step, target max(x, 0);
         mean squared error; 100 steps an epoch, 20 epochs; w(0) = -10; every optimizer at its
         default rate and at the rates that the source names.
Theory   On the flat side L'(w) = w is linear, so a heavy ball crosses 0 exactly if it is
         underdamped, momentum > (1 - sqrt(rate))², wherever it starts. Adam is a heavy ball of
         momentum 0.9 and rate 0.1 rate / sqrt(v): it crosses 0 once its memory v of the large
         first gradients has faded to sqrt(v) < 0.1 rate / (1 - sqrt(0.9))². AMSGrad keeps the
         largest v, so it cannot cross.
Differs  fit replaces fit_generator; RandomState(seed) replaces the global state and draws the same
         numbers; one call runs all steps of an epoch, which changes no number. Adam and AMSGrad at
         0.01 also run on to 80 epochs, to see whether they cross. The LeakyReLU(0.3) runs are ours:
         with a leak the optimizer hardly matters. So are the 1,000 seeds at each rate and momentum,
         whose batches enter through their two moments, drawn from the moments' own distribution.
"""
from lib.claims import above, below, first_epoch, largest, near, smallest, source_says, suite_finds
from lib.command import run_script
from lib.show.plotting import COURSE, FAILS, GREY, HOLDS, band, name_curve, new_figure
from lib.training import FROM_THE_START
from reproductions.single_relu.parts import adam, optimizers, seeds as over_seeds
from reproductions.single_relu.parts.seeds import HEAVY_BALL, SEEDS

NUMBER = 5
OVER_SEEDS = 8              # ours: it takes ten seconds and more
TOLERANCE = 1e-4            # between releases: Adam divides by what has all but faded
START = -10.0               # the source
EPOCHS = 20                 # the source
STEPS_PER_EPOCH = 100       # the source
ON_EVERY_RELEASE = {"seeds": 0}     # ours: most releases need a training for each rate
ASIDE = ("momentum 0.5, 0.01", "momentum 0.9, 0.001", "AMSGrad 0.001")  # background of the figure


def run(seed=0, epochs=EPOCHS, seeds=SEEDS, resume=FROM_THE_START):
    """Train each activation with each optimizer: {"ReLU, SGD 0.01": History, …}; and many seeds."""
    histories = optimizers.run(START, seed, epochs, STEPS_PER_EPOCH, adam.longer_runs(epochs))
    histories.update(over_seeds.run(START, seed, epochs, STEPS_PER_EPOCH, seeds, resume))
    return histories


def lowest_loss_ratio(histories, optimizer):
    """An optimizer's loss on a ReLU relative to SGD's, in the epoch in which that is lowest."""
    return smallest(loss / loss_of_sgd for loss, loss_of_sgd in zip(
        histories[f"ReLU, {optimizer}"].loss, histories["ReLU, SGD 0.01"].loss))


def judge(histories):
    final = optimizers.final_weights(histories)
    return dict(
        adam_does_not_help=source_says(
            "far_start_resists",
            "From w(0) = -10 Adam does not help: w stays below 0 (higher final weight of rates "
            "0.001 and 0.01)",
            largest([final["ReLU, Adam 0.001"], final["ReLU, Adam 0.01"]]), below(0)),
        amsgrad_does_not_help=source_says(
            "far_start_resists",
            "From w(0) = -10 Adam with AMSGrad does not help: w stays below 0 (higher final weight "
            "of rates 0.001 and 0.01)",
            largest([final["ReLU, AMSGrad 0.001"], final["ReLU, AMSGrad 0.01"]]), below(0)),
        momentum_does_not_help=source_says(
            "far_start_resists",
            "From w(0) = -10 SGD with momentum does not help: w stays below 0 (final weight; "
            "momentum 0.9, the source's rate of 0.01)",
            final["ReLU, momentum 0.9, 0.01"], below(0),
            fails_because="On the flat side a heavy ball of momentum 0.9 > (1 - sqrt(0.01))² = "
                          "0.81 is underdamped and crosses 0, in the original program too"),
        adam_slows_the_progress=source_says(
            "adam_slows",
            "Going from SGD to Adam slows the progress (Adam's loss relative to SGD's, the lowest "
            "of all epochs; Adam's default rate of 0.001)",
            lowest_loss_ratio(histories, "Adam 0.001"), above(1)),
        adam_slows_the_progress_at_the_rate_of_sgd=source_says(
            "adam_slows",
            "Going from SGD to Adam slows the progress at SGD's rate of 0.01 too (Adam's loss "
            "relative to SGD's, the lowest of all epochs)",
            lowest_loss_ratio(histories, "Adam 0.01"), above(1)),
        a_leak_helps_plain_and_momentum_sgd=suite_finds(
            "From w(0) = -10 SGD learns with LeakyReLU(0.3), at momentum 0, 0.5 and 0.9 (largest "
            "distance from 0.917)",
            largest(abs(final[f"LeakyReLU(0.3), {label}"] - optimizers.OPTIMA["LeakyReLU(0.3)"])
                    for label in optimizers.OPTIMIZERS if not label.startswith("A")),
            near(0, within=0.01), "closed form 1/(1 + c²)"),
        **optimizers.judge(histories),
        **adam.judge(histories),
        **judge_seeds(histories),
    )


def judge_seeds(histories):
    seeds = over_seeds.number_of_seeds(histories)
    if not seeds:
        return {}
    return dict(
        momentum_escapes_over_seeds=suite_finds(
            f"Over {seeds:,} seeds momentum 0.9 at 0.01 escapes (share, lower end of its 95 % "
            "interval)",
            over_seeds.lowest_share(histories, (HEAVY_BALL, 0.01, 0.9)), above(0.99),
            "exact interval of the runs counted"),
        the_others_are_stuck_over_seeds=suite_finds(
            f"Over {seeds:,} seeds neither SGD at 0.01 nor momentum 0.9 at 0.001 nor Adam or "
            "AMSGrad at either rate escapes (highest share, upper end of its 95 % interval)",
            over_seeds.highest_share(
                histories, (HEAVY_BALL, 0.01, 0.0), (HEAVY_BALL, 0.001, 0.9),
                ("seeds, Adam", 0.001), ("seeds, Adam", 0.01),
                ("seeds, AMSGrad", 0.001), ("seeds, AMSGrad", 0.01)),
            below(0.01), "exact interval of the runs counted"),
        **over_seeds.judge(histories),
    )


def draw(histories):
    """The weights on a ReLU, in large; its losses, Adam run on for longer, and a leak."""
    figure, ((weight, run_on), (loss, leaky)) = new_figure(
        2, 2, size=(12.6, 6.2), width_ratios=(1.5, 1), height_ratios=(1.7, 1))
    optimizers.draw(weight, "weight", histories, "ReLU", ASIDE)
    optimizers.draw(loss, "loss", histories, "ReLU", ASIDE)
    optimizers.draw(run_on, "weight", histories, "ReLU", ASIDE, "run on: ", adam.RUN_ON)
    optimizers.draw(leaky, "weight", histories, "LeakyReLU(0.3)", ASIDE)
    for panel, low, high in ((weight, -10.6, 2.5), (run_on, -3, 2.5), (leaky, -10.6, 4.5)):
        panel.set_ylim(low, high)
    bare = {"path_effects": [], "annotation_clip": True}     # left out if the run is too short
    crossing = first_epoch(w > 0 for w in histories["run on: ReLU, Adam 0.01"].weight)
    for panel, title, names in (
            (weight, "From -10 only momentum 0.9 at rate 0.01 escapes on a ReLU", (
                (7, 1, "momentum 0.9 at 0.01 escapes", HOLDS, 13),
                (7, 0, "SGD at 0.01 is stuck at 0", FAILS, -14),
                (3, -2, "grey: weaker momentum", GREY, 0),
                (9, -3.1, "Adam and AMSGrad at 0.01 are slower", FAILS, -12),
                (9, -9.1, "Adam and AMSGrad at 0.001, their default", FAILS, -14))),
            (run_on, f"Run on for longer, Adam escapes in epoch {crossing:g}", (
                (40, 1, "Adam at 0.01", HOLDS, 0),
                (40, 0, "AMSGrad at 0.01", FAILS, -14))),
            (leaky, "With LeakyReLU(0.3) plain SGD escapes, too", (
                (7, 0.9, "SGD, with and without momentum", HOLDS, 12),
                (9, -3.1, "Adam and AMSGrad at 0.01", GREY, -10),
                (9, -9, "at 0.001", GREY, 9)))):
        panel.set_title(title)
        for epoch, height, words, colour, offset in names:
            name_curve(panel, epoch, height, words, colour, xytext=(4, offset), **bare)
    for panel in (weight, run_on):
        band(panel, panel.get_ylim()[0], 0)
    name_curve(weight, 20, -6, "below 0:\nnot escaped", GREY, ha="right", **bare)
    name_curve(loss, 2, 1e-2, "momentum 0.9 at 0.01", HOLDS, **bare)
    name_curve(loss, 20, 3e-3, COURSE, GREY, ha="right", **bare)
    return figure


def draw_more(histories):
    return over_seeds.draw(histories, "From w(0) = -10, in {epochs} epochs: the setting decides "
                                      "which runs escape, not chance")


if __name__ == "__main__":
    run_script(__file__)
