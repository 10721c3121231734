"""What is kept of a run that is not finished."""
import os

import numpy as np
import pytest

from lib.claims import History
from lib.compat import keras
from lib.files import BadFile
from lib.suite import unfinished
from lib.suite.unfinished import Unfinished
from lib.training import FROM_THE_START

OTHERS = [("environment", lambda: {"tensorflow": "9.9"}),
          ("digest_of_files", lambda *names: "of other code")]


@pytest.fixture(autouse=True)
def code_that_nobody_edits(monkeypatch):
    """Not even while these run."""
    monkeypatch.setattr(unfinished, "digest_of_files", lambda *names: "of this code")


@pytest.fixture
def kept(runs):
    """A function that gives the names of all files that are kept."""
    return lambda: sorted(path.name for path in runs.rglob("*") if path.is_file())


def trained_model(epochs=0, optimizer="adam"):
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    model.compile(optimizer=optimizer, loss="mean_squared_error")
    for _ in range(epochs):
        model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0)
    return model


def training(settings, claim="claim", **named):
    return Unfinished(claim, {}).training(settings, **named)


def test_a_restored_model_goes_on_as_the_saved_one():
    """With an optimizer that has a state of its own."""
    saved, restored = trained_model(3), trained_model()
    training({}).save(saved, {"loss": [3.0, 2.0, 1.0]})
    assert training({}).restore(restored) == {"loss": [3.0, 2.0, 1.0]}
    for model in (saved, restored):
        model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0)
    assert all(np.array_equal(one, other)
               for one, other in zip(saved.get_weights(), restored.get_weights()))


@pytest.mark.parametrize("settings", [{"learning_rate": 0.02, "epochs": 40},
                                      {"learning_rate": 0.01, "epochs": 41}])
def test_other_settings_are_another_training(settings):
    training({"learning_rate": 0.01, "epochs": 40}).save(trained_model(), {"loss": [1.0]})
    assert training(settings).restore(trained_model()) == {}


def test_another_claim_has_a_training_of_its_own():
    training({}).save(trained_model(), {"loss": [1.0]})
    assert training({}, "other").restore(trained_model()) == {}


@pytest.mark.parametrize("name, other", OTHERS)
def test_other_versions_or_code_are_another_training(monkeypatch, name, other):
    training({}).save(trained_model(), {"loss": [1.0]})
    monkeypatch.setattr(unfinished, name, other)
    assert training({}).restore(trained_model()) == {}


def leave(settings, loss):
    """What a claim does that ends with a training which another may take."""
    run = Unfinished("one", {})
    run.training(settings, for_others=True).save(trained_model(1), {"loss": [loss]})
    run.finished()


def taken(settings):
    """What another claim finds of it."""
    return training(settings, "other").restore(trained_model())


def test_a_training_is_left_for_another_claim_until_that_is_finished(kept):
    leave({"epochs": 40}, 1.0)
    assert taken({"epochs": 40}) == {"loss": [1.0]}     # by a run that is interrupted
    run = Unfinished("other", {})
    checkpoint = run.training({"epochs": 40})
    assert checkpoint.restore(trained_model()) == {"loss": [1.0]}
    run.finished()
    assert taken({"epochs": 40}) == {} and kept() == []


def test_what_was_left_is_taken_and_not_trained_for_others_again():
    """The claim that leaves it trains it anew."""
    leave({"epochs": 40}, 1.0)
    assert training({"epochs": 40}, "one", for_others=True).restore(trained_model()) == {}


@pytest.mark.parametrize("name, other", OTHERS)
def test_what_was_left_is_not_taken_on_other_versions_or_code(monkeypatch, name, other):
    leave({"epochs": 40}, 1.0)
    assert taken({"epochs": 39}) == {} == taken({"epochs": 40, "data_sha256": "another"})
    monkeypatch.setattr(unfinished, name, other)
    assert taken({"epochs": 40}) == {}


def test_one_training_is_left_at_most(kept):
    leave({"epochs": 40}, 1.0)
    leave({"epochs": 2}, 2.0)
    assert len(kept()) == 1 and taken({"epochs": 2}) == {"loss": [2.0]}


def test_an_interrupted_claim_leaves_nothing_for_another(kept):
    training({}, "one", for_others=True).save(trained_model(), {"loss": [1.0]})
    assert taken({}) == {} and len(kept()) == 1


def test_a_training_that_never_came_to_an_epoch_is_no_error(kept):
    run = Unfinished("one", {})
    run.training({}, for_others=True)
    run.training({"another": True})
    run.finished()
    assert kept() == []


def test_what_another_process_finished_first_is_no_error(kept):
    runs = [Unfinished("one", {}) for _ in range(2)]
    for run in runs:
        run.training({}, for_others=True).save(trained_model(), {"loss": [1.0]})
        run.history("label", lambda: History({}, weight=[1.0]))
    for run in runs:
        run.finished()
    assert len(kept()) == 1 and taken({}) == {"loss": [1.0]}


def test_a_damaged_file_is_named():
    checkpoint = training({})
    checkpoint.save(trained_model(), {"loss": [1.0]})
    with open(checkpoint.path, "r+b") as file:
        file.truncate(100)
    with pytest.raises(BadFile, match="truncated.*remove it to start anew") as caught:
        checkpoint.restore(trained_model())
    assert checkpoint.path in str(caught.value)


def test_what_is_finished_goes_and_what_was_interrupted_stays(kept):
    """Another training of the claim, a shorter one say, does not touch it."""
    training({"epochs": 40}).save(trained_model(), {"loss": [1.0]})
    shorter = Unfinished("claim", {})
    shorter.training({"epochs": 2}).save(trained_model(), {"loss": [2.0]})
    shorter.finished()
    assert len(kept()) == 1
    longer = Unfinished("claim", {})
    assert longer.training({"epochs": 40}).restore(trained_model()) == {"loss": [1.0]}
    longer.finished()
    assert kept() == []


def test_finished_histories_survive_an_interruption_and_no_more(kept):
    made = []

    def history_of(name, run, label="one"):
        def make():
            made.append(name)
            return History({"name": name}, weight=[float("nan"), 1.5], state=["ab", ".!"])
        return run.history(label, make)

    first = history_of("one", Unfinished("claim", {"seed": 0}))     # and then an interruption
    other = Unfinished("claim", {"seed": 1})
    history_of("of another seed", other)
    other.finished()
    run = Unfinished("claim", {"seed": 0})
    again = history_of("one", run)
    history_of("two", run, label="two")
    assert made == ["one", "of another seed", "two"]
    assert (again.settings, again.state) == (first.settings, first.state)
    assert np.isnan(again.weight[0]) and again.weight[1:] == [1.5]
    assert len(kept()) == 2
    run.finished()
    assert kept() == []


@pytest.mark.parametrize("name, other", OTHERS)
def test_a_history_of_other_versions_or_code_is_made_anew(monkeypatch, name, other):
    Unfinished("claim", {}).history("one", lambda: History({}, weight=[1.0]))
    monkeypatch.setattr(unfinished, name, other)
    again = Unfinished("claim", {}).history("one", lambda: History({}, weight=[2.0]))
    assert again.weight == [2.0]


def test_who_starts_anew_keeps_nothing(kept):
    for _ in range(2):
        made = FROM_THE_START.history("one", lambda: History({}, weight=[1.0]))
        assert made.weight == [1.0]
        checkpoint = FROM_THE_START.training({}, for_others=True)
        assert checkpoint.restore(trained_model()) == {}
        checkpoint.save(trained_model(), {"loss": [1.0]})
    assert kept() == []


def test_a_damaged_history_is_named(runs):
    Unfinished("claim", {}).history("one", lambda: History({}, weight=[1.0]))
    path, = runs.rglob("*.json")
    path.write_text("[1]")
    with pytest.raises(BadFile, match=".1. is not an object; remove it to start anew") as caught:
        Unfinished("claim", {}).history("one", lambda: History({}, weight=[1.0]))
    assert str(path) in str(caught.value)


def test_a_write_that_is_interrupted_leaves_the_epoch_before(monkeypatch, kept):
    checkpoint = training({})
    checkpoint.save(trained_model(), {"loss": [1.0]})

    def interrupted(path, **arrays):
        with open(path, "wb") as file:
            file.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez", interrupted)
    with pytest.raises(KeyboardInterrupt):
        checkpoint.save(trained_model(), {"loss": [1.0, 2.0]})
    assert kept() == [os.path.basename(checkpoint.path)]
    assert checkpoint.restore(trained_model()) == {"loss": [1.0]}


def test_what_is_kept_of_older_code_goes_when_the_claim_is_finished(monkeypatch, kept, runs):
    """No run will take it up again."""
    Unfinished("claim", {}).history("one", lambda: History({}, weight=[1.0]))
    monkeypatch.setattr(unfinished, "digest_of_files", lambda *names: "of later code")
    run = Unfinished("claim", {})
    run.history("one", lambda: History({}, weight=[1.0]))
    assert len(kept()) == 2
    run.finished()
    assert kept() == [] and not (runs / "unfinished" / "claim").exists()


def test_where_nothing_can_be_kept_the_run_goes_on_and_says_so_once(runs, capsys):
    (runs / "unfinished").write_text("a file where the folder goes")
    run = Unfinished("claim", {})
    assert run.history("one", lambda: History({}, weight=[1.0])).weight == [1.0]
    checkpoint = run.training({})
    for _ in range(2):
        checkpoint.save(trained_model(), {"loss": [1.0]})
    run.finished()
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2 and all("if it is interrupted it starts anew" in line for line in said)


@pytest.mark.parametrize("changes, complaint", [
    ({"variable 0": np.ones((3, 1))}, "not of this model"), ({"variable 9": np.ones(1)}, "not of "),
    ({"series loss": np.ones(2)}, "its series do not end with the same epoch")])
def test_a_checkpoint_of_something_else_is_named(changes, complaint):
    checkpoint = training({})
    checkpoint.save(trained_model(), {"loss": [1.0], "accuracy": [1.0]})
    with np.load(checkpoint.path) as file:
        arrays = dict(file)
    np.savez(checkpoint.path, **dict(arrays, **changes))
    with pytest.raises(BadFile, match=complaint + ".*remove it to start anew") as caught:
        checkpoint.restore(trained_model())
    assert checkpoint.path in str(caught.value)


def test_what_another_process_removes_while_it_is_looked_for_is_made_anew(monkeypatch):
    def gone(path):
        os.remove(path)
        raise BadFile(f"{path}: No such file or directory")

    Unfinished("claim", {}).history("one", lambda: History({}, weight=[1.0]))
    monkeypatch.setattr(unfinished, "read_history", gone)
    again = Unfinished("claim", {}).history("one", lambda: History({}, weight=[2.0]))
    assert again.weight == [2.0]
