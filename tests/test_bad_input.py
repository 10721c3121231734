"""Bad files and bad words on the command line: a line says which and what, the status is 2, and
nothing is written but where it was asked for.

Files are damaged at random, in ways that keep their form and in ways that do not, and command lines
are made of odd words. A few hundred are tried each time, or as many as CASES says:

    CASES=10000 .venv/bin/python -m pytest tests/test_bad_input.py --hypothesis-show-statistics
"""
import contextlib
import copy
import io
import json
import os
import re
import shutil
import traceback
import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as some

from lib import command, originals
from lib.claims import Claim
from lib.datasets import mnist_files
from lib.files import read_json
from lib.show import plotting
from lib.suite import pipeline, records, releases, saved_models, seeds
from lib.suite.catalogue import find_claims
from lib.suite.pipeline import REFERENCE

CASES = int(os.environ.get("CASES", 300))
# how many of a hundred cases damage a file that the command reads; the others are odd words
SHARES = {"drift": 24, "compare": 10, "list": 12, "seeds": 10, "draw": 4, "page": 4, "models": 3,
          "run": 3}
LINE = 240      # the longest complaint, in characters
SMALL = {claim.stem: claim for claim in find_claims() if claim.stem in (
    "leaky_relu_escapes", "loss_has_a_kink_at_zero", "unit_normal_weights_inflate_variance",
    "leak_slopes", "near_start_lets_optimizers_escape", "mnist_checkpoint_round_trip",
    "second_order_term_wins")}
# never what a file should hold in any place
DEEP, TWICE, TOO_LARGE = "<deep>", "<twice>", "<too large>"
ODD = [None, True, -1, 0, 3, 1.5, 10 ** 400, 10 ** 18, 1e308, "", "text", "NaN", "Infinity", "1.0",
       "\ud800", "\x00", "a\nb", "../../outside", "ß" * 300, [], [[]], [[1.0], [1.0, 2.0]],
       [None], ["NaN", 1.0], [{}], {}, {"": ""}, {"a": [1]}, [[[[1.0]]]], DEEP, TWICE, TOO_LARGE,
       float("nan")]
WORDS = ["", " ", "-", "--", "-1", "0", "1", "3", "22", "23", "9" * 5000, "x" * 5000, "../..", ".",
         "/dev/null", "/no/such/path", "a\nb", "\x1b[31m", "é", "\udcff", "@words", "nan", "1e9",
         "*", "single_relu", "leaky_relu_escapes", "4294967296", "OUT", "OUT/a", "FILE", "FOLDER",
         "RECORD", "FOLDER/x.png", "OUT/x.png", "2.10", "tf-nightly", "tensorflow>=2.22",
         "x;touch y", "x" * 300 + ".png", "$(touch y)", "svg", "slide"]
COMMANDS = ["list", "run", "draw", "compare", "page", "notebooks", "seeds", "coverage", "record",
            "drift", "models", "matrix", "fly", "--version", "--help"]
OPTIONS = ["--out", "--records", "--seed", "--seeds", "--epochs", "--mnist", "--format", "--dpi",
           "--style", "--drift", "--against", "--json", "--junit", "--probes", "--accept", "--of",
           "--build", "--keep", "--markdown"]


class Reached(BaseException):
    """Here something would be trained."""


def reached(*_, **__):
    raise Reached


def read_mnist(claim):
    """In place of ``Claim.stand_in``: reads the file that --mnist names, and fetches none."""
    if claim.reads_data and "MNIST_NPZ" in os.environ:
        mnist_files.read(os.environ["MNIST_NPZ"])


def cut(record, claims, probes):
    """A release's record of some claims and probes alone, and of a history of each."""
    record = dict(record, claims={name: one for name, one in record["claims"].items()
                                  if name.split("/")[1] in claims},
                  probes=dict(list(record["probes"].items())[::probes]))
    for one in record["claims"].values():
        one["histories"] = dict(list(one["histories"].items())[:2])
        one["rows"] = dict(list(one["rows"].items())[:2])
    return record


class Place:
    """A folder with whole files, small ones, and the command lines that read them."""

    def __init__(self, root):
        self.root, self.out = root, os.path.join(root, "out")
        self.versions = os.path.join(root, "versions")
        self.explained = os.path.join(self.versions, "explained.json")
        self.reference = os.path.join(root, "records")
        release = cut(read_json(releases.path_of(releases.BASELINE)),
                      ("leaky_relu_escapes", "sigmoid_saturates"), 40)
        newer = cut(read_json(releases.path_of("py313-tf2.20")),
                    ("leaky_relu_escapes", "sigmoid_saturates"), 40)
        over_seeds = read_json(os.path.join(REFERENCE, seeds.FILE))
        name = SMALL["leaky_relu_escapes"].name
        over_seeds["claims"] = {name: over_seeds["claims"][name]}
        entry = over_seeds["claims"][name]
        entry["by_seed"] = dict(list(entry["by_seed"].items())[:2])
        cases = read_json(originals.SINGLE_RELU)
        cases["cases"] = {case: cases["cases"][case] for case in (
            "leaky0.3_w-10_sgd", "leaky0.1_w-10_sgd", "relu_w-1_adam")}
        drift = read_json(os.path.join(REFERENCE, "drift.json"))
        for part in ("claims", "probes", "known", "environments"):
            drift[part] = dict(list(drift[part].items())[:3])
        for part in ("claims", "probes"):
            drift[part] = {of: {name: one[name] for name in drift["environments"]}
                           for of, one in drift[part].items()}
        drift["known"] = {finding: some[:2] for finding, some in drift["known"].items()}
        for part in ("culprits", "moves", "unexplained"):
            drift[part] = drift[part][:3]
        baseline = os.path.join(self.versions, releases.BASELINE + ".json")
        record = ["drift", "OTHER", "--json", "OUT/a.json", "--junit", "OUT/a.xml", "--out",
                  "OUT/a.png"]
        self.files = {      # path: (what it holds, the command lines that read it)
            baseline: (release, [record, ["drift", "OTHER"], ["page", "--records", "FOLDER",
                                                              "--out", "OUT/page.html"]]),
            os.path.join(self.versions, "py313-tf2.20.json"): (newer, [
                record, ["drift", "OTHER", "--against", "OTHER"], ["models", "VERSIONS"],
                ["drift", "OTHER", "--probes"]]),
            self.explained: (
                read_json(os.path.join(REFERENCE, "versions", "explained.json"))[:3],
                [["drift", "OTHER"], ["drift", "OTHER", "--accept", "why"]]),
            os.path.join(root, "originals", os.path.basename(originals.SINGLE_RELU)): (
                cases, [["compare", "leaky_relu_escapes", "--records", "FOLDER", "--out", "OUT"],
                        ["draw", "leaky_relu_escapes", "--records", "FOLDER", "--out", "OUT",
                         "--dpi", "20"],
                        ["page", "--records", "FOLDER", "--out", "OUT/page.html"]]),
            os.path.join(self.reference, "drift.json"): (drift, [
                ["page", "--out", "OUT/page.html"],
                ["page", "--records", "FOLDER", "--out", "OUT/page.html", "--drift", "FILE"]]),
            os.path.join(self.reference, seeds.FILE): (over_seeds, [
                ["seeds", "leaky_relu_escapes", "--records", "FOLDER"], ["seeds", "--markdown"],
                ["page", "--records", "FOLDER", "--out", "OUT/page.html"]])}
        for case in originals.MNIST_CASES.values():
            self.files[os.path.join(root, "originals", case + ".json")] = (
                read_json(os.path.join(originals.FOLDER, case + ".json")),
                [["compare", "mnist_leaky_relu_mlp", "--records", "FOLDER", "--out", "OUT"]])
        for stem, claim in SMALL.items():
            found = read_json(records.path_of(claim, REFERENCE))
            self.files[records.path_of(claim, self.reference)] = (found, [
                ["draw", stem, "--records", "FOLDER", "--out", "OUT", "--dpi", "20"],
                ["compare", stem, "--records", "FOLDER", "--out", "OUT"],
                ["list"], ["list", "--markdown"], ["draw", stem, "--out", "OUT", "--dpi", "20"]])
        self.files[os.path.join(root, "mnist.npz")] = (None, [
            ["run", "mnist_leaky_relu_mlp", "--mnist", "FILE"],
            ["run", "21", "22", "--mnist", "FILE", "--out", "OUT"]])
        self.whole = {path: json.dumps(found).encode("utf-8")
                      for path, (found, _) in self.files.items()}
        for path, content in self.whole.items():
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(content)

    def below(self):
        """The files outside of the folders for results, each as it is."""
        return {path: stamp for path, stamp in seen(self.root).items()
                if not path.startswith((self.out, os.path.join(self.root, "runs")))}

    @contextlib.contextmanager
    def with_file(self, path, content):
        """Meanwhile a file holds ``content``; afterwards all is as before."""
        with open(path, "wb") as file:
            file.write(content)
        self.before = self.below()
        try:
            yield
        finally:
            for changed in {path, self.explained}:
                with open(changed, "wb") as file:
                    file.write(self.whole[changed])
            for folder in (self.out, os.path.join(self.root, "runs")):
                shutil.rmtree(folder, ignore_errors=True)

    def words(self, words, path):
        """With names of files and folders in place of words in capitals."""
        named = {"OUT": self.out, "FILE": path, "FOLDER": self.reference,
                 "OTHER": os.path.join(self.versions, "py313-tf2.20.json"),
                 "VERSIONS": self.versions,
                 "RECORD": records.path_of(SMALL["leaky_relu_escapes"], self.reference)}
        return [re.sub("^[A-Z]{3,}", lambda found: named.get(found.group(), found.group()), word)
                for word in words]


def seen(folder):
    """{path: its size and when it was written} of all files below a folder."""
    found = {}
    for where, _, names in os.walk(folder):
        for path in (os.path.join(where, name) for name in names):
            found[path] = os.lstat(path).st_size, os.lstat(path).st_mtime_ns
    return found


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A Place to which the command line's own folders are moved, and nothing trains."""
    root = str(tmp_path_factory.mktemp("place"))
    made = Place(root)
    with pytest.MonkeyPatch.context() as patch:
        for module, name, path in (
                (releases, "FOLDER", made.versions), (originals, "FOLDER", root + "/originals"),
                (originals, "SINGLE_RELU", os.path.join(
                    root, "originals", os.path.basename(originals.SINGLE_RELU)))):
            patch.setattr(module, name, path)
        for module in (pipeline, command):
            patch.setattr(module, "REFERENCE", made.reference)
        for module, name in ((pipeline, "run"), (seeds, "judge"), (releases, "record"),
                             (saved_models, "save"), (saved_models, "load"),
                             (command.matrix, "run")):
            patch.setattr(module, name, reached)
        patch.delenv("MNIST_NPZ", raising=False)
        patch.setattr(Claim, "stand_in", read_mnist)
        patch.setattr(plotting, "save_animation", lambda *_: None)  # takes seconds
        patch.chdir(root)
        yield made
    originals.original_histories.cache_clear()


@pytest.fixture(autouse=True)
def own_runs(place, monkeypatch):
    for module in (pipeline, command):
        monkeypatch.setattr(module, "RUNS", os.path.join(place.root, "runs"))
        monkeypatch.setattr(module, "OTHER_RUNS", os.path.join(place.root, "runs", "other"))


def told(place, words):
    """[what is wrong with what the command line says and does], its status, and the lines."""
    out, error = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    originals.original_histories.cache_clear()
    before = dict(os.environ)
    wrong = []
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error), (
                warnings.catch_warnings()):
            warnings.simplefilter("always")
            warnings.showwarning = lambda *warning: print(*warning[:2], file=error)
            status = command.main(words)
    except SystemExit as stopped:
        status = stopped.code
    except Reached:
        status = "trains"
    except BaseException as raised:
        where = traceback.extract_tb(raised.__traceback__)[-1]
        status = "traceback"
        wrong.append(f"traceback: {type(raised).__name__} in {os.path.basename(where.filename)} "
                     f"{where.name}: {str(raised)[:80]}")
    os.environ.clear()
    os.environ.update(before)
    error.flush()
    lines = [line for line in error.buffer.getvalue().decode("utf-8").split("\n") if line]
    lines = [line for line in lines if not re.match(r"[\w/]+( …|, seed \d+ …|: \d+ s)", line)]
    if status == 2:
        if not lines or not all(line.startswith("reproductions") for line in lines) or (
                len(lines) > (len(words) if "drift" in words else 1)):   # which names each record
            wrong.append(f"{len(lines)} lines: {lines[:3]}")
    elif lines:
        wrong.append(f"status {status} and {lines[:2]}")
    for line in lines:
        if len(line) > LINE:
            wrong.append(f"a line of {len(line)} characters")
        if not line.isprintable():
            wrong.append("a control character")
    asked = tuple(os.path.abspath(word) for option, word in zip(words, words[1:])
                  if word and option in ("--out", "--json", "--junit"))
    for path, _ in set(place.below().items()) ^ set(place.before.items()):
        if not path.startswith(asked) and (path != place.explained or "--accept" not in words):
            wrong.append(f"changed: {path}")
    return wrong, status, lines


def places_in(found, before=()):
    """The path of keys to each value in plain data."""
    yield before
    if isinstance(found, (dict, list)):
        for key in found if isinstance(found, dict) else range(min(3, len(found))):
            yield from places_in(found[key], before + (key,))


def at(found, keys):
    for key in keys:
        found = found[key]
    return found


def like(value):
    """Values of the same type, which may fit where this one is."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [0, -1, 1, value + 1, 10 ** 6, 2 ** 62]
    if isinstance(value, float) or value in ("NaN", "Infinity"):
        return [0, 0.0, -1.0, 1e-320, 1e308, -1e308, "NaN", "Infinity", "-Infinity"]
    if isinstance(value, str):
        return ["", "text", "x" * 5000, "a\nb", "\x1b[31m", "\u2028é", "../../outside", "crashed",
                "not run here", value + "x"]
    if isinstance(value, list):
        return [[], value[:-1], value[:1], value + value[:1], value * 2, value[::-1], [value]]
    if isinstance(value, dict):
        return [{}, dict(list(value.items())[:1]), dict(value, more=1),
                {f"{key}x": one for key, one in value.items()}]
    return [1.5, "text", 1, False]


def with_a_mistake(random, found):
    """Plain data after one mistake, and the name of it."""
    odd = copy.deepcopy(random.choice(ODD))
    keys = random.choice(list(places_in(found)))
    if not keys:
        return random.choice([odd] + like(found)), "all of it"
    how = random.choice(["like", "like", "from elsewhere", "odd", "less", "key", "list"])
    parent, last = at(found, keys[:-1]), keys[-1]
    if how == "less":
        del parent[last]
    elif how == "key" and isinstance(parent, dict):
        name = random.choice(["", "more", "../../outside", "\ud800", "a\nb", "self", *parent])
        parent[name] = parent.pop(last)
    elif how == "list" and isinstance(parent, list):
        parent.append(odd)
    elif how == "from elsewhere":
        others = [at(found, place) for place in places_in(found) if place != keys]
        same = [other for other in others if type(other) is type(parent[last])]
        parent[last] = copy.deepcopy(random.choice(same or others))
    elif how == "odd":
        parent[last] = odd
    else:
        parent[last] = random.choice(like(parent[last]))
    return found, how


def damaged(random, whole):
    """The bytes of a JSON file after a mistake or a few, and their names."""
    if random.random() < 1 / 8:
        return damaged_bytes(random, json.dumps(whole, ensure_ascii=False).encode("utf-8"))
    found, names = copy.deepcopy(whole), []
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        found, how = with_a_mistake(random, found)
        names.append(how)
    text = json.dumps(found)
    text = text.replace(json.dumps(DEEP), "[" * 100000 + "]" * 100000)
    text = text.replace(json.dumps(TWICE), '{"a": 1, "a": 2}')
    return text.replace(json.dumps(TOO_LARGE), "1e999").encode("ascii"), names


def damaged_bytes(random, content):
    """Bytes of a file after a mistake that knows nothing of its form, and its name."""
    where, byte = random.randrange(len(content)), bytes([random.randrange(256)])
    kinds = {"cut": content[:where], "BOM": b"\xef\xbb\xbf" + content, "empty": b"",
             "UTF-16": content.decode("latin-1").encode("utf-16"), "a nul": content + b"\0",
             "latin-1": content[:where] + b"\xe9" + content[where:],
             "another byte": content[:where] + byte + content[where + 1:],
             "swapped": content[where:] + content[:where]}
    kind = random.choice(sorted(kinds))
    return kinds[kind], [kind]


def bad_archive(random):
    """The bytes of an .npz file that is not MNIST, and what it is instead."""
    kind = random.choice(["uint8", "float64", "int64", "U3", "O", "complex64", "bool"])
    shape = random.choice([(20, 28, 28), (20, 784), (0,), (), (3, 1, 1, 1, 1, 28)])
    names = random.choice([("x_train", "y_train"), ("x_train",), ("a",)])
    file = io.BytesIO()
    random.choice([np.savez, np.savez_compressed])(file, **{
        name: np.zeros(shape if name == "x_train" else shape[:1], kind) for name in names})
    if random.random() < 1 / 3:
        return file.getvalue(), [kind]
    return damaged_bytes(random, file.getvalue())


def how_far(status, said):
    """How far a command line came: for the statistics."""
    if status != 2:
        return f"status {status}"
    last = said[-1] if said else ""
    for far, sign in (("not JSON", "not a JSON file"), ("another format", "its format is not"),
                      ("not a whole archive", "npz file")):
        if sign in last:
            return f"status 2: {far}"
    return f"status 2: a place {min(last.count(': '), 5)} deep"


@pytest.mark.parametrize("name, share", SHARES.items(), ids=list(SHARES))
def test_a_damaged_file_is_told_in_a_line(place, name, share):
    readers = [(path, words) for path, (_, lines) in place.files.items() for words in lines
               if words[0] == name]

    @settings(max_examples=max(1, CASES * share // 100), deadline=None, derandomize=True,
              database=None, suppress_health_check=list(HealthCheck))
    @given(random=some.randoms(use_true_random=True))   # from a seed that Hypothesis draws
    def check(random):
        path, words = random.choice(readers)
        content, how = (bad_archive(random) if path.endswith(".npz")
                        else damaged(random, place.files[path][0]))
        words = place.words(words, path)
        with place.with_file(path, content):
            wrong, status, said = told(place, words)
        event(how_far(status, said))
        assert wrong == [], (words, how, said)

    check()


@settings(max_examples=CASES * (100 - sum(SHARES.values())) // 100, deadline=None, derandomize=True,
          database=None, suppress_health_check=list(HealthCheck))
@given(first=some.sampled_from(COMMANDS), words=some.lists(
    some.sampled_from(WORDS) | some.sampled_from(OPTIONS) | some.text(
        some.characters(exclude_characters="\0"), max_size=8), max_size=5))
def test_odd_words_are_told_in_a_line(place, first, words):
    path = os.path.join(place.reference, "drift.json")
    words = place.words([first] + words, path)
    with place.with_file(path, place.whole[path]):
        wrong, status, said = told(place, words)
    event(f"{first}: status {status}" if status in (2, "trains", "traceback") else first)
    assert wrong == [], (words, said)


STEM = "leaky_relu_escapes"


@pytest.mark.parametrize("words, there, complaint", [
    (["record", "OUT/a.json"], "a.json/", "there is a folder of that name"),
    (["record", "OUT/a.json"], "a.h5/", "there is a folder of that name"),
    (["record", "OUT/a/"], "", "it is named as a folder"),
    (["record", "OUT/a.json/b.json"], "a.json", "File exists"),
    (["record", "/dev/null"], "", "there is a device of that name"),
    (["record", "OUT/" + "x" * 240 + ".json"], "", "File name too long"),
    (["record", ""], "", "argument FILE: an empty path: is a variable of the shell not set?"),
    (["run", STEM, "--out", "OUT/a"], "a", "File exists"),
    (["run", STEM, "--out", "OUT"], f"single_relu/{STEM}.json/", "a folder of that name"),
    (["run", STEM, "--out", "OUT"], f"single_relu/{STEM}.png/", "a folder of that name"),
    (["run", STEM, "--out", "OUT"], f"single_relu/{STEM}.point.gif/", "a folder of that name"),
    (["run", STEM, "--seeds", "6", "--out", "OUT"], "seeds.json/", "a folder of that name"),
    (["draw", STEM, "--out", "OUT", "--format", "svg"], f"single_relu/{STEM}.svg/", "a folder of"),
    (["draw", "--records", ""], "", "argument --records: an empty path: is a variable"),
    (["compare", STEM, "--records", "FOLDER", "--out", "OUT"], "leaky0.3_w-10_sgd.png/",
     "a folder of that name"),
    (["notebooks", STEM, "--out", "OUT"], f"single_relu/{STEM}.ipynb/", "a folder of that name"),
    (["page", "--out", "OUT/a.html"], "a.html/", "there is a folder of that name"),
    (["drift", "OTHER", "--json", "OUT/a.json"], "a.json/", "there is a folder of that name"),
    (["drift", "OTHER", "--junit", "/dev/null"], "", "there is a device of that name"),
    (["run", "--seed", "9" * 5000], "", "a seed is a whole number from 0 to 4294967295"),
    (["draw", "x" * 5000], "", "no claim or source is named"),
    (["draw", "--records", "x" * 5000], "", "no such folder"),
    (["fly", "\x1b[31m\n"], "", "invalid choice: 'fly'")])
def test_what_cannot_be_is_told_before_anything_is_trained(place, words, there, complaint):
    with place.with_file(place.explained, place.whole[place.explained]):
        os.makedirs(place.out)
        if there:
            path = os.path.join(place.out, there)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            if not there.endswith("/"):
                open(path, "x").close()
        wrong, status, said = told(place, place.words(words, place.explained))
        assert (wrong, status) == ([], 2) and complaint in said[0], said


@pytest.mark.parametrize("name, damage, complaint", [
    ("drift.json", lambda found: next(iter(found["claims"].values())).popitem(),
     "not of the same environments as the rest"),
    ("drift.json", lambda found: found["claims"].update({"a/b": dict(
        next(iter(found["claims"].values())))}), "claims: a/b: no such claim here"),
    ("drift.json", lambda found: found.update(format="drift 0"), "not what drift --json writes"),
    ("drift.json", lambda found: next(iter(next(iter(found["claims"].values())).values())).update(
        closeness="near"), "closeness: 'near' is none of identical, within tolerance, beyond"),
    ("single_relu_seed0.json", lambda found: at(found, ["cases", "leaky0.3_w-10_sgd"])[
        "loss"].pop(), "cases: leaky0.3_w-10_sgd: the series are not all as long as the training"),
    ("single_relu_seed0.json", lambda found: at(found, ["cases", "leaky0.3_w-10_sgd"]).update(
        optimizer="lion"), "an activation or an optimizer that the program does not have"),
    ("single_relu_seed0.json", lambda found: found["cases"].update({
        "../a": found["cases"]["leaky0.3_w-10_sgd"]}), "cases: ../a: not a name"),
    ("mnist_tf1.12.3_seed42.json", lambda found: found["val_loss"].pop(), "not all as long as"),
    (STEM + ".json", lambda found: found["claims"][f"single_relu/{STEM}"]["histories"].clear(),
     "lacks what its figure shows"),
    ("explained.json", lambda found: found.append({"of": "a"}),
     "json: item 4: lacks the key 'finding'"),
    ("seeds.json", lambda found: found["claims"][f"single_relu/{STEM}"]["by_seed"].update({
        "1": {"it": None}}), f"claims: single_relu/{STEM}: by_seed: 1: it: null is not an object")])
def test_a_mistake_is_told_with_its_file_and_place(place, name, damage, complaint):
    path, = [path for path in place.files if os.path.basename(path) == name]
    found = json.loads(place.whole[path].decode("utf-8"))
    damage(found)
    with place.with_file(path, json.dumps(found).encode("utf-8")):
        wrong, status, said = told(place, place.words(place.files[path][1][0], path))
    assert (wrong, status) == ([], 2), said
    assert f"{path}: " in said[0] and complaint in said[0], said


@pytest.mark.parametrize("weight", [1e20, -1e308, "Infinity", "NaN"])
def test_a_weight_that_went_far_off_is_compared_and_drawn(place, weight):
    path = records.path_of(SMALL[STEM], place.reference)
    found = json.loads(place.whole[path].decode("utf-8"))
    for history in found["claims"][f"single_relu/{STEM}"]["histories"].values():
        history["series"]["weight"][-1] = weight
    with place.with_file(path, json.dumps(found).encode("utf-8")):
        for words, expected in ((["compare", STEM, "--out", "OUT"], 1),
                                (["draw", STEM, "--out", "OUT"], 0)):
            assert told(place, place.words(words, path)) == ([], expected, [])


@pytest.mark.parametrize("damage, complaint", [
    (lambda whole: b"\xef\xbb\xbf" + whole, "it begins with a byte order mark"),
    (lambda whole: whole.decode("utf-8").encode("utf-16"), "it is not in UTF-8"),
    (lambda whole: whole.replace(b'"claims"', '"é"'.encode("latin-1")), "it is not in UTF-8"),
    (lambda whole: whole[:-100], "not a JSON file"), (lambda whole: b"", "it is empty"),
    (lambda whole: b"[" * 100000 + b"]" * 100000, "it is nested too deeply"),
    (lambda whole: whole[:-1] + b', "seconds": 1.0}', "the key 'seconds' is there twice"),
    (lambda whole: whole.replace(b"0.", b"1e999", 1), "is too large a number")])
def test_a_record_that_is_no_json_is_told_with_its_file(place, damage, complaint):
    path = records.path_of(SMALL[STEM], place.reference)
    for words in place.files[path][1]:
        with place.with_file(path, damage(place.whole[path])):
            wrong, status, said = told(place, place.words(words, path))
        assert (wrong, status) == ([], 2) and f"{path}: " in said[0], said
        assert complaint in said[0], said


def test_a_picture_that_is_none_is_told_on_the_page(place):
    picture = records.path_of(SMALL[STEM], place.reference, ".png")
    with open(picture, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n no more")
    try:
        wrong, status, said = told(place, place.words(
            ["page", "--records", "FOLDER", "--out", "OUT/page.html"], picture))
        assert status == 2 and f"{picture}: not a whole picture" in said[-1], (wrong, said)
    finally:
        os.remove(picture)
