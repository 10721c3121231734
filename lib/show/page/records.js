// The records that travel with the page, packed; unpacked when somebody looks into one.
"use strict";

const NOT_FINITE = {"NaN": NaN, "Infinity": Infinity, "-Infinity": -Infinity};
const asNumbers = values => values.map(value => Array.isArray(value) ? asNumbers(value)
  : typeof value === "string" ? NOT_FINITE[value] : value);

async function unpack(base64) {
  const bytes = Uint8Array.from(atob(base64.trim()), letter => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

// {stem: promise of the record's text}; the baseline's stem is "baseline".
const recordText = (() => {
  const kept = {};
  return stem => kept[stem] ??= unpack($(`#record-${stem}`).textContent);
})();

// The only claim of a claim's own record, its histories with numbers and texts together.
async function claimIn(stem) {
  const record = JSON.parse(await recordText(stem));
  return withNumbers(Object.values(record.claims)[0]);
}

function withNumbers(claim) {
  const histories = Object.fromEntries(Object.entries(claim.histories).map(([label, history]) => [
    label, {settings: history.settings, series: {...Object.fromEntries(Object.entries(
      history.series).map(([name, values]) => [name, asNumbers(values)])),
      ...(history.texts || {})}}]));
  return {...claim, histories};
}

// What can be drawn as a curve: a series of numbers, more than one.
const curvesOf = history => Object.entries(history.series).filter(([, values]) =>
  values.length > 1 && values.every(value => typeof value === "number"));

// Fill the place where a claim's record can be looked at: choose a series, see it for each history.
async function explore(place, stem) {
  const {histories} = await claimIn(stem);
  const names = [...new Set(Object.values(histories).flatMap(history =>
    curvesOf(history).map(([name]) => name)))];
  if (!names.length) return;
  const chooser = element("select", {}, ...names.map(name => element("option", {}, name)));
  const moves = name => Object.values(histories).some(({series}) =>
    series[name]?.some(value => value !== series[name][0]));
  chooser.value = ["weight", "loss", ...names].find(name => names.includes(name) && moves(name))
    ?? names[0];
  const log = element("input", {type: "checkbox"}), shown = element("div");
  const draw = () => {
    const curves = Object.entries(histories).flatMap(([label, history]) => curvesOf(history)
      .filter(([name]) => name === chooser.value).map(([, values]) => ({name: label, values})));
    const epochs = Object.values(histories).every(({settings, series}) => !series[chooser.value]
      || series[chooser.value].length === settings.epochs);
    const x = epochs ? "Epoch" : "Place in the series";
    const few = curves.slice(0, COLOURS.length), left = curves.length - few.length;
    const chart = lineChart({curves: few, x, y: chooser.value,
                             log: log.checked, width: widthOf(place),
                             title: `${chooser.value} of ${few.map(one => one.name).join(", ")}`});
    shown.replaceChildren(figureOf([chart], {
      name: `${stem}-${chooser.value}`, caption: `${chooser.value}, as recorded`
        + (left ? `: ${few.length} of ${curves.length} histories` : ""),
      tables: [numbersOf(few, x)]}));
  };
  chooser.addEventListener("change", draw);
  log.addEventListener("change", draw);
  place.replaceChildren(element("p", {class: "controls"}, element("label", {}, "Series ", chooser),
                                element("label", {}, log, " logarithmic")), shown);
  draw();
}

async function download(stem) {
  keepBlob(new Blob([await recordText(stem)], {type: "application/json"}), `${stem}.json`);
}
