"""The batches are those of the original program."""
import tracemalloc

import numpy as np
import pytest

from lib import data
from lib.data import (FixedBatches, NormalKernels, ReLUBatches, SeededMoments, SineBatches,
                      batch_sums, graph_uniform, linear_data)


def first(batches, count):
    return [batch for batch, _ in zip(batches, range(count))]


def test_the_batches_are_what_the_global_state_of_numpy_drew():
    np.random.seed(0)
    originals = [np.random.randn(1000) for _ in range(3)]
    assert all(np.array_equal(x, original)
               for (x, _), original in zip(ReLUBatches(0), originals))


def test_the_target_is_the_positive_part():
    (x, y), = first(ReLUBatches(3, size=50), 1)
    assert np.array_equal(y, [max(value, 0) for value in x])


def test_every_iteration_starts_the_stream_anew():
    batches = ReLUBatches(5, size=10)
    assert np.array_equal(first(batches, 2), first(batches, 2))


def test_another_seed_gives_other_batches():
    assert not np.array_equal(first(ReLUBatches(1), 1), first(ReLUBatches(2), 1))


def test_the_moments_are_over_the_whole_batch():
    ((plus,), (minus,)), = ReLUBatches(0, size=1000).moments(1)
    (x, _), = first(ReLUBatches(0, size=1000), 1)
    assert np.isclose(plus + minus, np.mean(x ** 2)) and 0.4 < plus < 0.6


def test_each_seed_draws_moments_of_its_own():
    moments = SeededMoments(5, 3).moments(4)
    assert moments.shape == (4, 2, 3)
    assert np.array_equal(moments[:, :, :2], SeededMoments(5, 2).moments(4))
    assert len(np.unique(np.append(moments, SeededMoments(6, 3).moments(4)))) == 2 * moments.size
    assert np.isfinite(SeededMoments(2 ** 32 - 1, 3).moments(1)).all()      # the last there is


@pytest.mark.parametrize("part", [0, 1])
def test_seeded_moments_are_distributed_as_those_of_batches(part):
    """By Kolmogorov and Smirnov, in a small batch, where a normal number would be told apart."""
    from scipy.stats import ks_2samp, norm
    batches = ReLUBatches(0, size=6).moments(20000)[:, :, 0]
    seeded = SeededMoments(1, 4, size=6).moments(5000).transpose(0, 2, 1).reshape(-1, 2)
    assert ks_2samp(batches[:, part], seeded[:, part]).pvalue > 0.01
    assert abs(np.corrcoef(batches.T)[0, 1] - np.corrcoef(seeded.T)[0, 1]) < 0.03
    normal = norm(*norm.fit(batches[:, part])).rvs(20000, random_state=np.random.RandomState(0))
    assert ks_2samp(batches[:, part], normal).pvalue < 1e-6


def test_batch_sums_are_those_of_the_smallest_samples():
    x, sums = batch_sums(ReLUBatches(3, size=8), 2)
    drawn = np.sort(first(ReLUBatches(3, size=8), 2)[1][0])
    assert np.allclose(x[1], drawn) and sums.shape == (2, 5, 9)
    y = np.maximum(drawn, 0)
    for row, values in enumerate((drawn ** 0, drawn, drawn ** 2, y, drawn * y)):
        assert np.allclose(sums[1, row, 5], values[:5].sum() / 8)


def test_sine_batches_are_the_sine_of_one_direction():
    (x, y), (more, _) = first(SineBatches(0, size=500, width=3), 2)
    assert x.shape == (500, 3) and y.shape == (500, 1) and x.dtype == y.dtype == "float32"
    assert np.std(x) > 0.9 and not np.array_equal(x, more)
    v = np.random.RandomState(0).randn(3, 1) / np.sqrt(3)
    assert np.allclose(np.sin(x.dot(v)), y, atol=1e-6)


def test_stale_sine_batches_are_the_first_again():
    batches = SineBatches(0, size=5, width=3, fresh=False)
    (x, _), (again, _), (still, _) = first(batches, 3)
    assert np.array_equal(x, again) and np.array_equal(x, still)
    assert np.array_equal(x, first(SineBatches(0, size=5, width=3), 1)[0][0])


@pytest.mark.parametrize("batches, steps, count", [
    (ReLUBatches(5, size=10), 3, 3), (SineBatches(5, size=10, width=3), 3, 3),
    (SineBatches(5, size=10, width=3, fresh=False), 3, 1)])
def test_stacked_batches_are_those_that_are_drawn_and_no_copies(batches, steps, count):
    x, y = batches.stacked(steps)
    assert x.shape[:2] == (count, 10) and y.shape == (count, 10, 1)
    assert x.dtype == y.dtype == "float32"
    for k, (one_x, one_y) in enumerate(first(batches, count)):
        assert np.array_equal(x[k].ravel(), one_x.astype("float32").ravel())
        assert np.array_equal(y[k].ravel(), one_y.astype("float32").ravel())


def test_equal_batches_are_drawn_once_and_not_to_be_written_to():
    x, y = ReLUBatches(5, size=10).stacked(3)
    assert ReLUBatches(5, size=10).stacked(3)[0] is x
    for other, steps in ((ReLUBatches(6, size=10), 3), (ReLUBatches(5, size=5), 6),
                         (SineBatches(5, size=10, width=1), 3), (ReLUBatches(5, size=10), 2)):
        assert not np.array_equal(other.stacked(steps)[0], x)
    for array in (x, y):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


@pytest.mark.parametrize("batches", [ReLUBatches(5, size=10), SineBatches(5, size=10, width=3)])
@pytest.mark.parametrize("epochs_in_memory, lengths", [
    (0.5, [1] * 7), (1, [1] * 7), (3.9, [3, 3, 1]), (7, [7]), (100, [7])])
def test_pieces_are_whole_epochs_of_the_same_batches(monkeypatch, batches, epochs_in_memory,
                                                     lengths):
    """7 epochs of 4 batches of 10 samples."""
    bytes_of_epoch = sum(array.nbytes for array in batches.stacked(4))
    monkeypatch.setattr(data, "PIECE", int(epochs_in_memory * bytes_of_epoch))
    pieces = list(batches.pieces(7, 4))
    assert [epochs for epochs, _, _ in pieces] == lengths
    assert [len(x) for _, x, _ in pieces] == [4 * epochs for epochs in lengths]
    for part, whole in enumerate(batches.stacked(28)):
        joined = np.concatenate([piece[1 + part] for piece in pieces])
        assert np.array_equal(joined, whole) and joined.dtype == "float32"


@pytest.mark.parametrize("batches", [
    SineBatches(5, size=10, width=3, fresh=False), FixedBatches(np.ones((6, 2)), np.ones((6, 1)))])
def test_batches_that_come_again_are_one_piece_however_long_they_train(monkeypatch, batches):
    monkeypatch.setattr(data, "PIECE", 1)
    (epochs, x, y), = batches.pieces(10 ** 9, 100)
    assert (epochs, len(x), len(y)) == (10 ** 9, 1, 1)


def test_a_long_training_takes_no_more_memory_than_a_shorter_one(monkeypatch):
    monkeypatch.setattr(data, "PIECE", 2 ** 20)

    def peak(epochs):
        tracemalloc.start()
        try:
            for _ in ReLUBatches(5).pieces(epochs, 10):     # 80 kB an epoch
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(50) < 5 * 2 ** 20 and peak(500) < 1.1 * peak(50)


def test_fixed_batches_are_the_rows_in_their_order_again_and_again():
    x = np.arange(12.0).reshape(6, 2)
    batches = FixedBatches(x, x[:, :1], batch_size=2, data="six rows")
    shown = [batch[:, 0].tolist() for batch, _ in first(batches, 4)]
    assert shown == [[0, 2], [4, 6], [8, 10], [0, 2]]
    assert batches.settings() == {"data": "six rows", "samples": 6, "batch_size": 2}


def test_fixed_batches_are_one_where_no_size_is_given():
    x, y = FixedBatches(np.ones((6, 2)), np.ones((6, 1))).stacked()
    assert (x.shape, y.shape, x.dtype) == ((1, 6, 2), (1, 6, 1), np.float32)


def test_linear_data_have_the_deviations_and_the_weights_asked_for():
    x, y = linear_data(0, 20000, (35.0, 1.0), (2.0, -1.0))
    assert x.std(axis=0) == pytest.approx([35, 1], rel=0.02)
    assert y[:, 0] == pytest.approx(2 * x[:, 0] - x[:, 1])
    assert np.array_equal(linear_data(0, 5, (1.0,), (1.0,)), linear_data(0, 5, (1.0,), (1.0,)))


@pytest.mark.parametrize("gain, deviation", [(2, 0.1), (0.5, 0.05), (None, 1.0)])
def test_normal_kernels_have_the_variance_asked_for(gain, deviation):
    kernel = NormalKernels(0, gain)((200, 300))
    assert kernel.shape == (200, 300) and abs(kernel.mean()) < 0.02 * deviation
    assert kernel.std() == pytest.approx(deviation, rel=0.01)


def test_normal_kernels_come_one_after_another_from_their_seed():
    one, same, other = (NormalKernels(seed, 1) for seed in (3, 3, 4))
    first, second = one((4, 5)), one((4, 5))
    assert np.array_equal(first, same((4, 5))) and np.array_equal(second, same((4, 5)))
    assert not np.array_equal(first, second) and not np.array_equal(first, other((4, 5)))


def test_normal_kernels_are_no_draws_of_what_a_script_draws_with_the_same_seed():
    kernel = NormalKernels(3, None)((4, 5))
    assert not np.array_equal(kernel, np.random.RandomState(3).randn(4, 5))


def test_the_settings_of_normal_kernels_tell_them_apart():
    assert NormalKernels(0, 2).settings()["gain"] == 2
    assert "gain" not in NormalKernels(0, None).settings()
    assert NormalKernels(0, 1).settings() != NormalKernels(0, None).settings()


def test_uniform_numbers_of_a_graph_are_those_that_tensorflow_draws():
    import tensorflow
    with tensorflow.Graph().as_default():
        tensorflow.compat.v1.set_random_seed(42)
        drawn = tensorflow.random.uniform((7, 3), seed=5)
        with tensorflow.compat.v1.Session() as session:
            assert np.array_equal(session.run(drawn), graph_uniform((7, 3), 42, 5))
