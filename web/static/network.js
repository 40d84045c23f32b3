// The network page: fetches the network, draws it, and lets the reader filter, search and read.
import { Drawing } from "./network-drawing.js";
import { Panel } from "./network-panel.js";

const place = document.getElementById("network");
if (place) start(place);

async function start(place) {
  const answer = await fetch(place.dataset.source, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const network = index(await answer.json());
  const words = JSON.parse(place.dataset.words);
  place.hidden = false;
  const controls = place.querySelector(".controls");
  const drawing = new Drawing(document.getElementById("canvas"), network);
  const panel = new Panel(document.getElementById("panel"), network, words, place.dataset.language, (id) => drawing.select(id));

  drawing.onRest = () => { place.dataset.state = "at rest"; };
  drawing.onSelect = (id) => { panel.show(id); remember(id); };
  fillSections(controls.elements.section, network.sections);
  fillNames(document.getElementById("names"), network.nodes);
  controls.addEventListener("change", (event) => {
    if (event.target.name === "document") location.assign(event.target.value);
    else if (event.target.name === "role" || event.target.name === "section") filter(controls, drawing, words);
  });
  controls.addEventListener("submit", (event) => { event.preventDefault(); find(controls.elements.find.value, network, drawing, words); });
  controls.elements.find.addEventListener("change", (event) => find(event.target.value, network, drawing, words));
  controls.elements.whole.addEventListener("click", () => { drawing.select(null); drawing.whole(); });
  filter(controls, drawing, words);
  if (place.dataset.focus && network.node.has(place.dataset.focus)) drawing.select(place.dataset.focus);

  // For tests and for curious readers: where a node stands on the page, and how to choose it.
  window.zeren = { positionOf: (id) => drawing.positionOf(id), select: (id) => drawing.select(id), network };
}

function index(network) {
  const { nodes, edges, bases } = network.display;
  network.display = { ...nodes, ...bases, ...edges };
  network.node = new Map(network.nodes.map((node) => [node.id, node]));
  network.edge = new Map(network.edges.map((edge) => [edge.id, edge]));
  return network;
}

function fillSections(select, sections) {
  for (const section of sections) select.add(new Option(section.label, section.id));
}

function fillNames(list, nodes) {
  for (const node of nodes) {
    const option = document.createElement("option");
    option.value = node.label;
    if (node.title !== node.label) option.label = node.title.slice(0, 40);
    list.append(option);
  }
}

function filter(controls, drawing, words) {
  const roles = new Set([...controls.querySelectorAll("[name=role]:checked")].map((box) => box.value));
  const shown = drawing.filter(roles, controls.elements.section.value);
  say(words.shown, shown);
}

function find(name, network, drawing, words) {
  const wanted = name.trim();
  if (!wanted) return;
  const nodes = network.nodes;
  const found = nodes.find((n) => n.label === wanted || n.title === wanted)
    ?? nodes.find((n) => n.label.includes(wanted) || n.title.includes(wanted));
  if (found) drawing.select(found.id);
  else say(words.nothing_found, { name: wanted });
}

function say(words, values) {
  document.getElementById("shown").textContent = words.replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

function remember(id) {
  const address = new URL(location);
  const base = "/id/";
  if (id && id.includes(base)) address.searchParams.set("focus", id.slice(id.indexOf(base) + base.length));
  else address.searchParams.delete("focus");
  history.replaceState(null, "", address);
}
