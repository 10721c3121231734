"""The page: whole, small, quiet, and right, in a real browser where there is one."""
import gzip
import json
import os
import re
import shutil
from base64 import b64decode

import pytest

from lib.claims import History
from lib.command import main
from lib.files import read_json, write_json
from lib.show import page
from lib.suite import records
from lib.suite.catalogue import find_claims
from lib.suite.pipeline import REFERENCE

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
                None)
WIDE, NARROW = 1200, 380
PATIENCE = 180000   # milliseconds for what takes one, on a busy machine
in_a_browser = pytest.mark.skipif(not CHROMIUM, reason="there is no chromium here; Debian's "
                                  "package of that name has it")
PARTS = ["#overview", "#play", "#originals", "#drift", "#relu_gets_stuck", "#leak_slopes",
         "#mnist_leaky_relu_mlp"]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """The page of the reference."""
    made = tmp_path_factory.mktemp("page") / "page.html"
    assert main(["page", "--records", REFERENCE, "--out", str(made)]) == 0
    return made


@pytest.fixture(scope="module")
def text(path):
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"],
                                              timeout=PATIENCE)
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser, path):
    """A function that opens the page at an address and gives the browser's page of it.

    At the end nothing may have been complained of, and nothing asked of a network.
    """
    opened, complaints, requests = [], [], []

    def open_at(address="", width=WIDE, **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        shown = context.new_page()
        shown.set_default_timeout(PATIENCE)
        shown.on("console", lambda message: complaints.append(message.text)
                 if message.type in ("error", "warning") else None)
        shown.on("pageerror", lambda error: complaints.append(str(error)))
        shown.on("request", lambda request: requests.append(request.url))
        shown.goto(path.as_uri() + address)
        opened.append(context)
        return shown

    yield open_at
    for context in opened:
        context.close()
    assert complaints == []
    elsewhere = [url for url in requests if not url.startswith(("file:", "data:", "blob:"))]
    assert elsewhere == []


def test_the_page_has_every_claim_and_is_smaller_than_5_mb(path, text):
    assert os.path.getsize(path) < 5e6
    assert [claim.stem for claim in find_claims()
            if f'<article id="{claim.stem}">' not in text] == []


def test_a_record_of_the_page_is_that_of_the_folder(text):
    packed = re.search(r'id="record-leak_slopes">([^<]*)<', text).group(1)
    with open(os.path.join(REFERENCE, "single_relu", "leak_slopes.json"), "rb") as file:
        assert gzip.decompress(b64decode(packed)) == file.read()


def test_what_a_record_says_is_text_not_html(tmp_path):
    """Not in the claim's rows, and not in the data of the scripts."""
    claim, evil = find_claims()[0], "</script><script>alert(1)</script>"
    record = records.read(records.path_of(claim, REFERENCE))
    result = record.claims[claim.name]
    next(iter(result.rows.values())).statement = evil
    result.histories[evil] = History({"start": evil}, loss=[1.0])
    records.write(record, records.path_of(claim, tmp_path))
    drift = read_json(os.path.join(REFERENCE, "drift.json"))
    next(iter(drift["environments"].values()))["words"] = evil
    write_json(drift, str(tmp_path / "drift.json"))
    made = tmp_path / "page.html"
    assert main(["page", "--records", str(tmp_path), "--out", str(made),
                 "--drift", str(tmp_path / "drift.json")]) == 0
    text = made.read_text(encoding="utf-8")
    assert evil not in text and r"\u003c/script>\u003cscript>alert(1)" in text


def test_it_says_which_claims_were_not_run(tmp_path):
    made = tmp_path / "page.html"
    assert main(["page", "--records", str(tmp_path), "--out", str(made)]) == 0
    assert made.read_text(encoding="utf-8").count("not run yet") >= 22


def test_another_file_than_drifts_is_told_in_a_line(tmp_path, capsys):
    wrong = tmp_path / "wrong.json"
    wrong.write_text("{}", encoding="utf-8")
    assert main(["page", "--drift", str(wrong), "--out", str(tmp_path / "page.html")]) == 2
    assert "not what drift --json writes" in capsys.readouterr().err


@in_a_browser
@pytest.mark.parametrize("address", PARTS)
@pytest.mark.parametrize("width, scheme", [(WIDE, "light"), (NARROW, "dark")])
def test_each_part_fits_the_width_and_has_no_serious_fault(open_page, address, width, scheme):
    """Nothing is wider than the screen, and axe finds nothing serious."""
    from axe_playwright_python.sync_playwright import Axe
    shown = open_page(address, width, color_scheme=scheme)
    shown.wait_for_selector(f"{address}:visible")
    shown.wait_for_timeout(500)
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    faults = Axe().run(shown).response["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"][:200]) for fault in faults
            if fault["impact"] in ("serious", "critical")] == []


@in_a_browser
def test_the_arithmetic_of_the_playground_is_keras(open_page):
    """Of every recorded run that it can play, in float64 on the same batches: within 5e-5, as much
    as Adam in float32 is off; SGD within 1e-5.
    """
    shown, played = open_page("#play"), {}
    for claim in find_claims():
        if claim.source_name != "single_relu":
            continue
        _, result = records.read_result(records.path_of(claim, REFERENCE), claim.name)
        for label, history in result.histories.items():
            run = shown.evaluate("settings => runOf(settings)", history.settings)
            if run and set(history.series) == {"loss", "weight"}:
                off = shown.evaluate(
                    """([run, loss, weight]) => besideRecord(train(run), {
                    loss: asNumbers(loss), weight: asNumbers(weight)})""",
                    [run] + [_as_json(history.series[name]) for name in ("loss", "weight")])
                played[claim.name, label] = max(off["loss"], off["weight"]), run["optimizer"]
    assert len(played) > 40
    assert {key: off for key, (off, optimizer) in played.items()
            if not off <= (1e-5 if optimizer == "SGD" else 5e-5)} == {}


def _as_json(values):
    return [value if abs(value) < float("inf") else str(value).replace("inf", "Infinity").replace(
        "nan", "NaN") for value in values]


@in_a_browser
def test_a_unit_with_a_bias_learns_as_in_numpy(open_page):
    import numpy as np
    shown = open_page("#play?start=-1&bias=0.5&rate=0.1&epochs=2")
    played = shown.evaluate("train(runFrom(new URLSearchParams(location.hash.split('?')[1])))")
    random_state, w, b = np.random.RandomState(0), -1.0, 0.5
    for _ in range(200):
        x = random_state.randn(1000)
        z = w * x + b
        error = 2 * (np.maximum(z, 0) - np.maximum(x, 0)) * (z > 0)
        w, b = w - 0.1 * np.mean(error * x), b - 0.1 * np.mean(error)
    assert played["weight"][-1] == pytest.approx(w, rel=1e-9)
    assert played["bias"][-1] == pytest.approx(b, rel=1e-9)


@in_a_browser
def test_a_start_can_be_dragged_and_the_address_keeps_it(open_page):
    shown = open_page("#play")
    assert "flat side" in shown.inner_text(".fate")
    box = shown.locator(".landscape svg").bounding_box()
    shown.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 50)
    shown.mouse.down()
    shown.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 50, steps=4)
    shown.mouse.up()
    shown.wait_for_function("document.querySelector('.fate').textContent.includes('It learns')")
    start = float(re.search("start=([-.0-9]+)", shown.url).group(1))
    assert start > 0
    again = open_page("#" + shown.url.split("#")[1])
    assert float(again.input_value("#play input >> nth=0")) == start


@in_a_browser
def test_a_preset_says_how_far_the_page_is_from_keras(open_page):
    shown = open_page("#play")
    shown.select_option("#play select >> nth=0", label="w(0) = -10")
    shown.wait_for_selector("text=Keras recorded this run in float32")
    assert shown.locator("#play figure svg[role=img]").count() == 2


@in_a_browser
def test_a_bad_address_shows_the_answers_settings(open_page):
    shown = open_page("#play?start=abc&rate=-5&optimizer=None&epochs=1e9")
    assert shown.input_value("#play input >> nth=0") == "-10"
    assert shown.input_value("#play input >> nth=2") == "0.01"


@in_a_browser
def test_the_fates_can_be_read_and_played(open_page):
    shown = open_page("#play")
    shown.click("text=The fates of 1.6 million runs")
    diagram = shown.locator("#play details svg.point")
    diagram.wait_for()
    diagram.hover(position={"x": 300, "y": 100})
    assert re.search("learning rate .+: .+", shown.inner_text("#play details p[aria-live]"))
    said = "#play .app > details p[aria-live]"
    for y, fate, sentence in ((70, "diverges", "It diverges"),
                              (110, "escapes in epoch 1", "It learns"),
                              (300, "stays on the flat side", "It stays on the flat side")):
        diagram.hover(position={"x": 300, "y": y})
        assert shown.inner_text(said).endswith(fate)
        diagram.click(position={"x": 300, "y": y})
        assert sentence in shown.inner_text(".fate")


@in_a_browser
def test_claims_are_filtered_by_verdict_and_words(open_page):
    shown = open_page()
    shown.select_option("#by-verdict", "in part")
    in_part = int(shown.inner_text("#how-many").split()[0])
    assert 0 < in_part < 22
    assert shown.locator("#overview li:visible").count() == in_part
    shown.fill("#by-text", "leaky ReLU escapes")
    assert shown.inner_text("#how-many") == "1 of 22 claims"


@in_a_browser
def test_claims_can_be_filtered_by_each_verdict_that_there_is(browser, tmp_path):
    """Of a folder in which one claim was run."""
    claim = find_claims()[0]
    records.write(records.read(records.path_of(claim, REFERENCE)), records.path_of(claim, tmp_path))
    made = tmp_path / "page.html"
    assert main(["page", "--records", str(tmp_path), "--out", str(made)]) == 0
    shown = browser.new_page()
    shown.goto(made.as_uri())
    for verdict, claims in (("not run yet", 21), ("reproduced", 1)):
        shown.select_option("#by-verdict", verdict, timeout=10000)
        assert shown.inner_text("#how-many") == f"{claims} of 22 claims"
    shown.close()


@in_a_browser
def test_a_claim_has_an_address_and_its_record_can_be_saved(open_page, tmp_path):
    shown = open_page()
    shown.click("text=A ReLU started at a negative weight gets stuck")
    assert shown.url.endswith("#relu_gets_stuck")
    assert shown.locator("article:visible h2").count() == 1
    with shown.expect_download() as download:
        shown.click("article:visible >> text=Save the record")
    download.value.save_as(tmp_path / "saved.json")
    assert read_json(str(tmp_path / "saved.json")) == read_json(
        os.path.join(REFERENCE, "single_relu", "relu_gets_stuck.json"))


@in_a_browser
def test_an_original_can_be_compared_in_three_ways_and_saved(open_page, tmp_path):
    shown = open_page("#originals?case=relu_w-10_sgd")
    for way in ("Original | ours", "Difference", "Both"):
        shown.check(f"#originals label:has-text('{way}') input")
        assert shown.locator("#originals figure svg[role=img]").count() == 2
    for ending, begins in (("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        with shown.expect_download() as download:
            shown.click(f"#originals >> text=Save as {ending}")
        saved = tmp_path / f"saved.{ending}"
        download.value.save_as(saved)
        assert saved.read_bytes().startswith(begins)
    assert "var(--" not in (tmp_path / "saved.SVG").read_text(encoding="utf-8")


@in_a_browser
def test_a_cell_of_the_releases_says_what_moved(open_page):
    shown = open_page("#drift")
    cells = shown.locator("#drift td.beyond button")
    assert cells.count() > 0
    cells.first.click()
    said = shown.inner_text("#drift .detail")
    assert "beyond tolerance" in said and "It first left its tolerance in" in said
    rows = shown.locator("#drift tbody tr").count()
    shown.check("#drift label:has-text('Beyond tolerance') input")
    assert shown.locator("#drift tbody tr").count() < rows
    shown.check("#drift label:has-text('Verdict changed') input")
    assert shown.locator("#drift td button.verdict").count() > 0


@in_a_browser
def test_a_record_of_ones_own_is_compared_in_the_browser(open_page, tmp_path):
    own = os.path.join(REFERENCE, "single_relu", "leak_slopes.json")
    shown = open_page("#drift")
    shown.set_input_files("#drift input[type=file]", own)
    shown.wait_for_selector("text=identical, beside the record in this page")
    changed = json.loads(open(own, encoding="utf-8").read())
    history = next(iter(next(iter(changed["claims"].values()))["histories"].values()))
    history["series"]["loss"][0] = 123.0
    (tmp_path / "changed.json").write_text(json.dumps(changed), encoding="utf-8")
    shown.set_input_files("#drift input[type=file]", str(tmp_path / "changed.json"))
    shown.wait_for_selector("text=beyond tolerance, beside the record in this page")
    (tmp_path / "half.json").write_text('{"format": "training-repro', encoding="utf-8")
    shown.set_input_files("#drift input[type=file]", str(tmp_path / "half.json"))
    shown.wait_for_selector("text=not a record of this suite")


@in_a_browser
def test_it_can_be_used_by_keyboard(open_page):
    shown = open_page()
    shown.keyboard.press("Tab")
    assert shown.evaluate("document.activeElement.className") == "skip"
    for _ in range(2):
        shown.keyboard.press("Tab")
    shown.keyboard.press("Tab")
    focused = shown.evaluate("document.activeElement.textContent")
    shown.keyboard.press("Enter")
    assert focused in shown.inner_text("header nav a[aria-current]") or "#play" in shown.url


@in_a_browser
def test_a_chart_has_its_numbers_behind_it(open_page):
    shown = open_page("#relu_gets_stuck")
    shown.click("article:visible .explore >> text=The numbers")
    rows = shown.locator("article:visible .explore tbody tr:visible")
    _, result = records.read_result(os.path.join(REFERENCE, "single_relu", "relu_gets_stuck.json"),
                                    "single_relu/relu_gets_stuck")
    first = next(iter(result.histories.values())).weight
    assert rows.count() == len(first) == 20
    assert float(rows.first.locator("td").first.inner_text()) == pytest.approx(first[0], rel=1e-3)


@in_a_browser
def test_it_is_read_in_the_dark_if_one_likes(open_page):
    shown = open_page(color_scheme="light")
    colour = "getComputedStyle(document.body).backgroundColor"
    before = shown.evaluate(colour)
    shown.click("#theme")
    assert shown.evaluate(colour) != before


@in_a_browser
@pytest.mark.parametrize("how", ["printed", "without JavaScript"])
def test_every_claim_is_there(open_page, how):
    shown = open_page(java_script_enabled=how == "printed")
    if how == "printed":
        shown.emulate_media(media="print")
    assert shown.locator("article h2:visible").count() == 22


@in_a_browser
def test_a_figure_fills_the_screen(open_page):
    shown = open_page("#relu_gets_stuck")
    shown.click("article:visible figure.picture button")
    shown.wait_for_function("document.fullscreenElement?.matches('figure.picture')")


@in_a_browser
def test_with_reduced_motion_nothing_moves_by_itself(open_page):
    shown = open_page("#play", reduced_motion="reduce")
    shown.click("#play button:has-text('Play')")
    assert shown.inner_text("#play .beside button >> nth=0") == "Play"


def test_each_page_carries_the_licences_of_its_libraries(text):
    assert text.count("Permission to use, copy, modify, and/or distribute this software") == 2
    assert text.count("Redistribution and use in source and binary forms") == 1
    vendor = os.path.join(page.HERE, "vendor")
    assert [name for name in page.LIBRARIES if not os.path.exists(os.path.join(vendor, name))] == []
