"""Finds the reproductions: every script in a folder of a source is a claim, nothing to register."""
import difflib
import importlib
import pkgutil

PACKAGE = "reproductions"
# From release to release, relative to max(1, |value|), unless a script says otherwise: what float32
# sums in another order leave of some 16,000 steps
TOLERANCE = 1e-5


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

    def tolerance_of(self, label):
        """The deviation of a history, from release to release, that is none.

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
    """No script and no source has that name."""


def find_claims():
    """Every Claim, by number. Imports the scripts, which is cheap: they import no framework."""
    claims = []
    package = importlib.import_module(PACKAGE)
    for source in pkgutil.iter_modules(package.__path__, PACKAGE + "."):
        if not source.ispkg:
            continue
        source_module = importlib.import_module(source.name)
        for script in pkgutil.iter_modules(source_module.__path__, source.name + "."):
            claims.append(Claim(importlib.import_module(script.name), source_module))
    return sorted(claims, key=lambda claim: claim.number)


def select(claims, names):
    """The claims that ``names`` mean, in order of number: stems, sources or paths of scripts.

    No name means all of them. Raises UnknownClaim.
    """
    chosen = set()
    for name in names:
        plain = name[:-len(".py")] if name.endswith(".py") else name
        plain = plain.rstrip("/").replace("\\", "/")
        found = [claim for claim in claims
                 if plain in (claim.stem, claim.source_name) or plain == claim.name
                 or plain.endswith("/" + claim.name)]
        if not found:
            known = sorted({claim.stem for claim in claims} | {c.source_name for c in claims})
            close = difflib.get_close_matches(plain, known, 1)
            raise UnknownClaim("no claim or source is named {!r}{}".format(
                name, "; did you mean {}?".format(close[0]) if close else
                " ('python -m reproductions list' shows all)"))
        chosen.update(claim.name for claim in found)
    return [claim for claim in claims if not names or claim.name in chosen]
