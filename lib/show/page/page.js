// The page as a whole: which part is shown, filters, theme, copying.
"use strict";

const DATA = JSON.parse($("#data").textContent);

async function copy(text, button) {
  const words = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch (error) {     // a page from the file system may not be allowed to
    const area = element("textarea", {}, text);
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = words; }, 1500);
}

function filterClaims() {
  const verdict = $("#by-verdict").value, text = $("#by-text").value.trim().toLowerCase();
  let shown = 0;
  for (const row of $$("#overview li")) {
    row.hidden = !((!verdict || row.dataset.verdict === verdict)
                   && (!text || row.textContent.toLowerCase().includes(text)));
    shown += !row.hidden;
  }
  for (const source of $$("#overview section")) {
    source.hidden = $$("li", source).every(row => row.hidden);
  }
  $("#how-many").textContent = `${shown} of ${$$("#overview li").length} claims`;
}

const VIEWS = {
  originals: showOriginals(DATA.originals),
  drift: showDrift(DATA.drift, DATA.claims),
  play: showPlayground(DATA.presets, DATA.claims)};

// Show the part that the address names: "#name" or "#name?settings".
function route() {
  const [name, query] = decodeURI(location.hash.slice(1)).split("?");
  const shown = document.getElementById(name)?.matches("main > *") ? name : "overview";
  for (const part of $$("main > *")) part.hidden = part.id !== shown;
  const of = $(`article#${CSS.escape(shown)}`) ? "overview" : shown;
  for (const link of $$("header nav a")) {
    if (link.hash === `#${of}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  VIEWS[shown]?.(new URLSearchParams(query || ""));
  const explorer = $(`#${CSS.escape(shown)} .explore`);
  if (explorer && !explorer.firstChild) explore(explorer, shown);
  const title = $(`#${CSS.escape(shown)} h2`);
  document.title = shown === "overview" ? DATA.title : `${title.textContent.trim()} - ${DATA.title}`;
}

for (const input of $$("#by-verdict, #by-text")) input.addEventListener("input", filterClaims);
for (const button of $$("button[data-copy]")) {
  button.addEventListener("click", () => copy(button.dataset.copy, button));
}
for (const button of $$("button[data-record]")) {
  button.addEventListener("click", () => download(button.dataset.record));
}
for (const figure of $$("figure.picture")) {
  $("button", figure).addEventListener("click", () => toggleFullScreen(figure));
}
$("#theme").addEventListener("click", () => {
  const root = document.documentElement, system = matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = (root.dataset.theme || (system ? "dark" : "light")) === "dark"
    ? "light" : "dark";
});
addEventListener("hashchange", () => { route(); scrollTo({top: 0}); });
let resized;
addEventListener("resize", () => { clearTimeout(resized); resized = setTimeout(route, 200); });
filterClaims();
route();
