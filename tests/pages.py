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
from lib.suite import coverage, pipeline, records, releases, seeds  # noqa: E402
from lib.suite.catalogue import find_claims  # noqa: E402
from lib.suite.drift_report import Report  # noqa: E402

SHOWN = "single_relu/leaky_relu_escapes"     # the claim whose verdict explains verdicts


def generated():
    """{path below the project: {name of a block: function that makes its text}}; a whole page has
    the name None.
    """
    def lines(make, *arguments):
        return lambda: "\n".join(make(*(one() for one in arguments)))

    def verdict():
        return f"```\n{printed_verdict(results()[SHOWN])}\n```"

    return {
        "README.md": {"verdict": verdict, "claims": lines(pages.claims, find_claims, results)},
        "docs/reading-a-verdict.md": {"verdict": verdict},
        "docs/coverage.md": {None: lines(pages.coverage_page, sources)},
        "docs/seeds.md": {None: lines(pages.seeds_page, find_claims, over_seeds)},
        "docs/probes.md": {None: lines(pages.probes_page, report_of_all_releases)},
        "tests/README.md": {"last bits": lines(last_bits.table, find_claims, last_bits.read)},
    }


def results():
    """{name: Result} of the reference."""
    return {name: result for name, (_, result, _) in pipeline.results_in(
        find_claims(), [pipeline.REFERENCE]).items()}


def sources():
    return coverage.sentences(find_claims(), results())[0]


def over_seeds():
    return seeds.read_over_seeds(pipeline.REFERENCE, find_claims())


def report_of_all_releases():
    """Of the records that the project ships."""
    found = {name: records.read(path)
             for name, path in releases.record_paths(releases.FOLDER).items()}
    return Report(found, found[releases.BASELINE], releases.BASELINE, in_order=True)


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
        return blocks[None]().strip() + "\n"
    with open(os.path.join(PROJECT, path), encoding="utf-8") as file:
        text = file.read()
    for name, make in blocks.items():
        text = with_block(text, name, make())
    return text


def main():
    for path, blocks in generated().items():
        text = page(path, blocks)
        with open(os.path.join(PROJECT, path), "w", encoding="utf-8") as file:
            file.write(text)
        print(path)


if __name__ == "__main__":
    main()
