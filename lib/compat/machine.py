"""The machine that a record is made on, as the release sees it; and Keras' folders there."""
import contextlib
import functools
import glob
import importlib
import os
import platform
import re
import subprocess
import sys
import tempfile

import numpy as np

from lib.compat.loading import engine, is_keras_3, load, silent_stderr


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
    """Versions, processor, and what else decides last bits, as plain data in order of name.

    Beside what ``processor`` tells: device: "CPU", or the name of the GPU in use; cuda: that of the
    build, or None; onednn: whether its kernels are used; xla: whether it compiles steps that do not
    ask for it; not_compiled_for: the vector flags that the processor has and TensorFlow's own code
    does not use, though oneDNN may. What a release cannot tell is None or left out.
    """
    versions = {"python": platform.python_version(), "keras": keras.__version__,
                "backend": engine() if is_keras_3() else "tensorflow", "numpy": np.__version__,
                "platform": f"{platform.system()} {platform.machine()}"}
    for name in {"tensorflow", versions["backend"]}:
        with contextlib.suppress(ImportError):
            versions[name] = load(name).__version__
    return dict(sorted(dict(versions, **processor(), **_kernels(versions["backend"])).items()))


@functools.lru_cache(maxsize=None)
def _kernels(backend):
    """What a backend says of its device and its kernels."""
    return {"tensorflow": _of_tensorflow, "jax": _of_jax, "torch": _of_torch}[backend]()


def _first(*ways):
    """What the first of these functions gives that raises nothing; None if there is none."""
    for way in ways:
        with contextlib.suppress(Exception):    # names come and go from release to release
            return way()
    return None


def _of_tensorflow():
    tensorflow = load("tensorflow")
    has_cuda = _first(lambda: tensorflow.test.is_built_with_cuda())
    return dict(
        _of_its_library(tensorflow),
        device=_first(lambda: _name_of(tensorflow.config.experimental),
                      lambda: tensorflow.test.gpu_device_name() or "CPU"),     # 1.13
        cuda=_first(lambda: tensorflow.sysconfig.get_build_info()["cuda_version"],
                    lambda: _build_info().cuda_version_number) if has_cuda else None,
        xla=_first(lambda: "_XlaRun" in _operations_run(tensorflow)))


def _name_of(config):
    """The first GPU's name, or "CPU"."""
    found = config.list_physical_devices("GPU")
    return _first(lambda: config.get_device_details(found[0])["device_name"],       # since 2.4
                  lambda: found[0].name) or "CPU"


def _build_info():
    return importlib.import_module("tensorflow.python.platform.build_info")


def _operations_run(tensorflow):
    """The operations that TensorFlow makes of a chain of them, long enough for XLA to compile it.
    """
    v1, graph = tensorflow.compat.v1, tensorflow.Graph()
    with graph.as_default(), silent_stderr(), v1.Session() as session:     # 2.18 to 2.20 log
        x = fed = v1.placeholder("float32", [8])
        for _ in range(8):
            x = tensorflow.sin(x) * x
        made = v1.RunMetadata()
        session.run(x, {fed: np.ones(8)}, v1.RunOptions(output_partition_graphs=True), made)
    return {node.op for part in made.partition_graphs for node in part.node}


# TensorFlow has no function in Python for either. A log line names the instructions that it leaves
# unused; another process has it written, as this one's log level does not. The newer of two names
# comes first: where there are both, the older one long told only how TensorFlow was built.
_ASK_THE_LIBRARY = """
import ctypes, sys
library = ctypes.CDLL(sys.argv[1])
library._ZN10tensorflow4port26InfoAboutUnusedCPUFeaturesEv()
for name in ("_ZN10tensorflow12IsMKLEnabledEv", "_ZN10tensorflow12IsMklEnabledEv"):
    if hasattr(library, name):
        getattr(library, name).restype = ctypes.c_bool
        print(getattr(library, name)())
        break
"""


def _of_its_library(tensorflow):
    """onednn and not_compiled_for, where TensorFlow's shared library tells them."""
    said = _first(lambda: subprocess.run(
        [sys.executable, "-c", _ASK_THE_LIBRARY,
         glob.glob(os.path.join(tensorflow.sysconfig.get_lib(), "libtensorflow_framework*"))[0]],
        env=dict(os.environ, TF_CPP_MIN_LOG_LEVEL="0"), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, universal_newlines=True, timeout=60, check=True))
    if said is None:
        return {"onednn": None}
    unused = re.findall(r"(?:to use|operations|instructions): +([A-Z0-9_. ]+)", said.stderr)
    return {"onednn": {"True": True, "False": False}.get(said.stdout.strip()),
            "not_compiled_for": sorted("".join(unused).lower().replace(".", "_").split())}


def _of_jax():
    device = _first(lambda: load("jax").devices()[0].device_kind)
    return {"device": "CPU" if device == "cpu" else device, "xla": True}


def _of_torch():
    torch = load("torch")
    return {"device": _first(lambda: torch.cuda.get_device_name(0), lambda: "CPU"),
            "cuda": _first(lambda: torch.version.cuda),
            "onednn": _first(lambda: torch.backends.mkldnn.is_available()), "xla": False}


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
