// What passes between agents: an edge for each pair that writes or waits, a red loop where they wait for each other, an envelope for each message.
import { curve } from "./geometry.js";

const SVG = "http://www.w3.org/2000/svg";
const TRAVEL = 900, REST = 1200; // ms: an envelope's way, and how long it is shown where nothing is to move.
const APART = 9; // Pixels between the two ways of a pair.
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class Peers {
  constructor(scene) {
    this.scene = scene;
    this.edges = new Map(); // "from to" -> { from, to, sent, state, el, unseen }: unseen are messages told before there was an edge to travel on.
    this.group = scene.group.appendChild(make("g", "peers"));
    const arrow = make("marker", "", { id: "peer-arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto-start-reverse" });
    arrow.append(make("path", "", { d: "M0 0 8 4 0 8z" }));
    this.group.append(arrow);
    scene.onPlaced = node => this.moved(node);
  }

  // All edges there are. What was sent since the last telling travels; the first telling is history.
  take(edges) {
    const isFirst = !this.isTold, told = new Set();
    this.isTold = true;
    for (const news of edges) {
      const key = `${news.from} ${news.to}`, old = this.edges.get(key), edge = old ?? { ...news, sent: isFirst ? news.sent : 0, unseen: 0 };
      told.add(key);
      this.edges.set(key, edge);
      edge.unseen += Math.max(0, news.sent - edge.sent);
      Object.assign(edge, news);
      this.draw(edge);
    }
    for (const [key, edge] of this.edges) {
      if (!told.has(key)) {
        edge.el?.remove();
        this.edges.delete(key);
      }
    }
  }

  moved(node) {
    for (const edge of this.edges.values()) {
      if (edge.from === node.id || edge.to === node.id)
        this.draw(edge);
    }
  }

  // Nodes that came after their edge was told.
  complete() {
    for (const edge of this.edges.values()) {
      const [from, to] = this.ends(edge);
      if (!edge.el !== !(from && to))
        this.draw(edge);
    }
  }

  ends(edge) { return [this.scene.nodes.get(edge.from), this.scene.nodes.get(edge.to)]; }

  draw(edge) {
    const [from, to] = this.ends(edge);
    if (!from || !to) {
      edge.el?.remove();
      edge.el = null;
      return;
    }
    edge.el ??= this.group.appendChild(make("path", "peer", { "marker-end": "url(#peer-arrow)" }));
    edge.el.setAttribute("d", bow(from, to));
    Object.assign(edge.el.dataset, { from: edge.from, to: edge.to, sent: edge.sent, state: edge.state ?? "" });
    for (let i = 0; i < Math.min(edge.unseen, 5); i++)
      setTimeout(() => this.send(edge), i * 150);
    edge.unseen = 0;
  }

  send(edge) {
    if (!edge.el?.isConnected)
      return;
    const envelope = this.group.appendChild(make("g", "envelope"));
    envelope.append(make("rect", "", { x: -9, y: -6, width: 18, height: 12, rx: 2 }), make("path", "", { d: "m-9 -5 9 6 9-6" }));
    edge.el.dataset.travelled = Number(edge.el.dataset.travelled ?? 0) + 1;
    const at = part => {
      const point = edge.el.getPointAtLength(edge.el.getTotalLength() * part);
      envelope.setAttribute("transform", `translate(${point.x} ${point.y})`);
    };
    if (calm.matches) {
      at(0.5);
      setTimeout(() => envelope.remove(), REST);
      return;
    }
    let begin = 0;
    const step = now => {
      begin ||= now;
      const part = Math.min(1, (now - begin) / TRAVEL);
      if (!edge.el?.isConnected || part === 1) {
        envelope.remove();
        return;
      }
      at(part < 0.5 ? 2 * part * part : 1 - (2 - 2 * part) ** 2 / 2);
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }
}

function make(name, className, attributes = {}) {
  const element = document.createElementNS(SVG, name);
  if (className)
    element.setAttribute("class", className);
  for (const [key, value] of Object.entries(attributes))
    element.setAttribute(key, value);
  return element;
}

// There and back are two ways, bowed apart, so that a pair that waits for each other is seen as a loop.
function bow(from, to) {
  const [a, b, c, d, e, f, g, h] = curve(from, to), isLevel = b === d, side = from.id < to.id ? -1 : 1;
  const near = side * APART, far = side * APART * 3;
  return isLevel ? `M${a} ${b + near}C${c} ${d + far} ${e} ${f + far} ${g} ${h + near}` : `M${a + near} ${b}C${c + far} ${d} ${e + far} ${f} ${g + near} ${h}`;
}
