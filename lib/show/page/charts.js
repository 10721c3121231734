// Charts: Plot draws them as SVG, and each has its numbers in a table behind it, buttons to keep it
// as SVG or PNG, and one to show it on the whole screen.
"use strict";

const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
const COLOURS = ["var(--blue)", "var(--vermilion)", "var(--green)", "var(--pink)", "var(--sky)",
                 "var(--orange)", "var(--ink)", "var(--brown)"];
const DASHES = ["", "6 3", "2 2", "8 3 2 3", "1 3", "10 4", "4 1", "3 6"];

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== null && value !== false) made.setAttribute(key, value);
  }
  made.append(...children);     // text nodes, so nothing in a record is taken for HTML
  return made;
}

const number = value => {
  if (typeof value !== "number") return String(value);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "-∞";
  return value === 0 ? "0" : String(+value.toPrecision(4));
};

const toggleFullScreen = figure => document.fullscreenElement ? document.exitFullscreen()
  : figure.requestFullscreen();

// What Plot draws, as one picture to a screen reader: it names each group of marks, which only
// something with a role may be.
function picture(options) {
  const svg = Plot.plot({...options, style: {background: "transparent", color: "currentColor",
                                             fontSize: "12px", ...options.style}});
  svg.setAttribute("role", "img");
  for (const part of $$("[aria-label], [aria-description]", svg)) {
    part.removeAttribute("aria-label");
    part.removeAttribute("aria-description");
  }
  return svg;
}

// On a logarithmic axis powers of ten alone are written out.
const powerOfTen = value => {
  const power = Math.log10(value);
  return Math.abs(power - Math.round(power)) < 1e-9 ? (Math.abs(power) < 4 ? number(value)
    : `1e${Math.round(power)}`) : "";
};

// curves: [{name, values, dots}], one value for each epoch from `first` on; y: the axis' name;
// log: whether its scale may be logarithmic; marks: further marks of Plot; title: in words, for
// those who do not see it.
function lineChart({curves, x = "Epoch", y, title, log = false, first = 1, width = 560, height = 260,
                    marks = [], domain = null}) {
  const points = curves.flatMap(({name, values, dots}) => values.map(
    (value, i) => ({name, x: first + i, y: value, dots})))
    .filter(({y}) => Number.isFinite(y) && (!log || y > 0));
  const names = curves.map(({name}) => name);
  const colour = name => COLOURS[names.indexOf(name) % COLOURS.length];
  const dash = name => DASHES[names.indexOf(name) % DASHES.length];
  const svg = picture({
    width, height, marginLeft: 56, marginRight: 16, marginTop: 30, ariaLabel: title,
    style: {fontFamily: "inherit", overflow: "visible"},
    marginBottom: 40, x: {label: x, labelOffset: 36,
                          tickFormat: d => Number.isInteger(d) ? String(d) : ""},
    y: {label: y, grid: true, type: log ? "log" : "linear", nice: true, tickSpacing: 40,
        tickFormat: log ? powerOfTen : number,
        ...(domain ? {domain} : {})},
    marks: [
      ...marks,
      ...curves.filter(({dots}) => !dots).map(({name}) => Plot.line(
        points.filter(point => point.name === name),
        {x: "x", y: "y", stroke: colour(name), strokeWidth: 2, strokeDasharray: dash(name)})),
      ...curves.filter(({dots}) => dots).map(({name}) => Plot.dot(
        points.filter(point => point.name === name),
        {x: "x", y: "y", stroke: colour(name), symbol: "times", r: 4, strokeWidth: 1.5})),
      Plot.tip(points, Plot.pointer({x: "x", y: "y", title: point =>
        `${point.name}\n${x} ${point.x}: ${number(point.y)}`, fill: "var(--paper)"}))]});
  const key = curves.length > 1 ? element("p", {class: "key"}, ...names.map((name, i) => element(
    "span", {}, swatch(colour(name), dash(name), curves[i].dots), name))) : "";
  return {svg, key};
}

function swatch(colour, dash, dots) {
  const svg = d3.create("svg").attr("width", 28).attr("height", 12).attr("aria-hidden", "true");
  if (dots) svg.append("path").attr("d", "M10,2l8,8m0,-8l-8,8").attr("stroke", colour);
  else svg.append("line").attr("x2", 26).attr("y1", 6).attr("y2", 6).attr("stroke", colour)
    .attr("stroke-width", 2).attr("stroke-dasharray", dash);
  return svg.node();
}

// The table behind a chart: a row for each epoch, a column for each curve.
function numbersOf(curves, x = "Epoch", first = 1) {
  const length = Math.max(0, ...curves.map(({values}) => values.length));
  const rows = Array.from({length}, (_, i) => element(
    "tr", {}, element("th", {scope: "row"}, String(first + i)), ...curves.map(({values}) => element(
      "td", {}, i < values.length ? number(values[i]) : ""))));
  return element("details", {}, element("summary", {}, "The numbers"), wide("The numbers", tableOf(
    [x, ...curves.map(({name}) => name)], rows)));
}

function tableOf(head, rows) {
  return element("table", {}, element("thead", {}, element("tr", {}, ...head.map(words =>
    element("th", {scope: "col"}, words)))), element("tbody", {}, ...rows));
}

// What may be wider than the screen: it scrolls by itself, with the keyboard, too.
const wide = (label, ...children) => element("div", {class: "wide", tabindex: "0", role: "region",
                                                     "aria-label": label}, ...children);

// A figure of one or more charts below each other, with buttons.
function figureOf(charts, {name, caption, tables = []}) {
  const figure = element("figure", {class: "chart"}, element("figcaption", {}, caption));
  figure.append(element("div", {class: "beside"}, ...charts.map(({svg, key}) =>
    element("div", {}, svg, key || ""))));
  figure.append(element(
    "p", {class: "buttons"},
    element("button", {type: "button", onclick: () => keep(charts, `${name}.svg`)}, "Save as SVG"),
    element("button", {type: "button", onclick: () => keepAsPng(charts, `${name}.png`)},
            "Save as PNG"),
    element("button", {type: "button", onclick: () => toggleFullScreen(figure)}, "Whole screen")),
    ...tables);
  return figure;
}

// The charts as one SVG that stands by itself: the page's colours are written into it.
function standalone(charts) {
  const style = getComputedStyle(document.body), all = document.createElementNS(
    "http://www.w3.org/2000/svg", "svg");
  let height = 0, width = 0;
  for (const {svg} of charts) {
    const one = svg.cloneNode(true);
    one.setAttribute("y", height);
    height += +svg.getAttribute("height");
    width = Math.max(width, +svg.getAttribute("width"));
    all.append(one);
  }
  all.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  all.setAttribute("width", width);
  all.setAttribute("height", height);
  all.setAttribute("style", `background:${style.backgroundColor};color:${style.color};`
    + "font-family:sans-serif");
  const text = new XMLSerializer().serializeToString(all);
  return {width, height, text: text.replace(/var\((--\w+)\)/g, (_, name) =>
    style.getPropertyValue(name).trim())};
}

function keepBlob(blob, name) {
  const link = element("a", {href: URL.createObjectURL(blob), download: name});
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

const keep = (charts, name) => keepBlob(
  new Blob([standalone(charts).text], {type: "image/svg+xml"}), name);

function keepAsPng(charts, name) {
  const {width, height, text} = standalone(charts), picture = new Image();
  picture.onload = () => {
    const canvas = element("canvas", {width: 2 * width, height: 2 * height});
    canvas.getContext("2d").drawImage(picture, 0, 0, 2 * width, 2 * height);
    canvas.toBlob(blob => keepBlob(blob, name));
  };
  picture.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
}

// Of a chart in a place, where two of them may stand beside each other.
const widthOf = (place, beside = 1) => {
  const room = place.clientWidth || 560;
  return Math.max(280, Math.min(720, beside > 1 && room >= 920 ? (room - 28) / 2 : room));
};
