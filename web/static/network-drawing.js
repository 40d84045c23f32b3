// The drawing itself: vis-network, dressed by the styles of ontology/display.ttl that come with the data.
const NAME = 18; // px, the size of an organisation's name
const GAP = 10;
const ROUNDS = 150;
const ROOMY = 400;
const dark = matchMedia("(prefers-color-scheme: dark)");

export class Drawing {
  constructor(canvas, network) {
    this.canvas = canvas;
    this.network = network;
    this.onSelect = () => {};
    this.onRest = () => {};
    this.nodes = new vis.DataSet(network.nodes.map((node) => this.node(node)));
    this.edges = new vis.DataSet(this.allEdges());
    this.vis = new vis.Network(canvas, { nodes: this.nodes, edges: this.edges }, options());
    // Laid out once; after that nothing moves that the reader did not move.
    this.vis.once("stabilizationIterationsDone", () => this.rest());
    this.vis.on("click", ({ nodes, edges }) => this.chosen(nodes[0] ?? edges[0] ?? null));
    this.vis.on("hoverNode", () => { canvas.style.cursor = "pointer"; });
    this.vis.on("blurNode", () => { canvas.style.cursor = ""; });
    dark.addEventListener("change", () => this.dress());
  }

  rest() {
    this.vis.setOptions({ physics: false });
    this.stretch();
    this.makeRoom();
    this.whole();
    this.onRest();
  }

  // The layout is round, the window is wide: stretching it to the window's shape gives every label more room.
  stretch() {
    const places = Object.entries(this.vis.getPositions());
    const extent = (axis) => Math.max(...places.map(([, at]) => at[axis])) - Math.min(...places.map(([, at]) => at[axis])) || 1;
    const wanted = (this.canvas.clientWidth / this.canvas.clientHeight) / (extent("x") / extent("y"));
    const factor = Math.min(Math.max(wanted, 1), 1.8);
    for (const [id, at] of places) this.vis.moveNode(id, at.x * factor, at.y);
  }

  // Pushes apart whatever covers something else, names included; a large network is left as it is.
  makeRoom() {
    const boxes = this.network.nodes.map((node) => {
      const at = this.vis.getPosition(node.id);
      const { left, right, top, bottom } = this.vis.getBoundingBox(node.id);
      const half = node.kind === "task" ? 0 : (NAME * node.label.length) / 2;
      const wide = Math.max(right - left, 2 * half) + GAP;
      const below = node.kind === "collective" ? NAME + 4 : 0;
      return { id: node.id, at, x: at.x, y: (top + bottom + below) / 2, shift: (top + bottom + below) / 2 - at.y, wide, high: bottom + below - top + GAP };
    });
    if (boxes.length > ROOMY) return;
    for (let round = 0; round < ROUNDS && pushed(boxes); round += 1);
    for (const box of boxes) this.vis.moveNode(box.id, box.x, box.y - box.shift);
  }

  style(name) { return this.network.display[name] ?? {}; }

  colour(name) {
    const style = this.style(name);
    return (dark.matches && style.darkColour) || style.colour;
  }

  node(node) {
    const ink = ink_(), paper = paper_();
    const fill = this.colour(node.kind) ?? paper;
    const shared = { id: node.id, label: node.label, title: node.title.slice(0, 60), font: { color: ink, face: face(), size: NAME, strokeWidth: 4, strokeColor: paper } };
    if (node.kind === "task") {
      return { ...shared, shape: "box", margin: 4, font: { ...shared.font, size: 15, strokeWidth: 0 }, shapeProperties: { borderRadius: 4 },
        color: { background: fill, border: line_(), highlight: { background: fill, border: ink }, hover: { background: fill, border: ink } }, borderWidthSelected: 3 };
    }
    const size = 7 * Math.sqrt(node.count || 1) + 2;
    if (node.kind === "collective") {
      return { ...shared, shape: "custom", size: Math.max(size, 9), ctxRenderer: doubleCircle(fill, paper, ink) };
    }
    return { ...shared, shape: "dot", size, borderWidth: 1, borderWidthSelected: 3, color: { background: fill, border: paper, highlight: { background: fill, border: ink }, hover: { background: fill, border: ink } } };
  }

  allEdges() {
    const seen = new Map();
    return this.network.edges.map((edge) => {
      const pair = `${edge.from} ${edge.to}`;
      const nth = seen.get(pair) ?? 0;
      seen.set(pair, nth + 1);
      return this.edge(edge, nth);
    });
  }

  // Parallel roles of one organisation in one task bend away from each other.
  edge(edge, nth) {
    const style = this.style(edge.role ?? edge.kind);
    const inSentence = edge.basis === "in-sentence";
    const dashes = numbers(inSentence ? this.style("in-sentence").dashes : style.dashes);
    return {
      id: edge.id, from: edge.from, to: edge.to, width: style.width ?? 1, dashes, selectionWidth: 1.5, hoverWidth: 0.5,
      color: { color: style.colour, highlight: style.colour, hover: style.colour },
      smooth: nth ? { enabled: true, type: nth % 2 ? "curvedCW" : "curvedCCW", roundness: 0.12 * Math.ceil(nth / 2) + 0.1 } : false,
    };
  }

  dress() {
    this.nodes.update(this.network.nodes.map((node) => this.node(node)));
  }

  filter(roles, section) {
    const visible = this.network.edges.filter((edge) => (!edge.role || roles.has(edge.role)) && (!section || edge.section === section));
    const shownEdges = new Set(visible.map((edge) => edge.id));
    const shownNodes = new Set(visible.flatMap((edge) => [edge.from, edge.to]));
    this.edges.update(this.network.edges.map((edge) => ({ id: edge.id, hidden: !shownEdges.has(edge.id) })));
    this.nodes.update(this.network.nodes.map((node) => ({ id: node.id, hidden: !shownNodes.has(node.id) })));
    const shown = this.network.nodes.filter((node) => shownNodes.has(node.id));
    const tasks = shown.filter((node) => node.kind === "task").length;
    return { organizations: shown.length - tasks, tasks, edges: visible.length };
  }

  select(id) {
    if (id && this.network.node.has(id)) {
      this.vis.selectNodes([id]);
      this.vis.focus(id, { scale: Math.max(this.vis.getScale(), 0.9), animation: false });
    } else if (id) this.vis.selectEdges([id]);
    else this.vis.unselectAll();
    this.chosen(id);
  }

  chosen(id) { this.onSelect(id); }

  whole() { this.vis.fit({ animation: false }); }

  positionOf(id) {
    const { x, y } = this.vis.canvasToDOM(this.vis.getPosition(id));
    const box = this.canvas.getBoundingClientRect();
    return { x: x + box.left, y: y + box.top };
  }
}

function pushed(boxes) {
  let moved = false;
  for (let i = 1; i < boxes.length; i += 1) {
    for (let j = 0; j < i; j += 1) moved = apart(boxes[i], boxes[j]) || moved;
  }
  return moved;
}

function apart(a, b) {
  const overX = (a.wide + b.wide) / 2 - Math.abs(a.x - b.x);
  const overY = (a.high + b.high) / 2 - Math.abs(a.y - b.y);
  if (overX <= 0 || overY <= 0) return false;
  const axis = overX < overY ? "x" : "y";
  const step = (Math.min(overX, overY) / 2) * (a[axis] >= b[axis] ? 1 : -1);
  a[axis] += step;
  b[axis] -= step;
  return true;
}

function options() {
  return {
    layout: { randomSeed: 7, improvedLayout: true },
    physics: {
      solver: "forceAtlas2Based",
      forceAtlas2Based: { gravitationalConstant: -42, centralGravity: 0.018, springLength: 48, springConstant: 0.1, avoidOverlap: 0.5 },
      stabilization: { iterations: 600, fit: true },
      minVelocity: 0.4,
    },
    interaction: { hover: true, tooltipDelay: 150, keyboard: { enabled: true, bindToWindow: false }, multiselect: false },
  };
}

function doubleCircle(fill, paper, ink) {
  return ({ ctx, x, y, state: { selected, hover }, style: { size }, label }) => ({
    drawNode() {
      for (const [radius, colour] of [[size, fill], [size - 2, paper], [size - 4.5, fill]]) {
        ctx.beginPath();
        ctx.arc(x, y, radius, 0, 2 * Math.PI);
        ctx.fillStyle = selected || hover ? (colour === fill ? ink : colour) : colour;
        ctx.fill();
      }
    },
    drawExternalLabel() {
      ctx.font = `${NAME}px ${face()}`;
      ctx.textAlign = "center";
      ctx.textBaseline = "top";
      ctx.lineWidth = 3;
      ctx.lineJoin = "round";
      ctx.strokeStyle = paper;
      ctx.strokeText(label, x, y + size + 3);
      ctx.fillStyle = ink;
      ctx.fillText(label, x, y + size + 3);
    },
    nodeDimensions: { width: 2 * size, height: 2 * size },
  });
}

const variable = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const ink_ = () => variable("--ink");
const paper_ = () => variable("--paper-raised");
const line_ = () => variable("--rule-strong");
const face = () => variable("--sans");
const numbers = (dashes) => (dashes ? dashes.split(" ").map(Number) : false);
