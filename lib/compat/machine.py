"""The machine that a record is made on: versions and processor; and Keras' folders there."""
import contextlib
import os
import platform
import re
import tempfile

import numpy as np

from lib.compat.loading import engine, is_keras_3, load


def processor():
    """The processor's name, its vector instructions, and how many threads are used.

    The last bits of a sum depend on all three. Names are the system's, or empty.
    """
    described = {}
    with contextlib.suppress(OSError, UnicodeDecodeError):      # Linux alone has this file
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            described = dict(re.findall(r"^(model name|flags|Features)\s*:\s*(.*)$",
                                        file.read().split("\n\n")[0], re.MULTILINE))
    flags = described.get("flags", described.get("Features", "")).split()
    threads = os.environ.get("TF_NUM_INTRAOP_THREADS", "")
    cores = (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity")
             else os.cpu_count() or 1)
    return {"processor": described.get("model name", platform.processor()),
            "vector_flags": sorted(flag for flag in flags if re.match(
                r"avx|fma$|sse4|amx|asimd$|neon$|sve", flag)),
            "threads": int(threads) if threads.isdecimal() and int(threads) else cores}


def environment(keras):
    """Versions and processor, as plain data."""
    versions = {"python": platform.python_version(), "keras": keras.__version__,
                "backend": engine() if is_keras_3() else "tensorflow", "numpy": np.__version__,
                "platform": f"{platform.system()} {platform.machine()}"}
    for name in {"tensorflow", versions["backend"]}:
        with contextlib.suppress(ImportError):
            versions[name] = load(name).__version__
    return dict(versions, **processor())


def keras_data_folders():
    """Where Keras looks for data sets and puts them: the first place that it can write to.

    That is KERAS_HOME, which Keras 2 ignores, or ~/.keras; where Keras cannot write to it, the
    folder for temporary files.
    """
    homes = [os.environ["KERAS_HOME"]] if "KERAS_HOME" in os.environ else []
    if not homes or not is_keras_3():
        homes.append(os.path.join("~", ".keras"))
    homes = [os.path.expanduser(home) for home in homes]
    if not all(os.access(home, os.W_OK) for home in homes):
        homes.append(os.path.join("/tmp" if os.path.isdir("/tmp") else tempfile.gettempdir(),
                                  ".keras"))
    return [os.path.join(home, "datasets") for home in homes]
