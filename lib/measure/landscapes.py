"""The shape of a surface and of a path on it: minima, creases, turns. NumPy only."""
import numpy as np


def local_minima(surface, margin=1e-6):
    """How many inner points of a grid lie more than ``margin`` below all eight neighbours."""
    surface = np.asarray(surface)
    middle = surface[1:-1, 1:-1]
    lower = np.ones(middle.shape, bool)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            if (down, right) != (0, 0):
                neighbour = np.roll(surface, (down, right), (0, 1))[1:-1, 1:-1]
                lower &= middle < neighbour - margin
    return int(lower.sum())


def changes_of_slope(surface, axis):
    """How much the slope along a row changes at each point with two neighbours in the row.

    surface: of shape (rows, columns); axis: the evenly spaced coordinates of the columns. A crease
    stands out; a smooth surface changes only by its curvature times the spacing.
    """
    return np.abs(np.diff(surface, 2, axis=1)) / (axis[1] - axis[0])


def degrees_turned(x, y, piece):
    """How many degrees a path turns from its first piece to its last.

    piece: the shortest length that counts as a piece, which keeps batch noise out.
    """
    corners = []
    for point in zip(x, y):
        if not corners or np.hypot(*np.subtract(point, corners[-1])) > piece:
            corners.append(point)
    if len(corners) < 3:
        return 0.0
    across, up = np.diff(corners, axis=0).T
    return _from_first_to_last(np.arctan2(up, across))


def degrees_around_origin(x, y):
    """The angle in degrees that a path sweeps from end to end, as seen from (0, 0)."""
    return _from_first_to_last(np.arctan2(y, x))


def _from_first_to_last(angles):
    angles = np.unwrap(angles)
    return float(np.degrees(abs(angles[-1] - angles[0])))
