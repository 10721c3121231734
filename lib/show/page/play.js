// The playground: one ReLU, its start and settings, and what becomes of it. All of it is in the
// address, so a link shows the same.
"use strict";

const ANSWER = {start: -10, bias: null, slope: 0, optimizer: "SGD", rate: 0.01, momentum: 0, seed: 0,
                epochs: 20};
// The letters of lib.measure.fates: the epoch of the escape, then what else may happen
const EPOCH_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+";
const OTHER_FATES = {".": ["stays on the flat side", "#dddddd"], "!": ["diverges", "#f3c98b"],
                     "~": ["wanders", "#ffffff"]};

function runFrom(parameters) {
  const asked = (name, least, most, standard) => {
    const text = parameters.get(name), value = Number(text);
    return text === null || text === "" || !(value >= least && value <= most) ? standard : value;
  };
  return {
    start: asked("start", -1e3, 1e3, ANSWER.start),
    bias: asked("bias", -1e3, 1e3, null),
    slope: asked("slope", -10, 10, ANSWER.slope),
    optimizer: ["SGD", "Adam", "AMSGrad"].includes(parameters.get("optimizer"))
      ? parameters.get("optimizer") : ANSWER.optimizer,
    rate: asked("rate", 0, 1e6, ANSWER.rate),
    momentum: asked("momentum", 0, 1, ANSWER.momentum),
    seed: Math.round(asked("seed", 0, 4294967295, ANSWER.seed)),
    epochs: Math.round(asked("epochs", 1, 40, ANSWER.epochs))};
}

const addressOf = run => "#play?" + Object.entries(run).filter(([, value]) => value !== null)
  .map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");

// What happened, in a sentence, by the rules of lib.measure.fates.
function fateOf(run, {weight}) {
  const last = weight[weight.length - 1], finalWeights = weight.slice(-5);
  if (!(Math.abs(last) < 1e6)) return "It diverges.";
  if (run.bias === null && run.slope === 0 && run.start < 0 && weight.every(w => w <= 0)) {
    return `It stays on the flat side: w = ${number(last)}.`;
  }
  if (run.bias === null && run.slope === 0 && finalWeights.every(w => Math.abs(w - 1) < 0.1)) {
    const since = weight.length - [...weight].reverse().findIndex(w => w <= 0);
    return `It learns: w = ${number(last)}` + (run.start < 0
      ? `; above 0 since epoch ${since > weight.length ? 1 : since + 1}.` : ".");
  }
  return `It ends at w = ${number(last)}.`;
}

function comparison({epochs, loss, weight}, length) {
  if (!epochs) return "Keras recorded this run in float32, which overflows in the first epoch.";
  return `Keras recorded this run in float32. The largest difference from it${epochs < length
    ? `, up to epoch ${epochs}` : ""}, relative to max(1, |value|): loss ${loss.toExponential(1)}, `
    + `weight ${weight.toExponential(1)}.`;
}

function showPlayground(recorded, claims) {
  const presets = recorded.filter(({settings}) => runOf(settings));
  const place = $("#play .app"), reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const inputs = {
    start: element("input", {type: "number", step: "any", min: "-1000", max: "1000"}),
    slope: element("input", {type: "number", step: "any", min: "-10", max: "10"}),
    optimizer: element("select", {}, ...["SGD", "Adam", "AMSGrad"].map(one =>
      element("option", {}, one))),
    rate: element("input", {type: "number", step: "any", min: "0"}),
    momentum: element("input", {type: "number", step: "any", min: "0", max: "1"}),
    bias: element("input", {type: "number", step: "any", placeholder: "none"}),
    seed: element("input", {type: "number", step: "1", min: "0", max: "4294967295"}),
    epochs: element("input", {type: "number", step: "1", min: "1", max: "40"})};
  const words = {start: "start w(0)", slope: "negative slope", optimizer: "optimizer",
                 rate: "learning rate", momentum: "momentum (SGD)", bias: "bias b(0)", seed: "seed",
                 epochs: "epochs"};
  const preset = element("select", {}, element("option", {value: ""}, "choose …"),
    element("option", {value: "answer"}, "the answer's settings"),
    ...[...d3.group(presets, one => one.claim)].map(([claim, ones]) => element(
      "optgroup", {label: `${claims[claim].number}. ${claims[claim].title}`}, ...ones.map(one =>
        element("option", {value: String(presets.indexOf(one))}, one.label)))));
  const sentence = element("p", {class: "fate", "aria-live": "polite"});
  const beside = element("p", {class: "small"});
  const landscape = element("div", {class: "landscape"}), series = element("div");
  const at = element("input", {type: "range", min: "0", step: "1", "aria-label": "Step"});
  const play = element("button", {type: "button"}, "Play");
  const link = element("button", {type: "button"}, "Copy the link");
  let run = {...ANSWER}, result = train(run), timer = null, against = null;

  const stepsShown = () => Math.min(+at.value, result.weights.length);

  function drawLandscape() {
    const width = widthOf(landscape), shown = stepsShown();
    const weights = [...result.weights, result.weight[result.weight.length - 1]];
    const here = weights[shown];
    if (run.bias !== null) {
      const biases = [...result.biases, result.bias[result.bias.length - 1]];
      const path = weights.slice(0, shown + 1).map((w, i) => [w, biases[i]])
        .filter(([w, b]) => Math.abs(w) < 1e6 && Math.abs(b) < 1e6);
      landscape.replaceChildren(picture({
        width, height: 330, marginLeft: 56, marginBottom: 40, ariaLabel: "The path of weight and bias",
        x: {label: "w", grid: true}, y: {label: "b", grid: true},
        marks: [Plot.line(path, {stroke: "var(--blue)", strokeWidth: 2}),
                Plot.dot([[1, 0]], {symbol: "star", r: 7, fill: "var(--green)"}),
                Plot.text([[1, 0]], {text: () => "the solution", dy: -12}),
                Plot.dot(path.slice(-1), {r: 7, fill: "var(--vermilion)"})]}));
      return;
    }
    const reach = Math.max(2, Math.min(1e3, Math.abs(run.start) * 1.2));
    const domain = [-reach, Math.max(3, Math.min(reach, Math.abs(run.start) * 1.2))];
    const curve = d3.range(domain[0], domain[1], (domain[1] - domain[0]) / 300)
      .map(w => [w, expectedLoss(w, run.slope)]);
    const low = Math.max(domain[0], Math.min(domain[1], here));
    const svg = picture({
      width, height: 330, marginLeft: 56, marginBottom: 40,
      ariaLabel: "The expected loss over the weight, and the unit",
      x: {label: "w", labelOffset: 36, domain}, y: {label: "L(w), expected", grid: true, zero: true,
          // large losses closer together, so that the kink at w = 0 is seen; no kink where there is none
          type: "symlog", constant: 1},
      marks: [Plot.ruleX([0], {stroke: "var(--grey)", strokeDasharray: "4 3"}),
              Plot.line(curve, {stroke: "var(--grey)", strokeWidth: 2}),
              Plot.dot([[run.start, expectedLoss(run.start, run.slope)]],
                       {r: 8, stroke: "var(--blue)", strokeWidth: 2}),
              Plot.text([[run.start, expectedLoss(run.start, run.slope)]],
                        {text: () => "start", dx: run.start < 0 ? 30 : -30}),
              Plot.dot([[low, expectedLoss(low, run.slope)]], {r: 8, fill: "var(--vermilion)"})]});
    svg.classList.add("drag");
    const scale = svg.scale("x");
    const drag = event => {
      const box = svg.getBoundingClientRect();
      const w = scale.invert((event.clientX - box.left) * width / box.width);
      set({...run, start: +Math.max(domain[0], Math.min(domain[1], w)).toPrecision(3)}, false, true);
    };
    svg.addEventListener("pointerdown", event => {
      drag(event);
      const move = moved => drag(moved);
      addEventListener("pointermove", move);
      addEventListener("pointerup", () => removeEventListener("pointermove", move), {once: true});
    });
    landscape.replaceChildren(svg);
  }

  function drawSeries() {
    const full = Math.floor(stepsShown() / STEPS_PER_EPOCH);
    const cutTo = values => values.map((value, i) => i < full ? value : NaN);
    const recorded = against && {loss: against.series.loss, weight: against.series.weight};
    const chart = (name, log) => lineChart({
      curves: [{name: `${name}, computed here`, values: cutTo(result[name])},
               ...(recorded ? [{name: `${name}, recorded by Keras`, values: recorded[name],
                                dots: true}] : [])],
      y: name, log: log && result.loss.some(value => value > 0), width: widthOf(series),
      height: 210, title: `${name} against the epoch`});
    const charts = [chart("loss", true), chart("weight", false)];
    series.replaceChildren(figureOf(charts, {
      name: "one-relu", caption: "The mean loss of each epoch, and the weight after it",
      tables: [numbersOf(["loss", "weight", ...(run.bias === null ? [] : ["bias"])].map(name =>
        ({name, values: result[name]})))]}));
  }

  const draw = () => { drawLandscape(); drawSeries(); };

  // Take a run: fill the controls, train, draw. keepRecord: whether it is still the recorded run.
  function set(wanted, keepRecord = false, light = false) {
    run = wanted;
    if (!keepRecord) against = null;
    for (const [name, input] of Object.entries(inputs)) input.value = run[name] ?? "";
    inputs.momentum.disabled = run.optimizer !== "SGD";
    result = train(run);
    at.max = result.weights.length;
    at.value = at.max;
    sentence.textContent = fateOf(run, result);
    beside.textContent = against ? comparison(besideRecord(result, against.series), run.epochs)
      : "Computed here, in float64, by Keras' update rules and on NumPy's batches of that seed.";
    history.replaceState(null, "", addressOf(run));
    draw();
  }

  const fromInputs = () => set(runFrom(new URLSearchParams(Object.entries(inputs)
    .map(([name, input]) => [name, input.value]))));
  for (const input of Object.values(inputs)) input.addEventListener("change", fromInputs);
  preset.addEventListener("change", async () => {
    if (preset.value === "answer") set({...ANSWER});
    else if (preset.value) {
      const {claim, label} = presets[+preset.value];
      const {histories} = await claimIn(claims[claim].stem);
      against = histories[label];
      set(runOf(against.settings), true);
    }
  });
  at.addEventListener("input", draw);
  const stop = () => { cancelAnimationFrame(timer); timer = null; play.textContent = "Play"; };
  play.addEventListener("click", () => {
    if (timer !== null) { stop(); return; }
    if (reduced) { at.value = at.max; draw(); return; }
    const begin = performance.now();
    play.textContent = "Stop";
    const frame = now => {
      at.value = Math.min(1, (now - begin) / 6000) ** 2 * at.max;   // slow where it moves fastest
      draw();
      if (+at.value >= +at.max) stop(); else timer = requestAnimationFrame(frame);
    };
    timer = requestAnimationFrame(frame);
  });
  link.addEventListener("click", () => copy(location.href, link));
  place.replaceChildren(
    element("p", {class: "controls"}, element("label", {}, "Preset ", preset)),
    element("p", {class: "controls"}, ...Object.entries(inputs).map(([name, input]) =>
      element("label", {}, words[name], " ", input))),
    sentence, element("div", {class: "beside"}, element("div", {}, landscape, element(
      "p", {class: "controls"}, play, element("label", {class: "stretch"}, "Step ", at), link),
      beside), series), fates(set));
  return parameters => set(runFrom(parameters), against !== null);
}

// A grid's axis: its numbers go evenly, in themselves or in their logarithms. Places count in cells.
function gridAxis(values) {
  const log = Math.abs(values[2] / values[1] - values[1] / values[0]) < 1e-6;
  const even = log ? Math.log10 : value => value;
  const first = even(values[0]), cell = (even(values[values.length - 1]) - first) / (values.length - 1);
  const ticks = log ? d3.range(Math.ceil(first), first + cell * values.length).map(power => 10 ** power)
    : d3.ticks(values[0], values[values.length - 1], 6);
  return {
    edges: [-0.5, values.length - 0.5],
    ticks: ticks.map(value => [(even(value) - first) / cell, number(value)]),
    nearest: place => Math.max(0, Math.min(values.length - 1, Math.round(place)))};
}

// The phase diagrams of claim 7, if it was run: hover to read, click to play.
function fates(set) {
  const stem = "large_steps_jump_over", place = element("div");
  if (!$(`#record-${stem}`)) return place;
  const open = element("details", {}, element(
    "summary", {}, "The fates of 1.6 million runs: hover to read one, click to play it"), place);
  open.addEventListener("toggle", async () => {
    if (!open.open || place.firstChild) return;
    const {histories} = await claimIn(stem);
    const grids = Object.entries(histories).filter(([, {series}]) => series.state);
    const chooser = element("select", {}, ...grids.map(([label]) => element("option", {}, label)));
    const shown = element("div"), says = element("p", {"aria-live": "polite"}, "…");
    const key = element("p", {class: "key"}, ...[["escapes, the darker the sooner", d3.interpolateBlues(0.95)],
      ...Object.values(OTHER_FATES)].map(([fate, colour]) => element("span", {},
        element("i", {style: `background: ${colour}`}), fate)));
    const draw = () => {
      const {settings, series} = histories[chooser.value];
      shown.replaceChildren(diagram(settings, series, text => { says.textContent = text; },
                                    run => { set(run); scrollTo({top: 0}); }));
    };
    chooser.addEventListener("change", draw);
    place.replaceChildren(element("p", {class: "controls"}, element("label", {}, "Optimizer ",
                                                                    chooser)), key, says, shown);
    draw();
  });
  return open;
}

function diagram(settings, {column, rate, state}, say, choose) {
  const byStart = settings.grid === "start", x = gridAxis(column.map(Math.abs)), y = gridAxis(rate);
  const escapes = d3.scaleSequential([settings.epochs, 1], t => d3.interpolateBlues(0.35 + 0.6 * t));
  const colour = letter => OTHER_FATES[letter] ? OTHER_FATES[letter][1]
    : escapes(EPOCH_LETTERS.indexOf(letter) + 1);
  const axis = ({edges, ticks}, label) => ({
    label, labelOffset: label === "learning rate" ? 54 : 36, domain: edges, ticks: ticks.map(([place]) => place),
    tickFormat: place => ticks.find(([one]) => one === place)?.[1] ?? ""});
  const svg = picture({
    width: 560, height: 420, marginLeft: 60, marginBottom: 40, ariaLabel: "The fate of each run",
    color: {type: "identity"},
    x: axis(x, byStart ? "-w(0)" : "momentum"), y: axis(y, "learning rate"),
    marks: [Plot.raster(state.flatMap(row => [...row].map(colour)), {
      width: column.length, height: rate.length, x1: x.edges[0], x2: x.edges[1], y1: y.edges[0],
      y2: y.edges[1], fill: d => d, imageRendering: "pixelated"})]});
  svg.classList.add("point");
  const cell = event => {
    const box = svg.getBoundingClientRect();
    return [x.nearest(svg.scale("x").invert((event.clientX - box.left) * 560 / box.width)),
            y.nearest(svg.scale("y").invert((event.clientY - box.top) * 420 / box.height))];
  };
  const tell = ([i, j]) => {
    const letter = state[j][i], fate = OTHER_FATES[letter] ? OTHER_FATES[letter][0]
      : `escapes in epoch ${EPOCH_LETTERS.indexOf(letter) + 1}`;
    say(`${byStart ? `start ${number(column[i])}` : `momentum ${number(column[i])}`}, learning rate `
      + `${number(rate[j])}: ${fate}`);
  };
  svg.addEventListener("pointermove", event => tell(cell(event)));
  svg.addEventListener("click", event => {
    const [i, j] = cell(event);
    choose({start: byStart ? column[i] : settings.start, bias: null, slope: 0,
            optimizer: settings.amsgrad ? "AMSGrad" : settings.optimizer, rate: rate[j],
            momentum: byStart ? settings.momentum || 0 : column[i], seed: settings.seed,
            epochs: settings.epochs});
  });
  return svg;
}
