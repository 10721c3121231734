"""A step that is good for its batch can raise the loss on the next.

Claim    The data of the second step are not those of the first. If the model learns the values of
         the first batch and falls into a local minimum, a larger loss on new values is very likely.
Source   https://datascience.stackexchange.com/questions/15962, answers and comments (in words).
Setup    Linear regression on 10 inputs x ~ N(0, 1), target the sum of them plus noise ~ N(0, 1).
         Learned: from weights of 0, 1000 steps of gradient descent at 0.05 on one batch of 4, 32,
         64 or 256, then a look at another of that size; 400 pairs of batches each. Step by step: a
         fresh batch each step, SGD from weights of 0, 300 steps; batches of 1 to 64, three rates,
         100 independent streams of data each. A good step lowers the loss of its own batch; the
         shares are of the good steps, and count those that raise the loss of the next batch. The
         Hessian is 2 E[x xᵀ], 2 in all directions: the rates are relative to 2/2 = 1.
Theory   Least squares with p weights on n samples leaves, on average, 1 - p/n of the variance of
         the noise, and 1 + p/(n - p - 1) on new samples; the mean of n squares has a standard error
         of √(2/n). How often the second is larger follows from that, and tends to a half: with many
         more samples than weights a batch teaches only what all batches share.
         Step by step, once the loss no longer falls, a step changes the loss on data that it has
         not seen by zero on average. Where the change is as often above as below, half of the steps
         raise it. A batch of n has a curvature of its own: its steps shrink the mean square of the
         error only where the rate is below n/(n + 10 + 1), as E[(x xᵀ)²] = (10 + 2) I.
Reading  "Very likely": in more than nine of ten cases.
Differs  The source has no program. The regressions of a batch size are one Keras model, a weight
         for each input, stream and rate.
"""
from lib.claims import above, smallest, source_says
from lib.command import run_script
from lib.show.plotting import new_figure
from reproductions.learning_rate.parts import fresh_batches, learned_batches
from reproductions.learning_rate.parts.shares import low_end

NUMBER = 13
TOLERANCE = 0.05            # between releases: a stream in twenty
EPOCHS = 300                # ours: steps, each an epoch of one batch
VERY_LIKELY = 0.9           # ours
# Ours: a step takes long on some releases, whatever its size, so fewer of them and more streams
ON_EVERY_RELEASE = {"epochs": 150, "streams": 200, "sizes": (1, 4, 64), "rates": (0.02, 0.2),
                    "until_overflow": 210, "learning_steps": 500}
SEEDS_FORM = {}


def run(seed=0, epochs=EPOCHS, streams=fresh_batches.STREAMS, sizes=fresh_batches.SIZES,
        rates=fresh_batches.RATES, until_overflow=None, learning_steps=learned_batches.STEPS):
    """Batches learned, and for each batch size and rate what the steps did: {label: History}.

    streams: of data, for each batch size and rate; until_overflow: steps of batches of one at the
    largest rate, by default as many as of the others; learning_steps: on a batch to learn it.
    """
    histories = learned_batches.run(seed, learning_steps)
    histories.update(fresh_batches.run(seed, epochs, streams, sizes, rates, until_overflow))
    return histories


def judge(histories):
    learned = {size: histories[learned_batches.label_of(size)] for size in (4, 32)}
    return dict(
        a_learned_batch_has_a_larger_successor=source_says(
            "larger_loss_is_very_likely", "Once the values of a batch of 4 are learned a larger "
            "loss on new ones is very likely (share of the pairs, lower end of its 95 % interval)",
            low_end(learned_batches.rises(learned[4])), above(VERY_LIKELY),
            "\"very likely\": ours"),
        so_has_one_that_is_at_its_minimum=source_says(
            "larger_loss_is_very_likely", "At the minimum of a batch of 32, whose values 10 "
            "weights cannot learn, a larger loss on new ones is very likely, too (share of the "
            "pairs, lower end of its 95 % interval)",
            low_end(learned_batches.rises(learned[32])), above(VERY_LIKELY),
            "\"very likely\": ours"),
        a_good_step_can_raise_the_loss_on_the_next_batch=source_says(
            "other_data", "A step that is good for its batch can raise the loss on the next (share "
            "of the good steps that do, lower end of its 95 % interval, the least of all batch "
            "sizes and rates)", smallest(low_end(fresh_batches.counts(history)) for history in
                                         fresh_batches.trained(histories)), above(0)),
        **learned_batches.judge(histories), **fresh_batches.judge(histories))


def table(histories):
    return fresh_batches.table(histories)


def draw(histories):
    figure, (left, middle, right) = new_figure(1, 3, size=(13.4, 4.8))
    learned_batches.draw_pairs(left, histories, 32)
    learned_batches.draw_shares(middle, histories, VERY_LIKELY)
    fresh_batches.draw(right, histories)
    return figure


if __name__ == "__main__":
    run_script(__file__)
