"""How far the last bits of float32 move each outcome of each claim.

    python tests/last_bits.py [CLAIM …]          # run what tests/last_bits.json lacks for them
    python tests/last_bits.py --markdown         # print the table of tests/README.md

The last bits of a float32 sum depend on the processor, on the number of threads, and on whether
XLA, oneDNN or neither compiles it. So each claim is rerun with these varied, and from starts whose
weights are moved by one last bit, which stands for processors that are not at hand. A measured
value may differ from its record by ALLOWANCE times the largest difference found:
tests/claims/test_reference.py holds a run to this band on any machine.
"""
import argparse
import json
import math
import os
import subprocess
import sys

import numpy as np

# this checkout, whichever is installed
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from lib.claims import SOURCE  # noqa: E402
from lib.files import read_json, write_json  # noqa: E402
from lib.suite import catalogue  # noqa: E402
from lib.suite.digests import digest_of_claim  # noqa: E402

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "last_bits.json")
FORMAT = "training-reproductions last bits 1"
AS_IT_IS = "as it is"       # two threads, oneDNN, and XLA where the suite asks for it
TWO = {"TF_NUM_INTRAOP_THREADS": "2", "TF_NUM_INTEROP_THREADS": "2", "TF_ENABLE_ONEDNN_OPTS": "1"}
ONE = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1", "OMP_NUM_THREADS": "1"}
# name: (environment variables, whether XLA compiles all steps or none, seed of the last bits)
VARIATIONS = {
    AS_IT_IS: ({}, None, None),
    "1 thread": (ONE, None, None),
    "XLA on": ({}, True, None),
    "XLA off": ({}, False, None),
    "oneDNN off": ({"TF_ENABLE_ONEDNN_OPTS": "0"}, None, None),
    "last bit 1": ({}, None, 1),
    "last bit 2": ({}, None, 2),
    "last bit 3": ({}, None, 3),
}
# For the claims on MNIST, which train for minutes and use XLA "as it is"
FEWER = (AS_IT_IS, "1 thread", "XLA off", "oneDNN off", "last bit 1")
# Claims whose starts have no last bit to move: {claim: why}
NOTHING_TO_MOVE = {"another_batch_raises_the_loss": "every weight starts from 0",
                   "sigmoid_saturates": "it has no weights"}
# Outcomes about one exact start, which must not be moved: {outcome: why}
EXACT_STARTS = {"the_solution_stays_solved": "a bit beside the solution there is a gradient"}
ALLOWANCE = 3       # times the largest of these differences: there are more processors than these
ROUNDING = 1e-6     # relative to the value: allowed even if the largest difference is zero


def variations_of(claim):
    """The names of the variations in which a claim is run."""
    return tuple(name for name in (FEWER if claim.reads_data else VARIATIONS)
                 if not (claim.stem in NOTHING_TO_MOVE and VARIATIONS[name][2]))


def difference(value, other):
    """How far apart two measured values are: 0 if they are the same, even infinity or NaN."""
    if value == other or (value != value and other != other):
        return 0.0
    return abs(value - other) if math.isfinite(value) and math.isfinite(other) else math.inf


def spread(by_variation, outcome):
    """The largest difference that any variation makes to a measured value."""
    recorded = by_variation[AS_IT_IS][outcome]["measured"]
    return max(difference(recorded, rows[outcome]["measured"])
               for _, rows in _that_apply(by_variation, outcome))


def _that_apply(by_variation, outcome):
    """[(variation, rows)] of the variations in which an outcome must come out the same."""
    return [(name, rows) for name, rows in by_variation.items()
            if not (outcome in EXACT_STARTS and VARIATIONS[name][2])]


def allowed(by_variation, outcome):
    """How far a run may differ from the record."""
    recorded = by_variation[AS_IT_IS][outcome]["measured"]
    size = abs(recorded) if math.isfinite(recorded) else 0.0
    return ALLOWANCE * spread(by_variation, outcome) + ROUNDING * size


def tips(by_variation, outcome):
    """The variations that tip an outcome: it holds there but not as it is, or the reverse."""
    holds = by_variation[AS_IT_IS][outcome]["holds"]
    return [name for name, rows in _that_apply(by_variation, outcome)
            if rows[outcome]["holds"] != holds]


def read():
    """{claim: {"code": digest, "by_variation": {variation: {outcome: row}}}} from the file."""
    if not os.path.exists(FILE):
        return {}
    known = read_json(FILE)["claims"]
    for entry in known.values():
        for rows in entry["by_variation"].values():
            _with_numbers(rows)
    return known


def _with_numbers(rows):
    """The rows, with numbers that were stored as text, such as NaN, converted back."""
    for row in rows.values():
        row["measured"] = float(row["measured"])
        row["margin"] = None if row["margin"] is None else float(row["margin"])
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="CLAIM")
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--scratch", metavar="FILE", help="in place of tests/last_bits.json")
    parser.add_argument("--child", metavar="VARIATION", help=argparse.SUPPRESS)
    options = parser.parse_args()
    try:
        claims = catalogue.select(catalogue.find_claims(), options.names)
    except catalogue.UnknownClaim as error:
        parser.error(str(error))
    if options.scratch:
        globals().update(FILE=options.scratch)
    if options.child:
        run_claim(claims[0], *VARIATIONS[options.child][1:])
    elif options.markdown:
        print("\n".join(table(claims, read())))
    else:
        for claim in claims:
            run_all(claim)


def run_all(claim):
    """Run a claim in each variation that the file lacks for today's code."""
    code = digest_of_claim(claim)
    for name in variations_of(claim):
        variables = VARIATIONS[name][0]
        entry = read().get(claim.name, {})
        by_variation = entry["by_variation"] if entry.get("code") == code else {}
        if name in by_variation:
            continue
        print(f"{claim.name}, {name} …", file=sys.stderr, flush=True)
        printed = subprocess.check_output(
            [sys.executable, os.path.abspath(__file__), claim.stem, "--child", name],
            env=dict(os.environ, **dict(TWO, **variables)), timeout=7200)
        by_variation[name] = _with_numbers(json.loads(printed.decode("utf-8").splitlines()[-1]))
        known = read()      # read it again: another process may have added to it
        known[claim.name] = {"code": code, "by_variation": by_variation}
        write_json({"format": FORMAT, "claims": known}, FILE)
    report(claim.name, read()[claim.name]["by_variation"])


def report(claim, by_variation):
    """Print how far each outcome moved, one per line."""
    print(claim)
    for outcome, row in by_variation[AS_IT_IS].items():
        tipping = tips(by_variation, outcome)
        moved, tips_it = spread(by_variation, outcome), f"  TIPS: {', '.join(tipping)}"
        print(f"  {outcome:60} {row['measured']:12.6g}  moved by {moved:8.2g}  "
              f"to the bound {to_the_bound(row)}{tips_it if tipping else ''}", flush=True)


def to_the_bound(row):
    return "-" if row["margin"] is None else f"{row['margin']:.2g}"


def run_claim(claim, compiled, last_bits):
    """The work of a variation's own process: run, judge, and print the rows as JSON."""
    from lib.compat import keras
    if compiled is not None:
        compile_as_asked = keras.Model.compile
        keras.Model.compile = lambda self, *words, **named: compile_as_asked(
            self, *words, **dict(named, jit_compile=compiled))
    moves = []
    if last_bits is not None:
        moves = move_last_bits(keras, np.random.RandomState(last_bits))
    if claim.stand_in():
        sys.exit(f"{claim.name}: needs the source's data, not {claim.stand_in()}")
    outcomes = claim.judge(claim.run(0))
    if last_bits is not None and not any(moves):
        sys.exit(f"{claim.name}: no weight was moved, so nothing was measured")
    rows = {name: {"measured": str(one.measured), "holds": one.holds,
                   "margin": None if one.margin is None else str(one.margin),
                   "by": one.by, "statement": one.statement}
            for name, one in outcomes.items()}
    print("\n" + json.dumps(rows))


def move_last_bits(keras, random_state):
    """From now on move each weight that a model starts from by one last bit, up or down.

    A weight of exactly 0 has no last bit; if a claim sets it itself, it is moved by 1e-7. Returns
    a list to which each array of weights adds whether any of them was moved.
    """
    moves = []

    def moved(array, zeros):
        array = np.asarray(array, "float32")
        signs = random_state.choice([-1, 1], array.shape)
        there = np.nextafter(array, (signs * np.inf).astype("float32"))
        there = np.where(array == 0, (zeros * signs).astype("float32"), there)
        moves.append(bool(np.any(there != array)))
        return there

    layer = keras.layers.Layer      # of which a model is one
    set_as_asked, add_as_asked = layer.set_weights, layer.add_weight

    def add_weight(self, *words, **named):
        weight = add_as_asked(self, *words, **named)
        if weight.trainable and str(weight.dtype) == "float32":
            weight.assign(moved(keras.ops.convert_to_numpy(weight), 0.0))
        return weight

    layer.add_weight = add_weight
    layer.set_weights = lambda self, weights: set_as_asked(
        self, [moved(weight, 1e-7) for weight in weights])
    return moves


def table(claims, known):
    """The table of tests/README.md, line by line."""
    yield ("| # | Outcome | Says | Measured | " + " | ".join(
        name for name in VARIATIONS if name != AS_IT_IS) + " | Allowed | To the bound |")
    yield "|--:|---|---|--:|" + "--:|" * (len(VARIATIONS) + 1)
    for claim in claims:
        if claim.name not in known:
            yield f"| {claim.number} | {claim.name} | | | not run yet |"
            continue
        by_variation = known[claim.name]["by_variation"]
        for outcome, row in by_variation[AS_IT_IS].items():
            applies = dict(_that_apply(by_variation, outcome))
            moved = ["-" if name not in applies else _short(difference(
                row["measured"], applies[name][outcome]["measured"]))
                for name in VARIATIONS if name != AS_IT_IS]
            says = "source" if row["by"] == SOURCE else "suite"
            yield (f"| {claim.number} | {outcome} | {says} | {row['measured']:.6g} | "
                   f"{' | '.join(moved)} | {allowed(by_variation, outcome):.1e} | "
                   f"{to_the_bound(row)} |")


def _short(by):
    return f"{by:.0e}" if by else "0"


if __name__ == "__main__":
    main()
