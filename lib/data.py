"""Batches to train on. Each comes from a seed, never from a global random state."""
import functools
import itertools

import numpy as np

# Bytes of the batches that are in memory for one ``fit``: as many as any claim needs by default
PIECE = 2 ** 26


class Batches:
    """What training needs from its batches, whatever their kind.

    ``size``: samples per batch; iterating yields (x, y), one batch after another, the same every
    time; ``stacked(steps)``: the first batches as two arrays for ``fit``; ``pieces``: the batches
    of a training, as many at once as memory is meant to hold; ``settings()``: plain data that
    describe them, for the History. Two are equal if they draw the same batches.
    """

    fresh = True        # if False, the first batch repeats forever

    def __eq__(self, other):
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self):
        return hash((type(self), tuple(sorted(vars(self).items()))))

    @functools.lru_cache(maxsize=2)     # a claim trains on the same batches many times
    def stacked(self, steps):
        """The first ``steps`` batches, or the one that repeats, as two arrays for ``fit``.

        float32, of shape (batches, batch size, features) and (batches, batch size, 1). Read-only,
        because every call shares them.
        """
        arrays = self._stack(iter(self), steps if self.fresh else 1)
        for array in arrays:
            array.setflags(write=False)
        return arrays

    def _stack(self, drawn, steps):
        return tuple(map(np.stack, zip(*(
            [part.astype("float32").reshape(self.size, -1) for part in batch]
            for batch in itertools.islice(drawn, steps)))))

    def pieces(self, epochs, steps_per_epoch):
        """The batches of a training: (how many epochs, x, y) for one ``fit`` after another.

        x and y are as from ``stacked``. A piece has whole epochs, at least one, and else no more
        than PIECE bytes, so that memory does not grow with ``epochs``.
        """
        x, y = next(iter(self))
        at_once = max(1, PIECE // (steps_per_epoch * 4 * (x.size + y.size)))
        if epochs <= at_once or not self.fresh:
            yield (epochs,) + self.stacked(epochs * steps_per_epoch)
            return
        drawn = iter(self)
        for done in range(0, epochs, at_once):
            some = min(at_once, epochs - done)
            yield (some,) + self._stack(drawn, some * steps_per_epoch)


class ReLUBatches(Batches):
    """Endless batches of x ~ N(0, 1) and y = max(x, 0), each float64 of shape (size,).

    Every iteration restarts the stream of ``RandomState(seed)``, so two trainings see the same
    batches. Seed 0 gives the numbers of ``np.random.seed(0); np.random.randn(size)``.
    """

    def __init__(self, seed, size=1000):
        self.seed, self.size = seed, size

    def __iter__(self):
        random_state = np.random.RandomState(self.seed)
        while True:
            x = random_state.randn(self.size)
            yield x, np.maximum(x, 0)

    @functools.lru_cache(maxsize=2)
    def moments(self, steps):
        """For each batch, the sums of x² over x > 0 and over x < 0, divided by the batch size.

        The loss of a bias-free unit depends on a batch only through these two numbers.
        Returns a float64 array of shape (steps, 2, 1), read-only; the expectation of each is 1/2.
        """
        moments = np.empty((steps, 2, 1))
        for row, (x, _) in zip(moments[:, :, 0], self):
            row[:] = np.mean(np.maximum(x, 0) ** 2), np.mean(np.minimum(x, 0) ** 2)
        moments.setflags(write=False)
        return moments

    def settings(self):
        return {"seed": self.seed, "batch_size": self.size}


class SeededMoments:
    """``ReLUBatches.moments`` for many seeds, drawn directly from its exact distribution.

    Of ``size`` numbers x ~ N(0, 1), K ~ Bin(size, 1/2) are positive. Their squares sum to a
    chi-squared variable with K degrees of freedom, those of the rest to one with size - K, and the
    loss depends on nothing else in a batch. So three draws replace ``size``.
    There are ``seeds`` streams: ``RandomState([seed, 0])``, ``RandomState([seed, 1])`` and so on.
    """

    def __init__(self, seed, seeds, size=1000):
        self.seed, self.seeds, self.size = seed, seeds, size

    def moments(self, steps):
        """An array of shape (steps, 2, seeds)."""
        return np.stack([self._column(np.random.RandomState([self.seed, number]), steps)
                         for number in range(self.seeds)], axis=-1)

    def _column(self, random_state, steps):
        positive = random_state.binomial(self.size, 0.5, steps)
        halves = np.stack([positive, self.size - positive], axis=-1) / 2.0
        return 2 * random_state.standard_gamma(halves) / self.size

    def settings(self):
        return {"seed": self.seed, "seeds": self.seeds, "batch_size": self.size}


class SineBatches(Batches):
    """Endless batches of x ~ N(0, 1), float32 of shape (size, width), and sin(v·x), (size, 1).

    v, a direction of length about 1, and the batches are drawn from ``RandomState(seed)``, which
    every iteration restarts. If not ``fresh``, the first batch repeats forever: gradient descent
    on a data set of that size.
    """

    def __init__(self, seed, size, width, fresh=True):
        self.seed, self.size, self.width, self.fresh = seed, size, width, fresh

    def __iter__(self):
        random_state = np.random.RandomState(self.seed)
        v = random_state.randn(self.width, 1) / np.sqrt(self.width)
        while True:
            x = random_state.randn(self.size, self.width)
            batch = x.astype("float32"), np.sin(x.dot(v)).astype("float32")
            yield batch
            while not self.fresh:
                yield batch

    def settings(self):
        return {"seed": self.seed, "batch_size": self.size, "inputs": self.width,
                "fresh_batches": self.fresh}


class FixedBatches(Batches):
    """The rows of a data set in batches, in order, over and over: float32 arrays.

    x: of shape (samples, features); y: (samples, 1); batch_size: must divide the number of samples,
    which is the default. ``described``: plain data that say what the rows are.
    """

    def __init__(self, x, y, batch_size=None, **described):
        self.x, self.y = np.asarray(x, "float32"), np.asarray(y, "float32")
        self.size, self.described = batch_size or len(x), described

    __hash__ = object.__hash__      # arrays cannot be hashed by value
    __eq__ = object.__eq__

    def __iter__(self):
        while True:
            for x, y in zip(*self.stacked()):
                yield x, y

    def stacked(self, _=None):
        """All batches of an epoch: (batches, batch size, features) and (batches, batch size, 1)."""
        return tuple(array.reshape((-1, self.size, array.shape[1])) for array in (self.x, self.y))

    def pieces(self, epochs, steps_per_epoch):
        """All epochs at once: the rows are in memory anyway."""
        yield (epochs,) + self.stacked()

    def settings(self):
        return dict(self.described, samples=len(self.x), batch_size=self.size)


def linear_data(seed, samples, deviations, weights):
    """x ~ N(0, diag(deviations²)), (samples, n), and y = x·weights without noise, (samples, 1)."""
    x = np.random.RandomState(seed).randn(samples, len(deviations)) * deviations
    return x, x.dot(np.reshape(weights, (-1, 1)))


class NormalKernels:
    """Kernels drawn from N(0, gain/fan-in), one after another, by ``RandomState([seed, 1])``.

    They are the same on every release, for claims that are not about Keras' initializers. gain: a
    number, or None for N(0, 1) whatever the fan-in.
    """

    def __init__(self, seed, gain):
        self.gain, self._random_state = gain, np.random.RandomState([seed, 1])

    def __call__(self, shape):
        """An array of ``shape``, which is (fan-in, fan-out)."""
        scale = 1.0 if self.gain is None else np.sqrt(self.gain / shape[0])
        return self._random_state.randn(*shape) * scale

    def settings(self):
        if self.gain is None:
            return {"kernels": "normal, of deviation 1"}
        return {"kernels": "normal, of variance gain/fan-in", "gain": self.gain}


def batch_sums(batches, steps):
    """Each batch of ReLUBatches, sorted, and the sums that a ReLU unit with a bias needs.

    Returns x of shape (steps, size), and the sums of 1, x, x², y and x y over the k smallest x,
    divided by the batch size: (steps, 5, size + 1), k from 0. Summed in float64, kept as float32.
    """
    sorted_x = np.empty((steps, batches.size), "float32")
    sums = np.zeros((steps, 5, batches.size + 1), "float32")
    for step, (x, _) in enumerate(itertools.islice(batches, steps)):
        x = np.sort(x)
        y = np.maximum(x, 0)
        sorted_x[step] = x
        sums[step, :, 1:] = np.cumsum([np.ones_like(x), x, x ** 2, y, x * y], axis=1) / len(x)
    return sorted_x, sums


def graph_uniform(shape, graph_seed, op_seed):
    """The first draw of ``tf.random_uniform`` in a TensorFlow 1 graph: float32 in [0, 1).

    graph_seed: that of ``tf.set_random_seed``; op_seed: the number that the graph gives the
    operation. Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011),
    keyed by graph_seed, with op_seed as the upper half of its counter, as in TensorFlow's
    random_op.
    """
    low = np.uint64(0xFFFFFFFF)
    blocks = -(-int(np.prod(shape)) // 4)
    a, b = np.arange(blocks, dtype="uint64"), np.zeros(blocks, "uint64")
    c, d = np.full(blocks, op_seed, "uint64"), np.zeros(blocks, "uint64")
    keys = np.array([graph_seed & 0xFFFFFFFF, graph_seed >> 32], "uint64")
    for _ in range(10):
        one, two = a * np.uint64(0xD2511F53), c * np.uint64(0xCD9E8D57)
        a, b = (two >> np.uint64(32)) ^ b ^ keys[0], two & low
        c, d = (one >> np.uint64(32)) ^ d ^ keys[1], one & low
        keys = (keys + np.array([0x9E3779B9, 0xBB67AE85], "uint64")) & low
    bits = np.stack([a, b, c, d], axis=-1).ravel()[:int(np.prod(shape))].astype("uint32")
    # 23 bits are the fraction of a float32 in [1, 2)
    ones = ((bits & np.uint32(0x7FFFFF)) | np.uint32(0x3F800000)).view("float32")
    return (ones - np.float32(1)).reshape(shape)
