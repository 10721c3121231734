"""All probes (``lib.probes``), and what they give on the release that is installed."""
import importlib
import math
import zlib

import numpy as np

from lib.claims import History
from lib.compat import NotSupported, forget_models
from lib.compat.calls import calls_noted
from lib.probes import OPERATION
from lib.suite.catalogue import in_a_line
from lib.suite.deviations import deviation
from lib.suite.records import CRASHED, MEASURED, NOT_THERE, ProbeResult

TABLES = ("operations", "optimizers", "initializers", "layers", "losses", "steps", "fitting",
          "defaults")


def all_probes():
    """Every Probe, in the order of the tables."""
    # which draw their numbers when they are imported, and only a record needs them
    return [probe for table in TABLES
            for probe in importlib.import_module("lib.probes." + table).PROBES]


def measure(probe):
    """The ProbeResult of a Probe here. What a release raises is a finding, not an error."""
    forget_models()
    try:
        with calls_noted() as calls:
            series = {name: _plain(values) for name, values in probe.measure().items()}
    except NotSupported as reason:
        return _without_numbers(probe, NOT_THERE, str(reason))
    except Exception as raised:
        return _without_numbers(probe, CRASHED, in_a_line(raised))
    kernels = [name for name in sorted(calls) if "." not in name]
    return ProbeResult(
        probe.kind, MEASURED, None, History(probe.settings, **series), digest(series),
        error(series, probe.reference) if probe.reference else None, probe.tolerance,
        kernels if probe.kind == OPERATION else list(probe.subject), sorted(calls))


def _without_numbers(probe, state, reason):
    return ProbeResult(probe.kind, state, reason, History(probe.settings), None, None,
                       probe.tolerance, list(probe.subject), [])


def _plain(values):
    """Numbers as a flat list, texts as they are."""
    values = np.asarray(values)
    return [str(one) for one in values.ravel()] if values.dtype.kind in "US" else [
        float(one) for one in values.ravel()]


def digest(series):
    """The CRC-32, in hexadecimal, of the bits of all numbers as float32, and of all texts."""
    crc = 0
    for _, values in sorted(series.items()):
        texts = bool(values) and isinstance(values[0], str)
        crc = zlib.crc32("\n".join(values).encode("utf-8") if texts
                         else np.asarray(values, "<f4").tobytes(), crc)
    return f"{crc:08x}"


def error(series, reference):
    """The largest distance of a number from ``reference()``, relative to max(1, |number there|).
    """
    return max((deviation(series.get(name), _plain(values))
                for name, values in reference().items()), default=math.nan)
