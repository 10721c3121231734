"""What is the same to the last dot only with the versions that requirements.txt pins."""
import importlib.metadata
import pathlib
import re

import pytest

PINS = dict(re.findall(r"^([\w.-]+)==(\S+)$", (
    pathlib.Path(__file__).parent.parent / "requirements.txt").read_text(encoding="utf-8"),
    flags=re.MULTILINE))
DRAWING = ("matplotlib", "pillow")
others = [f"{name} {importlib.metadata.version(name)} in place of {PINS[name]}" for name in DRAWING
          if importlib.metadata.version(name) != PINS[name]]
same_images = pytest.mark.skipif(bool(others), reason="images are compared with the pinned "
                                 f"versions alone: {', '.join(others)}")
