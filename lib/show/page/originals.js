// The original programs' runs beside ours, drawn from their numbers on the same axes.
"use strict";

function showOriginals(cases) {
  const place = $("#originals .app");
  if (!cases.length) {
    place.replaceChildren(element("p", {}, "No run of this page has an original."));
    return null;
  }
  const byClaim = d3.group(cases, one => one.title);
  const chooser = element("select", {id: "original-case"}, ...[...byClaim].map(([title, ones]) =>
    element("optgroup", {label: title}, ...ones.map(one =>
      element("option", {value: one.case}, one.words)))));
  const modes = Object.entries({overlay: "Both", wipe: "Original | ours", difference: "Difference"})
    .map(([value, words], i) => element("label", {}, element("input", {
      type: "radio", name: "original-mode", value, ...(i ? {} : {checked: ""})}), " ", words));
  const cut = element("input", {type: "range", min: "0", max: "100", value: "50",
                                "aria-label": "Where the original ends and ours begins"});
  const cutLabel = element("label", {hidden: ""}, "Original up to here, ours from here on ", cut);
  const shown = element("div");

  const draw = () => {
    const one = cases.find(({case: name}) => name === chooser.value);
    const mode = $("input[name=original-mode]:checked").value;
    cutLabel.hidden = mode !== "wipe";
    const charts = Object.entries(one.series).map(([name, {original, ours}]) => {
      const common = {y: name, log: name.endsWith("loss") && [...original, ...ours].every(v => v > 0),
                      width: widthOf(place, Object.keys(one.series).length), height: 260};
      const title = `${name}, the original program's and ours`;
      if (mode === "difference") {
        return lineChart({...common, log: false, title: `difference of ${name}`,
          y: `${name}: ours less the original's`,
          curves: [{name: "difference", values: ours.map((value, i) => value - original[i])}]});
      }
      const place_of_cut = original.length * cut.value / 100;
      const part = (values, keepIt) => values.map((value, i) => keepIt(i) ? value : NaN);
      const both = [...original, ...ours].filter(Number.isFinite);
      return lineChart({...common, title, domain: d3.extent(both), curves: [
        {name: "ours", values: mode === "wipe" ? part(ours, i => i + 1 >= place_of_cut) : ours},
        {name: "original", dots: true,
         values: mode === "wipe" ? part(original, i => i < place_of_cut) : original}]});
    });
    const curves = Object.entries(one.series).flatMap(([name, {original, ours}]) => [
      {name: `${name}, original`, values: original}, {name: `${name}, ours`, values: ours}]);
    const farthest = Object.entries(one.series).map(([name, {original, ours}]) =>
      `${name} ${deviation(ours, original).toExponential(1)}`).join(", ");
    shown.replaceChildren(figureOf(charts, {
      name: one.case, caption: `${one.words}. The largest difference, relative to max(1, |value|): `
        + `${farthest}.` + (one.judged_by === "NumPy" ? " The original's Adam raced with its step "
          + "counter, so ours is judged by the same updates in NumPy." : ""),
      tables: [numbersOf(curves)]}));
  };
  chooser.addEventListener("change", () => {
    history.replaceState(null, "", `#originals?case=${encodeURIComponent(chooser.value)}`);
    draw();
  });
  cut.addEventListener("input", draw);
  place.replaceChildren(element("p", {class: "controls"}, element("label", {}, "Run ", chooser)),
                        element("p", {class: "controls"}, ...modes, cutLabel), shown);
  for (const mode of $$("input[name=original-mode]", place)) mode.addEventListener("change", draw);
  return parameters => {
    if (cases.some(one => one.case === parameters.get("case"))) {
      chooser.value = parameters.get("case");
    }
    draw();
  };
}
