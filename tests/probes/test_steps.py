"""Ten steps of small networks, compiled and eagerly, beside float64."""
import numpy as np
import pytest

from lib.compat import engine
from lib.compat.fitting import compiles_with_xla
from lib.probes import BY_XLA, EAGERLY, steps
from lib.suite import probing, records

EXACT = 1e-6    # ten steps of float32, of numbers near 1


def difference(activation, reference=None, **compiled):
    """The largest distance of a loss or weight from float64."""
    found = steps.trained(activation, **compiled)
    reference = reference or steps.trained_in_numpy(activation)
    return max(np.max(np.abs(np.ravel(found[name]) - np.ravel(reference[name])))
               for name in reference)


@pytest.mark.parametrize("probe", steps.PROBES, ids=lambda probe: probe.name)
def test_ten_steps_are_those_in_float64(probe):
    found = probing.measure(probe)
    if engine() == "graph" and probe.name.endswith(EAGERLY) or (
            not compiles_with_xla() and probe.name.endswith(BY_XLA)):
        assert found.state == records.NOT_THERE
    elif probe.reference:
        assert found.error < EXACT


@pytest.mark.skipif(not compiles_with_xla(), reason="this release compiles no step with XLA")
def test_the_wide_network_is_the_same_by_xla_but_for_last_bits():
    last = slice(2, None)
    plain = steps.trained("relu", steps.WIDE, arrays=last)
    by_xla = steps.trained("relu", steps.WIDE, arrays=last, by_xla=True)
    assert np.allclose(by_xla["weights"], plain["weights"], rtol=0, atol=1e-5)
    assert np.ptp(plain["weights"], axis=0).min() > 1e-4


@pytest.mark.parametrize("activation", [None, "tanh", "relu"])
def test_a_rate_that_is_one_per_cent_larger_is_seen(activation, monkeypatch):
    reference = steps.trained_in_numpy(activation)
    monkeypatch.setattr(steps, "RATE", 1.01 * steps.RATE)
    assert difference(activation, reference) > 1e-4


def test_every_compiled_probe_has_one_that_runs_eagerly():
    names = {probe.name for probe in steps.PROBES if not probe.name.endswith(BY_XLA)}
    assert names == {name + ending for name in names if not name.endswith(EAGERLY)
                     for ending in ("", EAGERLY)}
