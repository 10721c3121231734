"""The build backend: setuptools installs the checkout in place; building a wheel is refused.

Scripts, records and figures belong together and stay where they are: installed elsewhere, a copy
of the code would find none of them.
"""
import base64
import hashlib
import os
import sys
import zipfile

from setuptools import build_meta
from setuptools.build_meta import *  # noqa: F401,F403

WHY_NOT = ("training-reproductions is run from a checkout and builds no wheel: "
           "clone it and run 'make setup', or 'pip install --editable .' in it")


def build_wheel(*_, **__):
    sys.exit(WHY_NOT)


def build_sdist(*_, **__):
    sys.exit(WHY_NOT)


def build_editable(wheel_directory, *settings, **named):
    """What setuptools builds, but with the checkout ahead of PYTHONPATH, where a script looks for
    ``lib``: others have a package of that name, too.
    """
    name = build_meta.build_editable(wheel_directory, *settings, **named)
    path = os.path.join(wheel_directory, name)
    with zipfile.ZipFile(path) as wheel:
        files = {member: wheel.read(member) for member in wheel.namelist()}
    start, = [member for member in files if member.endswith(".pth")]
    record, = [member for member in files if member.endswith(".dist-info/RECORD")]
    files[start] = f"import sys; sys.path.insert(0, {os.getcwd()!a})\n".encode("ascii")
    digest = base64.urlsafe_b64encode(hashlib.sha256(files[start]).digest()).decode().rstrip("=")
    files[record] = "".join(
        f"{start},sha256={digest},{len(files[start])}\n" if line.startswith(start + ",") else line
        for line in files[record].decode("utf-8").splitlines(keepends=True)).encode("utf-8")
    with zipfile.ZipFile(path, "w") as wheel:
        for member, content in files.items():
            wheel.writestr(member, content)
    return name
