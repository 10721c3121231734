"""Finds the claims: every script in the folder of a source is one; nothing is registered."""
import ast
import difflib
import glob
import importlib
import os
import pkgutil
from collections import namedtuple

from lib import PROJECT
from lib.claims import Claim

PACKAGE = "reproductions"


class UnknownClaim(ValueError):
    """No script and no source of this checkout has that name."""


class _Incomplete(ValueError):
    """A script without a part that a claim needs; the message says which."""


# claims: every Claim, by number; broken: [(path of a script, what is wrong with it, in a line)]
Found = namedtuple("Found", "claims broken")


def find():
    """Everything below ``reproductions``: Found. Imports the scripts, which import no framework.

    A script with a mistake is listed in ``broken`` and does not keep others from running. A folder
    within that of a source holds what its scripts share, and no claims.
    """
    claims, broken = [], []
    package = importlib.import_module(PACKAGE)
    for folder in _folders_without_a_source(*package.__path__):
        broken.append((folder, "it has scripts, but no __init__.py with a SOURCE"))
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
            if script.ispkg:
                continue
            try:
                claims.append(_whole(Claim(_with_its_docstring(importlib.import_module(
                    script.name)), source_module), claims))
            except Exception as error:
                broken.append((_path_of(script.name), _mistake_in(error)))
    return Found(sorted(claims, key=lambda claim: claim.number), broken)


def _folders_without_a_source(path):
    """Folders that Python does not take for packages, so that their scripts would go unseen."""
    return [os.path.join(PACKAGE, name) for name in sorted(os.listdir(path))
            if glob.glob(os.path.join(path, name, "*.py"))
            and not os.path.exists(os.path.join(path, name, "__init__.py"))]


def find_claims():
    """Every Claim, by number."""
    return find().claims


def _with_its_docstring(module):
    """The module; its docstring is read from the source where Python has left it out (-OO)."""
    if module.__doc__ is None:
        with open(module.__file__, encoding="utf-8") as file:
            module.__doc__ = ast.get_docstring(ast.parse(file.read()), clean=False)
    return module


def _whole(claim, others):
    """The claim; raises _Incomplete if it lacks a part or a number of its own."""
    missing = [name for name in ("run", "judge", "draw") if not hasattr(claim.module, name)]
    if missing:
        raise _Incomplete(f"it has no function {missing[0]}")
    if not isinstance(claim.number, int):
        raise _Incomplete(f"its NUMBER is {claim.number!r}, not a whole number")
    for other in others:
        if other.number == claim.number:
            raise _Incomplete(f"its NUMBER, {claim.number}, is that of {other.name}, too")
    return claim


def _path_of(module):
    return os.path.join(*module.split(".")) + ".py"


def _mistake_in(error):
    """What is wrong with a script that cannot be used, in a line."""
    if isinstance(error, _Incomplete):
        return str(error)
    if isinstance(error, SyntaxError):
        return f"line {error.lineno}: {error.msg}"
    if isinstance(error, AttributeError) and "NUMBER" in str(error):
        return "it has no NUMBER"
    if isinstance(error, AttributeError) and "SOURCE" in str(error):
        return "it has no SOURCE"
    if isinstance(error, AttributeError) and "NoneType" in str(error):
        return "it has no docstring, whose first line is its title"
    return in_a_line(error)


def in_a_line(error):
    """An error's kind and the first line of its message."""
    return ": ".join([type(error).__name__] + str(error).strip().split("\n")[:1]).rstrip(": ")


def select(claims, names):
    """The claims that ``names`` stand for, in order of number; all of them if there are no names.

    A name is a claim's number or stem, a source, or the path of a script or a source's folder in
    this checkout. Raises UnknownClaim.
    """
    chosen = set()
    for name in names:
        found = [claim for claim in claims
                 if name in (claim.stem, claim.source_name, claim.name, str(claim.number))]
        if not found:
            found = _at_path(claims, name)
        if not found:
            known = sorted({claim.stem for claim in claims} | {c.source_name for c in claims})
            close = (difflib.get_close_matches(name, known, 1)
                     or [one for one in known if name and name in one][:1])
            hint = (f"; did you mean {close[0]}?" if close
                    else " ('python -m reproductions list' shows all)")
            raise UnknownClaim(f"no claim or source is named {name!r}{hint}")
        chosen.update(claim.name for claim in found)
    return [claim for claim in claims if not names or claim.name in chosen]


def _at_path(claims, path):
    """The claims whose script or source folder is at ``path``; none if that is not a path.

    Raises UnknownClaim for a path that leads nowhere or to another checkout.
    """
    if os.sep not in path and "/" not in path and not path.endswith(".py"):
        return []
    if not os.path.exists(path):
        raise UnknownClaim(f"{path}: no such file")
    real = os.path.realpath(path)
    scripts = {claim: os.path.realpath(claim.module.__file__) for claim in claims}
    found = [claim for claim, script in scripts.items()
             if real in (script, os.path.dirname(script))]
    if not found and not real.startswith(os.path.realpath(PROJECT) + os.sep):
        raise UnknownClaim(f"{path}: not in the installed checkout, {PROJECT}; to run a script of "
                           "another checkout, call 'python -m reproductions' there")
    if not found:
        raise UnknownClaim(f"{path}: neither a claim nor a source")
    return found
