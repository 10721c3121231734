"""Finds the reproductions: every script in a folder of a source is a claim, nothing to register."""
import difflib
import importlib
import os
import pkgutil
import traceback
from collections import namedtuple

from lib import PROJECT

PACKAGE = "reproductions"
# From release to release, relative to max(1, |value|), unless a script says otherwise: what float32
# sums in another order leave of some 16,000 steps
TOLERANCE = 1e-5
ENOUGH_SEEDS = 20


class Claim:
    """One published claim: a script of ``reproductions/<source>/`` and what it says of itself.

    module: the imported script; number: its place in the table; title: first line of its docstring;
    name: "<source>/<stem>", which is also the path of its record and figure below ``figures``.
    """

    def __init__(self, module, source_module):
        self.module = module
        self.source = source_module.SOURCE
        _, self.source_name, self.stem = module.__name__.split(".")
        self.name = self.source_name + "/" + self.stem
        self.number = module.NUMBER
        self.title = module.__doc__.split("\n", 1)[0].rstrip(".")

    @property
    def epochs(self):
        """The epochs of the source's set-up; None for a claim that trains nothing."""
        return getattr(self.module, "EPOCHS", None)

    @property
    def reads_data(self):
        """Whether it trains on a data set: its script then says how to ``load_data``."""
        return hasattr(self.module, "load_data")

    def stand_in(self):
        """In words, what stands in for the source's data, which cannot be had; else None.

        Finds and checks the data of a claim that reads some. Raises BadFile.
        """
        return self.module.load_data().stand_in if self.reads_data else None

    def judge(self, histories, epochs=None):
        """The rows of the verdict on {label: History}: {name: Outcome}.

        epochs: those that were trained. After others than the claim is about nothing is judged: the
        rows are measured, and say so.
        """
        outcomes = self.module.judge(histories)
        for outcome in outcomes.values():
            outcome.judged = epochs is None or epochs == self.epochs
            if outcome.sentence in self.source.sentences:
                outcome.where = self.source.sentences[outcome.sentence].where
        return outcomes

    @property
    def one_seed(self):
        """Why no other seed says more of the claim, a text, or None."""
        return getattr(self.module, "ONE_SEED", None)

    @property
    def on_every_release(self):
        """How ``run`` is called when releases are compared, if not as the source has it: settings.

        Or a text that says why it is not run then.
        """
        return getattr(self.module, "ON_EVERY_RELEASE", {})

    @property
    def short_form(self):
        """Settings of ``run`` for when it is called again and again: on releases, over seeds."""
        settings = self.on_every_release
        return {} if isinstance(settings, str) else settings

    @property
    def enough_seeds(self):
        """With how many seeds it is judged: fewer, where its script says so, if a run is slow."""
        return getattr(self.module, "OVER_SEEDS", ENOUGH_SEEDS)

    def tolerance_of(self, label):
        """The largest deviation of a history between releases that still counts as unchanged.

        Relative to max(1, |value|); of letters, the share that differs.
        """
        tolerance = getattr(self.module, "TOLERANCE", TOLERANCE)
        return tolerance.get(label, TOLERANCE) if isinstance(tolerance, dict) else tolerance

    def run(self, seed, epochs=None, **settings):
        """Train: {label: History}. ``epochs``, by default the source's, if it trains at all."""
        if self.epochs is not None:
            settings["epochs"] = epochs or self.epochs
        return self.module.run(seed, **settings)


class UnknownClaim(ValueError):
    """No script and no source of this checkout has that name."""


# claims: every Claim, by number; broken: [(path of a script, what is wrong with it, in a line)]
Found = namedtuple("Found", "claims broken")


def find():
    """Everything below ``reproductions``: Found. Imports the scripts, which import no framework.

    A script with a mistake is one of ``broken`` and keeps no other from running.
    """
    claims, broken = [], []
    package = importlib.import_module(PACKAGE)
    for source in pkgutil.iter_modules(package.__path__, PACKAGE + "."):
        if not source.ispkg:
            continue
        try:
            source_module = importlib.import_module(source.name)
            source_module.SOURCE
        except Exception as error:      # whatever a person may have written
            broken.append((_path_of(source.name + ".__init__"), _mistake_in(error)))
            continue
        for script in pkgutil.iter_modules(source_module.__path__, source.name + "."):
            try:
                claims.append(_whole(Claim(importlib.import_module(script.name), source_module),
                                     claims))
            except Exception as error:
                broken.append((_path_of(script.name), _mistake_in(error)))
    return Found(sorted(claims, key=lambda claim: claim.number), broken)


def find_claims():
    """Every Claim, by number."""
    return find().claims


def _whole(claim, others):
    """The claim, if it has all its parts and a number of its own. Raises ValueError."""
    missing = [name for name in ("run", "judge", "draw") if not hasattr(claim.module, name)]
    if missing:
        raise ValueError("it has no function {}".format(missing[0]))
    if not isinstance(claim.number, int):
        raise ValueError("its NUMBER is {!r}, not a whole number".format(claim.number))
    for other in others:
        if other.number == claim.number:
            raise ValueError("its NUMBER, {}, is that of {}".format(claim.number, other.name))
    return claim


def _path_of(module):
    return os.path.join(*module.split(".")) + ".py"


def _mistake_in(error):
    """What is wrong with a script that cannot be taken, in a line."""
    if isinstance(error, SyntaxError):
        return "line {}: {}".format(error.lineno, error.msg)
    if isinstance(error, AttributeError) and "NUMBER" in str(error):
        return "it has no NUMBER"
    if isinstance(error, AttributeError) and "SOURCE" in str(error):
        return "it has no SOURCE"
    if isinstance(error, AttributeError) and "NoneType" in str(error):
        return "it has no docstring, whose first line is its title"
    return in_a_line(error)


def crash(error):
    """What made a claim crash, in a line; its traceback is printed.

    Raises KeyboardInterrupt if that is what it was: TensorFlow may put an error of its own in the
    place of a Ctrl-C that comes while it traces a step.
    """
    cause = error
    while cause is not None:
        if isinstance(cause, KeyboardInterrupt) or "KeyboardInterrupt" in str(cause):
            raise KeyboardInterrupt from error
        cause = cause.__cause__ or cause.__context__
    traceback.print_exception(type(error), error, error.__traceback__)
    return in_a_line(error)


def in_a_line(error):
    """An error's kind and the first line of what it says."""
    return ": ".join([type(error).__name__] + str(error).strip().split("\n")[:1]).rstrip(": ")


def select(claims, names):
    """The claims that ``names`` mean, in order of number: stems, sources or paths of scripts.

    No name means all of them. A path means the script that it leads to, of this checkout only.
    Raises UnknownClaim.
    """
    chosen = set()
    for name in names:
        found = [claim for claim in claims if name in (claim.stem, claim.source_name, claim.name)]
        if not found:
            found = _at_path(claims, name)
        if not found:
            known = sorted({claim.stem for claim in claims} | {c.source_name for c in claims})
            close = difflib.get_close_matches(name, known, 1)
            raise UnknownClaim("no claim or source is named {!r}{}".format(
                name, "; did you mean {}?".format(close[0]) if close else
                " ('python -m reproductions list' shows all)"))
        chosen.update(claim.name for claim in found)
    return [claim for claim in claims if not names or claim.name in chosen]


def _at_path(claims, path):
    """The claims whose script, or whose source's folder, is at ``path``; none if it is no path.

    Raises UnknownClaim for a path that leads nowhere or to another checkout.
    """
    if os.sep not in path and "/" not in path and not path.endswith(".py"):
        return []
    if not os.path.exists(path):
        raise UnknownClaim("{}: no such file".format(path))
    real = os.path.realpath(path)
    scripts = {claim: os.path.realpath(claim.module.__file__) for claim in claims}
    found = [claim for claim, script in scripts.items()
             if real in (script, os.path.dirname(script))]
    if not found and not real.startswith(os.path.realpath(PROJECT) + os.sep):
        raise UnknownClaim("{}: not of the checkout that is installed, {}; to run another, call "
                           "'python -m reproductions' in its own folder".format(path, PROJECT))
    if not found:
        raise UnknownClaim("{}: not a claim, nor a source".format(path))
    return found
