"""A claim's script as a notebook, for those who teach with one."""
import ast
import re

from lib.files import written_whole

MARKDOWN, CODE = "# %% [markdown]\n", "# %%\n"
# In place of what a script does when it is run by itself
ENDING = """\
histories = run()

# %%
for outcome in judge(histories).values():
    print("holds:" if outcome.holds else "DOES NOT HOLD:", outcome)

# %%
draw(histories)"""


def write(claim, path):
    """Write the notebook of a claim: its docstring, its code, then run, judge and draw.

    Nothing is run. The suite must be installed where the notebook is.
    """
    import jupytext
    with open(claim.module.__file__, encoding="utf-8") as file:
        text = file.read()
    notebook = jupytext.reads("\n\n".join(_cells(claim, text)), "py:percent")
    with written_whole(path) as temporary:
        jupytext.write(notebook, temporary)


def _cells(claim, text):
    """The script in jupytext's percent format, a cell at a time."""
    lines, tree = text.split("\n"), ast.parse(text)
    docstring, *body = tree.body
    yield MARKDOWN + _commented(f"# {claim.number}. {claim.title}")
    for heading, words in claim.sections.items():
        yield MARKDOWN + _commented(f"**{heading}.** {words}")
    yield CODE + "# %matplotlib inline"
    begin, together = docstring.end_lineno, []
    for node in body:
        part = "\n".join(lines[begin:node.end_lineno])
        begin = node.end_lineno
        if isinstance(node, ast.If) and "__main__" in ast.unparse(node.test):
            continue
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            if together:
                yield CODE + "\n".join(together).strip("\n")
                together = []
            yield CODE + part.strip("\n")
        else:   # imports and constants stay together
            together.append(part)
    if together:
        yield CODE + "\n".join(together).strip("\n")
    yield CODE + ENDING


def _commented(text):
    return re.sub(r"^", "# ", text, flags=re.MULTILINE)
