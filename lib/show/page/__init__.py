"""One HTML file with everything: claims, figures, seeds, originals, releases and a playground.

It opens from the file system without a network. What is in it comes from records and from the
figures beside them, so neither Keras nor matplotlib is imported. docs/the-page.md says what it is
made of.
"""
import base64
import contextlib
import glob
import gzip
import io
import itertools
import json
import os
import re
from concurrent.futures import ThreadPoolExecutor

from lib.files import BadFile, not_finite_as_text, read_json
from lib.show import tables
from lib.suite import records

HERE = os.path.dirname(__file__)
# d3 and Plot draw, the twister draws NumPy's random numbers; licences lie beside them
LIBRARIES = ("d3-7.9.2.min.js", "plot-0.6.17.min.js", "mersenne-twister-1.1.0.js")
SCRIPTS = ("single_relu.js", "charts.js", "records.js", "originals.js", "drift.js", "play.js",
           "page.js")
THUMBNAIL = (360, 180)    # pixels
ICONS = {"reproduced": "✔", "in part": "◐", "not reproduced": "✘"}


def build(claims, found, over_seeds, coverage, cases, drift, baseline, version):
    """The page as text.

    claims: of the catalogue; found: {name: (Record, Result, folder)} of ``pipeline.results_in``;
    over_seeds: {name: OverSeeds}; coverage: {title of a source: (sentences, how many are judged)};
    cases: of ``lib.suite.cases``; drift: what ``drift --json`` wrote, or None; baseline: the path
    of the record that it compares with, or None.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    environment = Environment(loader=FileSystemLoader(HERE), autoescape=True, trim_blocks=True,
                              lstrip_blocks=True, undefined=StrictUndefined)
    environment.filters.update(with_links=_with_links, in_words=tables.in_words)
    template = environment.get_template("page.html")
    drift = _of_claims(drift) if drift else None
    with ThreadPoolExecutor() as threads:   # most of the time goes into pictures
        contents = list(threads.map(lambda claim: _content(
            claim, found.get(claim.name), over_seeds.get(claim.name), drift), claims))
    sources = [(source, list(of_source)) for source, of_source in
               itertools.groupby(contents, lambda content: content["claim"].source)]
    data = {"title": "Training reproductions",
            "claims": {claim.name: {"number": claim.number, "title": claim.title,
                                    "stem": claim.stem} for claim in claims},
            "presets": [{"claim": claim.name, "label": label, "settings": history.settings}
                        for claim in claims if claim.name in found
                        for label, history in found[claim.name][1].histories.items()
                        if set(history.series) == {"loss", "weight"}],
            "originals": [_plain_case(case) for case in cases if case.comparison],
            "drift": drift}
    return template.render(
        version=version, sources=sources, coverage=coverage, drift=drift, icons=ICONS,
        verdicts=list(dict.fromkeys(content["verdict"] for content in contents)),
        neighbours={claim.stem: (before, after) for before, claim, after
                    in zip([None, *claims], claims, [*claims[1:], None])},
        without_program=[source.title for source, _ in sources if not source.program],
        seed_columns=tables.SEED_COLUMNS, seeds_explained=tables.SEEDS_EXPLAINED,
        environments=_environments(found),
        packed={claim.stem: _packed(_bytes_of(records.path_of(claim, found[claim.name][2])))
                for claim in claims if claim.name in found},
        baseline=_packed_baseline(baseline) if baseline else "",
        data=_as_script(data), styles=_text_of("page.css"),
        libraries=[_with_licence(name) for name in LIBRARIES],
        scripts=[_text_of(name) for name in SCRIPTS])


def _of_claims(drift):
    """What the page shows of ``drift --json``: claims, not probes."""
    return {"words": {name: one["words"] for name, one in drift["environments"].items()},
            "baseline": drift["baseline"]["words"], "verdicts": drift["baseline"]["verdicts"],
            "claims": drift["claims"], "culprits": drift["culprits"],
            "findings": [{"of": change["of"], "environment": change["environment"],
                          "finding": finding}
                         for finding, changes in drift["known"].items() for change in changes
                         if change["of"] in drift["claims"]]}


def _plain_case(case):
    """A run of an original program beside ours."""
    claim, original, ours = case.claims[0], case.original, case.comparison.history
    return {"case": case.name, "words": " = ".join(case.names),
            "title": f"{claim.number}. {claim.title}",
            "judged_by": "original" if case.comparison.shown is None else "NumPy",
            "series": {name: {"original": values,
                              "ours": list(ours.series[name])[:len(values)]}
                       for name, values in original.series.items()}}


def _text_of(*path):
    with open(os.path.join(HERE, *path), encoding="utf-8") as file:
        return file.read()


def _with_licence(library):
    """A library, and before it the licence that each copy of it must carry."""
    licence = os.path.join("vendor", library.split("-")[0] + "-LICENSE.txt")
    begin = "/*\n" + _text_of(licence) + "*/\n" if os.path.exists(
        os.path.join(HERE, licence)) else ""
    return begin + _text_of("vendor", library)


def _as_script(data):
    """JSON that cannot end the script element that holds it."""
    return json.dumps(not_finite_as_text(data), separators=(",", ":")).replace("<", "\\u003c")


def _packed(content):
    """Bytes for the page to unpack: gzip, in base64."""
    return _in_base64(gzip.compress(content, mtime=0))


def _in_base64(content):
    return base64.b64encode(content).decode("ascii")


def _bytes_of(path):
    with open(path, "rb") as file:
        return file.read()


def _packed_baseline(path):
    """The claims of a release's record, without what the page does not compare."""
    record = read_json(path)
    claims = {name: {part: claim[part] for part in ("verdict", "histories", "tolerances")}
              for name, claim in record["claims"].items()}
    return _packed(json.dumps({"environment": record["environment"], "claims": claims},
                              separators=(",", ":")).encode("utf-8"))


def _content(claim, one, over_seeds, drift):
    """What the template says about a claim, run or not."""
    _, result, folder = one or (None, None, None)
    return {
        "claim": claim, "stem": claim.stem, "result": result,
        "verdict": result.verdict if result else tables.NOT_RUN_YET,
        "verdict_in_words": tables.verdict_of(result),
        "reasons": list(dict.fromkeys(row.fails_because for row in result.documented
                                      if row.fails_because)) if result else [],
        "pictures": _pictures(claim, folder) if result else [],
        "thumbnail": _thumbnail(claim, folder) if result else None,
        "over_seeds": over_seeds,
        "seed_rows": list(tables.seed_rows(over_seeds)) if over_seeds else [],
        "releases": (drift or {}).get("claims", {}).get(claim.name, {})}


def _pictures(claim, folder):
    """[(name, data URI)] of the figures and animations beside a claim's record."""
    begin = records.path_of(claim, folder, "")
    paths = [path for ending in (".png", ".*.png", ".*.gif")
             for path in sorted(glob.glob(glob.escape(begin) + ending))]
    return [(os.path.basename(path)[len(claim.stem) + 1:], _as_uri(path)) for path in paths]


def _thumbnail(claim, folder):
    """The claim's figure in small, without the words around it; None if it was not drawn."""
    from PIL import Image
    path = records.path_of(claim, folder, ".png")
    if not os.path.exists(path):
        return None
    with _named_if_damaged(path), Image.open(path) as picture:
        small = picture.convert("RGB")
    small.thumbnail(THUMBNAIL)
    return _webp([small], quality=70)


@contextlib.contextmanager
def _named_if_damaged(path):
    try:
        yield
    except Exception as error:      # Pillow has many for what is no picture
        raise BadFile(f"{path}: not a whole picture ({error})") from None


def _as_uri(path):
    """A picture or animation in base64, as WebP of 128 colours: a fifth of the size of its file."""
    from PIL import Image, ImageSequence
    with _named_if_damaged(path), Image.open(path) as picture:
        frames, durations = zip(*[(frame.convert("RGB"), frame.info.get("duration", 0))
                                  for frame in ImageSequence.Iterator(picture)])
    frames = _of_few_colours(frames)
    moving = {"save_all": True, "append_images": frames[1:], "loop": 0,
              "duration": list(durations)} if len(frames) > 1 else {}
    return _webp(frames, lossless=True, method=2, **moving)


def _of_few_colours(frames):
    """The frames with the 128 colours that suit the last of them best; it shows all that moved."""
    from PIL import Image
    palette = frames[-1].quantize(128, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    return [frame.quantize(palette=palette, dither=Image.Dither.NONE).convert("RGB")
            for frame in frames]


def _webp(frames, **options):
    buffer = io.BytesIO()
    frames[0].save(buffer, "WEBP", **options)
    return "data:image/webp;base64," + _in_base64(buffer.getvalue())


def _with_links(text):
    """Escaped text in which addresses are links."""
    from markupsafe import Markup, escape
    return Markup(re.sub(r"https?://[^\s:;,)]+", r'<a href="\g<0>" rel="noreferrer">\g<0></a>',
                         str(escape(text))))


def _environments(found):
    """[(environment in words, numbers of the claims that were run there)]."""
    together = {}
    for record, result, _ in found.values():
        where = record.environment
        words = (f"TensorFlow {where.get('tensorflow')}, Keras {where.get('keras')}, "
                 f"NumPy {where.get('numpy')}, Python {where.get('python')}, "
                 f"{where.get('processor')}, {where.get('platform')}")
        together.setdefault(words, []).append(result.number)
    return sorted(together.items(), key=lambda one: -len(one[1]))
