"""Shares of things counted, as numbers and as points with their intervals (claim 13)."""
import numpy as np

from lib.claims import share_interval


def low_end(pair):
    """Of the 95 % interval of a share; pair: (how many, of how many)."""
    return share_interval(*pair)[0]


def high_end(pair):
    """As ``low_end``."""
    return share_interval(*pair)[1]


def draw_points(panel, x, pairs, **style):
    """Shares with their 95 % intervals, of ``pairs`` of (how many, of how many); returns them."""
    shares = np.array([count / total if total else np.nan for count, total in pairs])
    intervals = np.array([share_interval(*pair) for pair in pairs])
    panel.errorbar(x, shares, np.abs(intervals.T - shares), capsize=3, **style)
    return shares
