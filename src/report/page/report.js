
"use strict";
(() => {
const data = JSON.parse(document.getElementById("data").textContent);
const PAGE = 20, EVENTS = 15, STAKE = 6, PAIRS_OPEN = 3;
const KINDS = { addition: "addition", wording: "words", labelling: "words", loaded_language: "words", tone: "words", attribution: "source", quotation: "source" };
const COVERAGE = [
  ["●", "reported", "reported"],
  ["○", "below_threshold", "not observed: no sentence matched"],
  ["s", "short_article", "not observed: its articles on the event are short"],
  ["t", "outside_window", "not observed: no article near enough in time"],
  ["–", "no_article_on_event", "not observed: no article on the event"],
];
const KIND_WORDS = { match: "", part: "shared in part", conflict: "conflict" };

// Every word of an article goes in as text.
const $ = (id) => document.getElementById(id);
function make(name, properties, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(properties || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "class") node.className = value;
    else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else node.setAttribute(key, value);
  }
  for (const child of children.flat()) if (child !== null && child !== undefined) node.append(child);
  return node;
}
function draw(name, attributes) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}
const count = (n, one, many) => n.toLocaleString("en") + " " + (n === 1 ? one : many || one + "s");
const plain = (name) => name.replaceAll("_", " ");
const outlet = (at) => data.outlets[at];
const unquoted = (text) => text.replace(/^[“”"]+|[“”"]+$/g, "");
// Marks that turn the direction of writing end with the element that holds them.
const words = (text) => make("bdi", { dir: "auto" }, text);
const names = (list) => list.flatMap((at, place) => [place ? ", " : "", words(outlet(at))]);
const unturned = (text) => text.replace(/[\u202a-\u202e\u2066-\u2069]/g, "");

const lines = data.articles.map((article) => new Map(article.sentences.map((line) => [line[0], line])));
const sentence = ([article, at]) => { const line = lines[article].get(at); return line ? line[1] : ""; };
function where([article, at]) {
  const line = lines[article].get(at);
  const { n, head } = data.articles[article];
  return line && line[3] === 1 ? "headline" : "sentence " + (at + 1 - head) + " of " + (n - head);
}

// --- head ---
const n = data.n;
document.title = "parallax report: " + count(n.articles, "article") + ", " + count(n.outlets, "outlet");
$("counts").textContent = [
  count(n.articles, "article"), count(n.outlets, "outlet"), count(n.events, "event"),
  count(n.confirmed + n.possible, "shared claim") + " (" + n.confirmed + " confirmed, " + n.possible + " possible)",
  n.partial ? count(n.partial, "more shared in part", "more shared in part") : null,
  n.disputed ? count(n.disputed, "conflict") : null,
  count(n.differences, "difference in framing", "differences in framing"),
].filter(Boolean).join(" · ");
if (data.left_out.length) {
  $("left-out").hidden = false;
  $("left-out").append(...data.left_out.map((text) => make("li", null, text)));
}

// --- at stake ---
const byWeight = data.claims.map((_, at) => at).sort((x, y) => data.claims[y].weight - data.claims[x].weight || x - y);
const claimsOf = data.events.map(() => []);
data.claims.forEach((claim, at) => claimsOf[claim.event].push(at));
function reason(claim) {
  const n_of = new Map();
  let conflicts = 0;
  for (const pair of claim.pairs) {
    if (pair.relation === 2) conflicts += 1;
    for (const found of pair.differences) n_of.set(found.dimension, (n_of.get(found.dimension) || 0) + 1);
  }
  const parts = [...n_of].sort((x, y) => y[1] - x[1]).slice(0, 3).map(([name]) => plain(name));
  return (conflicts ? ["contradicted"] : []).concat(parts).join(", ");
}
function outletsOf(claim) {
  const seen = new Set(claim.mentions.filter((mention) => mention[2] !== 1).map((mention) => data.articles[mention[0]].outlet));
  if (seen.size < 2) claim.mentions.forEach((mention) => seen.add(data.articles[mention[0]].outlet));
  return [...seen].sort((x, y) => x - y);
}
for (const at of byWeight.slice(0, STAKE)) {
  const claim = data.claims[at];
  if (claim.weight <= 0) break;
  $("stake-list").append(make("li", null,
    make("button", { type: "button", class: "link", onclick: () => open(at) }, words(claim.text)),
    make("div", { class: "faint" }, names(outletsOf(claim)), " – " + reason(claim))));
}
if (!$("stake-list").children.length) $("stake-list").replaceWith(make("p", null, "No claim is worded so differently that a row is worth reading."));

// --- events ---
const eventWeight = claimsOf.map((of) => of.reduce((sum, at) => sum + data.claims[at].weight, 0) + of.length / 1000);
const eventOrder = data.events.map((_, at) => at).sort((x, y) => eventWeight[y] - eventWeight[x] || x - y);
let eventsShown = 0;
function showEvents() {
  for (const at of eventOrder.slice(eventsShown, eventsShown + EVENTS)) {
    const event = data.events[at];
    const name = claimsOf[at].length
      ? make("button", { type: "button", class: "link", onclick: () => pickEvent(at) }, words(event.label))
      : words(event.label);
    $("events-table").tBodies[0].append(make("tr", null,
      make("td", null, name),
      make("td", null, event.first === event.last ? event.first : event.first + " to " + event.last),
      make("td", null, names(event.outlets)),
      make("td", { class: "n" }, event.articles.length), make("td", { class: "n" }, claimsOf[at].length)));
  }
  eventsShown += EVENTS;
  $("events-more").hidden = eventsShown >= data.events.length;
  $("events-more").textContent = "Show more events (" + Math.max(data.events.length - eventsShown, 0) + ")";
}
showEvents();
$("events-more").addEventListener("click", showEvents);
function pickEvent(at) {
  clear();
  $("f-event").value = at;
  filter();
  $("claims").scrollIntoView();
  $("claims").focus({ preventScroll: true });
}

// --- filters ---
const option = (value, text) => make("option", { value }, unturned(text.length > 70 ? text.slice(0, 69) + "…" : text));
for (const at of eventOrder) if (claimsOf[at].length) $("f-event").append(option(at, data.events[at].label + " (" + claimsOf[at].length + ")"));
data.outlets.forEach((name, at) => $("f-outlet").append(option(at, name)));
const dimensions = new Set();
for (const claim of data.claims) for (const pair of claim.pairs) for (const found of pair.differences) dimensions.add(found.dimension);
for (const name of [...dimensions].sort()) $("f-dimension").append(option(name, plain(name)));
const texts = data.claims.map((claim) => {
  const of = new Set([claim.text]);
  for (const mention of claim.mentions) { of.add(sentence(mention)); of.add(outlet(data.articles[mention[0]].outlet)); }
  of.add(data.events[claim.event].label);
  return [...of].join("\n").toLowerCase();
});
const inOutlet = data.claims.map((claim) => new Set(claim.mentions.map((mention) => data.articles[mention[0]].outlet)));
let found = [], shown = 0;
function matches(at) {
  const claim = data.claims[at], tier = $("f-tier").value, dimension = $("f-dimension").value;
  if ($("f-event").value !== "" && claim.event !== Number($("f-event").value)) return false;
  if ($("f-outlet").value !== "" && !inOutlet[at].has(Number($("f-outlet").value))) return false;
  if (tier === "part" ? claim.kind !== "part" : tier && (claim.kind === "part" || claim.tier !== tier)) return false;
  if (dimension && !claim.pairs.some((pair) => pair.differences.some((of) => of.dimension === dimension))) return false;
  if ($("f-conflict").checked && !claim.pairs.some((pair) => pair.relation === 2)) return false;
  return $("search").value.toLowerCase().split(/\s+/).every((word) => texts[at].includes(word));
}
function filter() {
  const order = $("f-order").value === "event" ? eventOrder.flatMap((event) => claimsOf[event]) : byWeight;
  found = order.filter(matches);
  shown = 0;
  $("claim-list").replaceChildren();
  $("found").textContent = found.length === data.claims.length ? count(found.length, "claim") : found.length + " of " + count(data.claims.length, "claim");
  if (!data.claims.length) $("claim-list").append(make("p", null, "No claim is shared. Outlets may report different events, or word them too differently to match."));
  else if (!found.length) $("claim-list").append(make("p", null, "No claim fits. Clear a filter, or search for fewer words."));
  more();
}
function more() {
  for (const at of found.slice(shown, shown + PAGE)) $("claim-list").append(card(at));
  shown += PAGE;
  $("claims-more").hidden = shown >= found.length;
  $("claims-more").textContent = "Show more claims (" + Math.max(found.length - shown, 0) + ")";
}
let waiting;
$("search").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(filter, 150); });
$("filters").addEventListener("change", filter);
$("filters").addEventListener("submit", (event) => { event.preventDefault(); filter(); });
let isQuiet = false;
$("filters").addEventListener("reset", () => { if (!isQuiet) setTimeout(filter); });
function clear() { isQuiet = true; $("filters").reset(); isQuiet = false; }
$("claims-more").addEventListener("click", more);

// --- a claim ---
function card(at) {
  const claim = data.claims[at], event = data.events[claim.event], of_claim = outletsOf(claim);
  const state = claim.kind === "match" ? claim.tier + " match" : KIND_WORDS[claim.kind];
  const node = make("article", { id: "claim-" + claim.id, tabindex: "-1", "aria-labelledby": "t-" + claim.id });
  node.append(make("h3", { id: "t-" + claim.id }, words(claim.text)));
  node.append(make("div", { class: "tags" },
    make("span", { class: "tag " + (claim.kind === "match" ? claim.tier : claim.kind) }, state),
    make("span", null, count(of_claim.length, "outlet") + (claim.independent < of_claim.length ? ", " + claim.independent + " independent (the others carry the same text)" : "")),
    event.label === claim.text ? null : make("span", null, "event: ", words(event.label)), make("span", null, claim.id)));
  const pairs = claim.pairs.filter((pair) => pair.relation !== 1 || claim.kind === "part").sort((x, y) => weight(y) - weight(x));
  const told = pairs.filter((pair) => pair.differences.length || pair.relation === 2);
  if (of_claim.length > 2 || !pairs.length) node.append(mentions(claim));
  if (of_claim.length > 2 && told.length) node.append(make("p", { class: "pairs" }, "What differs, pair by pair"));
  const open = told.length ? told : pairs.slice(0, of_claim.length > 2 ? 0 : 1);
  for (const pair of open.slice(0, PAIRS_OPEN)) node.append(sideBySide(pair));
  const rest = open.slice(PAIRS_OPEN).concat(of_claim.length > 2 || told.length ? pairs.filter((of) => !open.includes(of)) : []);
  if (rest.length) {
    const details = make("details", null, make("summary", null, count(rest.length, "more pair of sentences", "more pairs of sentences")));
    details.addEventListener("toggle", () => { if (details.open && details.children.length === 1) details.append(...rest.map(sideBySide)); });
    node.append(details);
  }
  const partial = claim.mentions.filter((mention) => mention[2] === 1);
  if (partial.length && claim.kind !== "part") {
    node.append(make("details", null, make("summary", null, count(partial.length, "sentence says", "sentences say") + " a part of it"),
      make("div", { class: "sides" }, partial.map((mention) => side(mention, words(sentence(mention)))))));
  }
  return node;
}
const weight = (pair) => (pair.relation === 2 ? 10 : 0) + pair.differences.reduce((sum, of) => sum + of.salience, 0);
function mentions(claim) {
  const of = claim.mentions.filter((mention) => mention[2] !== 1 || claim.kind === "part");
  const seen = new Set(), first = [], rest = [];
  for (const mention of of) {
    const name = data.articles[mention[0]].outlet;
    (seen.has(name) ? rest : first).push(mention);
    seen.add(name);
  }
  const shown = make("div", { class: "sides" }, first.map((mention) => side(mention, words(sentence(mention)))));
  if (!rest.length) return shown;
  return make("div", null, shown, make("details", null, make("summary", null, count(rest.length, "more sentence") + " of these outlets"),
    make("div", { class: "sides" }, rest.map((mention) => side(mention, words(sentence(mention)))))));
}
function side([article, at, relation], text) {
  const of = data.articles[article];
  const link = /^https?:\/\//i.test(of.url) ? make("a", { href: of.url, rel: "noopener noreferrer external", target: "_blank" }, "original") : null;
  return make("div", { class: "side" },
    make("h4", null, words(outlet(of.outlet)), relation === 2 ? " (disputes it)" : null),
    make("blockquote", null, text),
    make("p", { class: "where" }, [of.date, where([article, at])].filter(Boolean).join(", "), " · ",
      make("button", { type: "button", class: "link", onclick: (event) => read(article, at, event.currentTarget) }, "in its article"), link ? " · " : null, link));
}

// --- two sentences, with what differs marked ---
function sideBySide(pair) {
  const found = pair.differences.map((of, at) => ({ ...of, n: at + 1 }));
  const clash = pair.relation === 2 && pair.clash ? pair.clash.split(" | ") : [];
  const node = make("div", { class: "pair" });
  const text = (place, key, which) => {
    const of = sentence(place), spans = found.filter((one) => one[key]).map((one) => ({ start: one[key][0], end: one[key][1], n: one.n, kind: KINDS[one.dimension] || "sure", name: plain(one.dimension) }));
    const at = clash[which] ? wordAt(of, clash[which]) : -1;
    if (at >= 0) spans.push({ start: at, end: at + clash[which].length, n: 0, kind: "clash", name: "conflict: " + pair.conflict });
    return marked(of, spans);
  };
  node.append(make("div", { class: "sides" }, side([...pair.a, 0], text(pair.a, "a", 0)), side([...pair.b, 0], text(pair.b, "b", 1))));
  const list = make("ul", { class: "differences", "aria-label": "What differs" });
  if (pair.relation === 2) {
    list.append(make("li", null, make("strong", { class: "name k-clash" }, "conflict: " + pair.conflict),
      make("span", { class: "what" }, clash.length === 2 ? [words("“" + clash[0] + "”"), " | ", words("“" + clash[1] + "”")] : "The two cannot both be so."), make("span", { class: "salience" }, "probability " + pair.probability.toFixed(2))));
  }
  for (const one of found) {
    const item = make("li", { "data-n": one.n },
      make("span", { class: "name" }, make("span", { class: "k-" + (KINDS[one.dimension] || "sure") }, one.n + " "), cardLink(one.dimension)),
      make("span", { class: "what" }, told(pair.a, one.a, one.value_a, one.dimension), " | ", told(pair.b, one.b, one.value_b, one.dimension)),
      make("span", { class: "salience", title: "Probability that a careful reader would keep it" }, "salience " + one.salience.toFixed(2)));
    const light = (on) => () => lit(node, [one.n], on);
    item.addEventListener("mouseenter", light(true));
    item.addEventListener("mouseleave", light(false));
    item.addEventListener("focusin", light(true));
    item.addEventListener("focusout", light(false));
    list.append(item);
  }
  if (list.children.length) node.append(list);
  else node.append(make("p", { class: "faint" }, pair.relation === 1
    ? "They share a part; what else they say is not compared."
    : "No difference in framing is marked."));
  node.addEventListener("mouseover", (event) => over(node, event, true));
  node.addEventListener("mouseout", (event) => over(node, event, false));
  node.addEventListener("focusin", (event) => over(node, event, true));
  node.addEventListener("focusout", (event) => over(node, event, false));
  return node;
}
// Where some words stand as whole words; -1 where they stand nowhere or at several places.
function wordAt(text, found) {
  const whole = new RegExp("(?<![\\p{L}\\p{N}])" + found.replace(/[.*+?^${}()|[\]\\]/g, "\\$&") + "(?![\\p{L}\\p{N}])", "gu");
  const places = [...text.matchAll(whole)].map((match) => match.index);
  return places.length === 1 ? places[0] : -1;
}
function over(node, event, on) {
  const mark = event.target.closest("mark");
  if (mark && mark.dataset.n) lit(node, mark.dataset.n.split(" ").map(Number), on);
}
function lit(node, numbers, on) {
  for (const number of numbers) {
    node.querySelectorAll("li[data-n='" + number + "']").forEach((item) => item.classList.toggle("on", on));
    node.querySelectorAll("mark").forEach((mark) => { if ((mark.dataset.n || "").split(" ").includes(String(number))) mark.classList.toggle("on", on); });
  }
}
// One side of a difference: its words where it has some, and its value where that says more.
function told(place, span, value, dimension) {
  const [name, ...rest] = value.split("; ");
  const quoted = span ? words("“" + unquoted(sentence(place).slice(span[0], span[1])) + "”") : null;
  const isWord = ["wording", "labelling", "quantity"].includes(dimension) || name === "added";
  if (quoted && isWord) return make("span", null, quoted);
  if (/^-?[0-9.]+$/.test(name)) return make("span", null, quoted, (quoted ? " (" : "(") + plain(dimension) + " " + Number(name).toFixed(2) + ")");
  const shown = name;
  const extra = dimension === "addition" && rest.length ? " in the other’s article" : "";
  return make("span", null, shown + extra + (quoted ? " " : ""), quoted);
}
function cardLink(dimension) {
  const target = [...document.querySelectorAll("#cards details")].find((of) => of.dataset.of.split(" ").includes(dimension));
  if (!target) return plain(dimension);
  return make("button", { type: "button", class: "link", title: "What this means and how good it is", onclick: () => {
    target.open = true; target.scrollIntoView(); target.querySelector("summary").focus({ preventScroll: true });
  } }, plain(dimension));
}
// The sentence with its marked words; where two marks lie over each other, each piece names both.
function marked(text, spans) {
  const ends = [...new Set([0, text.length, ...spans.flatMap((span) => [span.start, span.end])])].filter((at) => at <= text.length).sort((x, y) => x - y);
  const node = make("bdi", { dir: "auto" });
  for (let at = 0; at + 1 < ends.length; at += 1) {
    const piece = text.slice(ends[at], ends[at + 1]);
    const over = spans.filter((span) => span.start <= ends[at] && span.end >= ends[at + 1]);
    if (!over.length) { node.append(piece); continue; }
    const last = over.filter((span) => span.end === ends[at + 1] && span.n);
    const kind = (over.find((span) => span.kind === "clash") || over[0]).kind;
    const mark = make("mark", { class: "k-" + kind, title: over.map((span) => (span.n ? span.n + ": " : "") + span.name).join("; "), "data-n": over.map((span) => span.n).filter(Boolean).join(" "), tabindex: "0" }, piece);
    if (last.length) mark.append(make("sup", null, last.map((span) => span.n).join(",")));
    node.append(mark);
  }
  return node;
}
function open(at) {
  clear();
  filter();
  while (shown <= found.indexOf(at)) more();
  const node = $("claim-" + data.claims[at].id);
  document.querySelectorAll("article.on").forEach((other) => other.classList.remove("on"));
  node.classList.add("on");
  node.scrollIntoView();
  node.focus({ preventScroll: true });
}

// --- an article ---
let opener = null;
function read(article, at, from) {
  const of = data.articles[article];
  opener = from;
  $("article-title").replaceChildren(words(of.headline || of.id));
  $("article-meta").replaceChildren(words(outlet(of.outlet)), of.date ? ", " + of.date : "", ", ", words(of.id), of.whole ? "" : " – only the sentences of claims and those beside them are in this page");
  const text = $("article-text");
  text.replaceChildren();
  let paragraph = null, before = -1;
  for (const [place, line, isNew, kind] of of.sentences) {
    if (before >= 0 && place !== before + 1) { text.append(make("p", { class: "gap" }, "[…]")); paragraph = null; }
    if (!paragraph || isNew || kind !== 0) { paragraph = make("p", { class: kind === 2 ? "off" : undefined, dir: "auto" }); text.append(paragraph); }
    const piece = kind === 1 ? make("strong", null, line) : line;
    paragraph.append(place === at ? make("mark", { class: "here", id: "here" }, piece) : piece, " ");
    before = place;
  }
  $("article").showModal();
  const here = $("here");
  if (here) here.scrollIntoView({ block: "center" });
  $("article-title").focus({ preventScroll: true });
}
$("article-close").addEventListener("click", () => $("article").close());
$("article").addEventListener("click", (event) => { if (event.target === $("article")) $("article").close(); });
$("article").addEventListener("close", () => { if (opener) opener.focus(); });

// --- coverage ---
for (const at of eventOrder) if (claimsOf[at].length) $("c-event").append(option(at, data.events[at].label));
$("coverage-legend").append(...COVERAGE.map(([sign, , text], at) => make("li", null, make("span", { class: "swatch c" + at, "aria-hidden": "true" }, sign), " " + text)));
function showCoverage() {
  const table = $("coverage-table");
  table.replaceChildren();
  const event = data.events[Number($("c-event").value)];
  if (!event || !data.claims.length) { $("coverage").hidden = true; return; }
  table.append(make("thead", null, make("tr", null, make("th", { scope: "col" }, "Claim"), event.outlets.map((at) => make("th", { scope: "col" }, words(outlet(at)))))));
  const body = make("tbody");
  for (const at of claimsOf[Number($("c-event").value)]) {
    const claim = data.claims[at], text = claim.text.length > 110 ? claim.text.slice(0, 109) + "…" : claim.text;
    body.append(make("tr", null, make("th", { scope: "row" }, make("button", { type: "button", class: "link", onclick: () => open(at) }, words(text))),
      claim.coverage.map((how) => make("td", { class: "c c" + how, title: COVERAGE[how][2] }, make("span", { "aria-hidden": "true" }, COVERAGE[how][0]), make("span", { class: "skip" }, COVERAGE[how][2])))));
  }
  table.append(body);
}
$("c-event").addEventListener("change", showCoverage);

// --- outlets ---
const measures = [...new Set(data.estimates.map((of) => of.measure + " / " + of.voice))];
for (const name of measures) $("o-measure").append(option(name, plain(name).replace(" / all", "")));
const isPlain = (of) => !/is (higher|lower)/.test(of.finding);
const ofMeasure = () => data.estimates.filter((of) => of.measure + " / " + of.voice === $("o-measure").value);
function showOutlets() {
  const plot = $("outlets-plot"), table = $("outlets-table");
  plot.replaceChildren();
  table.replaceChildren();
  if (!measures.length) {
    plot.append(make("p", null, "No two outlets have enough claims of enough events in common to be compared."));
    $("outlets").querySelectorAll("details, .bar").forEach((node) => { node.hidden = true; });
    return;
  }
  const rows = ofMeasure().sort((x, y) => isPlain(x) - isPlain(y) || Math.abs(y.estimate) - Math.abs(x.estimate));
  const reach = rows.reduce((most, of) => Math.max(most, Math.abs(of.low ?? 0), Math.abs(of.high ?? 0), Math.abs(of.estimate)), 1e-6);
  const x = (value) => 50 + 46 * value / reach;
  const grid = make("div", { class: "dots" });
  for (const of of rows.slice(0, 60)) {
    const text = of.estimate.toFixed(3) + " [" + (of.low ?? 0).toFixed(3) + ", " + (of.high ?? 0).toFixed(3) + "]";
    const svg = draw("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", role: "img", class: isPlain(of) ? "grey" : "", "aria-label": text + ": " + of.finding });
    svg.append(draw("line", { x1: 50, x2: 50, y1: 0, y2: 10, class: "zero", "vector-effect": "non-scaling-stroke" }));
    svg.append(draw("line", { x1: x(of.low ?? of.estimate), x2: x(of.high ?? of.estimate), y1: 5, y2: 5, class: "interval", "vector-effect": "non-scaling-stroke" }));
    svg.append(draw("rect", { x: x(of.estimate) - 0.6, y: 2.2, width: 1.2, height: 5.6, class: "dot" }));
    grid.append(make("div", { class: isPlain(of) ? "grey label" : "label" }, words(outlet(of.a)), " less ", words(outlet(of.b))), svg, make("div", { class: "n" }, text + ", " + count(of.n_claims, "claim") + ", " + count(of.n_events, "event")));
  }
  plot.append(grid);
  if (rows.length > 60) plot.append(make("p", { class: "hint" }, "60 of " + rows.length + " pairs; the table has 500, the download all."));
  const head = ["Outlet a", "Outlet b", "Estimate", "95% interval", "Claims", "Events", "p (adjusted)", "Finding"];
  table.append(make("thead", null, make("tr", null, head.map((name) => make("th", { scope: "col" }, name)))), make("tbody", null, rows.slice(0, 500).map((of) => make("tr", null,
    make("td", null, words(outlet(of.a))), make("td", null, words(outlet(of.b))), make("td", { class: "n" }, of.estimate.toFixed(3)),
    make("td", { class: "n" }, (of.low ?? 0).toFixed(3) + " to " + (of.high ?? 0).toFixed(3)), make("td", { class: "n" }, of.n_claims), make("td", { class: "n" }, of.n_events),
    make("td", { class: "n" }, of.p === null ? "" : of.p.toFixed(3)), make("td", null, of.finding)))));
}
$("o-measure").addEventListener("change", showOutlets);

// --- wordings ---
for (const at of [...new Set(data.wordings.map((of) => of.outlet))].sort((x, y) => x - y)) $("w-outlet").append(option(at, outlet(at)));
const ofOutlet = () => data.wordings.filter((of) => $("w-outlet").value === "" || of.outlet === Number($("w-outlet").value)).sort((x, y) => y.z - x.z);
function showWordings() {
  const table = $("wordings-table"), rows = ofOutlet();
  table.replaceChildren();
  if (!data.wordings.length) { $("wordings").querySelectorAll(".bar, .scroll, .hint").forEach((node) => { node.hidden = true; }); $("wordings").append(make("p", null, "No term stands against another one often enough.")); return; }
  table.append(make("thead", null, make("tr", null, ["Term", "Outlet", "Where others say", "Leans to it (z)", "Places"].map((name) => make("th", { scope: "col" }, name)))), make("tbody", null, rows.slice(0, 200).map((of) => make("tr", null,
    make("td", null, of.sentences.length ? make("button", { type: "button", class: "link", onclick: (event) => read(...of.sentences[0], event.currentTarget) }, words(of.term)) : words(of.term)),
    make("td", null, words(outlet(of.outlet))), make("td", null, words(of.alternatives)),
    make("td", null, make("span", { class: "z z" + Math.min(8, Math.max(1, Math.round(Math.abs(of.z) * 2))) + (of.z < 0 ? " below" : ""), "aria-hidden": "true" }), of.z.toFixed(1)),
    make("td", { class: "n" }, of.n)))));
}
$("w-outlet").addEventListener("change", showWordings);

// --- rejected ---
if (n.warned) $("rejected").append(make("p", null, count(n.warned, "article") + " with a warning: see the column warnings of articles."));
if (data.rejected.length) $("rejected").append(make("details", null, make("summary", null, count(data.rejected.length, "input") + " could not be used"),
  make("ul", null, data.rejected.slice(0, 500).map(([file, row, why]) => make("li", null, words(file + (row ? ", row " + row : "")), ": ", words(why))))));

// --- downloads ---
// A spreadsheet runs no cell that begins with an apostrophe.
const cell = (value) => {
  let text = value === null || value === undefined ? "" : String(value);
  if (typeof value === "string" && !/^-?[0-9.]+$/.test(text) && /^'*[=+\-@\t\r＝＋－＠]/.test(text)) text = "'" + text;
  return typeof value === "string" ? '"' + text.replaceAll('"', '""') + '"' : text;
};
function download(name, head, rows) {
  const text = "\ufeff" + [head, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
  const link = make("a", { href: URL.createObjectURL(new Blob([text], { type: "text/csv" })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
$("claims-csv").addEventListener("click", () => download("claims-shown.csv",
  ["claim_id", "event", "tier", "outlet_a", "outlet_b", "text_a", "text_b", "relation", "conflict", "conflict_words", "probability", "differences"],
  found.flatMap((at) => data.claims[at].pairs.map((pair) => [data.claims[at].id, data.events[data.claims[at].event].label, pair.tier, outlet(data.articles[pair.a[0]].outlet), outlet(data.articles[pair.b[0]].outlet),
    sentence(pair.a), sentence(pair.b), ["same", "partial", "conflicting"][pair.relation], pair.conflict, pair.clash, pair.probability,
    pair.differences.map((of) => of.dimension + ": " + (of.a ? sentence(pair.a).slice(...of.a) : of.value_a) + " | " + (of.b ? sentence(pair.b).slice(...of.b) : of.value_b)).join("; ")]))));
$("coverage-csv").addEventListener("click", () => {
  const event = data.events[Number($("c-event").value)];
  download("coverage-shown.csv", ["claim_id", "claim", ...event.outlets.map(outlet)], claimsOf[Number($("c-event").value)].map((at) => [data.claims[at].id, data.claims[at].text, ...data.claims[at].coverage.map((how) => COVERAGE[how][1])]));
});
$("outlets-csv").addEventListener("click", () => download("outlets-shown.csv", ["outlet_a", "outlet_b", "measure", "voice", "estimate", "ci_low", "ci_high", "n_claims", "n_events", "p_adjusted", "finding"],
  ofMeasure().map((of) => [outlet(of.a), outlet(of.b), of.measure, of.voice, of.estimate, of.low, of.high, of.n_claims, of.n_events, of.p, of.finding])));
$("wordings-csv").addEventListener("click", () => download("wordings-shown.csv", ["term", "outlet", "alternatives", "n_aligned", "log_odds", "z"], ofOutlet().map((of) => [of.term, outlet(of.outlet), of.alternatives, of.n, of.log_odds, of.z])));

filter();
showCoverage();
showOutlets();
showWordings();
})();
