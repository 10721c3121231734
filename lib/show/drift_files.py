"""What moved between releases, from a Report: as files for other programs, JSON and JUnit XML."""
from dataclasses import dataclass
from typing import Dict, List, Optional
from xml.etree import ElementTree

from lib.files import BadFile, write_json, written_whole
from lib.shapes import named, one_of
from lib.suite import records, releases
from lib.suite.culprits import UNKNOWN
from lib.suite.deviations import Departure
from lib.suite.drift import BEYOND, COMPARED, CRASHED, IDENTICAL, MISSING, WITHIN

FORMAT = "training-reproductions drift 1"


@dataclass
class _Environment:
    environment: records.Environment
    commit: Optional[str]
    words: str


@dataclass
class _Baseline(_Environment):
    name: str
    verdicts: Dict[str, str]


@dataclass
class _There(_Environment):
    extent: str


@dataclass
class _Probe:
    state: str
    closeness: Optional[str] = one_of(IDENTICAL, WITHIN, BEYOND, None)
    departure: Optional[Departure] = named("left its tolerance")
    deviation: float


@dataclass
class _Claim(_Probe):
    verdict: str
    culprit: Optional[str]


@dataclass
class _Culprit:
    letter: str
    before: str
    after: str
    whose: str
    probes: Dict[str, float]
    claims: List[int]
    by: float


@dataclass
class _Move:
    claim: str
    history: str
    before: str
    after: str
    by: float
    probes: Dict[str, float]


@dataclass
class _Change:
    of: str
    environment: str
    what: str
    text: str
    finding: Optional[str]
    whose: str
    through: List[str]


@dataclass
class _Drift:
    """What ``write_as_json`` writes: see ``lib.suite.drift_report.Report``."""
    format: str
    status: int
    baseline: _Baseline
    environments: Dict[str, _There]
    claims: Dict[str, Dict[str, _Claim]]
    probes: Dict[str, Dict[str, _Probe]]
    culprits: List[_Culprit]
    moves: List[_Move]
    unexplained: List[_Change]
    known: Dict[str, List[_Change]]


def read_json(path):
    """What ``write_as_json`` wrote, as plain data, all of it checked. Raises BadFile."""
    found = records.of_format(FORMAT, "what drift --json writes, a file", path)
    drift = records.decoded(_Drift, found, path)
    for kind, compared in (("claims", drift.claims), ("probes", drift.probes)):
        for name, by_environment in compared.items():
            if set(by_environment) != set(drift.environments):
                raise BadFile(f"{path}: {kind}: {name}: not of the same environments as the rest")
    return found


def write_as_json(report, path):
    """All of the Report as plain data, for other programs."""
    extents, words = report.extents(), report.words
    write_json({
        "format": FORMAT, "status": report.status,
        "baseline": dict(_origin(report.baseline), name=report.baseline_name,
                         words=releases.words(report.baseline_name),
                         verdicts={claim: report.baseline.claims[claim].verdict_in_words
                                   for claim in report.claims}),
        "environments": {name: dict(_origin(record), extent=extents[name], words=words[name])
                         for name, record in report.found.items()},
        "claims": {claim: {name: dict(_plain(one), verdict=one.verdict,
                                      deviation=one.from_baseline,
                                      culprit=_letter(report, claim, name, one))
                           for name, one in by_environment.items()}
                   for claim, by_environment in report.claims.items()},
        "probes": {probe: {name: dict(_plain(one), deviation=one.from_baseline)
                           for name, one in by_environment.items()}
                   for probe, by_environment in report.probes.items()},
        "culprits": [{"letter": one.letter, "before": one.step.before, "after": one.step.after,
                      "whose": one.whose, "probes": one.suspects, "claims": sorted(one.claims),
                      "by": one.by} for one in report.culprits.values()],
        "moves": [{"claim": claim, "history": label, "before": before, "after": after, "by": by,
                   "probes": suspects}
                  for claim, label, before, after, by, suspects in report.moves()],
        "unexplained": [_with_blame(report, change) for change in report.unexplained],
        "known": {finding: [_with_blame(report, change) for change in changes]
                  for finding, changes in report.known.items()}}, path)


def _letter(report, claim, environment, one):
    """That of the culprit of a claim that moved, or None."""
    culprit = report.culprit_of(claim, environment) if one.closeness in (WITHIN, BEYOND) else None
    return culprit.letter if culprit else None


def _with_blame(report, change):
    blame = report.blame_of(change)
    return dict(vars(change), whose=blame.whose if blame else UNKNOWN,
                through=list(blame.suspects) if blame else [])


def _origin(record):
    return {"environment": record.environment, "commit": record.commit}


def _plain(one):
    left = one.departure
    return {"state": one.state, "closeness": one.closeness,
            "left its tolerance": vars(left) if left else None}


def write_as_junit(report, path):
    """A test suite for each environment, with a case for each claim and each probe.

    What no finding explains is a failure, a crash an error, what was not compared skipped.
    """
    suites = ElementTree.Element("testsuites", name="drift")
    for name in report.found:
        suite = ElementTree.SubElement(suites, "testsuite", name=name)
        counts = {"failure": 0, "error": 0, "skipped": 0}
        for kind, compared in (("claims", report.claims), ("probes", report.probes)):
            for of, by_environment in compared.items():
                case = ElementTree.SubElement(suite, "testcase", name=of,
                                              classname=f"{name}.{kind}")
                result = _junit_result(report, of, name, by_environment[name])
                if result:
                    counts[result[0]] += 1
                    ElementTree.SubElement(case, result[0], message=result[1])
        suite.attrib.update(
            tests=str(len(suite)), failures=str(counts["failure"]), errors=str(counts["error"]),
            skipped=str(counts["skipped"]))
    with written_whole(path) as temporary:
        ElementTree.ElementTree(suites).write(temporary, "utf-8", xml_declaration=True)


def _junit_result(report, of, environment, one):
    """("failure", "error" or "skipped", why), or None for a case that passed."""
    changes = [change for change in report.unexplained
               if (change.of, change.environment) == (of, environment)]
    if changes:
        kind = "error" if one.state in (CRASHED, MISSING) else "failure"
        return kind, "; ".join(f"{change.what}: {change.text}" for change in changes)
    if one.state != COMPARED:
        return "skipped", one.state
    return None
