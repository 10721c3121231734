"""MNIST as people have it: Keras' mnist.npz, or the published IDX files, in a folder.

Whatever is read must be the published training set, to the last pixel. What is often taken for it
is named for what it is; docs/reading-a-verdict.md says how to convert each.
"""
import gzip
import hashlib
import os
import re
import zlib

import numpy as np

from lib.files import BadFile, read_arrays

COUNT = 60000
# sha256 of the two IDX files of each training set as published, uncompressed
IMAGES_SHA256 = "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"
LABELS_SHA256 = "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"
FASHION_IMAGES_SHA256 = "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"
FASHION_LABELS_SHA256 = "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"
# training images of each split (Cohen et al., "EMNIST", 2017), and of letters in the first release
EMNIST = {697932: "by class or by merge", 112800: "balanced", 124800: "letters", 88800: "letters",
          240000: "digits"}
ANOTHER_SET = "another data set than MNIST; without --mnist and MNIST_NPZ Keras downloads MNIST"
CONVERT = "docs/reading-a-verdict.md says how to convert it"
IMAGES_FILES, LABELS_FILES = (
    [f"train-{what}{joined}{kind}-ubyte{ending}" for joined in "-." for ending in ("", ".gz")]
    for what, kind in (("images", "idx3"), ("labels", "idx1")))
HEAD = 1000     # bytes of a file by which its kind is known
KINDS = (       # what a file begins with, after what gzip unpacks, and what it is then
    (rb"version https://git-lfs", "a Git LFS pointer, not the file it stands for: git lfs pull"),
    (rb"(?i)(\xef\xbb\xbf)?\s*<(!doctype|html|\?xml|head)",
     "an HTML page, perhaps of a login or an error: download the file again"),
    (rb"\x80[\x02-\x05]", f"a pickle, which may run code and is not loaded: {CONVERT}"),
    (rb"\0\0\x08[\x01-\x03]", "one IDX file: give the folder that it is in, with its labels"),
    (rb"\x93NUMPY", f"a single array, without a name: {CONVERT}"),
    (rb"\x89HDF", f"an HDF5 file: {CONVERT}"),
    (rb"MATLAB 5", f"a MATLAB file: {CONVERT}"),
    (rb"PAR1", f"a Parquet file: {CONVERT}"),
    (rb"(\xef\xbb\xbf)?(\"?(label|pixel\d+)\"?,|(\d+(\.\d*)?[,;\t ]+){9})", f"CSV: {CONVERT}"),
)


def read(path):
    """The training images (60000, 28, 28) and labels (60000,) of MNIST as uint8, from any file.

    path: of a file as Keras stores it, or of a folder. Raises BadFile.
    """
    if os.path.isdir(path):
        return _of_folder(path)
    if os.path.isfile(path):
        _refuse_other_kinds(path)
    arrays = read_arrays(path, ("x_train", "y_train"))
    return checked(arrays["x_train"], arrays["y_train"], path)


def _of_folder(folder):
    images, labels = (_first_file(folder, names) for names in (IMAGES_FILES, LABELS_FILES))
    if images and labels:
        return checked(_of_idx(images, (COUNT, 28, 28)), _of_idx(labels, (COUNT,)), folder)
    if images or labels:
        missing = LABELS_FILES if images else IMAGES_FILES
        raise BadFile(f"{folder}: a folder without {missing[0]}, plain or .gz")
    try:
        inside = os.listdir(folder)
    except OSError as error:
        raise BadFile(f"{folder}: {error.strerror}") from None
    if "mnist.npz" in inside:
        return read(os.path.join(folder, "mnist.npz"))
    if any(name.lower().startswith("emnist") for name in inside):
        raise BadFile(f"{folder}: EMNIST's files: {ANOTHER_SET}")
    raise BadFile(f"{folder}: a folder with neither {IMAGES_FILES[0]}, plain or .gz, nor mnist.npz")


def _first_file(folder, names):
    """The path of the first of ``names`` that is a file in the folder, or None."""
    paths = [os.path.join(folder, name) for name in names]
    return next(filter(os.path.isfile, paths), None)


def _of_idx(path, shape):
    """The array in an IDX file of uint8, packed or not; no more is read than ``shape`` needs."""
    start = 4 + 4 * len(shape)      # the kind of numbers, and each length
    size = start + int(np.prod(shape))
    content = _content(path, size + 1)
    if content[:4] != bytes([0, 0, 8, len(shape)]) or len(content) < start:
        for pattern, what in KINDS:
            if re.match(pattern, content) and not content.startswith(b"\0\0"):
                raise BadFile(f"{path}: {what}")
        raise BadFile(f"{path}: not an IDX file of {len(shape)} dimensions")
    found = tuple(int(length) for length in np.frombuffer(content, ">i4", len(shape), offset=4))
    if found != shape:
        raise BadFile(f"{path}: {_count_in_words(found[0])}")
    if len(content) != size:
        raise BadFile(f"{path}: {'truncated' if len(content) < size else 'longer than it says'}")
    return np.frombuffer(content, "uint8", offset=start).reshape(shape)


def _content(path, limit):
    """The first ``limit`` bytes of a file, of what is packed in it if gzip did that."""
    try:
        with open(path, "rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        with gzip.open(path, "rb") if packed else open(path, "rb") as file:
            return file.read(limit)
    except (OSError, EOFError, zlib.error) as error:
        raise BadFile(f"{path}: {getattr(error, 'strerror', None) or 'damaged'}") from None


def _refuse_other_kinds(path):
    head = _content(path, HEAD)
    for pattern, what in KINDS:
        if re.match(pattern, head):
            raise BadFile(f"{path}: {what}")
    if re.search(r"\.(pkl|pickle)(\.gz)?$", path):      # of protocol 0, which is text
        raise BadFile(f"{path}: a pickle, which may run code and is not loaded: {CONVERT}")


def checked(images, labels, path):
    """The arrays as uint8, of shape (60000, 28, 28) and (60000,). Raises BadFile if not MNIST's.

    images: integers of any type, (60000, 784), (60000, 28, 28) or (60000, 28, 28, 1).
    """
    images = _as_bytes(images, ((COUNT, 28, 28), (COUNT, 784), (COUNT, 28, 28, 1)), 255, "images",
                       path)
    labels = _as_bytes(labels, ((COUNT,), (COUNT, 1)), 9, "labels", path)
    for what, array, right, fashion in (
            ("images", images, IMAGES_SHA256, FASHION_IMAGES_SHA256),
            ("labels", labels, LABELS_SHA256, FASHION_LABELS_SHA256)):
        found = hashlib.sha256(as_idx(array)).hexdigest()
        if found == fashion:
            raise BadFile(f"{path}: Fashion-MNIST: {ANOTHER_SET}")
        if found != right:
            raise BadFile(f"{path}: training {what} of the right shape, but not MNIST's")
    return images, labels


def _as_bytes(array, shapes, largest, what, path):
    """The array as uint8 in the first of ``shapes``, if it is of any of them and in range."""
    if array.shape not in shapes:
        if array.shape and array.shape[0] in EMNIST:
            raise BadFile(f"{path}: {_count_in_words(array.shape[0])}")
        raise BadFile(f"{path}: training {what} of shape {array.shape}, not {shapes[0]}: not MNIST")
    if array.dtype.kind not in "iu":
        raise BadFile(f"{path}: training {what} of type {array.dtype}, not integers: {CONVERT}")
    for extreme in (array.min(), array.max()):
        if not 0 <= extreme <= largest:
            raise BadFile(f"{path}: a {'pixel' if what == 'images' else 'label'} of {extreme}: "
                          "not MNIST")
    return array.astype("uint8").reshape(shapes[0])


def _count_in_words(count):
    if count in EMNIST:
        return f"{count:,} training images, as EMNIST ({EMNIST[count]}) has: {ANOTHER_SET}"
    return f"{count:,} images or labels, where MNIST has {COUNT:,} to train on"


def as_idx(array):
    """The bytes of the IDX file that holds an array of uint8."""
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes()
    return header + np.ascontiguousarray(array).tobytes()
