// Claims by environments: identical, within tolerance or beyond, and what is behind each move. A
// record of one's own is compared here, in the browser.
"use strict";

// {what drift says: [class of a cell, in words]}
const CLOSENESS = {"identical": ["identical", "identical, to the last bit"],
                   "within tolerance": ["within", "within tolerance"],
                   "beyond tolerance": ["beyond", "beyond tolerance"]};
const wordsOf = one => one.closeness ? CLOSENESS[one.closeness][1] : one.state;

function showDrift(drift, claims) {
  const place = $("#drift .app");
  if (!drift) {
    place.replaceChildren(element("p", {}, "There are no records of other releases here: ",
                                  element("code", {}, "make matrix"), " makes them."));
    return null;
  }
  const names = Object.keys(drift.words), usual = drift.verdicts;
  const culprits = Object.fromEntries(drift.culprits.map(one => [one.letter, one]));
  const filters = Object.entries({all: "All", beyond: "Beyond tolerance",
                                  verdict: "Verdict changed"})
    .map(([value, words], i) => element("label", {}, element("input", {
      type: "radio", name: "drift-filter", value, ...(i ? {} : {checked: ""})}), " ", words));
  const detail = element("div", {class: "detail", "aria-live": "polite"},
                         element("p", {}, "Choose a cell to see what moved, where and through what."));
  const table = element("table", {class: "grid", "aria-label": "Claims by environments"});
  const said = element("p", {class: "small", "aria-live": "polite"});
  const moved = new Set(Object.values(drift.claims).flatMap(cells => Object.values(cells)
    .filter(({closeness}) => closeness === "beyond tolerance").map(({culprit}) => culprit)));
  const letters = drift.culprits.filter(({letter}) => moved.has(letter)).map(one =>
    element("li", {}, element("b", {}, one.letter), ` ${whoseIs(one)}`));

  function whoseIs({whose, before, after}) {
    return `${whose}, between ${drift.words[before] || drift.baseline} and ${drift.words[after]}`;
  }
  const differs = (claim, one) => one.state === "compared" && one.verdict !== usual[claim];
  const kept = (claim, one, filter) => filter === "all"
    || (filter === "beyond" ? one.closeness === "beyond tolerance" : differs(claim, one));

  function tell(claim, name) {
    const one = drift.claims[claim][name], left = one["left its tolerance"];
    const lines = [`${claims[claim].number}. ${claims[claim].title}, on ${drift.words[name]}: `
      + `${wordsOf(one)}.`];
    if (one.deviation) lines.push(`The largest deviation from ${drift.baseline}: `
      + `${number(one.deviation)}, relative to max(1, |value|).`);
    if (left) {
      lines.push(left.place === null
        ? `${left.history}, ${left.series}: missing, or of another length.`
        : `It first left its tolerance in “${left.history}”, ${left.series}, `
          + `${left.epochs ? "epoch" : "number"} ${left.place}: ${number(left.value)} there, `
          + `${number(left.other)} on the baseline; off by ${number(left.deviation)}, `
          + `${number(left.tolerance)} is allowed.`);
    }
    if (differs(claim, one)) lines.push(`Its verdict is “${one.verdict}”; on the baseline it is `
      + `“${usual[claim]}”.`);
    const culprit = culprits[one.culprit];
    if (culprit) {
      const probes = Object.keys(culprit.probes);
      lines.push(`Moved by ${one.culprit}: ${whoseIs(culprit)}`
        + (probes.length ? `, through ${probes.slice(0, 6).join("; ")}`
          + (probes.length > 6 ? ` and ${probes.length - 6} more` : "") : "") + ".");
    }
    const why = drift.findings.filter(({of, environment}) => of === claim && environment === name);
    for (const finding of new Set(why.map(({finding}) => finding))) {
      lines.push(`A finding explains it: ${finding}.`);
    }
    detail.replaceChildren(...lines.map(line => element("p", {}, line)));
  }

  function fill() {
    const filter = $("input[name=drift-filter]:checked").value;
    const rows = Object.keys(drift.claims).filter(claim =>
      filter === "all" || names.some(name => kept(claim, drift.claims[claim][name], filter)));
    const columns = names.filter(name =>
      filter === "all" || rows.some(claim => kept(claim, drift.claims[claim][name], filter)));
    const cell = (claim, name) => {
      const one = drift.claims[claim][name], shown = kept(claim, one, filter);
      const kind = one.closeness ? CLOSENESS[one.closeness][0] : "not-compared";
      const words = `${claims[claim].number} on ${drift.words[name]}: `
        + wordsOf(one) + (differs(claim, one) ? ", another verdict" : "");
      return element("td", {class: shown ? kind : "other"}, element("button", {
        type: "button", class: differs(claim, one) ? "verdict" : null, "aria-label": words,
        title: words, onclick: () => tell(claim, name)}, shown && kind === "beyond" ? one.culprit || "?" : ""));
    };
    said.textContent = rows.length
      ? `${rows.length} claims on ${columns.length} environments. A frame marks another verdict.` : "None.";
    table.replaceChildren(
      element("thead", {}, element("tr", {}, element("td"), ...columns.map(name =>
        element("th", {scope: "col"}, element("span", {}, drift.words[name]))))),
      element("tbody", {}, ...rows.map(claim => element(
        "tr", {}, element("th", {scope: "row"}, element("a", {href: `#${claims[claim].stem}`,
          title: claims[claim].title}, `${claims[claim].number}. ${claims[claim].stem}`)),
        ...columns.map(name => cell(claim, name))))));
  }

  const file = element("input", {type: "file", accept: ".json,application/json"});
  const drop = element("label", {class: "drop"}, "Compare a record of your own: choose it, or drop "
    + "it here. It is read in this browser and goes nowhere. ", file);
  const answer = element("div", {"aria-live": "polite"});
  const read = async one => answer.replaceChildren(...await compareRecord(await one.text(), one.name,
                                                                          claims, drift));
  file.addEventListener("change", () => file.files.length && read(file.files[0]));
  drop.addEventListener("dragover", event => event.preventDefault());
  drop.addEventListener("drop", event => {
    event.preventDefault();
    if (event.dataTransfer.files.length) read(event.dataTransfer.files[0]);
  });

  place.replaceChildren(
    element("p", {class: "controls"}, ...filters),
    element("p", {class: "key"}, ...[...Object.values(CLOSENESS), ["not-compared", "not compared"]]
      .map(([kind, words]) => element("span", {}, element("i", {class: kind}), words))), said,
    wide("Claims by environments", table), detail,
    element("h3", {}, "What moved the numbers beyond tolerance"),
    element("ul", {class: "letters"}, ...letters), drop, answer);
  for (const filter of $$("input[name=drift-filter]", place)) filter.addEventListener("change", fill);
  fill();
  return () => {};
}

// A record against the baseline of the releases, or that of one claim against the page's own of it.
// Gives elements that say how far it is from them.
async function compareRecord(text, fileName, claims, drift) {
  const complain = words => [element("p", {class: "complaint"}, `${fileName}: ${words}`)];
  let record;
  try {
    record = JSON.parse(text);
    if (!String(record.format).startsWith("training-reproductions record")) {
      return complain("not a record of this suite");
    }
    record = Object.entries(record.claims).map(([name, claim]) => [name, withNumbers(claim)]);
  } catch (error) {
    return complain("not a record of this suite, or half of one");
  }
  const baseline = JSON.parse(await recordText("baseline")).claims, rows = [];
  for (const [name, claim] of record) {
    const known = claims[name];
    let other = baseline[name] && withNumbers(baseline[name]), beside = drift.baseline;
    if (record.length === 1 && known && $(`#record-${known.stem}`)) {
      other = await claimIn(known.stem);
      beside = "the record in this page";
    }
    if (!known || !other) {
      rows.push([known ? known.number : "", name, "", "", "nothing here to compare with"]);
      continue;
    }
    let most = 0, worst = null, beyond = false;
    for (const label of new Set([...Object.keys(claim.histories), ...Object.keys(other.histories)])) {
      const mine = claim.histories[label]?.series, theirs = other.histories[label]?.series;
      for (const series of new Set([...Object.keys(mine || {}), ...Object.keys(theirs || {})])) {
        const by = mine?.[series] && theirs?.[series]
          ? deviation(mine[series], theirs[series]) : Infinity;
        beyond ||= !(by <= (other.tolerances[label] ?? 0));
        if (by > most) [most, worst] = [by, `${label}, ${series}`];
      }
    }
    rows.push([known.number, known.stem, number(most), worst || "",
               (claim.verdict === other.verdict ? "" : `verdict ${claim.verdict}, not `
                + `${other.verdict}; `) + (most === 0 ? "identical" : beyond ? "beyond tolerance"
                                           : "within tolerance") + `, beside ${beside}`]);
  }
  const head = ["#", "claim", "largest deviation", "in", "so"];
  return [element("p", {}, `${fileName}: ${rows.length} claims.`),
          wide("Your record", tableOf(head, rows.map(row => element(
            "tr", {}, ...row.map(cell => element("td", {}, String(cell)))))))];
}
