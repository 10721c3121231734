"""What is installed: by hash, and under licences that an Apache-2.0 project may build on."""
import importlib.metadata
import json
import pathlib
import re
import subprocess
import sys

import pytest
from pinned import PINS

PROJECT = pathlib.Path(__file__).parent.parent
LICENCES = {"Apache", "BSD", "MIT", "PSF", "Python Software Foundation", "ISC", "Zlib", "0BSD",
            "CC0", "MPL", "Mozilla Public License"}     # the last two: as it is, unchanged
# Their metadata name none; both are Apache-2.0 in their repositories
SILENT = {"namex": "github.com/fchollet/namex"}


def lock():
    """{name==version: its hashes} of requirements.lock."""
    text = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    return {found[1]: re.findall(r"--hash=sha256:([0-9a-f]{64})", found[0]) for found in
            re.finditer(r"^([\w.-]+==\S+)[^\n]*\n(?:    --hash=\S+[ \\]*\n)*", text, re.MULTILINE)}


def test_what_is_pinned_is_locked_with_the_hashes_of_its_files():
    locked = lock()
    assert len(PINS) > 20 and {f"{name}=={version}" for name, version in PINS.items()
                               if name != "training-reproductions"} <= set(locked)
    assert [name for name, hashes in locked.items() if not hashes] == []


@pytest.mark.parametrize("package, systems", [("tensorflow", 12), ("numpy", 12), ("scipy", 12)])
def test_the_hashes_are_those_of_every_system(package, systems):
    """Three Pythons on Linux, macOS and Windows, on two processors; not of this system alone."""
    assert len(lock()[f"{package}=={PINS[package]}"]) >= systems


def needed(name="training-reproductions", known=None):
    """The names of all that a package needs at run time, as installed here."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name
    known = set() if known is None else known
    for line in importlib.metadata.requires(name) or ():
        requirement = Requirement(line)
        package = canonicalize_name(requirement.name)
        if package not in known and (requirement.marker is None
                                     or requirement.marker.evaluate({"extra": ""})):
            known.add(package)
            needed(package, known)
    return known


def test_the_licences_of_all_that_a_run_needs_are_known_and_allowed():
    names = sorted(needed())
    listed = json.loads(subprocess.run(
        [sys.executable, "-m", "piplicenses", "--from=mixed", "--with-system", "--format=json",
         "--packages", *names], check=True, timeout=300, stdout=subprocess.PIPE).stdout)
    assert len(listed) >= len(names) > 30
    refused = [(one["Name"], one["License"]) for one in listed if one["Name"] not in SILENT
               and not all(any(allowed in part for allowed in LICENCES)
                           for part in re.split(r" AND |;", one["License"]))]
    assert refused == []
