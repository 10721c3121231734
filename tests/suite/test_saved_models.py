"""Models saved by each release and loaded by this one: what is lost is seen and said."""
import json
import shutil
from dataclasses import replace

import made_up
import numpy as np
import pytest

from lib.command import main
from lib.compat import is_keras_3, keras, saving
from lib.compat.loading import own_keras
from lib.suite import records, saved_models

pytestmark = pytest.mark.skipif(
    saving.tensorflow_1_before(15), reason="it cannot read what it writes with today's h5py")
NAME, ENDING = "py313-tf2.21", saving.own_format()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a record and the models that were saved with it, and what ``save`` returned."""
    folder = tmp_path_factory.mktemp("saved")
    saved = saved_models.save(str(folder), NAME)
    write_record(folder, saved)
    return folder, saved


@pytest.fixture
def models(made, tmp_path):
    """A copy that a test may damage."""
    folder, saved = made
    shutil.copytree(str(folder), str(tmp_path / "models"))
    return tmp_path / "models", saved


def write_record(folder, saved):
    records.write(replace(made_up.record(), models=saved), str(folder / (NAME + ".json")))


def row_of(folder, ending=ENDING):
    """The row of a format, by default the newest."""
    row, = [row for row in saved_models.rows(saved_models.load_all(str(folder)))
            if row[1] == ending]
    return row


def change(folder, how, **settings):
    """Load the model, change it, and save it in its place."""
    path = str(folder / (NAME + ENDING))
    model = saving.load_model(path)
    how(model)
    model.save(path, **settings)


def test_every_format_is_a_small_file_and_scored(made):
    folder, saved = made
    assert sorted(saved) == sorted(saving.formats())
    for ending, numbers in saved.items():
        assert (folder / (NAME + ending)).stat().st_size < 50000
        assert len(numbers["outputs"]) == saved_models.SAMPLES * saved_models.OUTPUTS
        assert numbers["moments"] > 0 and len(numbers["after"]) == 4 * 5 + 5 + 5 * 3 + 3
    assert len({json.dumps(numbers) for numbers in saved.values()}) == 1


def test_it_is_trained_as_numpy_trains_it(made):
    """The model, its leak and Adam, written down once more."""
    random_state = np.random.RandomState(0)
    weights = [random_state.randn(*shape) for shape in ((4, 5), (5,), (5, 3), (3,))]
    first, second = ([np.zeros_like(one) for one in weights] for _ in range(2))
    x, y = saved_models.batch()
    for step in range(1, 7):
        z = x.dot(weights[0]) + weights[1]
        slopes = np.where(z > 0, 1.0, 0.2)
        error = (z * slopes).dot(weights[2]) + weights[3] - y
        if step == 6:
            outputs = error + y
        error *= 2 / error.size
        below = error.dot(weights[2].T) * slopes
        for index, gradient in enumerate((x.T.dot(below), below.sum(axis=0),
                                          (z * slopes).T.dot(error), error.sum(axis=0))):
            first[index] += 0.1 * (gradient - first[index])
            second[index] += 0.001 * (gradient ** 2 - second[index])
            size = 0.01 * np.sqrt(1 - 0.999 ** step) / (1 - 0.9 ** step)
            weights[index] = weights[index] - size * first[index] / (np.sqrt(second[index]) + 1e-7)
    numbers = made[1][ENDING]
    np.testing.assert_allclose(numbers["outputs"], outputs.ravel(), rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(numbers["after"], np.concatenate(
        [one.ravel() for one in weights]), rtol=1e-4, atol=1e-4)


def test_the_command_prints_a_row_for_each_and_counts(models, capsys):
    folder, saved = models
    write_record(folder, {ENDING: saved[ENDING]})
    assert main(["models", str(folder)]) == 0
    assert "1 of 1 files load here, score as they did, and train on as" in capsys.readouterr().out
    (folder / (NAME + ENDING)).unlink()
    assert main(["models", str(folder)]) == 1
    assert "no: there is no such file" in capsys.readouterr().out


def test_a_folder_without_models_is_one_line(tmp_path, capsys):
    assert main(["models", str(tmp_path)]) == main(["models", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.count("\n") == 2


def test_what_is_loaded_here_scores_and_trains_as_it_did(made):
    assert row_of(made[0])[2:] == ("yes", "the same", "came along", "the same")


def test_another_weight_in_the_file_is_seen(models):
    folder, _ = models

    def change_a_weight(model):
        weights = model.get_weights()
        weights[0][0, 0] += 0.01
        model.set_weights(weights)

    change(folder, change_a_weight)
    row = row_of(folder)
    assert row[3].startswith("DIFFER by 0.0") and row[5].startswith("DIFFER by 0.0")


def test_an_optimizer_that_forgot_is_seen_though_the_outputs_are_the_same(models):
    folder, _ = models
    change(folder, lambda model: model.compile(
        keras.optimizers.Adam(learning_rate=saved_models.LEARNING_RATE), "mean_squared_error"))
    row = row_of(folder)
    assert row[3:5] == ("the same", "LOST") and row[5].startswith("DIFFER by")


def test_another_slope_is_seen(models):
    folder, saved = models

    def other_slope(model):
        weights = model.get_weights()
        other = saving.leaky_network(4, 5, 3, 0.3)
        other.set_weights(weights)
        other.compile(keras.optimizers.Adam(), "mean_squared_error")
        other.save(str(folder / (NAME + ENDING)))

    other_slope(saving.load_model(str(folder / (NAME + ENDING))))
    assert row_of(folder)[3].startswith("DIFFER by")


def test_what_does_not_load_is_a_line(models):
    folder, saved = models
    (folder / (NAME + ENDING)).write_bytes(b"no model")
    row = row_of(folder)
    assert row[2].startswith("no: ") and "\n" not in row[2] and row[3:] == ("", "", "")
    (folder / (NAME + ENDING)).unlink()
    assert row_of(folder)[2] == "no: there is no such file"
    write_record(folder, {ENDING: {"error": "OSError: no room"}})
    assert row_of(folder)[2] == "no: not saved there: OSError: no room"


@pytest.mark.parametrize("ending", saving.formats())
def test_code_in_a_file_is_not_run(tmp_path, ending):
    """Keras 2, and Keras 3 before 3.11, run the code of a Lambda in an HDF5 file."""
    ran, path = tmp_path / "ran", str(tmp_path / ("model" + ending))
    code = f"lambda x: (open({str(ran)!r}, 'w').close(), x)[1]"
    layers = own_keras().layers
    inputs = layers.Input((4,))
    units = layers.Lambda(eval(code))(inputs)
    model = keras.Model(inputs, layers.Dense(3)(units))
    model.compile(keras.optimizers.Adam(), "mean_squared_error")
    model.save(path)
    ran.unlink()        # it ran when the model was made
    found = saved_models.load(path, {})
    assert found == {"error": "ValueError: a layer Lambda, which may run code and is not loaded"}
    assert not ran.exists()


def test_a_folder_is_no_model(tmp_path):
    """TensorFlow would load a SavedModel from it, which is a program."""
    found = saved_models.load(str(tmp_path), {})
    assert "neither a Keras archive nor an HDF5 file" in found["error"]


def test_a_release_that_cannot_save_is_a_finding(tmp_path, monkeypatch):
    def cannot(model, path):
        raise OSError("no room\nat all")

    monkeypatch.setattr(saving, "save", cannot)
    assert saved_models.save(str(tmp_path), NAME)[ENDING] == {"error": "OSError: no room"}


@pytest.mark.skipif(not is_keras_3(), reason="Keras 2 restores it")
def test_keras_3_forgets_the_optimizer_of_hdf5(made):
    """It builds the optimizer for no weights, and then refuses to train them."""
    row = row_of(made[0], saving.HDF5)
    assert row[2:5] == ("yes", "the same", "LOST") and "Unknown variable" in row[5]


@pytest.mark.parametrize("message, line", [
    ("Error when deserializing class 'Dense' using config={}.\n\nException encountered: "
     "no 'dtype'", "TypeError: no 'dtype'"),
    ("cannot be imported. Full object config: {}", "TypeError: cannot be imported."),
    ("x" * 200, "TypeError: " + "x" * 160 + " …"), ("", "TypeError: TypeError")])
def test_an_error_is_a_line(message, line):
    assert saved_models.why(TypeError(message)) == line
