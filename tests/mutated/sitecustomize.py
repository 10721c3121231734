"""Imports a mutant in place of its module, in each process that has this folder on PYTHONPATH.

Python imports a file of this name as it starts, so that the processes that a test starts have the
mutant, too. MUTANT_OF is the module's path in the checkout, MUTANT the code.
"""
import importlib.machinery
import importlib.util
import os
import sys

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class _Mutant(importlib.machinery.SourceFileLoader):
    def get_code(self, fullname):
        return compile(os.environ["MUTANT"], self.path, "exec", dont_inherit=True)


class _Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        package = os.path.splitext(os.environ["MUTANT_OF"])[0].replace(os.sep, ".")
        if name != package.rpartition(".__init__")[0] and name != package:
            return None
        file = os.path.join(PROJECT, os.environ["MUTANT_OF"])
        return importlib.util.spec_from_file_location(name, file, loader=_Mutant(name, file))


if "MUTANT_OF" in os.environ:
    sys.meta_path.insert(0, _Finder)
