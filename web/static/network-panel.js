// The side panel: what the reader selected, with the sentences that state it.
export class Panel {
  constructor(place, network, words, language, select) {
    Object.assign(this, { place, network, words, language, select });
    this.hint = place.firstElementChild;
  }

  show(id) {
    const { node, edge } = this.network;
    if (node.has(id)) this.fill(node.get(id).kind === "task" ? this.task(node.get(id)) : this.organization(node.get(id)));
    else if (edge.has(id)) this.fill(this.responsibility(edge.get(id)));
    else this.fill([this.hint]);
  }

  fill(parts) {
    this.place.replaceChildren(...parts);
    this.place.scrollTop = 0;
  }

  organization(node) {
    const edges = this.network.edges.filter((edge) => edge.from === node.id && edge.role);
    const order = (role) => this.network.display[role]?.order ?? 99;
    const roles = grouped(edges).sort(([one], [other]) => order(one) - order(other));
    return [
      element("h2", {}, node.label),
      element("p", { className: "small soft" }, node.title === node.label ? "" : `${node.title} `, this.stamp(edges[0]?.status)),
      this.links(node.page),
      ...roles.flatMap(([role, held]) => [
        element("h3", {}, this.role(role), " ", element("span", { className: "small soft number" }, String(held.length))),
        element("ul", { className: "rows" }, ...held.map((edge) => element("li", {}, this.choice(edge.to, edge.taskLabel), " ", ...this.sentence(edge)))),
      ]),
    ];
  }

  task(node) {
    const edges = this.network.edges.filter((edge) => edge.to === node.id && edge.role);
    const first = edges[0] ?? {};
    return [
      element("h2", {}, node.label),
      element("p", { className: "small soft" }, first.sectionLabel ?? "", " ", this.stamp(first.status)),
      element("p", {}, ...this.sentence(first)),
      element("h3", {}, this.words.who),
      element("ul", { className: "rows" }, ...edges.map((edge) => element("li", {}, this.role(edge.role), " ", this.choice(edge.from, edge.asWritten)))),
      this.links(node.page, first.source),
    ];
  }

  responsibility(edge) {
    return [
      element("h2", {}, edge.asWritten, " ", this.role(edge.role), " ", edge.taskLabel),
      element("p", { className: "small soft" }, edge.sectionLabel ?? "", " ", this.stamp(edge.status)),
      element("p", {}, ...this.sentence(edge)),
      element("p", { className: "small soft" }, `${this.words.basis}: ${this.label(edge.basis)}`),
      element("p", {}, this.choice(edge.from, edge.asWritten), " · ", this.choice(edge.to, edge.taskLabel)),
      this.links(null, edge.source),
    ];
  }

  sentence(edge) {
    if (!edge.statement) return [edge.quote ?? ""];
    return [`${edge.quote} `, element("mark", {}, edge.statement)];
  }

  choice(id, text) {
    const button = element("button", { type: "button", className: "link" }, text);
    button.addEventListener("click", () => this.select(id));
    return button;
  }

  links(page, source) {
    const found = [[page, this.words.open_page], [source, this.words.open_original]].filter(([address]) => address);
    return element("p", { className: "links" }, ...found.map(([href, text]) => element("a", { href }, text)));
  }

  role(role) {
    const sample = document.querySelector(`.controls input[value="${CSS.escape(role)}"] + .role`);
    return sample ? sample.cloneNode(true) : this.label(role);
  }

  label(word) { return this.network.display[word]?.label?.[this.language] ?? word; }

  stamp(status) { return status ? element("span", { className: "stamp" }, status) : ""; }
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function grouped(edges) {
  const groups = new Map();
  for (const edge of edges) groups.set(edge.role, [...(groups.get(edge.role) ?? []), edge]);
  return [...groups];
}
