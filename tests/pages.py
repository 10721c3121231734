"""Writes what is generated of the README, of docs and of tests/README.md, from code and records.

    python tests/pages.py       # or: make pages
"""
import contextlib
import io
import os
import re
import sys

import last_bits

# this checkout, whichever is installed
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from lib import PROJECT  # noqa: E402
from lib.show import pages, tables  # noqa: E402
from lib.suite import coverage, pipeline, seeds  # noqa: E402
from lib.suite.catalogue import find_claims  # noqa: E402

SHOWN = "single_relu/leaky_relu_escapes"     # the claim whose verdict explains verdicts


def generated():
    """{path below the project: {name of a block: its text}}; a whole page has the name None."""
    claims = find_claims()
    results = {name: result for name, (_, result, _) in pipeline.results_in(
        claims, [pipeline.REFERENCE]).items()}
    sources, _ = coverage.sentences(claims, results)
    over_seeds = seeds.read_over_seeds(pipeline.REFERENCE, claims)
    verdict = f"```\n{printed_verdict(results[SHOWN])}\n```"
    return {
        "README.md": {"verdict": verdict, "claims": "\n".join(pages.claims(claims, results))},
        "docs/reading-a-verdict.md": {"verdict": verdict},
        "docs/coverage.md": {None: "\n".join(pages.coverage_page(sources))},
        "docs/seeds.md": {None: "\n".join(pages.seeds_page(claims, over_seeds))},
        "tests/README.md": {"last bits": "\n".join(last_bits.table(claims, last_bits.read()))},
    }


def printed_verdict(result):
    """As in a pipe, but without the padding that aligns columns."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        tables.print_verdict(result)
    return re.sub(r"(?<=\|) +| +(?=\|)", " ", re.sub(r"-{4,}", "---", printed.getvalue())).strip()


def with_block(text, name, block):
    """The text of a page with one generated block replaced. Raises ValueError if it has none."""
    new, found = re.subn(rf"(<!-- {name}[:\s][^\n]*-->\n).*?(<!-- end of {name} -->)",
                         lambda match: f"{match[1]}{block.strip()}\n{match[2]}", text,
                         flags=re.DOTALL)
    if not found:
        raise ValueError(f"the page has no place for {name!r}")
    return new


def page(path, blocks):
    """What the page at ``path`` should hold."""
    if None in blocks:
        return blocks[None].strip() + "\n"
    with open(os.path.join(PROJECT, path), encoding="utf-8") as file:
        text = file.read()
    for name, block in blocks.items():
        text = with_block(text, name, block)
    return text


def main():
    for path, blocks in generated().items():
        text = page(path, blocks)
        with open(os.path.join(PROJECT, path), "w", encoding="utf-8") as file:
            file.write(text)
        print(path)


if __name__ == "__main__":
    main()
