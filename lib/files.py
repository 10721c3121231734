"""Files that are written whole or not at all, and read with a one-line complaint about a bad one.

NaN and the infinities are written as the strings "NaN", "Infinity" and "-Infinity", which any JSON
reader accepts.
"""
import contextlib
import errno
import fcntl
import io
import json
import math
import os
import re
import reprlib
import secrets
import struct
import tokenize
import zipfile
import zlib

import numpy as np

IN_THE_MAKING = ".unfinished-"     # how the names of temporary files begin
NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
LARGEST_TEXT = 10 ** 8      # characters of a JSON file; the largest of ours has two million
LARGEST_ARRAYS = 2 ** 29    # bytes of a file's arrays: MNIST takes 377 MB as int64
LONGEST_HEADER = 10000      # bytes of an array's header; NumPy's own limit
HEADER_READERS = {(1, 0): np.lib.format.read_array_header_1_0,
                  (2, 0): np.lib.format.read_array_header_2_0}


class BadFile(ValueError):
    """A file that is not what it should be, or not whole: the message names it and says why."""


@contextlib.contextmanager
def written_whole(path):
    """A temporary path beside ``path``, with the same ending; at the end it replaces ``path``.

    An error or an interruption leaves ``path`` as it was and no temporary file. A process that is
    killed does leave one: the next write in that folder removes it. An OSError names ``path``.
    """
    folder, name = os.path.split(os.path.abspath(path))
    os.makedirs(folder, exist_ok=True)
    _remove_what_killed_processes_left(folder)
    try:
        with _new_file(folder, name) as file:
            temporary = file.name
            try:
                yield temporary
                os.replace(temporary, path)
            except BaseException:
                with contextlib.suppress(FileNotFoundError):
                    os.remove(temporary)
                raise
    except OSError as error:
        if IN_THE_MAKING in str(error.filename or IN_THE_MAKING):
            error.filename = path
        error.strerror = error.strerror or str(error)
        raise


def _new_file(folder, name):
    """An empty file that is locked for as long as it is open, with the rights the umask leaves."""
    while True:
        file = open(os.path.join(folder, f"{IN_THE_MAKING}{secrets.token_hex(4)}-{name}"), "xb")
        with contextlib.suppress(OSError):      # not every file system has locks
            fcntl.flock(file, fcntl.LOCK_EX)
        if os.path.exists(file.name):           # not removed before it was locked
            return file
        file.close()


def _remove_what_killed_processes_left(folder):
    """The temporary files there that no process has locked."""
    for name in os.listdir(folder):
        if name.startswith(IN_THE_MAKING):
            with contextlib.suppress(OSError):  # locked, or gone already
                with open(os.path.join(folder, name), "rb") as file:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    os.remove(file.name)


def write_json(data, path):
    """Write plain data in its own order, nothing rounded, each list of numbers on one line."""
    text = json.dumps(not_finite_as_text(data), indent=1, allow_nan=False, ensure_ascii=False)
    text = re.sub(r"\[\n\s+([^\[\]{}]+?)\n\s+\]",
                  lambda found: "[" + re.sub(r"\n\s+", " ", found.group(1)) + "]", text)
    with written_whole(path) as temporary:
        with open(temporary, "w", encoding="utf-8") as file:
            file.write(text + "\n")


def read_json(path):
    """What a JSON file holds. Raises BadFile, which names the file and what is wrong with it.

    No key may be there twice, no number too large for 64 bits, and no text may be one that cannot
    be written again.
    """
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(LARGEST_TEXT + 1)
        if len(text) > LARGEST_TEXT:
            raise ValueError(f"more than {LARGEST_TEXT // 10 ** 6} million characters")
        if not text:
            raise ValueError("it is empty")
        if text[0] == "\ufeff":
            raise ValueError("it begins with a byte order mark; save it as UTF-8 without one")
        found = json.loads(text, parse_constant=_no_bare_literal, parse_float=_finite,
                           parse_int=_of_64_bits, object_pairs_hook=_without_twins)
        if "\\ud" in text.lower():      # half of a pair, perhaps
            json.dumps(found, ensure_ascii=False).encode("utf-8")
        return found
    except UnicodeDecodeError:
        raise BadFile(f"{path}: not a JSON file (it is not in UTF-8)") from None
    except UnicodeEncodeError as error:
        raise BadFile(f"{path}: not a JSON file ({ascii(error.object[error.start])} is half of a "
                      "character)") from None
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror}") from None
    except RecursionError:
        raise BadFile(f"{path}: not a JSON file of ours (it is nested too deeply)") from None
    except ValueError as error:
        raise BadFile(f"{path}: not a JSON file ({error})") from None


def _no_bare_literal(literal):
    raise ValueError(f'a bare {literal}, which must be the string "{literal}"')


def _finite(literal):
    number = float(literal)
    if math.isinf(number):
        raise ValueError(f"{reprlib.repr(literal)} is too large a number")
    return number


def _of_64_bits(literal):
    if len(literal) > 20 or abs(int(literal)) >= 2 ** 63:
        raise ValueError(f"{reprlib.repr(literal)} is too large a number")
    return int(literal)


def _without_twins(pairs):
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twin = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {reprlib.repr(twin)} is there twice")
    return found


def as_number(value):
    """A number from JSON, where NaN and infinity are text. Raises ValueError for anything else."""
    if isinstance(value, str) and value in NOT_FINITE:
        return NOT_FINITE[value]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{quoted(value)} is not a number")
    return value


def quoted(value):
    """Plain data for a complaint: as in the file, cut to a few dozen characters."""
    return (json.dumps(value) if value is None or isinstance(value, bool)
            else reprlib.repr(value))


def not_finite_as_text(value):
    if isinstance(value, dict):
        return {key: not_finite_as_text(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [not_finite_as_text(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def read_arrays(path, names=()):
    """{name: array} of an .npz file; BadFile if it is not one, or lacks one of ``names``.

    Nothing is unpickled. What the arrays take is known from their headers before any of them is
    decompressed; more than LARGEST_ARRAYS is refused.
    """
    try:
        if os.path.exists(path) and not (os.path.isfile(path) or os.path.isdir(path)):
            raise BadFile(f"{path}: a pipe or a device, not an .npz file")
        if not zipfile.is_zipfile(path):
            with open(path, "rb"):  # for the complaint of the system, if there is one
                raise BadFile(f"{path}: truncated, or not an .npz file")
        with zipfile.ZipFile(path) as archive:
            members = {member.filename[:-len(".npy")]: member for member in archive.infolist()
                       if member.filename.endswith(".npy")}
            if not members:
                raise BadFile(f"{path}: an archive, but not of arrays")
            missing = sorted(set(names) - set(members))
            if missing:
                raise BadFile(f"{path}: lacks the array {missing[0]}")
            wanted = {name: members[name] for name in names or members}
            taken = sum(_size_of_array(archive, member) for member in wanted.values())
            if taken > LARGEST_ARRAYS:
                raise BadFile(f"{path}: arrays of {taken / 1e6:,.0f} MB, more than the "
                              f"{LARGEST_ARRAYS / 1e6:,.0f} MB that are read here")
            return {name: _read_array(archive, member) for name, member in wanted.items()}
    except BadFile:
        raise
    except OSError as error:
        # where a damaged archive points before its start, the system calls it an invalid argument
        said = None if error.errno == errno.EINVAL else error.strerror
        raise BadFile(f"{path}: {said or 'damaged'}") from None
    except (EOFError, zipfile.BadZipFile, zlib.error, struct.error):
        raise BadFile(f"{path}: damaged") from None
    except NotImplementedError:
        raise BadFile(f"{path}: compressed as NumPy does not; numpy.savez_compressed does it "
                      "right") from None
    except (ValueError, TypeError, SyntaxError, tokenize.TokenError, OverflowError, MemoryError,
            RuntimeError):      # objects, a header that lies, or a password
        raise BadFile(f"{path}: not an .npz file of plain numbers") from None


def _size_of_array(archive, member):
    """The bytes of the array in a member of an archive, from its header.

    Raises ValueError, or what NumPy raises of a bad header, unless the member is just as long as
    its header says.
    """
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotImplementedError   # NumPy writes no other; LZMA may ask for 4 GB of memory
    with archive.open(member) as file:
        start = io.BytesIO(file.read(LONGEST_HEADER))
    version = np.lib.format.read_magic(start)
    if version not in HEADER_READERS:
        raise ValueError(f"version {version}, which only records need")
    shape, _, dtype = HEADER_READERS[version](start)
    size = dtype.itemsize
    for length in shape:
        size *= length
    if dtype.kind not in "biufc" or min(shape, default=0) < 0 or (
            start.tell() + size != member.file_size):
        raise ValueError("no array of plain numbers, or not as many as the header says")
    return size


def _read_array(archive, member):
    with archive.open(member) as file:
        return np.lib.format.read_array(file, allow_pickle=False)
