"""Claim 21: its numbers against the record and the source, and what an interruption costs."""
import itertools
import os
import signal
import subprocess
import sys
import time

import numpy as np
import oracle
import pytest

from lib import checkpoints, mnist, results
from lib.checkpoints import Checkpoint
from lib.claims import History
from lib.command import FIGURES
from reproductions.deep_networks import mnist_leaky_relu_mlp as program
from reproductions.deep_networks import mnist_checkpoint_round_trip as round_trip

RECORD = "deep_networks/mnist_leaky_relu_mlp"


@pytest.fixture(scope="module")
def recorded():
    path = os.path.join(FIGURES, RECORD + ".json")
    return results.histories_of(results.read(path, RECORD))


def train(digits, epochs, folder, model=None):
    return program.train(model or program.pinned_network(), digits, program.pinned_orders(digits),
                         epochs, lambda settings: Checkpoint(str(folder), settings), mode="pinned",
                         seed=program.PROGRAM_SEED)


def test_the_kernels_are_those_of_the_programs_graph():
    """The first and the last number of each, as the source's graph drew them on TensorFlow 1.15."""
    kernels = program.pinned_network().get_weights()[::2]
    assert [[float(kernel[0, 0]), float(kernel[-1, -1])] for kernel in kernels] == [
        [-0.07049791514873505, 0.053993090987205505],
        [0.11493349820375443, 0.08866133540868759],
        [-0.13248929381370544, -0.16538166999816895]]


def test_the_pinned_network_is_the_same_each_time():
    one, two = (program.pinned_network().get_weights() for _ in range(2))
    assert all(np.array_equal(*pair) for pair in zip(one, two))


def test_the_first_epoch_on_the_full_set_is_that_of_the_record(full_mnist, recorded, tmp_path):
    history = train(full_mnist, 1, tmp_path)
    assert history.val_accuracy[0] == pytest.approx(recorded["pinned"].val_accuracy[0], abs=4e-4)
    assert history.val_accuracy[0] == pytest.approx(program.PRINTED[0][1], abs=5e-4)
    assert history.batch_accuracy == [program.PRINTED[0][0]]


def shorter(history, **changes):
    """As it is after the two epochs that every release trains."""
    series = {name: values[:2] for name, values in dict(history.series, **changes).items()}
    return {program.PINNED: History(dict(history.settings, epochs=2), **series)}


def test_a_shorter_training_is_judged_by_the_tables_first_row(recorded):
    outcomes = program.judge(shorter(recorded["pinned"]))
    assert [outcome.holds for outcome in outcomes.values()] == [True]


@pytest.mark.parametrize("changes", [dict(val_accuracy=[0.9060, 0.92]),
                                     dict(batch_accuracy=[0.84, 0.92])])
def test_another_first_row_is_not_the_one_printed(recorded, changes):
    outcome, = program.judge(shorter(recorded["pinned"], **changes)).values()
    assert not outcome.holds


@pytest.mark.slow
def test_the_full_training_meets_the_table_and_the_record(full_mnist, recorded, tmp_path):
    history = train(full_mnist, program.EPOCHS, tmp_path)
    assert np.max(np.abs(program.differences(history, 1))) <= 0.0005
    assert np.max(np.abs(program.differences(history, 0))) < 1e-6
    assert np.max(np.abs(np.subtract(history.val_loss, recorded["pinned"].val_loss))) < 1e-3


@pytest.mark.slow
def test_a_free_training_gives_its_record(full_mnist, recorded, tmp_path):
    history = program.train(program.network(4), full_mnist, program.free_orders(full_mnist, 4), 5,
                            lambda settings: Checkpoint(str(tmp_path), settings), mode="free",
                            seed=4)
    theirs = recorded["free, seed 4"]
    assert history.val_loss == pytest.approx(theirs.val_loss[:5], abs=1e-4)
    assert history.batch_accuracy == pytest.approx(theirs.batch_accuracy[:5], abs=0.021)


@pytest.mark.slow
def test_a_run_of_the_round_trip_gives_its_record(full_mnist):
    name = "deep_networks/mnist_checkpoint_round_trip"
    record = results.histories_of(results.read(os.path.join(FIGURES, name + ".json"), name))
    histories = round_trip.run()
    assert {outcome.holds for outcome in round_trip.judge(histories).values()} == {True}
    for label, history in histories.items():
        assert history.val_loss == pytest.approx(record[label].val_loss, abs=1e-5), label


def test_keras_follows_the_oracle_on_the_sample(tmp_path):
    """90 steps of the whole program, in NumPy: forward, backward, and the step."""
    digits, model = mnist.sample(), program.pinned_network()
    order = next(program.pinned_orders(digits))
    weights = oracle.train_mlp(model.get_weights(), digits.x_train, digits.y_train, order,
                               batch_size=50, learning_rate=0.01, slope=0.01)
    train(digits, 1, tmp_path, model)
    for ours, theirs in zip(model.get_weights(), weights):
        assert np.max(np.abs(ours - theirs)) < 1e-5


@pytest.mark.parametrize("change", [dict(learning_rate=0.0101), dict(slope=0.02),
                                    dict(batch_size=45)])
def test_the_oracle_tells_another_program_from_it(change):
    digits, start = mnist.sample(), program.pinned_network().get_weights()
    order = next(program.pinned_orders(digits))
    setup = dict(batch_size=50, learning_rate=0.01, slope=0.01)
    one, other = (oracle.train_mlp(start, digits.x_train, digits.y_train, order, **settings)
                  for settings in (setup, dict(setup, **change)))
    assert max(np.max(np.abs(a - b)) for a, b in zip(one, other)) > 1e-4


def test_the_settings_for_speed_change_no_number(tmp_path):
    """Against plain ``fit`` with the defaults of compile, on the batches in the same order."""
    digits, fast, plain = mnist.sample(), program.pinned_network(), program.pinned_network()
    train(digits, 1, tmp_path, fast)
    order = next(program.pinned_orders(digits))
    program.compile_program(plain, digits)
    plain.compile(optimizer=plain.optimizer, loss=plain.loss, jit_compile=False,
                  steps_per_execution=1)
    plain.fit(digits.x_train[order], digits.y_train[order], batch_size=50, shuffle=False, verbose=0)
    for ours, theirs in zip(fast.get_weights(), plain.get_weights()):
        assert np.max(np.abs(ours - theirs)) < 1e-6


def test_the_free_runs_differ_by_seed_and_repeat_by_seed():
    digits = mnist.sample()
    orders = [list(itertools.islice(program.free_orders(digits, seed), 2)) for seed in (1, 1, 2)]
    assert np.array_equal(orders[0], orders[1]) and not np.array_equal(orders[0], orders[2])
    assert not np.array_equal(orders[0][0], orders[0][1])
    assert sorted(orders[0][1]) == list(range(4500))
    one, two, other = (program.network(seed).get_weights() for seed in (1, 1, 2))
    assert all(np.array_equal(*pair) for pair in zip(one, two))
    assert not np.array_equal(one[0], other[0])
    assert not np.array_equal(one[0].ravel()[:1000], one[2].ravel()[:1000])


def test_an_interrupted_training_goes_on_with_the_same_numbers(tmp_path, monkeypatch):
    digits = mnist.sample()
    whole = train(digits, 4, tmp_path / "whole")
    save, calls = checkpoints.Checkpoint.save, []

    def interrupted(self, model, series):
        save(self, model, series)
        calls.append(len(series["loss"]))
        if calls == [1, 2]:
            raise KeyboardInterrupt

    monkeypatch.setattr(checkpoints.Checkpoint, "save", interrupted)
    with pytest.raises(KeyboardInterrupt):
        train(digits, 4, tmp_path / "parts")
    assert train(digits, 4, tmp_path / "parts") == whole
    assert calls == [1, 2, 3, 4], "the second half was trained, not all of it again"


def test_on_the_sample_only_what_can_be_judged_is(tmp_path):
    digits = mnist.sample()
    history = train(digits, 2, tmp_path)
    outcomes = program.judge({"pinned": history, "free, seed 0": history})
    assert list(outcomes) == ["the_sample_is_learned"]
    assert outcomes["the_sample_is_learned"].by == "suite"
    columns, rows = program.table({"pinned": history, "free, seed 0": history})
    assert [len(row) for row in rows] == [len(columns)] and rows[0][1] == rows[0][5] == ""
    assert program.draw({"pinned": history, "free, seed 0": history}).axes[0].get_title().endswith(
        "not comparable with the source's table")


def test_the_table_shows_the_difference_from_the_printed(recorded):
    columns, rows = program.table(recorded)
    assert len(rows) == 8 and [row[0] for row in rows] == list(program.PRINTED)
    first = dict(zip(columns, rows[0]))
    assert (first["validation, printed"], first["batch, printed"]) == ("0.9044", "0.86")
    assert float(first["validation, pinned"]) - 0.9044 == pytest.approx(
        float(first["validation, difference"]), abs=1e-9)


def test_ctrl_c_keeps_the_epochs_and_the_next_run_takes_them_up(tmp_path):
    """As a person does it: on the sample, in a process of its own, twice."""
    code = ("import os, sys; from lib import checkpoints, mnist; "
            "checkpoints.UNFINISHED = sys.argv[1]; "
            "from reproductions.deep_networks import mnist_leaky_relu_mlp as program; "
            "program.load_data = mnist.sample; program.FREE_SEEDS = 1; "
            "from lib.command import leave, main; "
            "leave(main(['run', 'mnist_leaky_relu_mlp', '--epochs', '20', '--out', sys.argv[2]]))")
    words = [sys.executable, "-c", code, str(tmp_path / "unfinished"), str(tmp_path / "out")]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               universal_newlines=True)
    deadline = time.time() + 120
    while not list(tmp_path.rglob("[!.]*.npz")) and time.time() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130 and "Traceback" not in error, error
    kept, = (tmp_path / "unfinished").rglob("*.npz")
    before = len(results.read_arrays(str(kept))["series loss"])
    assert 0 < before < 20
    done = subprocess.run(words, stdout=subprocess.PIPE, universal_newlines=True)
    assert done.returncode == 0 and "NOT JUDGED" in done.stdout, done.stdout
    assert not list((tmp_path / "unfinished").rglob("*.npz")), "nothing is left of a finished run"
    record = results.read(str(tmp_path / "out" / (RECORD + ".json")), RECORD)
    resumed = results.histories_of(record)["pinned"]
    assert resumed.series == train(mnist.sample(), 20, tmp_path / "again").series
