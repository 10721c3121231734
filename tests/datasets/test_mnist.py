"""Where MNIST comes from, and what is not taken for it."""
import gzip
import hashlib
import http.client
import io
import os
import pickle
import re
import socket
import subprocess
import sys
import urllib.error
import zipfile

import numpy as np
import pytest

from lib import PROJECT
from lib.compat import keras
from lib.datasets import mnist, mnist_files
from lib.datasets.mnist_files import as_idx
from lib.files import BadFile


@pytest.fixture(autouse=True)
def nothing_loaded_so_far():
    mnist._load.cache_clear()
    yield
    mnist._load.cache_clear()


@pytest.fixture
def cache(monkeypatch, tmp_path):
    """The path of Keras' copy in an empty cache."""
    monkeypatch.delenv("MNIST_NPZ", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    (tmp_path / "datasets").mkdir()
    return tmp_path / "datasets" / "mnist.npz"


@pytest.fixture
def download(monkeypatch, cache):
    """A function that says what the download raises, and what it leaves in the cache."""
    def becomes(error, left=None):
        def load_data():
            if left is not None:
                cache.write_bytes(left)
            raise error
        monkeypatch.setattr(keras.datasets.mnist, "load_data", load_data)
    return becomes


def fetch_failure(cause):
    """As Keras' get_file raises it: an Exception in place of the one that says what happened."""
    try:
        try:
            raise cause
        except Exception:
            raise Exception("URL fetch failure on https://…")
    except Exception as error:
        return error


def bytes_of(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


@pytest.fixture(scope="module")
def training_set(full_mnist):
    """All training images and labels of MNIST, as uint8."""
    def both(name):
        return np.concatenate([getattr(full_mnist, name + "_valid"),
                               getattr(full_mnist, name + "_train")])
    return (np.round(both("x") * 255).astype("uint8").reshape(-1, 28, 28),
            both("y").astype("uint8"))


@pytest.fixture(scope="module")
def mnist_bytes(training_set):
    """MNIST in an archive that is not Keras' own to the bit."""
    images, labels = training_set
    return bytes_of(x_train=images, y_train=labels, x_test=images[:10], y_test=labels[:10])


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


@pytest.mark.parametrize("error", [
    fetch_failure(urllib.error.URLError("no network")),
    fetch_failure(urllib.error.HTTPError("https://…", 503, "busy", None, None)),
    fetch_failure(urllib.error.ContentTooShortError("got 5 of 11 MB", None)),
    urllib.error.URLError("no network"), socket.timeout("timed out"), ConnectionResetError("reset"),
    http.client.IncompleteRead(b"")], ids=lambda error: type(error).__name__)
def test_where_the_download_fails_the_sample_stands_in_and_says_so(download, error, capsys):
    download(error)
    digits = mnist.load()
    assert digits.stand_in == "a sample of 5,000 MNIST digits, for want of the full set"
    assert digits.settings()["data"] == digits.stand_in
    assert capsys.readouterr().err == f"No full MNIST: {error}\n"


@pytest.mark.parametrize("error", [
    ValueError("a mistake"), AttributeError("no load_data"), PermissionError(13, "denied"),
    OSError(28, "No space left on device"), Exception("of another kind"),
    fetch_failure(ValueError("a mistake")), MemoryError()], ids=lambda error: type(error).__name__)
def test_what_is_no_failed_download_is_not_taken_for_one(download, error):
    download(error)
    with pytest.raises(type(error)) as caught:
        mnist.load()
    assert caught.value is error


def test_the_download_has_to_be_mnist_too(cache, monkeypatch):
    arrays = full_size()
    monkeypatch.setattr(keras.datasets.mnist, "load_data",
                        lambda: ((arrays["x_train"], arrays["y_train"]), None))
    with pytest.raises(BadFile, match="Keras' copy of MNIST: training images of the right shape"):
        mnist.load()


def test_mnist_in_keras_cache_is_used_and_left_whatever_its_zip_is(cache, mnist_bytes):
    """Without a network, and by Keras itself: it would remove the file, and the sample stand in."""
    cache.write_bytes(mnist_bytes)
    before = cache.stat()
    environment = dict(os.environ, https_proxy="http://127.0.0.1:9", no_proxy="")
    done = subprocess.run(
        [sys.executable, "-c", "from lib.datasets import mnist; print(mnist.load().settings())"],
        cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        universal_newlines=True, timeout=300)
    assert "'data': 'MNIST'" in done.stdout, done.stderr
    after = cache.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert hashlib.sha256(cache.read_bytes()).digest() == hashlib.sha256(mnist_bytes).digest()


@pytest.mark.parametrize("content", [
    b"", b"<html>log in to this network</html>", bytes_of(**{"x_train": np.zeros(3)}),
    bytes_of(x_train=np.zeros((9, 28, 28), "uint8"), y_train=np.zeros(9, "uint8"))],
    ids=["empty", "a page", "no labels", "few images"])
def test_what_is_not_mnist_in_keras_cache_is_named_and_left(cache, download, content):
    download(AssertionError("no download is tried"))
    cache.write_bytes(content)
    with pytest.raises(BadFile) as caught:
        mnist.load()
    assert str(caught.value).startswith(str(cache) + ": ") and "\n" not in str(caught.value)
    assert cache.read_bytes() == content


@pytest.mark.parametrize("make", [
    lambda path: path.mkdir(), lambda path: path.symlink_to("/no/such/file")],
    ids=["a folder", "a link to nowhere"])
def test_whatever_lies_where_keras_keeps_its_copy_is_left(cache, download, make):
    download(AssertionError("no download is tried"))
    make(cache)
    with pytest.raises(BadFile) as caught:
        mnist.load()
    assert str(caught.value).startswith(str(cache) + ": ")
    assert os.path.lexists(str(cache))


def test_a_run_names_a_bad_file_of_the_cache_in_one_line(cache):
    cache.write_bytes(b"<html>log in to this network</html>")
    done = subprocess.run(
        [sys.executable, "-m", "reproductions", "run", "mnist_leaky_relu_mlp", "--out",
         str(cache.parent / "out")], cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        universal_newlines=True, timeout=300)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"reproductions: {cache}: an HTML page, perhaps of a login or an error: download the file "
        "again (Keras' cache: remove it to download MNIST again)\n")


def test_where_keras_cannot_write_its_other_folder_is_looked_into(monkeypatch, cache, mnist_bytes,
                                                                  download):
    download(AssertionError("no download is tried"))
    other = cache.parent / "other"
    other.mkdir()
    (other / "mnist.npz").write_bytes(mnist_bytes)
    monkeypatch.setattr(mnist, "keras_data_folders", lambda: [str(cache.parent), str(other)])
    assert mnist.load().settings()["data"] == "MNIST"


def test_what_keras_downloaded_and_did_not_expect_is_checked_here(download, mnist_bytes):
    """Another archive of MNIST is MNIST: Keras keeps it and raises an error."""
    download(ValueError("Incomplete or corrupted file detected"), left=mnist_bytes)
    assert mnist.load().settings()["data"] == "MNIST"


def test_what_came_instead_of_mnist_is_named(download, cache):
    download(ValueError("Incomplete or corrupted file detected"), left=b"<html>log in</html>")
    with pytest.raises(BadFile, match=str(cache)):
        mnist.load()


@pytest.mark.parametrize("changes, complaint", [
    ({}, "training images of the right shape, but not MNIST's"),
    ({"x_train": np.zeros((60000, 784), "int16")}, "images of the right shape, but not MNIST's"),
    ({"x_train": np.zeros((60000, 28, 28), "float32")}, "type float32, not integers: docs/reading"),
    ({"x_train": np.zeros((60000, 28, 28), bool)}, "type bool, not integers"),
    ({"x_train": np.full((60000, 784), -1, "int8")}, "a pixel of -1: not MNIST"),
    ({"x_train": np.full((60000, 784), 256, "int16")}, "a pixel of 256: not MNIST"),
    ({"x_train": np.zeros((10, 28, 28), "uint8")}, r"shape \(10, 28, 28\), not \(60000, 28, 28\)"),
    ({"x_train": np.zeros((60000, 28, 27), "uint8")}, r"shape \(60000, 28, 27\)"),
    ({"x_train": np.zeros((112800, 28, 28), "uint8")}, r"as EMNIST \(balanced\) has: another data"),
    ({"x_train": np.zeros((), "uint8")}, r"shape \(\)"),
    ({"y_train": np.zeros(59999, "uint8")}, r"training labels of shape \(59999,\)"),
    ({"y_train": None}, "lacks the array y_train"),
])
def test_arrays_that_are_not_mnist_are_named(tmp_path, monkeypatch, changes, complaint):
    path = tmp_path / "foreign.npz"
    np.savez(str(path), **full_size(**changes))
    monkeypatch.setenv("MNIST_NPZ", str(path))
    if "y_train" in changes and changes["y_train"] is not None:
        monkeypatch.setattr(mnist_files, "IMAGES_SHA256", sha_of(ZEROS))
    with pytest.raises(BadFile, match=complaint) as caught:
        mnist.load()
    assert str(path) in str(caught.value)


ZEROS = np.zeros((60000, 28, 28), "uint8")


def sha_of(array):
    return hashlib.sha256(as_idx(array)).hexdigest()


@pytest.mark.parametrize("labels, complaint", [
    (np.full(60000, 10, "uint8"), "a label of 10"),
    (np.full(60000, 3, "uint8"), "training labels of the right shape, but not MNIST's")])
def test_labels_are_checked(tmp_path, monkeypatch, labels, complaint):
    np.savez(str(tmp_path / "foreign.npz"), **full_size(y_train=labels))
    monkeypatch.setenv("MNIST_NPZ", str(tmp_path / "foreign.npz"))
    monkeypatch.setattr(mnist_files, "IMAGES_SHA256", sha_of(ZEROS))
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


def test_digits_are_told_apart_by_their_digest():
    arrays = np.zeros((6, 28, 28), "uint8"), np.arange(6, dtype="uint8")
    one, same, other = (mnist.Digits(arrays[0], labels, 2).sha256
                        for labels in (arrays[1], arrays[1].copy(), arrays[1][::-1]))
    assert one == same != other


@pytest.mark.parametrize("path", ["/no/such/file.npz", "/"])
def test_a_file_that_cannot_be_read_is_named(monkeypatch, path):
    monkeypatch.setenv("MNIST_NPZ", path)
    with pytest.raises(BadFile, match=path):
        mnist.load()


@pytest.mark.parametrize("kind", ["uint8", "int16", ">u2", "int32", "int64", "uint64"])
@pytest.mark.parametrize("shape", [(-1, 28, 28), (-1, 784), (-1, 28, 28, 1)])
def test_any_integers_in_any_usual_shape_are_mnist(training_set, kind, shape):
    images, labels = training_set
    found = mnist_files.checked(images.astype(kind).reshape(shape), labels.astype(kind), "a file")
    assert all(np.array_equal(one, other) for one, other in zip(found, training_set))
    assert [array.dtype for array in found] == ["uint8", "uint8"]


def write_idx(path, array):
    """An IDX file, packed if its name says so."""
    with (gzip.open if path.name.endswith(".gz") else open)(str(path), "wb") as file:
        file.write(as_idx(array))


@pytest.mark.parametrize("images_name, labels_name", [
    ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    ("train-images.idx3-ubyte", "train-labels.idx1-ubyte.gz")])
def test_a_folder_of_idx_files_is_mnist(monkeypatch, tmp_path, training_set, full_mnist,
                                        images_name, labels_name):
    write_idx(tmp_path / images_name, training_set[0])
    write_idx(tmp_path / labels_name, training_set[1])
    (tmp_path / "t10k-images-idx3-ubyte").write_bytes(b"not looked at")
    monkeypatch.setenv("HOME", str(tmp_path.parent))
    monkeypatch.setenv("MNIST_NPZ", "~/" + tmp_path.name)
    assert mnist.load().sha256 == full_mnist.sha256


def test_what_is_packed_is_known_by_its_content(tmp_path):
    """Browsers unpack some files, and leave their names."""
    write_idx(tmp_path / "a", ZEROS)
    (tmp_path / "a").rename(tmp_path / "train-images-idx3-ubyte.gz")
    found = mnist_files._of_idx(str(tmp_path / "train-images-idx3-ubyte.gz"), (60000, 28, 28))
    assert np.array_equal(found, ZEROS)


def test_a_folder_may_hold_mnist_npz(monkeypatch, tmp_path, mnist_bytes):
    (tmp_path / "mnist.npz").write_bytes(mnist_bytes)
    monkeypatch.setenv("MNIST_NPZ", str(tmp_path))
    assert mnist.load().settings()["data"] == "MNIST"


IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
EMPTY = np.zeros((0, 28, 28), "uint8")


@pytest.mark.parametrize("files, complaint", [
    ({}, f": a folder with neither {IMAGES}, plain or .gz, nor mnist.npz"),
    ({IMAGES: b""}, f": a folder without {LABELS}, plain or .gz"),
    ({LABELS: b""}, f": a folder without {IMAGES}, plain or .gz"),
    ({"emnist-digits-train-images-idx3-ubyte.gz": b""}, ": EMNIST's files: another data set than"),
    ({IMAGES: b"", LABELS: b""}, f"{IMAGES}: not an IDX file of 3 dimensions"),
    ({IMAGES: as_idx(ZEROS)[:99], LABELS: b""}, f"{IMAGES}: truncated"),
    ({IMAGES: as_idx(ZEROS) + b"0", LABELS: b""}, f"{IMAGES}: longer than it says"),
    ({IMAGES: gzip.compress(as_idx(ZEROS))[:99], LABELS: b""}, f"{IMAGES}: damaged"),
    ({IMAGES: b"\x1f\x8b damaged", LABELS: b""}, f"{IMAGES}: damaged"),
    ({IMAGES: as_idx(EMPTY), LABELS: b""}, f"{IMAGES}: 0 images or labels, where MNIST has 60,000"),
    ({IMAGES: as_idx(EMPTY)[:4] + b"\0\1\xe7\x80" + as_idx(ZEROS)[8:], LABELS: b""},
     f"{IMAGES}: 124,800 training images, as EMNIST (letters) has: another data set than MNIST"),
    ({IMAGES: as_idx(ZEROS), LABELS: as_idx(ZEROS)}, f"{LABELS}: not an IDX file of 1 dimensions"),
    ({IMAGES: as_idx(ZEROS), LABELS: as_idx(ZEROS[:, 0, 0])}, "images of the right shape, but not"),
    ({IMAGES: b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", LABELS: b""},
     f"{IMAGES}: a Git LFS pointer, not the file it stands for: git lfs pull")],
    ids=lambda value: value[-40:] if isinstance(value, str) else "")
def test_a_folder_of_other_things_is_named(monkeypatch, tmp_path, files, complaint):
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    monkeypatch.setenv("MNIST_NPZ", str(tmp_path))
    with pytest.raises(BadFile) as caught:
        mnist.load()
    assert str(tmp_path) in str(caught.value) and complaint in str(caught.value)
    assert "\n" not in str(caught.value)


CONVERT = ": docs/reading-a-verdict.md says how to convert it"
PICKLED = ": a pickle, which may run code and is not loaded" + CONVERT
PAGE = ": an HTML page, perhaps of a login or an error: download the file again"
POINTER = ": a Git LFS pointer, not the file it stands for: git lfs pull"


@pytest.mark.parametrize("name, content, complaint", [
    ("mnist.npz", b"\xef\xbb\xbf\n<!DOCTYPE html><html>", PAGE),
    ("mnist.npz", b"<HTML>", PAGE),
    ("mnist.npz", b"version https://git-lfs.github.com/spec/v1\noid", POINTER),
    ("mnist.pkl.gz", gzip.compress(pickle.dumps([], 2)), PICKLED),
    ("mnist.data", pickle.dumps([], 4), PICKLED),
    ("mnist.pkl", pickle.dumps([], 0), PICKLED),
    ("mnist_train.csv", b"5,0,0,0,0,0,0,0,0,0,0,0\n", ": CSV" + CONVERT),
    ("mnist_train.csv.gz", gzip.compress(b"label,1x1,1x2\n5,0,0"), ": CSV" + CONVERT),
    ("train.csv", b'"label","pixel0"\n5,0', ": CSV" + CONVERT),
    ("mnist.txt", b"5.0\t0\t0\t0\t0\t0\t0\t0\t0\t0\n", ": CSV" + CONVERT),
    ("mnist.npy", saved(np.save, np.zeros(3)), ": a single array, without a name" + CONVERT),
    ("mnist.h5", b"\x89HDF\r\n", ": an HDF5 file" + CONVERT),
    ("emnist.mat", b"MATLAB 5.0 MAT-file", ": a MATLAB file" + CONVERT),
    ("train.parquet", b"PAR1", ": a Parquet file" + CONVERT),
    (IMAGES, as_idx(EMPTY), ": one IDX file: give the folder that it is in"),
    (IMAGES + ".gz", gzip.compress(as_idx(EMPTY)), ": one IDX file: give the folder that it is"),
    ("mnist.npz", gzip.compress(b"5,0,0" * 99)[:14], ": damaged"),
    ("mnist.npz", bytes_of(arr_0=np.zeros(3)), ": lacks the array x_train")],
    ids=lambda value: value[:30] if isinstance(value, str) else "")
def test_what_is_taken_for_mnist_is_named_for_what_it_is(monkeypatch, tmp_path, name, content,
                                                         complaint):
    (tmp_path / name).write_bytes(content)
    monkeypatch.setenv("MNIST_NPZ", str(tmp_path / name))
    with pytest.raises(BadFile) as caught:
        mnist.load()
    assert str(caught.value).startswith(str(tmp_path / name) + complaint)
    assert "\n" not in str(caught.value)


def save_csv(folder, images, labels):
    rows = np.column_stack([labels, images.reshape(-1, 784)])
    np.savetxt(str(folder / "mnist_train.csv"), rows, "%d", ",")


def save_pickle(folder, images, labels):
    x = images.reshape(-1, 784).astype("float32") / 256
    with gzip.open(str(folder / "mnist.pkl.gz"), "wb") as file:
        pickle.dump(((x[:30], labels[:30]), (x[30:], labels[30:]), None), file, 2)


@pytest.mark.parametrize("number, save", [(0, save_csv), (1, save_pickle)])
def test_the_ways_to_convert_work(monkeypatch, tmp_path, number, save):
    """As they stand in the documentation, with the first 40 images of the sample."""
    with open(os.path.join(PROJECT, "docs", "reading-a-verdict.md"), encoding="utf-8") as file:
        recipe = re.findall(r"```python\n(.*?)```", file.read(), re.DOTALL)[number]
    with np.load(mnist.SAMPLE) as arrays:
        images, labels = arrays["x_train"][:40], arrays["y_train"][:40]
    save(tmp_path, images, labels)
    monkeypatch.chdir(tmp_path)
    exec(recipe, {})
    monkeypatch.setattr(mnist_files, "COUNT", 40)
    monkeypatch.setattr(mnist_files, "IMAGES_SHA256", sha_of(images))
    monkeypatch.setattr(mnist_files, "LABELS_SHA256", sha_of(labels))
    assert np.array_equal(mnist_files.read("mnist.npz")[0], images)


@pytest.mark.parametrize("which", ["IMAGES", "LABELS"])
def test_fashion_mnist_is_known_by_its_checksums(monkeypatch, which):
    """The data set itself is not here: zeros stand in for it, and their checksum for its own."""
    labels = np.zeros(60000, "uint8")
    monkeypatch.setattr(mnist_files, f"FASHION_{which}_SHA256",
                        sha_of(ZEROS if which == "IMAGES" else labels))
    if which == "LABELS":
        monkeypatch.setattr(mnist_files, "IMAGES_SHA256", sha_of(ZEROS))
    with pytest.raises(BadFile, match="^a folder: Fashion-MNIST: another data set than MNIST"):
        mnist_files.checked(ZEROS, labels, "a folder")
