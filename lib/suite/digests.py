"""Digests of code, so that numbers from older code are not taken for today's."""
import ast
import functools
import glob
import hashlib
import os
import re

from lib import PROJECT

# Modules and whole packages that draw, print and keep numbers, and change none.
# lib.compat.machine describes what they were computed on, and where Keras looks for data.
NO_PART_IN_NUMBERS = ("lib.command", "lib.show", "lib.suite", "lib.files", "lib.progress",
                      "lib.shapes", "lib.compat.machine")
NO_PART_OF_A_RUN = re.compile(r"(draw|animate)(_\w+)?|table|lines")     # names of functions


def digest_of_files(*names):
    """A digest of these files of the project, and of all code in these folders."""
    digest = hashlib.sha256()
    for name in names:
        path = os.path.join(PROJECT, name)
        for file_path in sorted(glob.glob(os.path.join(path, "**", "*.py"), recursive=True)
                                ) or [path]:
            with open(file_path, "rb") as file:
                digest.update(file.read())
    return digest.hexdigest()


def digest_of_claim(claim):
    """A digest of the code that gives a claim its numbers and judges them.

    That is its script and all that it imports from this project. Comments, docstrings, layout and
    the functions that draw do not count. Needs Python 3.9 or later, and is the same on each.
    """
    known, waiting = {}, [claim.module.__name__]
    while waiting:
        module = waiting.pop()
        if module in known or _changes_no_number(module):
            continue
        with open(_path_of(module), encoding="utf-8") as file:
            imported, known[module] = _read(file.read())
        waiting.extend(imported)
    digest = hashlib.sha256()
    for module in sorted(known):
        digest.update(f"{module}\n{known[module]}\n".encode("utf-8"))
    return digest.hexdigest()


@functools.lru_cache(maxsize=None)     # most modules are imported by many claims
def _read(text):
    """The modules of this project that a module imports, and its code that counts."""
    tree = ast.parse(text)
    return list(_imported_by(tree)), ast.unparse(_what_counts(tree))


def _changes_no_number(module):
    return any(module == one or module.startswith(one + ".") for one in NO_PART_IN_NUMBERS)


def _path_of(module):
    """The file of a module of this project."""
    path = os.path.join(PROJECT, *module.split("."))
    return os.path.join(path, "__init__.py") if os.path.isdir(path) else path + ".py"


def _imported_by(tree):
    """The modules of this project that the code imports, wherever it does."""
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module] + [f"{node.module}.{alias.name}"
                                     for alias in node.names]
        for name in names:
            if name.split(".")[0] in ("lib", "reproductions") and os.path.exists(_path_of(name)):
                yield name


def _what_counts(tree):
    """The code without docstrings, without imports (what they import counts itself) and without the
    functions that no run calls.
    """
    tree.body = [node for node in tree.body
                 if not NO_PART_OF_A_RUN.fullmatch(getattr(node, "name", None) or "")
                 and not isinstance(node, (ast.Import, ast.ImportFrom))]
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if (isinstance(body, list) and body and isinstance(body[0], ast.Expr)
                and isinstance(body[0].value, ast.Constant)
                and isinstance(body[0].value.value, str)):
            node.body = body[1:] or [ast.Pass()]
    return tree
