// The SPARQL page: asks the endpoint, shows rows with IRIs shortened and linked, and errors where they stand.
const form = document.getElementById("ask");
const text = document.getElementById("text");
const words = JSON.parse(form.dataset.words);
const prefixes = Object.entries(JSON.parse(form.dataset.prefixes));
const ROWS = 1000;
const PROVED = 300; // rows whose facts are looked up
const TURTLE = 64000; // characters of a graph that are looked into
let asking = null;

form.addEventListener("submit", (event) => { event.preventDefault(); ask(text.value); });
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); }
});
for (const link of document.querySelectorAll("[data-query]")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    document.querySelector(".examples [aria-current]")?.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    text.value = link.dataset.query;
    text.scrollTop = 0;
    text.focus();
    text.setSelectionRange(0, 0);
  });
}

async function ask(query) {
  asking?.abort();
  const mine = asking = new AbortController();
  show(words.waiting, [], []);
  const started = performance.now();
  try {
    const answer = await fetch("/sparql", {
      method: "POST", body: new URLSearchParams({ query }), signal: mine.signal,
      headers: { Accept: "application/sparql-results+json, text/turtle;q=0.9" },
    });
    const type = answer.headers.get("Content-Type") ?? "";
    const body = await answer.text();
    const ms = Math.round(performance.now() - started);
    if (!answer.ok) problem(type, body);
    else if (type.startsWith("application/sparql-results+json")) rows(JSON.parse(body), ms, query);
    else graph(body, ms, query);
    if (answer.ok) derived(type, body, query, mine);
  } catch (error) {
    if (error.name !== "AbortError") show("", [made("p", { className: "problem" }, words.failed)], []);
  }
}

function rows(result, ms, query) {
  if ("boolean" in result) return show(said(words.rows, { n: 1, ms }), [made("p", {}, result.boolean ? words.yes : words.no)], []);
  const names = result.head.vars;
  const found = result.results.bindings;
  const head = made("thead", {}, made("tr", {}, ...names.map((name) => made("th", {}, name))));
  const body = made("tbody", {}, ...found.slice(0, ROWS).map((row) => made("tr", {}, ...names.map((name) => cell(row[name])))));
  const parts = found.length ? [made("table", {}, head, body)] : [made("p", { className: "soft" }, words.empty)];
  if (found.length > ROWS) parts.push(made("p", { className: "note" }, said(words.first, { n: ROWS })));
  show(said(words.rows, { n: found.length, ms }), parts, downloads(query, ["csv", "json", "xml", "tsv"]));
}

function graph(body, ms, query) {
  show(said(words.triples, { ms }), [made("pre", {}, body)], downloads(query, ["turtle", "ntriples", "jsonld"]));
}

// Once the answer stands, the server is asked which of its facts are inferred; each of these leads to its proof.
async function derived(type, body, query, mine) {
  const rows = type.startsWith("application/sparql-results+json") ? JSON.parse(body).results?.bindings.slice(0, PROVED) : null;
  if (rows ? !rows.length : rows === undefined || body.length > TURTLE) return;
  try {
    const answer = await fetch(form.dataset.why, {
      method: "POST", signal: mine.signal, body: JSON.stringify(rows ? { query, rows } : { turtle: body }),
      headers: { "Content-Type": "application/json", Accept: "application/json" },
    });
    if (!answer.ok) return;
    const found = await answer.json();
    if (!found.rows.some((facts) => facts.length)) return;
    if (rows) column(found.rows);
    else document.getElementById("answer").append(made("h3", {}, words.inferred), made("ul", { className: "rows" }, ...found.rows[0].map((fact) => made("li", {}, ...whole(fact)))));
    if (!found.complete) document.getElementById("answer").append(made("p", { className: "note" }, words.some));
  } catch { /* without it the answer is whole all the same */ }
}

function column(rows) {
  const table = document.querySelector("#answer table");
  table.tHead.rows[0].append(made("th", {}, words.inferred));
  rows.forEach((facts, number) => table.tBodies[0].rows[number].append(made("td", { className: "small" }, ...facts.map((fact) => {
    const title = `${shortened(fact.subject)} ${shortened(fact.property)} ${shortened(fact.value)}`;
    return made("div", { title, className: "nowrap" }, `${fact.label} `, why(fact));
  }))));
}

function whole(fact) {
  const value = /^[a-z][a-z0-9+.-]*:/i.test(fact.value) ? resource(fact.value) : fact.value;
  return [resource(fact.subject), ` ${fact.label} `, value, " ", why(fact)];
}

function why(fact) { return made("a", { href: fact.href, className: "why small" }, words.why); }

function cell(term) {
  if (!term) return made("td", {});
  if (term.type === "uri") return made("td", {}, resource(term.value));
  const numeric = /#(integer|decimal|double)$/.test(term.datatype ?? "");
  return made("td", { className: numeric ? "n" : "", lang: term["xml:lang"] ?? "" }, term.value);
}

function resource(iri) {
  const { base, page } = form.dataset;
  if (!iri.startsWith(base)) return made("span", { title: iri }, shortened(iri));
  const [path, fragment] = iri.slice(base.length).split("#");
  const place = /^char=(\d+),(\d+)$/.exec(fragment ?? "");
  const href = page + encodeURI(path).replaceAll("?", "%3F") + (place ? `?start=${place[1]}&end=${place[2]}#here` : "");
  return made("a", { href, title: iri }, iri.slice(base.length));
}

function shortened(iri) {
  const known = prefixes.find(([, namespace]) => iri.startsWith(namespace));
  return known ? `${known[0]}:${iri.slice(known[1].length)}` : `<${iri}>`;
}

function problem(type, body) {
  let found = { detail: words.failed };
  if (type.includes("json")) found = JSON.parse(body);
  show("", [made("p", { className: "problem", role: "alert" }, found.detail || found.title)], []);
  if (found.line) {
    document.getElementById("summary").textContent = said(words.place, found);
    putCaret(found.line, found.column ?? 1);
  }
}

function putCaret(line, column) {
  const before = text.value.split("\n").slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  const at = Math.min(before + column - 1, text.value.length);
  text.focus();
  text.setSelectionRange(at, Math.min(at + 1, text.value.length));
}

function downloads(query, formats) {
  return [`${words.download} `, ...formats.map((format) => made("a", { href: `/sparql?${new URLSearchParams({ query, format })}` }, format.toUpperCase()))];
}

function show(summary, parts, links) {
  document.getElementById("result").hidden = false;
  document.getElementById("summary").textContent = summary;
  document.getElementById("answer").replaceChildren(...parts);
  document.getElementById("downloads").replaceChildren(...links);
}

function said(words, values) { return words.replace(/\{(\w+)\}/g, (_, key) => values[key]); }

function made(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}
