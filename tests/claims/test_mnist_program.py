"""Claims 21 and 22: their numbers against the records and the source, what an interruption costs,
and how one takes the model of the other.
"""
import itertools
import os
import signal
import subprocess
import sys

import numpy as np
import oracle
import pytest
from processes import PATIENCE, ended, wait_until

from lib import PROJECT
from lib.claims import History
from lib.datasets import mnist
from lib.files import read_arrays
from lib.suite import records, unfinished
from lib.suite.unfinished import Unfinished
from lib.training import FROM_THE_START
from reproductions.deep_networks import mnist_checkpoint_round_trip as round_trip
from reproductions.deep_networks import mnist_leaky_relu_mlp as script
from reproductions.deep_networks.parts import mnist_program as program
from reproductions.deep_networks.parts import mnist_tables as tables

RECORD = "deep_networks/mnist_leaky_relu_mlp"


@pytest.fixture(scope="module")
def recorded(claims, reference_of):
    return reference_of(claims["mnist_leaky_relu_mlp"]).histories


@pytest.fixture(autouse=True)
def code_that_nobody_edits(monkeypatch):
    """Not even while these run."""
    monkeypatch.setattr(unfinished, "digest_of_files", lambda *names: "of this code")


def train(digits, epochs, model=None, resume=FROM_THE_START):
    return program.train_program(model or program.pinned_network(), digits, epochs, resume)


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


def test_the_first_epoch_on_the_full_set_is_that_of_the_record(full_mnist, recorded):
    history = train(full_mnist, 1)
    theirs = recorded[program.PROGRAM].val_accuracy[0]
    assert history.val_accuracy[0] == pytest.approx(theirs, abs=4e-4)
    assert history.val_accuracy[0] == pytest.approx(tables.PRINTED[0][1], abs=5e-4)
    assert history.batch_accuracy == [tables.PRINTED[0][0]]


def test_the_orders_are_those_of_the_two_programs():
    """As NumPy draws them, image by image: next_batch shuffles a set that it has shuffled."""
    digits = mnist.sample()
    ours, later = (list(itertools.islice(orders(digits), 3)) for orders in (
        program.orders_of_the_program, program.orders_of_the_later_program))
    random_state, images = np.random.RandomState(42), list(range(4500))
    for order, order_of_the_later in zip(ours, later):
        permutation = random_state.permutation(4500)
        images = [images[place] for place in permutation]
        assert order.tolist() == images
        assert order_of_the_later.tolist() == permutation.tolist()
    assert ours[0].tolist() == later[0].tolist() and ours[1].tolist() != later[1].tolist()


def shorter(history, **changes):
    """As it is after the two epochs that every release trains."""
    series = {name: values[:2] for name, values in dict(history.series, **changes).items()}
    return {program.PROGRAM: History(dict(history.settings, epochs=2), **series)}


def test_a_shorter_training_is_judged_by_the_tables_first_row(recorded):
    outcomes = script.judge(shorter(recorded[program.PROGRAM]))
    assert [outcome.holds for outcome in outcomes.values()] == [True]


@pytest.mark.parametrize("changes", [dict(val_accuracy=[0.9060, 0.92]),
                                     dict(batch_accuracy=[0.84, 0.92])])
def test_another_first_row_is_not_the_one_printed(recorded, changes):
    outcome, = script.judge(shorter(recorded[program.PROGRAM], **changes)).values()
    assert not outcome.holds


def test_the_one_program_does_not_meet_the_table_of_the_other(recorded):
    one, other = recorded[program.PROGRAM], recorded[program.LATER_PROGRAM]
    outcomes = script.judge(dict(recorded, **{program.PROGRAM: other,
                                              program.LATER_PROGRAM: one}))
    for name in ("the_validation_accuracies_are_those_printed", "each_of_them_is",
                 "the_batch_accuracies_are_those_printed", "the_later_program_meets_its_table",
                 "so_does_each_row", "so_do_its_batches"):
        assert not outcomes[name].holds, outcomes[name]


@pytest.mark.slow
@pytest.mark.parametrize("label, printed, orders, order", [
    (program.PROGRAM, tables.PRINTED, program.orders_of_the_program, "next_batch"),
    (program.LATER_PROGRAM, tables.PRINTED_LATER, program.orders_of_the_later_program,
     "shuffle_batch")])
def test_the_full_training_meets_the_table_and_the_record(
        full_mnist, trained_before, recorded, label, printed, orders, order):
    before = trained_before("mnist_leaky_relu_mlp")
    history = before[label] if before else program.train(
        program.pinned_network(), full_mnist, orders(full_mnist), script.EPOCHS, FROM_THE_START,
        mode="pinned", order=order, seed=program.PROGRAM_SEED)
    assert tables.mean_difference(history, printed) <= 0.0005
    assert np.max(np.abs(tables.differences(history, printed, 1))) <= 0.001
    assert np.max(np.abs(tables.differences(history, printed, 0))) < 1e-6
    assert np.max(np.abs(np.subtract(history.val_loss, recorded[label].val_loss))) < 1e-3


@pytest.mark.slow
def test_a_free_training_gives_its_record(full_mnist, trained_before, recorded):
    """Its first five epochs."""
    before, theirs = trained_before("mnist_leaky_relu_mlp"), recorded["free, seed 4"]
    history = before["free, seed 4"] if before else program.train(
        program.free_network(4), full_mnist, program.free_orders(full_mnist, 4), 5, FROM_THE_START,
        mode="free", order="random", seed=4)
    assert history.val_loss[:5] == pytest.approx(theirs.val_loss[:5], abs=1e-4)
    assert history.batch_accuracy[:5] == pytest.approx(theirs.batch_accuracy[:5], abs=0.021)


@pytest.fixture(scope="module")
def recorded_round_trip(claims, reference_of):
    return reference_of(claims["mnist_checkpoint_round_trip"]).histories


def test_the_record_of_the_round_trip_is_of_the_model_of_claim_21(recorded, recorded_round_trip):
    """Of its training to the last bit: all its epochs, and the score of the loaded model."""
    trained = recorded_round_trip[round_trip.TRAINED]
    assert trained == recorded[program.PROGRAM]
    loaded = recorded_round_trip[round_trip.LOADED]
    assert loaded.val_accuracy[0] == recorded[program.PROGRAM].val_accuracy[-1]


@pytest.mark.slow
def test_a_run_of_the_round_trip_gives_its_record(full_mnist, trained_before, recorded_round_trip):
    histories = trained_before("mnist_checkpoint_round_trip") or round_trip.run()
    assert {outcome.holds for outcome in round_trip.judge(histories).values()} == {True}
    for label, history in histories.items():
        theirs = recorded_round_trip[label].val_loss
        assert history.val_loss == pytest.approx(theirs, abs=1e-3), label


@pytest.fixture(scope="module")
def round_trip_of_the_sample():
    """The histories after three epochs, from fresh processes."""
    with pytest.MonkeyPatch.context() as patch:
        for one in (script, round_trip):
            patch.setattr(one, "load_data", mnist.sample)
        patch.setattr(round_trip, "FRESH_PROCESS", round_trip.FRESH_PROCESS.replace(
            "\nsys.stdout", "\nfrom lib.datasets import mnist"
            "\nfrom reproductions.deep_networks import mnist_checkpoint_round_trip as claim"
            "\nclaim.load_data = mnist.sample\nsys.stdout"))
        yield round_trip.run(epochs=3)


def outcomes_of(histories, **replaced):
    return round_trip.judge(dict(histories, **replaced))


COMPARING = ["the_file_holds_the_final_model", "the_loaded_model_scores_the_same",
             "its_logits_are_the_same", "training_goes_on_the_same",
             "another_file_scores_otherwise"]


def test_the_round_trip_works_on_the_sample(round_trip_of_the_sample):
    outcomes = outcomes_of(round_trip_of_the_sample)
    assert {outcome.holds for outcome in outcomes.values()} == {True}, list(outcomes.values())


@pytest.mark.parametrize("label, other", [
    (round_trip.LOADED, round_trip.SAVED), (round_trip.SAVED, round_trip.LOADED)])
def test_one_history_for_both_is_seen(round_trip_of_the_sample, label, other):
    outcomes = outcomes_of(round_trip_of_the_sample,
                           **{label: round_trip_of_the_sample[other]})
    for name in COMPARING:
        assert np.isnan(outcomes[name].measured) and not outcomes[name].holds, outcomes[name]


def test_a_load_in_the_same_process_is_seen(round_trip_of_the_sample, tmp_path, monkeypatch):
    """Whether it reads the file or takes the model that was trained."""
    digits, model = mnist.sample(), program.pinned_network()
    monkeypatch.setattr(round_trip, "load_data", lambda: digits)
    program.compile_program(model, digits)
    model.save(str(tmp_path / "final.keras"))
    for series in (
            round_trip.load_and_go_on(str(tmp_path / "final.keras"), 3, 2, os.getpid(), None),
            round_trip.go_on(model, digits, 3, 2, os.getpid())):
        faked = History({}, **series)
        outcomes = outcomes_of(round_trip_of_the_sample, **{round_trip.LOADED: faked})
        assert not any(outcomes[name].holds for name in COMPARING)


def test_a_file_of_another_epoch_is_seen(round_trip_of_the_sample):
    """The control in the place of what was loaded: read by another process, and not the same."""
    control = round_trip_of_the_sample[round_trip.CONTROL]
    loaded = round_trip_of_the_sample[round_trip.LOADED]
    outcomes = outcomes_of(round_trip_of_the_sample,
                           **{round_trip.LOADED: loaded.plus(**control.series)})
    assert outcomes["the_file_holds_the_final_model"].measured == 6
    assert not outcomes["its_logits_are_the_same"].holds
    assert not outcomes["another_file_scores_otherwise"].holds


def test_the_round_trip_takes_the_model_that_claim_21_left(monkeypatch):
    """Run one after the other; alone it trains, and so it does for another set-up."""
    trained_here = []
    train_by_epochs = program.train_by_epochs

    def run(claim, epochs, **settings):
        """Run it so far that all it lacks is to be finished."""
        resume = Unfinished(claim.__name__.split(".")[-1], {"epochs": epochs})
        return claim.run(epochs=epochs, resume=resume, **settings), resume

    def counted(model, batches, orders, measure, checkpoint, description):
        save, calls = checkpoint.save, []
        monkeypatch.setattr(checkpoint, "save",
                            lambda *state: (calls.append(state), save(*state)))
        series = train_by_epochs(model, batches, orders, measure, checkpoint, description)
        trained_here.append((description, len(calls)))
        return series

    for one in (script, round_trip):
        monkeypatch.setattr(one, "load_data", mnist.sample)
    monkeypatch.setattr(program, "train_by_epochs", counted)
    monkeypatch.setattr(round_trip, "elsewhere", lambda path, trained, more, _, images: (
        round_trip.load_and_go_on(path, trained, more, 0, images)))
    histories, resume = run(script, 2, free_seeds=0)
    assert [count for _, count in trained_here] == [2, 2] and left() == []
    resume.finished()
    assert len(left()) == 1
    other_epochs, resume = run(round_trip, 1)
    assert trained_here[2:] == [("next_batch, seed 42", 1)]
    resume.finished()
    taken, resume = run(round_trip, 2)
    assert trained_here[3:] == [("next_batch, seed 42", 0)] and len(left()) == 1
    resume.finished()
    assert left() == [], "it goes when the claim that takes it is finished"
    assert taken[round_trip.TRAINED] == histories[program.PROGRAM]
    assert other_epochs[round_trip.TRAINED].settings["epochs"] == 1
    alone, resume = run(round_trip, 2)
    resume.finished()
    assert trained_here[4:] == [("next_batch, seed 42", 2)] and left() == []
    assert alone[round_trip.TRAINED] == taken[round_trip.TRAINED]
    assert alone[round_trip.SAVED].weights_sha256 == taken[round_trip.SAVED].weights_sha256


def left():
    return os.listdir(unfinished.TRAINED) if os.path.isdir(unfinished.TRAINED) else []


def test_keras_follows_the_oracle_on_the_sample():
    """90 steps of the whole program, in NumPy: forward, backward, and the step."""
    digits, model = mnist.sample(), program.pinned_network()
    order = next(program.orders_of_the_program(digits))
    weights = oracle.train_mlp(model.get_weights(), digits.x_train, digits.y_train, order,
                               batch_size=50, learning_rate=0.01, slope=0.01)
    train(digits, 1, model)
    for ours, theirs in zip(model.get_weights(), weights):
        assert np.max(np.abs(ours - theirs)) < 1e-5


@pytest.mark.parametrize("change", [dict(learning_rate=0.0101), dict(slope=0.02),
                                    dict(batch_size=45)])
def test_the_oracle_tells_another_program_from_it(change):
    digits, start = mnist.sample(), program.pinned_network().get_weights()
    order = next(program.orders_of_the_program(digits))
    setup = dict(batch_size=50, learning_rate=0.01, slope=0.01)
    one, other = (oracle.train_mlp(start, digits.x_train, digits.y_train, order, **settings)
                  for settings in (setup, dict(setup, **change)))
    assert max(np.max(np.abs(a - b)) for a, b in zip(one, other)) > 1e-4


def test_the_settings_for_speed_change_no_number():
    """Against plain ``fit`` with the defaults of compile, on the batches in the same order."""
    digits, fast, plain = mnist.sample(), program.pinned_network(), program.pinned_network()
    train(digits, 1, fast)
    order = next(program.orders_of_the_program(digits))
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
    one, two, other = (program.free_network(seed).get_weights() for seed in (1, 1, 2))
    assert all(np.array_equal(*pair) for pair in zip(one, two))
    assert not np.array_equal(one[0], other[0])
    assert not np.array_equal(one[0].ravel()[:1000], one[2].ravel()[:1000])


def test_an_interrupted_training_goes_on_with_the_same_numbers(monkeypatch):
    digits = mnist.sample()
    whole = train(digits, 4)
    save, calls = unfinished.Checkpoint.save, []

    def interrupted(self, model, series):
        save(self, model, series)
        calls.append(len(series["loss"]))
        if calls == [1, 2]:
            raise KeyboardInterrupt

    monkeypatch.setattr(unfinished.Checkpoint, "save", interrupted)
    with pytest.raises(KeyboardInterrupt):
        train(digits, 4, resume=Unfinished("claim", {}))
    assert train(digits, 4, resume=Unfinished("claim", {})) == whole
    assert calls == [1, 2, 3, 4], "the second half was trained, not all of it again"


def test_on_the_sample_only_what_can_be_judged_is():
    digits = mnist.sample()
    history = train(digits, 2)
    histories = {program.PROGRAM: history, "free, seed 0": history}
    outcomes = script.judge(histories)
    assert list(outcomes) == ["the_sample_is_learned"]
    assert outcomes["the_sample_is_learned"].by == "suite"
    columns, rows = script.table(histories)
    assert [len(row) for row in rows] == [len(columns)]
    first = dict(zip(columns, rows[0]))
    assert first["batch, printed"] == first["validation, difference"] == ""
    assert script.draw(histories).axes[0].get_title().endswith("no table to compare")


def test_the_table_shows_the_difference_from_the_printed(recorded):
    columns, rows = script.table(recorded)
    assert [tuple(row[:2]) for row in rows] == [
        (label, epoch) for label in (program.PROGRAM, program.LATER_PROGRAM)
        for epoch in tables.PRINTED]
    for row, batch, validation in ((rows[1], "0.94", "0.9508"), (rows[9], "0.94", "0.9496")):
        cells = dict(zip(columns, row))
        assert (cells["batch, printed"], cells["validation, printed"]) == (batch, validation)
        assert float(cells["validation, pinned"]) - float(validation) == pytest.approx(
            float(cells["validation, difference"]), abs=1e-9)


def test_the_lines_are_those_of_every_fifth_epoch(recorded):
    lines = script.lines(recorded)
    assert len(lines) == 8
    assert lines[0] == ("epoch  0   accuracy on the last batch 0.86, on the validation set "
                        f"{recorded[program.PROGRAM].val_accuracy[0]:.4f}")
    assert [int(line.split()[1]) for line in lines] == [0, 5, 10, 15, 20, 25, 30, 35]


INTERRUPTED_AFTER_TWO = """
import os, sys, time
from lib.command import leave, main
from lib.datasets import mnist
from lib.suite import unfinished
from reproductions.deep_networks import mnist_leaky_relu_mlp as script
folder, out, patience = sys.argv[1:]
unfinished.UNFINISHED, unfinished.TRAINED = folder, folder + "-left"
unfinished.digest_of_files = lambda *names: "of this code"
script.load_data = mnist.sample
script.mnist_later_program.run = script.mnist_free_runs.run = lambda *_: {}     # the first will do
save = unfinished.Checkpoint.save
def save_and_wait(self, model, series):
    save(self, model, series)
    if len(series["loss"]) == 2 and not os.path.exists(folder + "-waits"):
        open(folder + "-waits", "w").close()
        time.sleep(float(patience))
unfinished.Checkpoint.save = save_and_wait
leave(main(["run", "mnist_leaky_relu_mlp", "--epochs", "4", "--out", out]))
"""


def test_ctrl_c_keeps_the_epochs_and_the_next_run_takes_them_up(tmp_path, ctrl_c):
    """As a person does it: on the sample, in a process of its own, twice.

    The first waits after two epochs, however fast the machine is.
    """
    words = [sys.executable, "-c", INTERRUPTED_AFTER_TWO, str(tmp_path / "unfinished"),
             str(tmp_path / "out"), str(PATIENCE)]
    with ended(subprocess.Popen(words, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                universal_newlines=True)) as process:
        wait_until((tmp_path / "unfinished-waits").exists, "epochs")
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130 and "Traceback" not in error, error
    kept, = (tmp_path / "unfinished").rglob("*.npz")
    assert len(read_arrays(str(kept))["series loss"]) == 2
    done = subprocess.run(words, cwd=PROJECT, stdout=subprocess.PIPE, universal_newlines=True,
                          timeout=PATIENCE)
    assert done.returncode == 1 and "NOT JUDGED" in done.stdout, done.stdout
    assert not list((tmp_path / "unfinished").rglob("*.npz")), "nothing is left of a finished run"
    _, result = records.read_result(str(tmp_path / "out" / (RECORD + ".json")), RECORD)
    assert result.histories[program.PROGRAM].series == train(mnist.sample(), 4).series
