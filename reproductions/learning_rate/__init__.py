"""Source 2: why a learning rate makes the weights of a network skyrocket.

The source has no program, so the networks are ours.

Most claims are shown on one regression, the smallest network whose Hessian is known: two inputs of
standard deviation 35 and 1; the target 2 x1 + x2, without noise; ``Dense(1)`` without a bias, from
weights of 0; mean squared error. Its Hessian is 2 E[x xᵀ], about diag(2450, 2), whatever the
weights are. We chose the scale of the inputs so that everything goes as the question says: the
regression proves that such a set-up exists, and no more.

Beside it stands what the asker had, a network, on real data that nobody has scaled: the diabetes
table (lib.datasets.diabetes), 10-64-64-1, ReLU, biases of 0, Glorot uniform kernels, batches of 32,
from 32 starts. The rows are put into an order that is drawn once; of the 442, the first 416 fill 13
batches, and the other 26 are left out.
"""
from lib.claims import Sentence, Source

QUESTION, REPORT = "question, first paragraph", "question, second paragraph"
COMMENT = "comment on the question, on Adam"
BOOK = "answer on ill-conditioning, after chapter 8 of \"Deep Learning\""
BOWL = "answer on the bowl, with two figures"
NEXT_BATCH = "answers and comments, on the data of the second step"

SENTENCES = {
    "nan_weights": Sentence(
        QUESTION, "Training simple networks often ended with weights that are NaN.",
        not_judged="a report of trainings whose networks and data are not given"),
    "other_optimizer": Sentence(QUESTION, "Another optimizer did not help."),
    "other_loss": Sentence(QUESTION, "Another loss did not help."),
    "other_amount_of_data": Sentence(QUESTION, "Another amount of data did not help."),
    "the_rate_makes_the_difference": Sentence(
        QUESTION, "Changing the learning rate made a huge difference to the weights."),
    "grows_exponentially": Sentence(
        REPORT, "At a rate of 0.001 the minimizer raised the loss exponentially."),
    "a_trillion_after_one_epoch": Sentence(
        REPORT, "After one epoch the loss could jump from thousands to a trillion."),
    "then_infinity": Sentence(REPORT, "After that the loss went to infinity and NaN."),
    "a_smaller_rate_works": Sentence(REPORT, "At 0.0001 everything worked."),
    "one_order_of_magnitude": Sentence(
        "question, first of the two asked",
        "A single order of magnitude in the rate has this effect."),
    "the_opposite": Sentence(
        "question, second of the two asked",
        "The minimizer does the opposite of what it is for: it raises the loss."),
    "at_no_rate": Sentence(
        "question, second of the two asked", "That should not happen at any rate.",
        not_judged="what the asker expected; the answers that claims 10 to 12 judge say why not"),
    "adam_is_better_behaved": Sentence(COMMENT, "Adam seems to be better behaved."),
    "adam_at_its_default": Sentence(COMMENT, "Adam may be usable at its default rate."),
    "it_may_be_ill_conditioned": Sentence(
        BOOK, "The asker's problem may be ill-conditioned.",
        not_judged="the asker's problem is not given"),
    "first_derivatives_only": Sentence(
        BOOK, "A step of gradient descent uses first derivatives only.",
        not_judged="the definition of the method"),
    "gets_stuck": Sentence(BOOK, "With an ill-conditioned Hessian SGD gets \"stuck\"."),
    "very_small_steps_raise_the_cost": Sentence(
        BOOK, "With an ill-conditioned Hessian even very small steps raise the cost."),
    "second_order_expansion": Sentence(
        BOOK, "To second order a step of e along -g adds e²/2 gᵀHg - e gᵀg to the cost."),
    "first_term_wins": Sentence(
        BOOK, "Ill-conditioning is a problem when the first of these terms exceeds the second."),
    "step_scales_with_gradient": Sentence(
        BOWL, "On a bowl like x² each step scales with the gradient."),
    "small_rate_approaches": Sentence(
        BOWL, "At 0.01 gradient descent approaches the minimum (first figure)."),
    "lands_beyond": Sentence(
        BOWL, "Too large a rate, 0.12 in the second figure, lands beyond the minimum."),
    "farther_out_again_and_again": Sentence(
        BOWL, "At too large a rate each step lands farther out than before, again and again."),
    "other_data": Sentence(
        NEXT_BATCH, "The second step does not see the data of the first, so a step that is good "
        "for its batch can raise the loss on the next."),
    "larger_loss_is_very_likely": Sentence(
        NEXT_BATCH, "If the model learns the values of the first batch and falls into a local "
        "minimum, a larger loss on new values is very likely."),
}

SOURCE = Source(
    title="Why is learning rate causing my neural network's weights to skyrocket?",
    url="https://datascience.stackexchange.com/questions/15962",
    published="Data Science Stack Exchange, question 15962, its answers and comments, 2016",
    licence="CC BY-SA 3.0",
    sentences=SENTENCES,
)
