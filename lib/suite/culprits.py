"""Which operation, and whose, moved a claim's numbers: found from the probes beside it.

A claim's result says which kernels and which parts of Keras ran in it (``lib.compat.calls``). A
probe lies on its path if all that the probe is about is among them. Where a history moved from one
environment to its neighbour, the probes on its path that moved there, too, are the suspects. A
kernel that moved is to blame, and what contains it moved in consequence; if Keras moved and none
of the kernels below it did that have a probe, Keras is to blame, or what compiles the step if the
same moved nothing where it ran eagerly, or XLA if nothing moved but what it compiles.
"""
import math
from dataclasses import dataclass
from typing import Dict, Tuple

from lib.probes import BY_XLA, DEFAULTS, EAGERLY, INITIALIZER, OPERATION, OPTIMIZER
from lib.suite import releases
from lib.suite.deviations import beyond_tolerance, of_histories
from lib.suite.drift import COMPARED, neighbours
from lib.suite.records import MEASURED

KERAS, KERNELS, UNKNOWN = "Keras", "kernels", "not found"
BOTH = "kernels, Keras"
COMPILED = "the compiled step"      # Keras' step or TensorFlow's graph optimizer: what combines
# Rounded correctly, whoever computes them: IEEE 754 leaves no choice
EXACT = {"Abs", "Add", "AddV2", "Div", "Greater", "Less", "Max", "Maximum", "Min", "Minimum", "Mul",
         "Neg", "RealDiv", "Relu", "ReluGrad", "Select", "SelectV2", "Sign", "Square", "Sub",
         "ZerosLike", "OnesLike", "Transpose", "ConcatV2", "Concat", "GatherV2"}
# What surrounds an optimizer in its probes, on numbers for which it is exact
AROUND_AN_OPTIMIZER = {"BiasAdd", "BiasAddGrad", "MatMul", "Mean", "Sum"}
# Settings of an environment that change numbers while every version stays, and their names
SWITCHES = {"xla": "XLA", "onednn": "oneDNN", "device": "the device", "threads": "threads",
            "processor": "the processor"}


@dataclass(frozen=True)
class Step:
    """From one environment to its neighbour."""
    before: str
    after: str


@dataclass
class Blame:
    """Who moved one claim in one Step.

    whose: KERAS, KERNELS, the name of a switch or a backend, or UNKNOWN; suspects: {probe:
    deviation}, those to blame, the largest first; by: how far the claim moved there; beyond: the
    suspects that left their own tolerance, if the claim left its own.
    """
    step: Step
    whose: str
    suspects: Dict[str, float]
    by: float
    beyond: Tuple[str, ...] = ()

    @property
    def key(self):
        """Two claims with the same key were moved by the same culprit."""
        return self.step.before, self.step.after, self.whose, self.beyond


def on_path(probe, calls, settings):
    """Whether a ProbeResult lies on the path of a history.

    calls: of its claim's Result; settings: of the history, which name its own optimizer and
    initializer where it has them.
    """
    if not probe.subject:
        return False
    if probe.kind == OPERATION:
        return set(probe.subject) <= set(calls)
    if probe.kind == INITIALIZER and settings.get("initializer") not in probe.subject:
        return False    # weights are drawn, too, where they are then set anew
    if probe.kind == OPTIMIZER and not _same_optimizer(probe, settings):
        return False
    return set(probe.subject) <= {name.rpartition(".")[2] for name in calls if "." in name}


def _same_optimizer(probe, settings):
    """Whether a history may have been trained by the optimizer of a probe, and of the same kind."""
    own = probe.measured.settings
    return settings.get("optimizer", probe.subject[0]) in probe.subject and all(
        bool(settings[name]) == bool(own.get(name))
        for name in ("momentum", "nesterov", "amsgrad") if name in settings)


class Investigation:
    """The records of all environments, and who is to blame for what moved between them.

    found: {environment: Record}; baseline: a Record; baseline_name: its environment; paths: a
    Record whose results and probes say what they call, for records that cannot tell; in_order: see
    ``lib.suite.drift.neighbours``.
    """

    def __init__(self, found, baseline, baseline_name, paths, in_order):
        self._records = dict(found)
        self._records.setdefault(baseline_name, baseline)
        self._baseline_name, self._in_order = baseline_name, in_order
        self._told = [record for record in [baseline, paths] + list(found.values()) if record]
        self._probes = self._telling_probes()
        self._moved = {}    # {Step: {probe: deviation}}

    def _telling_probes(self):
        """{name: ProbeResult} as a record has it that knows its subject and what it calls."""
        def telling(probe):
            return bool(probe.calls and probe.state == MEASURED), bool(probe.subject)

        probes = {}
        for record in self._told:
            for name, probe in record.probes.items():
                if name not in probes or telling(probe) > telling(probes[name]):
                    probes[name] = probe
        return probes

    def blame(self, claim, comparison, environment):
        """The Blame for what moved a claim from its neighbour to there; None if nothing did."""
        if comparison.state != COMPARED or not comparison.from_neighbour > 0:
            return None
        step = Step(comparison.neighbour, environment)
        tolerances = self._records[step.after].claims[claim].tolerances
        left = beyond_tolerance(comparison.since, tolerances)
        suspects = {}
        for label in left or [label for label, by in comparison.since.items() if by > 0]:
            suspects.update(self.suspects(claim, label, step))
        return self._blame(step, suspects, comparison.from_neighbour, bool(left))

    def blame_probe(self, name, environment):
        """The Blame for a probe that left its tolerance: kernels in it that left theirs, or itself.
        """
        step = Step(self._baseline_name, environment)
        moved, probe = self.moved(step), self._probes[name]
        kernels = {} if probe.kind == OPERATION else {
            other: by for other, by in moved.items()
            if self._probes[other].kind == OPERATION and by > self._probes[other].tolerance
            and set(self._probes[other].subject) <= set(probe.calls)}
        whose = self._only_difference(step)
        if whose is None:
            whose = KERNELS if kernels or probe.kind == OPERATION else KERAS
        suspects = kernels or {name: moved.get(name, math.inf)}
        return Blame(step, whose, suspects, max(suspects.values()))

    def suspects(self, claim, label, step):
        """{probe: deviation} of the probes on a history's path that moved in a Step."""
        result = self._records[step.after].claims[claim]
        history = result.histories.get(label)
        settings, calls = history.settings if history else {}, self._calls_of(claim)
        return {name: by for name, by in self.moved(step).items()
                if on_path(self._probes[name], calls, settings)}

    def moved(self, step):
        """{probe: deviation} of all that moved in a Step; infinity where it is on one side only."""
        if step not in self._moved:
            before, after = (self._records[name].probes for name in (step.before, step.after))
            self._moved[step] = {
                name: by for name, by in (
                    (name, _deviation(before[name], after[name])) for name in after
                    if name in before) if by > 0}
        return self._moved[step]

    def way(self, environment):
        """The Steps from an environment to the baseline."""
        if not self._in_order:
            return [Step(self._baseline_name, environment)]
        names = sorted(self._records, key=releases.place)
        kind = releases.place(environment)[0]
        steps = []
        if kind != releases.PLAIN:
            near = neighbours(environment, names, self._baseline_name, True)[:1]
            steps += [Step(one, environment) for one in near]
            environment = near[0] if near else self._baseline_name
        plain = [name for name in names if releases.place(name)[0] == releases.PLAIN]
        if environment in plain and self._baseline_name in plain:
            here, there = sorted((plain.index(environment), plain.index(self._baseline_name)))
            steps += [Step(*pair) for pair in zip(plain[here:there], plain[here + 1:there + 1])]
        return steps

    def _blame(self, step, suspects, by, left):
        """suspects: {probe: deviation}; by: how far the claim moved; left: whether it left its
        tolerance. What left its tolerance is blamed on what left its own, and last bits on last
        bits, if there are such suspects.
        """
        suspects = {name: moved for name, moved in suspects.items()
                    if (moved > self._probes[name].tolerance) == left} or suspects
        by_themselves = {name: moved for name, moved in suspects.items()
                         if self._moved_by_itself(name, step)}
        kernels, optimizers = ({name: moved for name, moved in by_themselves.items()
                                if self._probes[name].kind == kind}
                               for kind in (OPERATION, OPTIMIZER))
        whose = self._only_difference(step)
        if whose is None:
            whose = (BOTH if kernels and optimizers else KERNELS if kernels
                     else self._of_keras(by_themselves, optimizers, step))
        to_blame = (dict(kernels, **optimizers) if whose == BOTH else
                    by_themselves if whose == KERAS else kernels or by_themselves)
        to_blame = dict(sorted((to_blame or suspects).items(), key=lambda one: -one[1]))
        beyond = tuple(sorted(name for name, moved in to_blame.items()
                              if left and moved > self._probes[name].tolerance))
        return Blame(step, whose, to_blame, by, beyond)

    def _of_keras(self, by_themselves, optimizers, step):
        """Whose it is that no kernel moved: XLA's, if nothing moved but what it compiles; COMPILED,
        if what moved did not where it ran eagerly.

        An optimizer that moved is Keras' in any case: its probes leave nothing to combine.
        """
        if not by_themselves:
            return UNKNOWN
        if all(name.endswith(BY_XLA) for name in by_themselves):
            return SWITCHES["xla"]
        eagerly = {name + EAGERLY for name in by_themselves if name + EAGERLY in self._probes}
        if eagerly and not optimizers and not eagerly & set(self.moved(step)):
            return COMPILED
        return KERAS

    def _only_difference(self, step):
        """Who it must be, if only one thing differs between the two environments; else None."""
        before, after = (self._records[name].environment for name in (step.before, step.after))

        def differs(name):
            return before.get(name) != after.get(name)

        if differs("backend"):
            return f"the backend {after.get('backend')}"
        if differs("tensorflow"):       # of which Keras is a part before Keras 3
            return KERNELS if not differs("keras") and after.get("keras", "") > "3" else None
        if differs("keras"):
            return KERAS
        return next((word for name, word in SWITCHES.items() if differs(name)), None)

    def _moved_by_itself(self, name, step):
        """Whether none of the kernels in a probe moved; one without a probe counts as unmoved."""
        probe = self._probes[name]
        if probe.kind in (OPERATION, DEFAULTS):
            return True
        kernels = {call for call in probe.calls if "." not in call} - EXACT
        if probe.kind == OPTIMIZER:
            kernels -= AROUND_AN_OPTIMIZER
        return not any(set(self._probes[other].subject) & kernels for other in self.moved(step)
                       if self._probes[other].kind == OPERATION)

    def _calls_of(self, claim):
        return next((record.claims[claim].calls for record in self._told
                     if claim in record.claims and record.claims[claim].calls), ())


def _deviation(before, after):
    if MEASURED not in (before.state, after.state):
        return 0.0
    if before.state != after.state:
        return math.inf
    return of_histories(after.measured, before.measured)
