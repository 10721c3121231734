"""Who moved a claim's numbers: found from the probes on its path."""
import math
from dataclasses import replace

import pytest
from made_up import probe, record, result

from lib.claims import History
from lib.suite import culprits, releases
from lib.suite.culprits import BOTH, KERAS, KERNELS, UNKNOWN
from lib.suite.drift_report import Report
from lib.suite.records import CRASHED

OLD, MIDDLE, NEW = "py39-tf2.5", "py310-tf2.10", releases.BASELINE
OTHER_KERAS, TORCH = "py313-tf2.21-keras2", "py311-keras-torch"
VERSIONS = {OLD: ("2.5.3", "2.5"), MIDDLE: ("2.10.1", "2.10"), NEW: ("2.21.0", "3.13"),
            OTHER_KERAS: ("2.21.0", "2.21"), TORCH: (None, "3.13")}
CALLS = ["Tanh", "Mean", "optimizers.Adam", "optimizers.SGD", "layers.Dense"]
ADAM = {"kind": "optimizer", "subject": ["Adam"],
        "calls": ["Mean", "Mul", "Sqrt", "optimizers.Adam"]}


def of(environment, loss, optimizer="Adam", calls=CALLS, **probes):
    """The record of a claim with one history, and of probes."""
    tensorflow, keras = VERSIONS[environment]
    histories = {"run": History({"optimizer": optimizer}, loss=[loss])}
    made = record(b=replace(result(calls=calls), histories=histories))
    return replace(made, probes=probes, environment={
        "tensorflow": tensorflow, "keras": keras,
        "backend": "torch" if environment == TORCH else "tensorflow"})


def report(**found):
    """A Report of {name above: Record}, beside the newest."""
    by_environment = {globals()[name]: one for name, one in found.items()}
    return Report(by_environment, by_environment[NEW], NEW, in_order=True)


def blame(*found, environment=NEW, **named):
    named = dict(zip(("OLD", "NEW"), found), **named)
    return report(**named).blames["a/b"][environment]


def test_a_kernel_that_moved_where_the_claim_did_is_to_blame():
    found = blame(of(OLD, 0.5, tanh=probe(1.0), mean=probe(2.0, subject=["Mean"])),
                  of(NEW, 0.500001, tanh=probe(1.0000001), mean=probe(2.0, subject=["Mean"])))
    assert (found.whose, list(found.suspects)) == (KERNELS, ["tanh"])
    assert found.by == pytest.approx(1e-6)


def test_a_probe_that_the_claim_does_not_call_is_no_suspect():
    found = blame(of(OLD, 0.5, exp=probe(1.0, subject=["Exp"])),
                  of(NEW, 0.500001, exp=probe(1.0000001, subject=["Exp"])))
    assert (found.whose, found.suspects) == (UNKNOWN, {})


def test_an_optimizer_that_moved_while_its_kernels_stayed_is_keras():
    mean = probe(2.0, subject=["Mean"])
    found = blame(of(OLD, 0.5, Adam=probe(1.0, **ADAM), mean=mean),
                  of(NEW, 0.500001, Adam=probe(1.0000001, **ADAM), mean=mean))
    assert (found.whose, list(found.suspects)) == (KERAS, ["Adam"])


@pytest.mark.parametrize("kernel, whose, suspects", [
    ("Sqrt", KERNELS, ["kernel"]), ("Mean", BOTH, ["Adam", "kernel"])])
def test_an_optimizer_moves_in_consequence_of_a_kernel_in_it_and_not_of_one_around_it(
        kernel, whose, suspects):
    still, moved = (
        {"Adam": probe(1.0 * bit, **ADAM), "kernel": probe(2.0 + bit / 2, subject=[kernel])}
        for bit in (1, 1.000001))
    calls = CALLS + ["Sqrt"]
    found = blame(of(OLD, 0.5, calls=calls, **still), of(NEW, 0.500001, calls=calls, **moved))
    assert (found.whose, sorted(found.suspects)) == (whose, suspects)


def test_what_a_probe_calls_is_told_by_a_record_in_which_it_was_measured():
    """Not by one in which it crashed before it called the kernel that moved."""
    still, moved = (
        {"Adam": probe(1.0 * bit, **ADAM), "kernel": probe(2.0 + bit / 2, subject=["Sqrt"])}
        for bit in (1, 1.000001))
    crashed = {"Adam": replace(probe(**dict(ADAM, calls=["optimizers.Adam"])), state=CRASHED)}
    calls = CALLS + ["Sqrt"]
    found = blame(of(OLD, 0.5, calls=calls, **still), of(NEW, 0.500001, calls=calls, **moved),
                  OTHER_KERAS=of(OTHER_KERAS, 0.5, **crashed))
    assert (found.whose, list(found.suspects)) == (KERNELS, ["kernel"])


def test_the_optimizer_of_a_history_that_did_not_move_is_no_suspect():
    def trained(environment, loss):
        one = of(environment, loss, Adam=probe(loss, **ADAM),
                 SGD=probe(loss, kind="optimizer", subject=["SGD"], calls=["optimizers.SGD"]))
        one.claims["a/b"].histories["other"] = History({"optimizer": "SGD"}, loss=[0.5])
        return one

    assert list(blame(trained(OLD, 0.5), trained(NEW, 0.500001)).suspects) == ["Adam"]


def test_the_optimizer_of_another_history_is_no_suspect():
    found = blame(of(OLD, 0.5, "SGD", Adam=probe(1.0, **ADAM)),
                  of(NEW, 0.500001, "SGD", Adam=probe(1.0000001, **ADAM)))
    assert found.whose == UNKNOWN


@pytest.mark.parametrize("settings, suspects", [
    ({}, ["plain"]), ({"nesterov": True}, ["Nesterov"])])
def test_an_optimizer_with_other_settings_is_no_suspect(settings, suspects):
    def sgd(value, nesterov):
        return probe(kind="optimizer", subject=["SGD"], calls=["optimizers.SGD"],
                     measured=History({"nesterov": nesterov}, weights=[value]))

    def trained(environment, loss, value):
        one = of(environment, loss, "SGD", plain=sgd(value, False), Nesterov=sgd(value, True))
        one.claims["a/b"].histories["run"].settings.update({"nesterov": False}, **settings)
        return one

    assert list(blame(trained(OLD, 0.5, 1.0), trained(NEW, 0.500001, 1.0000001)).suspects
                ) == suspects


def test_an_initializer_counts_only_where_the_history_names_it():
    glorot = {"kind": "initializer", "subject": ["GlorotUniform"], "calls": []}
    found = blame(of(OLD, 0.5, calls=CALLS + ["initializers.GlorotUniform"],
                     glorot=probe(1.0, **glorot)),
                  of(NEW, 0.500001, calls=CALLS + ["initializers.GlorotUniform"],
                     glorot=probe(1.5, **glorot)))
    assert found.whose == UNKNOWN


def test_the_same_tensorflow_with_another_keras_can_only_be_keras():
    found = blame(NEW=of(NEW, 0.5, tanh=probe(1.0)), environment=OTHER_KERAS,
                  OTHER_KERAS=of(OTHER_KERAS, 0.500001, tanh=probe(1.0)))
    assert (found.step.before, found.step.after) == (NEW, OTHER_KERAS)
    assert (found.whose, found.suspects) == (KERAS, {})     # through what, no probe says


def test_and_its_probes_say_through_what():
    found = blame(NEW=of(NEW, 0.5, Adam=probe(1.0, **ADAM)), environment=OTHER_KERAS,
                  OTHER_KERAS=of(OTHER_KERAS, 0.500001, Adam=probe(1.1, **ADAM)))
    assert (found.whose, list(found.suspects)) == (KERAS, ["Adam"])


def test_another_backend_is_named_and_held_against_the_baseline():
    found = blame(NEW=of(NEW, 0.5, tanh=probe(1.0)), environment=TORCH,
                  TORCH=of(TORCH, 0.500001, calls=[], tanh=probe(1.1, subject=[], calls=[])))
    assert found.step.before == NEW
    assert (found.whose, list(found.suspects)) == ("the backend torch", ["tanh"])


@pytest.mark.parametrize("switch, whose", [("onednn", "oneDNN"), ("xla", "XLA")])
def test_a_switch_is_named_if_it_is_all_that_differs(switch, whose, monkeypatch):
    monkeypatch.setitem(VERSIONS, "py313-tf2.21-switched", VERSIONS[NEW])
    base = of(NEW, 0.5, tanh=probe(1.0))
    there = of("py313-tf2.21-switched", 0.500001, tanh=probe(1.1))
    base.environment[switch], there.environment[switch] = "on", "off"
    found = Report({NEW: base, "py313-tf2.21-switched": there}, base, NEW, in_order=True)
    assert found.blames["a/b"]["py313-tf2.21-switched"].whose == whose


def test_a_claim_beyond_its_tolerance_is_blamed_on_probes_beyond_theirs():
    still = {"slope": probe(1.0), "mean": probe(2.0, subject=["Mean"])}
    moved = {"slope": probe(1.5), "mean": probe(2.0000001, subject=["Mean"])}
    assert list(blame(of(OLD, 0.5, **still), of(NEW, 0.7, **moved)).suspects) == ["slope"]
    assert list(blame(of(OLD, 0.5, **still), of(NEW, 0.500001, **moved)).suspects) == ["mean"]


def test_last_bits_are_blamed_on_last_bits_and_not_on_a_case_that_the_claim_does_not_meet():
    found = blame(of(OLD, 0.5, slope=probe(1.0), mean=probe(2.0, subject=["Mean"])),
                  of(NEW, 0.500001, slope=probe(1.5), mean=probe(2.0000001, subject=["Mean"])))
    assert list(found.suspects) == ["mean"]


def test_only_the_path_of_a_history_that_left_its_tolerance_counts_where_one_did():
    def with_two(environment, sgd, adam, **probes):
        one = of(environment, 0.5, **probes)
        one.claims["a/b"].histories = {"Adam": History({"optimizer": "Adam"}, loss=[adam]),
                                       "SGD": History({"optimizer": "SGD"}, loss=[sgd])}
        one.claims["a/b"].tolerances = {"Adam": 1e-5, "SGD": 1e-5}
        return one

    sgd = {"kind": "optimizer", "subject": ["SGD"], "calls": ["optimizers.SGD"]}
    found = blame(
        with_two(OLD, 0.5, 0.5, Adam=probe(1.0, **ADAM), SGD=probe(1.0, **sgd)),
        with_two(NEW, 0.500001, 0.6, Adam=probe(1.1, **ADAM), SGD=probe(1.2, **sgd)))
    assert list(found.suspects) == ["Adam"]


def test_a_compiled_step_that_moved_while_the_same_run_eagerly_did_not_is_the_compilers():
    dense = {"kind": "fit", "subject": ["Dense"], "calls": ["MatMul", "layers.Dense"]}
    still = {"steps": probe(1.0, **dense), "steps, eagerly": probe(1.0, **dense)}
    moved = {"steps": probe(1.0000001, **dense), "steps, eagerly": probe(1.0, **dense)}
    assert blame(of(OLD, 0.5, **still), of(NEW, 0.500001, **moved)).whose == culprits.COMPILED
    moved["steps, eagerly"] = probe(1.0000001, **dense)
    assert blame(of(OLD, 0.5, **still), of(NEW, 0.500001, **moved)).whose == KERAS


def test_what_moved_only_where_xla_compiles_it_is_xlas():
    dense = {"kind": "fit", "subject": ["Dense"], "calls": ["MatMul", "layers.Dense"]}
    names = ("steps", "steps, eagerly", "steps, compiled by XLA")
    still = {name: probe(1.0, **dense) for name in names}
    moved = dict(still, **{names[2]: probe(1.0000001, **dense)})
    assert blame(of(OLD, 0.5, **still), of(NEW, 0.500001, **moved)).whose == "XLA"


def test_keras_2_is_a_part_of_its_tensorflow_though_its_version_stays(monkeypatch):
    monkeypatch.setitem(VERSIONS, OLD, ("1.14.0", "2.2.4-tf"))
    monkeypatch.setitem(VERSIONS, MIDDLE, ("1.15.5", "2.2.4-tf"))
    found = report(OLD=of(OLD, 0.5, Adam=probe(1.0, **ADAM)), NEW=of(NEW, 0.500001),
                   MIDDLE=of(MIDDLE, 0.500001, Adam=probe(1.0000001, **ADAM)))
    assert found.blames["a/b"][MIDDLE].whose == KERAS


@pytest.mark.parametrize("before, after, nearer", [
    (1e-8, 2e-8, "before"), (2e-8, 1e-8, "after"), (1e-8, 1e-8, ""), (1e-8, None, "")])
def test_the_side_that_is_nearer_to_the_exact_value_is_told(before, after, nearer):
    found = report(OLD=of(OLD, 0.5, tanh=replace(probe(1.0), error=before)),
                   NEW=of(NEW, 0.5, tanh=replace(probe(1.1), error=after)))
    assert found.nearer("tanh", culprits.Step(OLD, NEW)) == nearer
    assert found.nearer("exp", culprits.Step(OLD, NEW)) == ""


def test_only_what_moved_is_a_move():
    one, other = of(OLD, 0.5, tanh=probe(1.0)), of(NEW, 0.500001, tanh=probe(1.1))
    for each in (one, other):
        each.claims["a/b"].histories["still"] = History({}, loss=[0.5])
    (claim, label, *step, by, suspects), = report(OLD=one, NEW=other).moves()
    assert (claim, label, step, list(suspects)) == ("a/b", "run", [OLD, NEW], ["tanh"])
    assert by == pytest.approx(1e-6)


def test_what_did_not_move_is_blamed_on_nobody():
    assert blame(of(OLD, 0.5, tanh=probe(1.0)), of(NEW, 0.5, tanh=probe(1.1))) is None


def test_a_layer_that_is_on_one_side_only_is_a_suspect():
    gone = probe(state="not there", subject=["Tanh"], measured=History({}), calls=[])
    found = blame(of(OLD, 0.5, tanh=gone), of(NEW, 0.500001, tanh=probe(1.0)))
    assert found.suspects == {"tanh": math.inf}


def test_the_culprit_of_a_cell_is_the_largest_move_on_the_way_to_the_baseline():
    found = report(
        OLD=of(OLD, 0.5, tanh=probe(1.0), mean=probe(1.0, subject=["Mean"])),
        MIDDLE=of(MIDDLE, 0.500001, tanh=probe(1.1), mean=probe(1.0, subject=["Mean"])),
        NEW=of(NEW, 0.500009, tanh=probe(1.1), mean=probe(1.1, subject=["Mean"])))
    assert list(found.culprit_of("a/b", OLD).suspects) == ["mean"]
    assert [(one.letter, list(one.suspects)) for one in found.culprits.values()] == [
        ("A", ["tanh"]), ("B", ["mean"])]


def test_the_way_to_the_baseline_goes_through_the_plain_release():
    one = of(NEW, 0.5)
    found = {OLD: of(OLD, 0.5), MIDDLE: of(MIDDLE, 0.5), NEW: one,
             OTHER_KERAS: of(OTHER_KERAS, 0.5), TORCH: of(TORCH, 0.5)}
    investigation = culprits.Investigation(found, one, NEW, None, True)
    steps = {name: [(step.before, step.after) for step in investigation.way(name)]
             for name in found}
    assert steps == {OLD: [(OLD, MIDDLE), (MIDDLE, NEW)], MIDDLE: [(MIDDLE, NEW)], NEW: [],
                     OTHER_KERAS: [(NEW, OTHER_KERAS)], TORCH: [(NEW, TORCH)]}


def test_the_side_nearer_to_the_exact_value_is_named():
    found = report(OLD=of(OLD, 0.5, tanh=probe(1.0, error=1e-7)),
                   NEW=of(NEW, 0.500001, tanh=probe(1.1, error=2e-8)))
    assert found.nearer("tanh", found.blames["a/b"][NEW].step) == "after"


@pytest.mark.parametrize("tanh, whose, suspects", [
    (1.0000001, KERAS, ["Dense"]), (1.5, KERNELS, ["tanh"])])
def test_a_probe_beyond_its_tolerance_is_blamed_on_kernels_beyond_theirs(tanh, whose, suspects):
    dense = {"kind": "layer", "subject": ["Dense"], "calls": ["MatMul", "Tanh", "layers.Dense"]}
    found = report(OLD=of(OLD, 0.5, tanh=probe(tanh), Dense=probe(1.5, **dense)),
                   NEW=of(NEW, 0.5, tanh=probe(1.0), Dense=probe(1.0, **dense)))
    change, = [change for change in found.unexplained if change.of == "Dense"]
    found = found.blame_of(change)
    assert (found.whose, list(found.suspects)) == (whose, suspects)
