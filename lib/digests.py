"""Digests of code, so that numbers that other code gave are not taken for those of today's."""
import ast
import glob
import hashlib
import os

from lib import PROJECT

# They draw, print and keep numbers, and change none
NO_PART_IN_NUMBERS = {"lib.command", "lib.plotting", "lib.progress", "lib.report",
                      "lib.checkpoints", "lib.results", "lib.digests"}
NO_PART_OF_A_RUN = {"draw", "draw_more", "animate", "table"}


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
    the functions that draw do not count. Takes Python 3.9 or later, and is the same on each.
    """
    known, waiting = {}, [claim.module.__name__]
    while waiting:
        module = waiting.pop()
        if module in known or module in NO_PART_IN_NUMBERS:
            continue
        with open(_path_of(module), encoding="utf-8") as file:
            tree = ast.parse(file.read())
        waiting.extend(_imported_by(tree))
        known[module] = ast.unparse(_what_counts(tree))
    digest = hashlib.sha256()
    for module in sorted(known):
        digest.update("{}\n{}\n".format(module, known[module]).encode("utf-8"))
    return digest.hexdigest()


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
            names = [node.module] + ["{}.{}".format(node.module, alias.name)
                                     for alias in node.names]
        for name in names:
            if name.split(".")[0] in ("lib", "reproductions") and os.path.exists(_path_of(name)):
                yield name


def _what_counts(tree):
    """The code without docstrings, without imports, which count by what is imported, and without
    the functions that no run calls.
    """
    tree.body = [node for node in tree.body
                 if getattr(node, "name", None) not in NO_PART_OF_A_RUN
                 and not isinstance(node, (ast.Import, ast.ImportFrom))]
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if (isinstance(body, list) and body and isinstance(body[0], ast.Expr)
                and isinstance(body[0].value, ast.Constant)
                and isinstance(body[0].value.value, str)):
            node.body = body[1:] or [ast.Pass()]
    return tree
