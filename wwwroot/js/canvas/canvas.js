// The canvas's hand: what the browser does by itself, and what it tells the page at the end.
import { bounds, fitting, TOOLS } from "./geometry.js";
import { Drops } from "./drops.js";
import { Hand } from "./hand.js";
import { Keys } from "./keys.js";
import { Peers } from "./peers.js";
import { Scene } from "./scene.js";

const LEAST = 0.02, MOST = 3;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

// One call opens the canvas with all that is on it, so that a slow line costs one way and not three.
export async function open(root, page, options, everything) {
  await layerIn(root);
  const canvas = new Canvas(root, page, options);
  canvas.take(everything);
  canvas.scene.paint();
  root.dataset.open = "";
  return canvas;
}

// The layer of the nodes is drawn before this is called, except where the page waits for the browser's receipts of earlier drawings.
function layerIn(root) {
  const isThere = () => root.querySelector(".diagram-html-layer") !== null;
  return new Promise(resolve => {
    if (isThere())
      return resolve();
    const observer = new MutationObserver(() => {
      if (isThere()) {
        observer.disconnect();
        resolve();
      }
    });
    observer.observe(root, { childList: true, subtree: true });
  });
}

class Canvas {
  constructor(root, page, { mayAct, node }) {
    Object.assign(this, { root, page, mayAct, goal: node, isSnapping: true, isTouched: false });
    this.ended = new AbortController();
    this.signal = this.ended.signal;
    this.scene = new Scene(root);
    this.scene.attach();
    this.scene.onDrawn = drawn => { if (this.wanted === drawn.id) this.focusNode(drawn); };
    this.peersOf = new Peers(this.scene);
    this.drops = new Drops(this);
    this.hand = new Hand(this);
    this.keys = new Keys(this);
    this.sizes = new ResizeObserver(() => this.resizedScreen());
    this.sizes.observe(root);
    const repaint = () => { this.scene.colours = null; this.scene.touch({ far: true, map: true }); };
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint, { signal: this.signal });
    this.themes = new MutationObserver(repaint);
    this.themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    // The line to the page breaks and comes back.
    document.getElementById("components-reconnect-modal")?.addEventListener("components-reconnect-state-changed", event => {
      this.isCut = event.detail.state !== "hide";
      if (!this.isCut)
        this.drops.catchUp();
    }, { signal: this.signal });
  }

  close() {
    this.ended.abort();
    this.sizes.disconnect();
    this.themes.disconnect();
    this.scene.observer?.disconnect();
    cancelAnimationFrame(this.flight);
    clearTimeout(this.telling);
  }

  // ---- What the page tells ----

  take(change) {
    this.scene.take(change);
    this.peersOf.complete();
    if (this.goal && this.scene.nodes.has(this.goal)) {
      const goal = this.goal;
      this.goal = null;
      this.choose([this.scene.nodes.get(goal)]);
      this.flyTo([goal]);
    } else if (!this.root.dataset.ready) {
      this.fit();
    } else {
      this.keepInView();
    }
  }

  peers(edges) { this.peersOf.take(edges); }

  snap(isSnapping) { this.isSnapping = isSnapping; }

  focus() { this.root.focus({ preventScroll: true }); }

  // ---- The view ----

  bounded(zoom) { return Math.min(MOST, Math.max(LEAST, zoom)); }

  lookByHand(view) {
    this.isTouched = true;
    cancelAnimationFrame(this.flight);
    this.scene.look(view);
    // What comes into view in a long gesture is asked for on the way.
    if (performance.now() - (this.toldAt ?? 0) > 400 && !this.hand.gesture)
      this.tellView();
  }

  zoomAt(x, y, by) {
    const { view } = this.scene, zoom = this.bounded(view.zoom * by);
    this.lookByHand({ zoom, x: x - (x - view.x) * zoom / view.zoom, y: y - (y - view.y) * zoom / view.zoom });
  }

  zoomBy(by) {
    this.zoomAt(this.scene.width / 2, this.scene.height / 2, by);
    this.tellViewSoon();
  }

  // Everything in view; and it stays so until a person moves the view.
  fit() {
    this.isTouched = false;
    const all = bounds(this.scene.nodes.values());
    if (all)
      this.fly(fitting(all, this.scene.width, this.scene.height));
    else
      this.tellView();
  }

  // The view moves only when something is out of it, and never under a hand.
  keepInView() {
    const all = bounds(this.scene.nodes.values());
    if (this.isTouched || this.hand.isBusy || !all)
      return;
    const { view, width, height } = this.scene, left = all.x * view.zoom + view.x, top = all.y * view.zoom + view.y;
    if (left < 0 || top < TOOLS || left + all.w * view.zoom > width || top + all.h * view.zoom > height)
      this.fit();
  }

  flyTo(ids) {
    const nodes = ids.map(id => this.scene.nodes.get(id)).filter(Boolean);
    if (nodes.length === 0)
      return;
    this.isTouched = true;
    if (ids.length === 1)
      this.choose(nodes);
    this.fly(fitting(bounds(nodes), this.scene.width, this.scene.height, 80));
  }

  // Under a hand the view stands still.
  stay() {
    if (!this.flight)
      return;
    cancelAnimationFrame(this.flight);
    this.flight = 0;
    this.tellViewSoon();
  }

  fly(to) {
    cancelAnimationFrame(this.flight);
    const from = this.scene.view, begin = performance.now(), length = calm.matches || !this.root.dataset.ready ? 0 : 140;
    const step = now => {
      const part = length === 0 ? 1 : Math.min(1, Math.max(0, (now - begin) / length)), eased = 1 - (1 - part) ** 3;
      this.scene.look({ x: from.x + (to.x - from.x) * eased, y: from.y + (to.y - from.y) * eased, zoom: from.zoom + (to.zoom - from.zoom) * eased });
      this.flight = part < 1 ? requestAnimationFrame(step) : 0;
    };
    step(begin);
    this.tellView(to);
  }

  // As little of a move as brings a node into view.
  reveal(node) {
    const { view, width, height } = this.scene, margin = 24;
    const left = node.x * view.zoom + view.x, top = node.y * view.zoom + view.y, right = left + node.w * view.zoom, bottom = top + node.h * view.zoom;
    const dx = left < margin ? margin - left : right > width - margin ? Math.max(margin - left, width - margin - right) : 0;
    const dy = top < margin + TOOLS ? margin + TOOLS - top : bottom > height - margin ? Math.max(margin + TOOLS - top, height - margin - bottom) : 0;
    if (dx || dy) {
      this.isTouched = true;
      this.fly({ ...view, x: view.x + dx, y: view.y + dy });
    }
  }

  focusNode(node) {
    const element = node.el?.querySelector(".node");
    if (element) {
      this.wanted = null;
      element.focus({ preventScroll: true });
      this.reveal(node);
      return;
    }
    // Not drawn yet: go there, and it will be.
    this.wanted = node.id;
    this.isTouched = true;
    const zoom = Math.max(this.scene.view.zoom, 0.5);
    this.fly({ zoom, x: this.scene.width / 2 - (node.x + node.w / 2) * zoom, y: this.scene.height / 2 - (node.y + node.h / 2) * zoom });
  }

  resizedScreen() {
    this.scene.measure();
    if (this.isTouched)
      this.tellViewSoon();
    else
      this.fit();
  }

  tellViewSoon() {
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.tellView(), 80);
  }

  async tellView(view = this.scene.view) {
    clearTimeout(this.telling);
    // The page stops drawing what is out of view, but not what is in the hand.
    if (this.hand.gesture?.kind === "drag")
      return this.tellViewSoon();
    this.toldAt = performance.now();
    await this.call("Look", view.x, view.y, view.zoom, this.scene.width, this.scene.height);
    this.root.dataset.ready = "true";
  }

  // ---- Choosing, moving, sizing ----

  choose(nodes) {
    const chosen = new Set(nodes);
    for (const node of this.scene.nodes.values()) {
      if (node.chosen === chosen.has(node))
        continue;
      node.chosen = chosen.has(node);
      node.el?.toggleAttribute("data-chosen", node.chosen);
    }
    this.scene.touch({ far: true, map: true });
  }

  drop(nodes) { this.drops.take(nodes); }

  showSize(node, w, h) {
    [node.w, node.h] = [Math.round(w), Math.round(h)];
    const element = node.el?.querySelector(".node");
    if (element)
      [element.style.width, element.style.height] = [`${node.w}px`, `${node.h}px`];
    this.scene.place(node, node.x, node.y);
  }

  resized(node) { this.call("Resized", node.id, node.w, node.h); }

  // ---- What the page is told ----

  wish(wish, ids) { this.call("Wish", wish, ids.slice(0, 500)); }

  say(words) { this.call("Say", words); }

  async call(method, ...what) {
    try {
      return await this.page.invokeMethodAsync(method, ...what);
    } catch {
      return null; // The line is broken; the reconnect screen says so.
    }
  }
}
