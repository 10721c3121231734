"""The diabetes table: real, unscaled inputs.

442 patients, one per row: age in years, sex (1 or 2), body mass index, mean blood pressure and six
blood serum measurements, s1 to s6. The target is how far the disease had progressed a year later,
25 to 346. B. Efron, T. Hastie, I. Johnstone and R. Tibshirani, "Least Angle Regression", Annals of
Statistics 32 (2004); the numbers are those that scikit-learn ships (BSD licence, see NOTICE).
"""
import os

import numpy as np

TABLE = os.path.join(os.path.dirname(__file__), "diabetes.csv")


def load():
    """The inputs, (442, 10), and the target, (442, 1): float32, as published."""
    table = np.loadtxt(TABLE, delimiter=",", skiprows=1, dtype="float32")
    return table[:, :-1], table[:, -1:]
