// Pointer and wheel on the canvas. Nothing of a gesture leaves the browser before it ends.
import { meet } from "./geometry.js";

const CLICK = 4;      // px: less is a click
const GRID = 8;
const CONTROLS = "button, a, input, textarea, select, summary, label, .menu-list, [contenteditable], .nodrag";
const TITLE = 24;     // px: the top of every node is its handle

export class Hand {
  constructor(canvas) {
    this.canvas = canvas;
    this.scene = canvas.scene;
    this.root = canvas.root;
    this.pointers = new Map();
    this.gesture = null;
    this.marquee = this.root.querySelector(".marquee");
    const listen = (target, type, listener, options) => target.addEventListener(type, listener, { capture: true, signal: canvas.signal, ...options });
    listen(this.root, "pointerdown", event => this.down(event));
    listen(this.root, "pointermove", event => this.move(event));
    listen(this.root, "pointerup", event => this.up(event));
    listen(this.root, "pointercancel", event => this.up(event));
    listen(this.root, "lostpointercapture", event => this.up(event));
    listen(this.root, "wheel", event => this.wheel(event), { passive: false });
    listen(this.root, "dblclick", event => this.doubleClick(event));
    // A button that was pressed here may be let go anywhere.
    for (const type of ["pointerup", "pointercancel"])
      listen(window, type, event => this.pointers.delete(event.pointerId));
    // When it is over, what has come out of view meanwhile is brought in.
    listen(this.root, "click", () => setTimeout(() => canvas.keepInView()));
    listen(this.root, "toggle", () => canvas.keepInView());
    // The library listens for these on every node, and each would be a message.
    for (const type of ["mouseenter", "mouseleave", "pointerenter", "pointerleave"])
      listen(window, type, event => { if (event.target instanceof Element && event.target.closest(".diagram-canvas") && this.root.contains(event.target)) event.stopImmediatePropagation(); });
    // A key too, but not one that is typed into a field of a node.
    for (const type of ["keydown", "keyup"])
      listen(this.root, type, event => { if (event.target.closest(".diagram-canvas") && !event.target.closest("input, textarea, select, [contenteditable]")) event.stopPropagation(); });
  }

  // Something is held or pressed, or a menu is open: what is under the pointer must stay there.
  get isBusy() { return Boolean(this.gesture) || this.pointers.size > 0 || this.root.querySelector("details[open]") !== null; }

  at(event) {
    const box = this.root.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  down(event) {
    if (event.target === this.scene.map)
      return this.begin(event, { kind: "map" });
    if (!event.target.closest(".diagram-canvas"))
      return;
    event.stopPropagation();
    this.canvas.stay();
    this.pointers.set(event.pointerId, this.at(event));
    if (this.pointers.size === 2 && event.pointerType === "touch")
      return this.pinch(event);
    if (this.gesture || event.button > 1)
      return;
    const element = event.target.closest(".diagram-node"), node = element && this.scene.nodes.get(element.dataset.nodeId);
    if (event.button === 1 || this.canvas.isSpaceDown) {
      event.preventDefault();
      return this.begin(event, { kind: "pan" });
    }
    if (!node)
      return this.begin(event, event.shiftKey ? { kind: "box" } : { kind: "pan", clears: true });
    if (event.target.closest(CONTROLS))
      return;
    const mayMove = this.canvas.mayAct;
    if (mayMove && event.target.closest("[data-grip]"))
      return this.begin(event, { kind: "resize", node, w: node.w, h: node.h });
    const isHandle = event.target.closest("[data-handle]") || event.clientY - element.getBoundingClientRect().top <= TITLE * this.scene.view.zoom;
    if (isHandle && mayMove)
      return this.begin(event, { kind: "drag", node });
    if (isHandle || event.pointerType === "touch" && !node.chosen)
      return this.begin(event, { kind: "pan", node });
    this.gesture = { kind: "press", node, id: event.pointerId, from: this.at(event), to: this.at(event) };
  }

  begin(event, gesture) {
    this.gesture = { ...gesture, id: event.pointerId, from: this.at(event), to: this.at(event), view: { ...this.scene.view }, moved: false };
    // Ends outside the window come here too.
    this.root.setPointerCapture(event.pointerId);
    if (gesture.kind === "map")
      this.update();
  }

  move(event) {
    if (event.target.closest?.(".diagram-canvas") || this.gesture)
      event.stopPropagation();
    if (!this.pointers.has(event.pointerId) && this.gesture?.id !== event.pointerId)
      return;
    this.pointers.set(event.pointerId, this.at(event));
    const gesture = this.gesture;
    if (!gesture || gesture.kind !== "pinch" && gesture.id !== event.pointerId)
      return;
    gesture.to = this.at(event);
    gesture.isFree = event.altKey;
    if (!gesture.moved && gesture.kind !== "pinch") {
      if (Math.hypot(gesture.to.x - gesture.from.x, gesture.to.y - gesture.from.y) < CLICK)
        return;
      gesture.moved = true;
      this.start(gesture);
    }
    gesture.frame ||= requestAnimationFrame(() => { gesture.frame = 0; if (this.gesture === gesture) this.update(); });
  }

  start(gesture) {
    if (gesture.kind === "drag") {
      if (!gesture.node.chosen)
        this.canvas.choose([gesture.node]);
      gesture.held = this.scene.chosen().filter(node => !node.held).map(node => ({ node, x: node.x, y: node.y }));
      gesture.held.forEach(({ node }) => this.scene.lift(node));
    } else if (gesture.kind === "box") {
      gesture.before = this.scene.chosen();
      this.marquee.hidden = false;
    }
    this.root.dataset.gesture = gesture.kind;
  }

  update() {
    const gesture = this.gesture, { from, to, view } = gesture, zoom = this.scene.view.zoom;
    const dx = to.x - from.x, dy = to.y - from.y;
    switch (gesture.kind) {
      case "pan":
        this.canvas.lookByHand({ ...view, x: view.x + dx, y: view.y + dy });
        break;
      case "drag": {
        const first = gesture.held.find(({ node }) => node === gesture.node) ?? gesture.held[0];
        const snap = value => this.canvas.isSnapping && !gesture.isFree ? Math.round(value / GRID) * GRID : Math.round(value);
        const [mx, my] = [snap(first.x + dx / zoom) - first.x, snap(first.y + dy / zoom) - first.y];
        for (const { node, x, y } of gesture.held)
          this.scene.place(node, x + mx, y + my);
        break;
      }
      case "resize":
        this.canvas.showSize(gesture.node, Math.max(200, gesture.w + dx / zoom), Math.max(100, gesture.h + dy / zoom));
        break;
      case "box": {
        const [left, top, w, h] = [Math.min(from.x, to.x), Math.min(from.y, to.y), Math.abs(dx), Math.abs(dy)];
        Object.assign(this.marquee.style, { left: `${left}px`, top: `${top}px`, width: `${w}px`, height: `${h}px` });
        const area = { x: (left - this.scene.view.x) / zoom, y: (top - this.scene.view.y) / zoom, w: w / zoom, h: h / zoom };
        this.canvas.choose([...gesture.before, ...this.scene.all().filter(node => meet(node, area))]);
        break;
      }
      case "map": {
        const map = this.scene.map.getBoundingClientRect(), root = this.root.getBoundingClientRect(), { mapped } = this.scene;
        if (!mapped)
          break;
        const x = (to.x + root.left - map.left - mapped.left) / mapped.scale, y = (to.y + root.top - map.top - mapped.top) / mapped.scale;
        this.canvas.lookByHand({ zoom, x: this.scene.width / 2 - x * zoom, y: this.scene.height / 2 - y * zoom });
        break;
      }
      case "pinch": {
        const [a, b] = [...this.pointers.values()];
        if (!b)
          break;
        const middle = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
        const next = this.canvas.bounded(gesture.view.zoom * Math.hypot(a.x - b.x, a.y - b.y) / gesture.apart);
        const on = { x: (gesture.middle.x - gesture.view.x) / gesture.view.zoom, y: (gesture.middle.y - gesture.view.y) / gesture.view.zoom };
        this.canvas.lookByHand({ zoom: next, x: middle.x - on.x * next, y: middle.y - on.y * next });
        break;
      }
    }
  }

  pinch(event) {
    if (this.gesture?.moved)
      this.finish(this.gesture);
    const [a, b] = [...this.pointers.values()];
    this.begin(event, { kind: "pinch", apart: Math.max(1, Math.hypot(a.x - b.x, a.y - b.y)), middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } });
  }

  up(event) {
    if (event.type !== "lostpointercapture" && event.target.closest?.(".diagram-canvas") || this.gesture)
      event.stopPropagation();
    this.pointers.delete(event.pointerId);
    const gesture = this.gesture;
    if (!gesture || gesture.kind !== "pinch" && gesture.id !== event.pointerId)
      return;
    this.gesture = null;
    cancelAnimationFrame(gesture.frame);
    if (gesture.moved || gesture.kind === "pinch") {
      this.gesture = gesture;
      this.update();
      this.gesture = null;
      this.finish(gesture);
    } else if (event.type === "pointerup") {
      this.click(gesture, event);
    }
    delete this.root.dataset.gesture;
  }

  finish(gesture) {
    if (gesture.kind === "drag")
      this.canvas.drop(gesture.held.map(({ node }) => node));
    else if (gesture.kind === "resize")
      this.canvas.resized(gesture.node);
    else if (gesture.kind === "box")
      this.marquee.hidden = true;
    else if (gesture.kind !== "press")
      this.canvas.tellView();
  }

  click({ kind, node, clears }, event) {
    if (node && (event.shiftKey || event.ctrlKey || event.metaKey)) {
      const chosen = this.scene.chosen();
      this.canvas.choose(node.chosen ? chosen.filter(other => other !== node) : [...chosen, node]);
    } else if (node) {
      this.canvas.choose([node]);
      if (kind !== "press")
        node.el?.querySelector(".node")?.focus({ preventScroll: true });
      this.canvas.wish("open", [node.id]);
    } else if (clears) {
      // What is only painted has no element to be hit.
      const painted = this.scene.at(this.at(event));
      this.canvas.choose([]);
      this.root.focus({ preventScroll: true });
      if (painted)
        this.canvas.flyTo([painted.id]);
    }
  }

  doubleClick(event) {
    const id = event.target.closest(".diagram-node")?.dataset.nodeId;
    if (id && event.target.closest("[data-handle]") && !event.target.closest(CONTROLS))
      this.canvas.flyTo([id]);
  }

  wheel(event) {
    if (!event.target.closest(".diagram-canvas"))
      return;
    event.stopPropagation();
    // What scrolls in a chosen node scrolls; everywhere else the wheel is the canvas's.
    const node = this.scene.nodes.get(event.target.closest(".diagram-node")?.dataset.nodeId);
    if (node?.chosen && !event.ctrlKey && !event.metaKey && event.target.closest(".body"))
      return;
    event.preventDefault();
    const { view } = this.scene, unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? this.scene.height : 1;
    const dx = event.deltaX * unit, dy = event.deltaY * unit;
    // Two fingers on a touchpad move sideways too: that pans. A wheel, or a pinch (which comes with Ctrl), zooms.
    if (!event.ctrlKey && !event.metaKey && (dx !== 0 || event.shiftKey)) {
      this.canvas.lookByHand({ ...view, x: view.x - (event.shiftKey && dx === 0 ? dy : dx), y: view.y - (event.shiftKey && dx === 0 ? 0 : dy) });
    } else {
      const at = this.at(event), speed = event.ctrlKey ? 0.01 : 0.0015;
      this.canvas.zoomAt(at.x, at.y, Math.exp(-Math.max(-400, Math.min(400, dy)) * speed));
    }
    this.canvas.tellViewSoon();
  }
}
