// What is on the canvas and how it is put on screen: nodes that the page has drawn, shapes of those that it has not, edges, the overview map.
import { bounds, curve, meet, path } from "./geometry.js";

const SVG = "http://www.w3.org/2000/svg";
const READABLE = 0.3, FEW = 60; // Below this zoom no text can be read, and of more nodes than a few none is painted.
const MAP = { width: 176, height: 116 };

export class Scene {
  constructor(root) {
    this.root = root;
    this.nodes = new Map();       // id -> { id, x, y, w, h, tone, label, el, sx, sy (the server's), held }
    this.order = [];              // ids in reading order
    this.edges = [];              // { from, to, el }
    this.edgesOf = new Map();     // id -> its edges
    this.view = { x: 0, y: 0, zoom: 1 };
    this.far = root.querySelector(".far-view");
    this.map = root.querySelector(".overview");
    this.group = root.querySelector(".edges > g");
    this.isDirty = { far: true, map: true, view: true };
    this.colours = null;
    this.frame = 0;
    this.measure();
  }

  attach() {
    this.layer = this.root.querySelector(".diagram-html-layer");
    for (const element of this.layer.children)
      this.drawn(element);
    this.observer = new MutationObserver(changes => {
      for (const change of changes) {
        for (const element of change.removedNodes) {
          const node = this.nodes.get(element.dataset?.nodeId);
          if (node?.el === element)
            node.el = null;
        }
        for (const element of change.addedNodes)
          this.drawn(element);
        if (change.type === "attributes")
          this.hold(this.nodes.get(change.target.dataset.nodeId));
      }
      this.link();
      this.touch({ far: true });
    });
    this.observer.observe(this.layer, { childList: true, subtree: false });
  }

  measure() {
    this.width = this.root.clientWidth;
    this.height = this.root.clientHeight;
    const ratio = Math.min(2, devicePixelRatio || 1);
    for (const [canvas, width, height] of [[this.far, this.width, this.height], [this.map, MAP.width, MAP.height]]) {
      canvas.width = Math.max(1, Math.round(width * ratio));
      canvas.height = Math.max(1, Math.round(height * ratio));
      canvas.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    this.touch({ far: true, map: true, view: true });
  }

  drawn(element) {
    const node = this.nodes.get(element.dataset?.nodeId);
    if (!node || node.el === element)
      return;
    node.el = element;
    element.toggleAttribute("data-chosen", Boolean(node.chosen));
    if (node.held)
      this.hold(node);
    this.onDrawn?.(node);
  }

  // A node in the hand stands where the hand is, whatever the page has written meanwhile.
  hold(node) {
    if (!node?.el || !node.held)
      return;
    const { left, top } = node.el.style;
    node.el.style.translate = `${node.x - parseFloat(left)}px ${node.y - parseFloat(top)}px`;
  }

  lift(node) {
    node.held = true;
    if (node.el)
      this.observer.observe(node.el, { attributes: true, attributeFilter: ["style"] });
  }

  // Observing one element ends only with all: watch the layer anew.
  release() {
    this.observer.disconnect();
    this.observer.observe(this.layer, { childList: true });
    for (const node of this.nodes.values()) {
      if (node.el && node.el.style.translate)
        node.el.style.translate = "";
    }
  }

  place(node, x, y) {
    [node.x, node.y] = [x, y];
    if (node.held)
      this.hold(node);
    else if (node.el)
      [node.el.style.left, node.el.style.top] = [`${x}px`, `${y}px`];
    for (const edge of this.edgesOf.get(node.id) ?? [])
      edge.el?.setAttribute("d", path(this.nodes.get(edge.from), this.nodes.get(edge.to)));
    this.onPlaced?.(node);
    this.touch({ far: true, map: true });
  }

  // Takes over what the page says has changed.
  take({ nodes, gone, order, edges }) {
    for (const id of gone)
      this.nodes.delete(id);
    for (const news of nodes) {
      let node = this.nodes.get(news.id);
      if (!node)
        this.nodes.set(news.id, node = { ...news, el: null, held: false, waits: false });
      Object.assign(node, { w: news.w, h: news.h, tone: news.tone, label: news.label, sx: news.x, sy: news.y });
      node.el ??= this.layer.querySelector(`:scope > [data-node-id="${CSS.escape(news.id)}"]`);
      if (!node.held && !node.waits)
        this.place(node, news.x, news.y);
    }
    if (order)
      this.order = order.filter(id => this.nodes.has(id));
    if (edges) {
      this.edges.forEach(edge => edge.el?.remove());
      this.edges = edges.filter(pair => pair.every(id => this.nodes.has(id))).map(([from, to]) => ({ from, to, el: null }));
      this.edgesOf = Map.groupBy(this.edges.flatMap(edge => [[edge.from, edge], [edge.to, edge]]), pair => pair[0]);
      for (const [id, pairs] of this.edgesOf)
        this.edgesOf.set(id, pairs.map(pair => pair[1]));
    }
    this.link();
    this.touch({ far: true, map: true });
  }

  // An edge has an element while one of its ends has one; the others are painted.
  link() {
    for (const edge of this.edges) {
      const from = this.nodes.get(edge.from), to = this.nodes.get(edge.to);
      if (!from || !to || !(from.el || to.el)) {
        edge.el?.remove();
        edge.el = null;
      } else if (!edge.el) {
        edge.el = document.createElementNS(SVG, "path");
        edge.el.setAttribute("d", path(from, to));
        edge.el.dataset.from = edge.from;
        edge.el.dataset.to = edge.to;
        this.group.append(edge.el);
      }
    }
  }

  look(view) {
    this.view = view;
    this.touch({ view: true, far: true, map: true });
  }

  all() { return [...this.nodes.values()]; }

  chosen() { return this.all().filter(node => node.chosen); }

  // The node at a point of the screen, drawn or painted.
  at({ x, y }) {
    const { view } = this, point = { x: (x - view.x) / view.zoom, y: (y - view.y) / view.zoom, w: 0, h: 0 };
    return this.all().findLast(node => meet(node, point));
  }

  screen() {
    const { x, y, zoom } = this.view;
    return { x: -x / zoom, y: -y / zoom, w: this.width / zoom, h: this.height / zoom };
  }

  touch(what) {
    Object.assign(this.isDirty, what);
    this.frame ||= requestAnimationFrame(() => this.paint());
  }

  paint() {
    this.frame = 0;
    const { view, isDirty } = this;
    this.isDirty = { far: false, map: false, view: false };
    if (isDirty.view) {
      const transform = `translate(${view.x}px, ${view.y}px) scale(${view.zoom})`;
      if (this.layer)
        this.layer.style.transform = transform;
      this.group.style.transform = transform;
      let step = 24 * view.zoom;
      while (step < 16)
        step *= 4;
      [this.root.style.backgroundSize, this.root.style.backgroundPosition] = [`${step}px ${step}px`, `${view.x}px ${view.y}px`];
    }
    this.root.toggleAttribute("data-small", view.zoom < READABLE && this.layer?.childElementCount > FEW);
    if (isDirty.far)
      this.paintFar();
    if (isDirty.map)
      this.paintMap();
  }

  palette() {
    if (!this.colours) {
      const style = getComputedStyle(this.root);
      this.colours = Object.fromEntries(["ground", "surface", "line", "line-strong", "muted", "accent", "waiting", "bad", "chosen"].map(name => [name, style.getPropertyValue(`--${name}`).trim()]));
      // Canvases do not know color-mix(): the browser works it out on an element.
      const probe = this.root.appendChild(document.createElement("i"));
      probe.hidden = true;
      for (const name of ["line-strong", "chosen"]) {
        probe.style.color = this.colours[name];
        this.colours[name] = getComputedStyle(probe).color;
      }
      probe.remove();
      this.colours.active = this.colours.accent;
    }
    return this.colours;
  }

  // The shapes of nodes and edges that the page has not drawn.
  paintFar() {
    const pen = this.far.getContext("2d"), { x, y, zoom } = this.view, colours = this.palette(), screen = this.screen();
    pen.clearRect(0, 0, this.width, this.height);
    pen.strokeStyle = colours["line-strong"];
    pen.lineWidth = 1;
    pen.beginPath();
    for (const edge of this.edges) {
      if (edge.el)
        continue;
      const points = curve(this.nodes.get(edge.from), this.nodes.get(edge.to)).map((value, i) => value * zoom + (i % 2 ? y : x));
      if (points[0] < 0 && points[6] < 0 || points[0] > this.width && points[6] > this.width || points[1] < 0 && points[7] < 0 || points[1] > this.height && points[7] > this.height)
        continue;
      pen.moveTo(points[0], points[1]);
      pen.bezierCurveTo(...points.slice(2));
    }
    pen.stroke();
    let painted = 0;
    for (const node of this.nodes.values()) {
      if (node.el || !meet(node, screen))
        continue;
      painted++;
      const [left, top, width, height] = [node.x * zoom + x, node.y * zoom + y, node.w * zoom, node.h * zoom];
      pen.fillStyle = node.chosen ? colours.accent : colours[node.tone] ?? colours.surface;
      pen.fillRect(left, top, width, height);
      if (width > 6)
        pen.strokeRect(left + 0.5, top + 0.5, width - 1, height - 1);
    }
    const isFar = painted > 0 && this.layer?.childElementCount === 0;
    if (isFar !== (this.root.dataset.far === "true"))
      this.root.dataset.far = String(isFar);
  }

  paintMap() {
    const pen = this.map.getContext("2d"), colours = this.palette(), screen = this.screen();
    pen.clearRect(0, 0, MAP.width, MAP.height);
    const all = bounds([...this.nodes.values(), screen]);
    if (!all || this.nodes.size === 0) {
      this.mapped = null;
      return;
    }
    const scale = Math.min((MAP.width - 12) / all.w, (MAP.height - 12) / all.h);
    const left = (MAP.width - all.w * scale) / 2 - all.x * scale, top = (MAP.height - all.h * scale) / 2 - all.y * scale;
    this.mapped = { left, top, scale };
    for (const node of this.nodes.values()) {
      pen.fillStyle = node.chosen ? colours.accent : colours[node.tone] ?? colours["line-strong"];
      pen.fillRect(node.x * scale + left, node.y * scale + top, Math.max(1.5, node.w * scale), Math.max(1.5, node.h * scale));
    }
    pen.strokeStyle = colours.accent;
    pen.lineWidth = 1.5;
    pen.strokeRect(screen.x * scale + left, screen.y * scale + top, screen.w * scale, screen.h * scale);
  }
}
