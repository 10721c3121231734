"""A run's record on disk: one JSON file beside the figure of the same stem.

Nothing in it is rounded; keys are sorted; NaN and infinity are the strings "NaN", "Infinity" and
"-Infinity", so that any JSON reader takes it. Files appear whole or not at all.
"""
import contextlib
import json
import math
import os
import re
import subprocess
import tempfile
import zipfile
import zlib
from collections import OrderedDict

import numpy as np

from lib import PROJECT
from lib.claims import History

FORMAT = "training-reproductions record 2"
PARTS = {"claim", "number", "title", "histories", "outcomes", "verdict", "seed", "seconds",
         "stand_in"}
ROW = {"name", "by", "sentence", "where", "statement", "measured", "expected", "origin", "holds",
       "as_recorded", "fails_because"}
NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class BadFile(ValueError):
    """A file that is not what it should be, or not whole: the message names it and says why."""


class BadRecord(BadFile):
    """A file that is not a record of this suite, or not a whole one."""


@contextlib.contextmanager
def written_whole(path):
    """A temporary path of the same ending beside ``path``, put in its place at the end.

    An error or an interruption leaves ``path`` as it was and no temporary file.
    """
    folder, name = os.path.split(os.path.abspath(path))
    os.makedirs(folder, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=".", suffix="-" + name, dir=folder)
    os.close(descriptor)
    try:
        yield temporary
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.remove(temporary)
        raise


def record_of(claim, seed, epochs, histories, outcomes, verdict, environment, seconds):
    """Everything that a run gave, as plain data. ``seconds`` alone differs from run to run."""
    return {
        "format": FORMAT,
        "claim": claim.name,
        "number": claim.number,
        "title": claim.title,
        "seed": seed,
        "epochs": epochs,
        "histories": [dict(_entry_of(history), label=label)
                      for label, history in histories.items()],
        "outcomes": [dict(outcome.as_row(), name=name) for name, outcome in outcomes.items()],
        "verdict": verdict,
        "stand_in": claim.stand_in(),
        "environment": environment,
        "commit": commit(),
        "seconds": seconds,
    }


def commit():
    """The git commit that holds the code, "+changes" if the code differs from it, or None."""
    def git(*words):
        return subprocess.check_output(("git", "-C", PROJECT) + words, universal_newlines=True,
                                       stderr=subprocess.DEVNULL).strip()
    try:
        changes = git("status", "--porcelain", "--", "lib", "reproductions", "requirements.txt")
        return git("rev-parse", "HEAD") + ("+changes" if changes else "")
    except (OSError, subprocess.CalledProcessError):
        return None


def write(record, path):
    """Write a record, one line to each list of numbers."""
    text = json.dumps(_not_finite_as_text(record), sort_keys=True, indent=1, allow_nan=False,
                      ensure_ascii=False)
    text = re.sub(r"\[\n\s+([^\[\]{}]+?)\n\s+\]",
                  lambda found: "[" + re.sub(r"\n\s+", " ", found.group(1)) + "]", text)
    with written_whole(path) as temporary:
        with open(temporary, "w", encoding="utf-8") as file:
            file.write(text + "\n")


def read_json(path):
    """What a JSON file holds. Raises BadRecord, which names the file and what is wrong with it."""
    def refuse(literal):
        raise ValueError("a bare {0}, which a record has as \"{0}\"".format(literal))
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file, parse_constant=refuse)
    except OSError as error:
        raise BadRecord("{}: {}".format(path, error.strerror)) from None
    except ValueError as error:
        raise BadRecord("{}: not a JSON file ({})".format(path, error)) from None


def read(path, claim):
    """Read the record of the claim of that name. Raises BadRecord."""
    record = read_json(path)
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise BadRecord("{}: not a record of this suite (no format {!r})".format(path, FORMAT))
    missing = sorted(PARTS - set(record))
    if missing:
        raise BadRecord("{}: a record without {}".format(path, ", ".join(missing)))
    if record["claim"] != claim:
        raise BadRecord("{}: the record of {}, not of {}".format(path, record["claim"], claim))
    try:
        for entry in record["histories"]:
            _check_history(entry)
        for row in record["outcomes"]:
            row["measured"] = float(_text_as_not_finite(row["measured"]))
            if not ROW <= set(row):
                raise ValueError("an outcome lacks a part")
    except (TypeError, KeyError, AttributeError, ValueError):
        raise BadRecord("{}: its histories or outcomes are not as a record has them"
                        .format(path)) from None
    return record


def _check_history(entry):
    """Raise an error if it is no history; put its numbers that are not finite back."""
    entry["label"] + ""
    settings, series = entry["settings"], entry["series"]
    for name, values in series.items():
        if not isinstance(values, list) or not values:
            raise ValueError("a series is a list")
        series[name] = _text_as_not_finite(values)
    # series that are kept each epoch are as long as the training
    if {"loss", "weight"} <= set(series) and len(series["weight"]) != settings["epochs"]:
        raise ValueError("a series was cut")


def read_arrays(path, names=()):
    """{name: array} of an .npz file; BadFile if it is not one, or lacks one of ``names``."""
    try:
        if not zipfile.is_zipfile(path):
            with open(path, "rb"):  # for the complaint of the system, if there is one
                raise BadFile("{}: truncated, or not an .npz file".format(path))
        with np.load(path) as file:
            missing = sorted(set(names) - set(file.files))
            if missing:
                raise BadFile("{}: lacks the array {}".format(path, missing[0]))
            arrays = {name: file[name] for name in names or file.files}
    except BadFile:
        raise
    except OSError as error:
        raise BadFile("{}: {}".format(path, error.strerror or "truncated")) from None
    except (EOFError, zipfile.BadZipFile, zlib.error):
        raise BadFile("{}: damaged".format(path)) from None
    except (ValueError, NotImplementedError, RuntimeError):  # objects, or an unknown compression
        raise BadFile("{}: not an .npz file of plain numbers".format(path)) from None
    if not all(isinstance(array, np.ndarray) for array in arrays.values()):
        raise BadFile("{}: an archive, but not of arrays".format(path))
    return arrays


def _entry_of(history):
    return {"settings": history.settings, "series": history.series}


def write_history(history, path):
    """Write one history that is no part of a record yet."""
    write(_entry_of(history), path)


def read_history(path):
    """What ``write_history`` wrote. Raises BadRecord."""
    entry = read_json(path)
    try:
        _check_history(dict(entry, label=""))
    except (TypeError, KeyError, AttributeError, ValueError):
        raise BadRecord("{}: not a history".format(path)) from None
    return History(entry["settings"], **entry["series"])


def histories_of(record):
    """{label: History} of a record that was read."""
    return OrderedDict((entry["label"], History(entry["settings"], **entry["series"]))
                       for entry in record["histories"])


def path_of(claim, folder, ending=".json"):
    """Where the record of a claim lies below ``folder``; other endings, its figure."""
    return os.path.join(folder, *claim.name.split("/")) + ending


def as_number(value):
    """A number of a record: None, or a float, of which some are written as text.

    Raises ValueError or TypeError.
    """
    return None if value is None else float(_text_as_not_finite(value))


def _not_finite_as_text(value):
    if isinstance(value, dict):
        return {key: _not_finite_as_text(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_not_finite_as_text(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def _text_as_not_finite(value):
    if isinstance(value, list):
        return [_text_as_not_finite(item) for item in value]
    return NOT_FINITE.get(value, value) if isinstance(value, str) else value
