"""The build backend: setuptools installs the checkout in place; building a wheel is refused.

Scripts, records and figures belong together and stay where they are: installed elsewhere, a copy
of the code would find none of them.
"""
import sys

from setuptools import build_meta
from setuptools.build_meta import *  # noqa: F401,F403

WHY_NOT = ("training-reproductions is run from a checkout and builds no wheel: "
           "clone it and run 'make setup', or 'pip install --editable .' in it")


def build_wheel(*_, **__):
    sys.exit(WHY_NOT)


def build_sdist(*_, **__):
    sys.exit(WHY_NOT)


build_editable = build_meta.build_editable
