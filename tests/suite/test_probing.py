"""What is kept of a probe: its numbers, its digest, its error, and why there are none."""
import contextlib

import numpy as np
import pytest

from lib.compat import NotSupported
from lib.probes import LAYER, OPERATION, Probe
from lib.suite import probing, records


@pytest.fixture(autouse=True)
def no_framework(monkeypatch):
    monkeypatch.setattr(probing, "forget_models", lambda: None)
    monkeypatch.setattr(probing, "calls_noted",
                        lambda: contextlib.nullcontext({"Tanh", "layers.Dense"}))


def measured(output, reference=None, kind=LAYER):
    exact = None if reference is None else lambda: {"output": np.asarray(reference)}
    return probing.measure(Probe("a probe", kind, ("Dense",), lambda: {"output": output}, exact))


def test_numbers_are_a_flat_list_and_texts_stay():
    one = measured(np.float32([[1, 2], [3, np.nan]]))
    assert one.state == records.MEASURED and one.measured.output[:3] == [1.0, 2.0, 3.0]
    assert measured(["epsilon=1e-07"]).measured.output == ["epsilon=1e-07"]


def test_the_error_is_the_largest_distance_relative_to_large_numbers():
    assert measured([1.0, 200.0], [1.0, 100.0]).error == 1.0
    assert measured([0.25], [0.0]).error == 0.25
    assert measured([1.0]).error is None


def test_a_series_that_is_too_short_is_infinitely_wrong():
    assert measured([1.0], [1.0, 2.0]).error == np.inf


def test_the_digest_changes_with_the_last_bit_and_with_a_letter():
    one, next_to_it = np.float32(0.1), np.nextafter(np.float32(0.1), np.float32(1))
    assert measured([one]).digest == measured([one]).digest != measured([next_to_it]).digest
    assert measured(["a"]).digest != measured(["b"]).digest


def test_an_operation_is_about_the_kernels_that_it_called_and_a_layer_about_what_its_table_says():
    assert measured([1.0], kind=OPERATION).subject == ["Tanh"]
    assert measured([1.0]).subject == ["Dense"]
    assert measured([1.0]).calls == ["Tanh", "layers.Dense"]


@pytest.mark.parametrize("error, state, reason", [
    (NotSupported("AdamW is not there"), records.NOT_THERE, "AdamW is not there"),
    (ValueError("no such shape\nat all"), records.CRASHED, "ValueError: no such shape")])
def test_what_a_release_lacks_or_raises_is_a_result(error, state, reason):
    def fails():
        raise error
    one = probing.measure(Probe("a probe", LAYER, ("Dense",), fails))
    assert (one.state, one.reason, one.digest, one.measured.series) == (state, reason, None, {})


def test_every_probe_has_a_name_of_its_own_that_no_claim_could_have():
    names = [probe.name for probe in probing.all_probes()]
    assert len(set(names)) == len(names) >= 40 and not any("/" in name for name in names)
