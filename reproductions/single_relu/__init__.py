"""Source 1: one ReLU that should learn a ReLU, and often does not.

What its scripts share, all from the source's program: every step draws a fresh batch of 1000
x ~ N(0, 1); the target is max(x, 0); the model is one weight without a bias, then the activation;
mean squared error; 'sgd' at its default rate of 0.01 unless said otherwise; 100 steps an epoch,
20 epochs; the weight and the mean loss are kept after each epoch.
"""
from lib.claims import Source

SOURCE = Source(
    title="Why can't a single ReLU learn a ReLU?",
    url="https://stats.stackexchange.com/questions/379884",
    published="Cross Validated, question 379884 and its accepted answer, 2018",
    licence="CC BY-SA 4.0",
)
