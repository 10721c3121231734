"""What is kept of a training that is not finished."""
import numpy as np
import pytest

from lib import checkpoints
from lib.checkpoints import (Checkpoint, keep_diagrams, kept_until_finished,
                             kept_until_recorded, left_by_another_claim)
from lib.claims import History
from lib.compat import keras
from lib.results import BadFile


def trained_model(epochs=0, optimizer="adam"):
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    model.compile(optimizer=optimizer, loss="mean_squared_error")
    for _ in range(epochs):
        model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0)
    return model


def test_a_restored_model_goes_on_as_the_saved_one(tmp_path):
    """With an optimizer that has a state of its own."""
    saved, restored = trained_model(3), trained_model()
    Checkpoint(str(tmp_path), {}).save(saved, {"loss": [3.0, 2.0, 1.0]})
    assert Checkpoint(str(tmp_path), {}).restore(restored) == {"loss": [3.0, 2.0, 1.0]}
    for model in (saved, restored):
        model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0)
    assert all(np.array_equal(one, other)
               for one, other in zip(saved.get_weights(), restored.get_weights()))


@pytest.mark.parametrize("settings", [{"learning_rate": 0.02, "epochs": 40},
                                      {"learning_rate": 0.01, "epochs": 41}])
def test_other_settings_are_another_training(tmp_path, settings):
    Checkpoint(str(tmp_path), {"learning_rate": 0.01, "epochs": 40}).save(
        trained_model(), {"loss": [1.0]})
    assert Checkpoint(str(tmp_path), settings).restore(trained_model()) == {}


def test_other_versions_are_another_training(tmp_path, monkeypatch):
    Checkpoint(str(tmp_path), {}).save(trained_model(), {"loss": [1.0]})
    monkeypatch.setattr(checkpoints, "environment", lambda: {"tensorflow": "9.9"})
    assert Checkpoint(str(tmp_path), {}).restore(trained_model()) == {}


def test_other_code_is_another_training(tmp_path, monkeypatch):
    Checkpoint(str(tmp_path), {}).save(trained_model(), {"loss": [1.0]})
    monkeypatch.setattr(checkpoints, "digest_of_files", lambda *names: "of other code")
    assert Checkpoint(str(tmp_path), {}).restore(trained_model()) == {}


@pytest.fixture
def folders(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "UNFINISHED", str(tmp_path / "unfinished"))
    monkeypatch.setattr(checkpoints, "TRAINED", str(tmp_path / "left"))


def leave(settings, loss):
    with kept_until_recorded("one"):
        with kept_until_finished("one") as checkpoint:
            checkpoint(settings, for_another_claim=True).save(trained_model(1), {"loss": [loss]})


def test_a_training_is_left_for_another_claim_until_that_is_recorded(folders, tmp_path):
    leave({"epochs": 40}, 1.0)
    with pytest.raises(KeyboardInterrupt):
        with kept_until_recorded("other"):
            assert left_by_another_claim({"epochs": 40}).restore(trained_model())
            raise KeyboardInterrupt
    with kept_until_recorded("other"):
        found = left_by_another_claim({"epochs": 40}).restore(trained_model())
    assert found == {"loss": [1.0]}
    assert left_by_another_claim({"epochs": 40}) is None
    assert list(tmp_path.rglob("*.npz")) == []


@pytest.mark.parametrize("name, other", [
    ("environment", lambda: {"tensorflow": "9.9"}),
    ("digest_of_files", lambda *names: "of other code")])
def test_what_was_left_is_not_taken_on_other_versions_or_code(folders, monkeypatch, name, other):
    leave({"epochs": 40}, 1.0)
    assert left_by_another_claim({"epochs": 39}) is None
    assert left_by_another_claim({"epochs": 40, "data_sha256": "another"}) is None
    monkeypatch.setattr(checkpoints, name, other)
    assert left_by_another_claim({"epochs": 40}) is None


def test_one_training_is_left_at_most(folders, tmp_path):
    leave({"epochs": 40}, 1.0)
    leave({"epochs": 2}, 2.0)
    assert len(list(tmp_path.rglob("*.npz"))) == 1 and left_by_another_claim({"epochs": 2})


def test_an_interrupted_claim_leaves_nothing_for_another(folders, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        with kept_until_recorded("one"):
            with kept_until_finished("one") as checkpoint:
                checkpoint({}, for_another_claim=True).save(trained_model(), {"loss": [1.0]})
                raise KeyboardInterrupt
    assert left_by_another_claim({}) is None and len(list(tmp_path.rglob("*.npz"))) == 1


def test_where_no_record_is_made_nothing_is_left(folders, tmp_path):
    with kept_until_finished("one") as checkpoint:
        checkpoint({}, for_another_claim=True).save(trained_model(), {"loss": [1.0]})
    assert list(tmp_path.rglob("*.npz")) == []


def test_a_damaged_file_is_named(tmp_path):
    checkpoint = Checkpoint(str(tmp_path), {})
    checkpoint.save(trained_model(), {"loss": [1.0]})
    with open(checkpoint.path, "r+b") as file:
        file.truncate(100)
    with pytest.raises(BadFile, match="truncated.*remove it to start anew"):
        checkpoint.restore(trained_model())


def test_what_is_finished_goes_and_what_was_interrupted_stays(tmp_path, monkeypatch):
    """Another training of the claim, a shorter one say, does not touch it."""
    monkeypatch.setattr(checkpoints, "UNFINISHED", str(tmp_path))
    with pytest.raises(KeyboardInterrupt):
        with kept_until_finished("claim") as checkpoint:
            checkpoint({"epochs": 40}).save(trained_model(), {"loss": [1.0]})
            raise KeyboardInterrupt
    with kept_until_finished("claim") as checkpoint:
        checkpoint({"epochs": 2}).save(trained_model(), {"loss": [2.0]})
    assert len(list(tmp_path.rglob("*.npz"))) == 1
    with kept_until_finished("claim") as checkpoint:
        assert checkpoint({"epochs": 40}).restore(trained_model()) == {"loss": [1.0]}
    assert list(tmp_path.rglob("*.npz")) == []


def test_finished_diagrams_survive_an_interruption_and_no_more(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "UNFINISHED", str(tmp_path))
    made = []

    def diagram(name):
        def make():
            made.append(name)
            return History({"name": name}, weight=[float("nan"), 1.5], state=["ab", ".!"])
        return make

    with pytest.raises(KeyboardInterrupt):
        with kept_until_recorded("claim"):
            first = keep_diagrams(seed=0)("one", diagram("one"))
            raise KeyboardInterrupt     # while it is judged, say
    with kept_until_recorded("claim"):
        keep_diagrams(seed=1)("one", diagram("of another seed"))
    with kept_until_recorded("claim"):
        again = keep_diagrams(seed=0)("one", diagram("one"))
        keep_diagrams(seed=0)("two", diagram("two"))
    assert made == ["one", "of another seed", "two"]
    assert (again.settings, again.state) == (first.settings, first.state)
    assert np.isnan(again.weight[0]) and again.weight[1:] == [1.5]
    assert list(tmp_path.rglob("*.json")) == []


def test_where_no_record_is_made_nothing_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "UNFINISHED", str(tmp_path))
    keep_diagrams(seed=0)("one", lambda: History({}, weight=[1.0]))
    assert list(tmp_path.rglob("*")) == []


def test_a_damaged_diagram_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "UNFINISHED", str(tmp_path))
    with pytest.raises(KeyboardInterrupt):
        with kept_until_recorded("claim"):
            keep_diagrams()("one", lambda: History({}, weight=[1.0]))
            raise KeyboardInterrupt
    kept, = tmp_path.rglob("*.json")
    kept.write_text("[1]")
    with pytest.raises(BadFile, match="not a history; remove it to start anew"):
        with kept_until_recorded("claim"):
            keep_diagrams()("one", lambda: History({}, weight=[1.0]))
