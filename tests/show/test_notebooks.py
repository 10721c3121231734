"""Scripts as notebooks: they run, and say what the script says."""
import os
import sys

import pytest

from lib.command import main
from lib.suite.catalogue import find_claims

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CLAIMS = {claim.stem: claim for claim in find_claims()}


def written(tmp_path, *names):
    """The folder to which the notebooks of these claims were written."""
    assert main(["notebooks", *names, "--out", str(tmp_path)]) == 0
    return tmp_path


def test_each_claim_becomes_a_notebook_with_all_of_its_code(tmp_path):
    nbformat = pytest.importorskip("nbformat")
    written(tmp_path)
    for claim in CLAIMS.values():
        notebook = nbformat.read(tmp_path / claim.source_name / f"{claim.stem}.ipynb", as_version=4)
        nbformat.validate(notebook)
        code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
        with open(claim.module.__file__, encoding="utf-8") as file:
            lines = file.read().split('"""', 2)[2].split('if __name__ == "__main__"')[0].split("\n")
        assert [line for line in lines if line.strip() and line not in code] == [], claim.name
        text = notebook.cells[0].source
        assert text == f"# {claim.number}. {claim.title}"


def executed(path):
    """The notebook after all its cells have run, with their outputs."""
    import nbformat
    from nbclient import NotebookClient
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, startup_timeout=300,
                   kernel_name="python3").execute(cwd=str(path.parent))
    return notebook


@pytest.mark.parametrize("name", ["loss_has_a_kink_at_zero", "sigmoid_saturates"])
def test_a_notebook_runs_judges_and_draws(tmp_path, monkeypatch, name):
    pytest.importorskip("nbclient")
    # the interpreter of these tests, not whatever kernel the user has installed
    monkeypatch.setenv("JUPYTER_PATH", os.path.join(sys.prefix, "share", "jupyter"))
    monkeypatch.setenv("PYTHONPATH", ROOT)      # and the suite of this checkout
    for folder in ("JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(folder, str(tmp_path))   # nothing of the user's, and of no other test
    claim = CLAIMS[name]
    notebook = executed(written(tmp_path, name) / claim.source_name / f"{name}.ipynb")
    outputs = [output for cell in notebook.cells if cell.cell_type == "code"
               for output in cell.outputs]
    said = "".join(output.text for output in outputs if output.output_type == "stream")
    assert said.count("holds: ") > 3 and "DOES NOT HOLD" not in said
    assert [output for output in outputs if "image/png" in output.get("data", {})]
