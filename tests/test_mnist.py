"""Where MNIST comes from, and what is not taken for it."""
import io
import urllib.error
import zipfile

import numpy as np
import pytest

from lib import mnist
from lib.compat import keras
from lib.results import BadFile


@pytest.fixture(autouse=True)
def nothing_loaded_so_far():
    mnist._load.cache_clear()
    yield
    mnist._load.cache_clear()


@pytest.fixture
def no_network(monkeypatch):
    def fail():
        raise Exception("URL fetch failure") from urllib.error.URLError("no network")
    monkeypatch.setattr(keras.datasets.mnist, "load_data", fail)
    monkeypatch.delenv("MNIST_NPZ", raising=False)


def full_size(**changes):
    arrays = dict(x_train=np.zeros((60000, 28, 28), "uint8"),
                  y_train=np.zeros(60000, "uint8"))
    arrays.update(changes)
    return {name: array for name, array in arrays.items() if array is not None}


def test_the_sample_is_5000_digits_of_every_kind():
    digits = mnist.sample()
    assert digits.x_train.shape == (4500, 784) and digits.x_valid.shape == (500, 784)
    assert digits.x_train.dtype == "float32" and digits.y_train.dtype == "int32"
    assert 0 <= digits.x_train.min() and digits.x_train.max() == 1
    labels = np.concatenate([digits.y_valid, digits.y_train])
    assert np.bincount(labels).tolist() == [500] * 10
    assert np.bincount(digits.y_valid).min() > 30, "the first 500 are mixed"


def test_the_sample_is_of_real_training_images(full_mnist):
    known = {image.tobytes(): label for images, labels in (
        (full_mnist.x_train, full_mnist.y_train), (full_mnist.x_valid, full_mnist.y_valid))
        for image, label in zip(images, labels)}
    sample = mnist.sample()
    for images, labels in ((sample.x_train, sample.y_train), (sample.x_valid, sample.y_valid)):
        assert [known[image.tobytes()] for image in images] == labels.tolist()


def test_the_full_set_validates_on_its_first_5000(full_mnist):
    assert full_mnist.x_valid.shape == (5000, 784) and full_mnist.x_train.shape == (55000, 784)
    assert full_mnist.y_valid[:5].tolist() == [5, 0, 4, 1, 9]
    assert full_mnist.settings()["data"] == "MNIST"


def test_without_a_network_the_sample_stands_in_and_says_so(no_network):
    digits = mnist.load()
    assert digits.stand_in == "a sample of 5,000 MNIST digits, for want of the full set"
    assert digits.settings()["data"] == digits.stand_in


def test_keras_copy_is_checked_too(monkeypatch):
    monkeypatch.delenv("MNIST_NPZ", raising=False)
    arrays = full_size()
    monkeypatch.setattr(keras.datasets.mnist, "load_data",
                        lambda: ((arrays["x_train"], arrays["y_train"]), None))
    with pytest.raises(BadFile, match="Keras' copy of MNIST: training images of the right shape"):
        mnist.load()


@pytest.mark.parametrize("changes, complaint", [
    ({}, "training images of the right shape, but not MNIST's"),
    ({"x_train": np.zeros((60000, 784), "uint8")}, r"training images of shape \(60000, 784\)"),
    ({"x_train": np.zeros((60000, 28, 28), "float32")}, "type float32"),
    ({"x_train": np.zeros((10, 28, 28), "uint8")}, r"shape \(10, 28, 28\)"),
    ({"y_train": np.zeros(59999, "uint8")}, r"training labels of shape \(59999,\)"),
    ({"y_train": None}, "lacks the array y_train"),
])
def test_arrays_that_are_not_mnist_are_named(tmp_path, monkeypatch, changes, complaint):
    path = tmp_path / "foreign.npz"
    np.savez(str(path), **full_size(**changes))
    monkeypatch.setenv("MNIST_NPZ", str(path))
    if "y_train" in changes and changes["y_train"] is not None:
        monkeypatch.setattr(mnist, "IMAGES_SHA256", _sha_of_zeros())
    with pytest.raises(BadFile, match=complaint) as caught:
        mnist.load()
    assert str(path) in str(caught.value)


def _sha_of_zeros():
    return mnist.hashlib.sha256(mnist._as_idx(np.zeros((60000, 28, 28), "uint8"))).hexdigest()


@pytest.mark.parametrize("labels, complaint", [
    (np.full(60000, 10, "uint8"), "a label of 10"),
    (np.full(60000, 3, "uint8"), "training labels of the right shape, but not MNIST's")])
def test_labels_are_checked(tmp_path, monkeypatch, labels, complaint):
    np.savez(str(tmp_path / "foreign.npz"), **full_size(y_train=labels))
    monkeypatch.setenv("MNIST_NPZ", str(tmp_path / "foreign.npz"))
    monkeypatch.setattr(mnist, "IMAGES_SHA256", _sha_of_zeros())
    with pytest.raises(BadFile, match=complaint):
        mnist.load()


def saved(save, *arguments, **arrays):
    file = io.BytesIO()
    save(file, *arguments, **arrays)
    return file.getvalue()


WHOLE = saved(np.savez_compressed, x_train=np.arange(9000, dtype="uint8"),
              y_train=np.arange(9, dtype="uint8"))

ARCHIVE_OF_TEXT = io.BytesIO()
with zipfile.ZipFile(ARCHIVE_OF_TEXT, "w") as archive:
    archive.writestr("x_train", "text")
    archive.writestr("y_train", "text")
ARCHIVE_OF_TEXT = ARCHIVE_OF_TEXT.getvalue()


@pytest.mark.parametrize("content", [
    b"", b"not an archive", WHOLE[:-30], WHOLE[:400] + b"\x00" * 50 + WHOLE[450:],
    saved(np.save, np.zeros(3)), saved(np.savez, x_train=np.array([{}], object),
                                       y_train=np.zeros(3)), ARCHIVE_OF_TEXT],
    ids=["empty", "foreign", "truncated", "damaged", "one array", "objects", "no arrays"])
def test_a_file_that_is_no_archive_of_arrays_is_named(tmp_path, monkeypatch, content):
    path = tmp_path / "mnist.npz"
    path.write_bytes(content)
    monkeypatch.setenv("MNIST_NPZ", str(path))
    with pytest.raises(BadFile, match="mnist.npz: ") as caught:
        mnist.load()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("path", ["/no/such/file.npz", "/"])
def test_a_file_that_cannot_be_read_is_named(monkeypatch, path):
    monkeypatch.setenv("MNIST_NPZ", path)
    with pytest.raises(BadFile, match=path):
        mnist.load()
