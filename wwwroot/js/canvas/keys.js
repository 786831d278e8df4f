// The canvas by keyboard. Single letters count only while the focus is on the canvas and in no field.
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STEP = 8, FAR = 40;

export class Keys {
  constructor(canvas) {
    this.canvas = canvas;
    this.scene = canvas.scene;
    const listen = (target, type, listener) => target.addEventListener(type, listener, { capture: true, signal: canvas.signal });
    listen(canvas.root, "keydown", event => this.down(event));
    listen(canvas.root, "keyup", event => { if (event.key in ARROWS) this.rest(); });
    listen(window, "keyup", event => { if (event.key === " ") canvas.isSpaceDown = false; });
    listen(canvas.root, "focusin", event => this.focused(event));
  }

  // The node that has the keyboard is the chosen one, unless several are.
  focused(event) {
    const node = this.nodeOf(event.target);
    if (node && event.target.matches(".node:focus-visible")) {
      if (!node.chosen)
        this.canvas.choose([node]);
      this.canvas.reveal(node);
    }
  }

  nodeOf(element) { return this.scene.nodes.get(element.closest?.(".diagram-node")?.dataset.nodeId); }

  down(event) {
    const { canvas, scene } = this, { key } = event, isCommand = event.ctrlKey || event.metaKey;
    if (event.target.closest("input, textarea, select, [contenteditable], [role=dialog], .menu-list, .canvas-bar") || event.altKey && !(key in ARROWS))
      return;
    const isOnControl = event.target.closest("button, a, summary, [role=button]") !== null;
    const ids = scene.chosen().map(node => node.id);
    const done = () => { event.preventDefault(); event.stopPropagation(); };
    if (isCommand) {
      const wish = { z: event.shiftKey ? "redo" : "undo", y: "redo", d: "duplicate" }[key.toLowerCase()];
      if (wish) {
        done();
        canvas.wish(wish, ids);
      } else if (key.toLowerCase() === "a") {
        done();
        canvas.choose(scene.all());
        canvas.say(`${scene.nodes.size} nodes chosen`);
      } else if (key in ARROWS && ids.length === 1) {
        done();
        this.resize(scene.nodes.get(ids[0]), ARROWS[key]);
      }
      return;
    }
    if (key in ARROWS && !isOnControl && !this.scrolls(event.target)) {
      done();
      this.arrow(ARROWS[key], event.shiftKey ? FAR : STEP);
      return;
    }
    if (isOnControl && (key === "Enter" || key === " "))
      return;
    const deed = {
      "+": () => canvas.zoomBy(1.25), "=": () => canvas.zoomBy(1.25), "-": () => canvas.zoomBy(0.8),
      "0": () => canvas.fit(), f: () => canvas.fit(), "1": () => canvas.zoomBy(1 / scene.view.zoom),
      j: () => this.step(1), k: () => this.step(-1),
      Enter: () => ids.length === 1 && canvas.wish("open", ids),
      Delete: () => canvas.wish("delete", ids), Backspace: () => canvas.wish("delete", ids),
      c: () => ids.length === 1 && canvas.wish("collapse", ids),
      t: () => canvas.wish("tidy", ids), l: () => canvas.wish("follow", ids), s: () => canvas.wish("snap", ids), "?": () => canvas.wish("help", ids),
      "/": () => canvas.root.querySelector("[data-canvas-search]")?.focus(),
      " ": () => { canvas.isSpaceDown = true; },
      Escape: () => {
        canvas.choose([]);
        canvas.wish("escape", []);
      },
    }[key.length === 1 ? key.toLowerCase() : key];
    if (!deed || !canvas.mayAct && ["Delete", "Backspace", "c", "t"].includes(key))
      return;
    done();
    deed();
  }

  // A chosen node's own text scrolls by arrows where the focus is inside it.
  scrolls(element) { return element.closest(".body") !== null && !element.matches(".node"); }

  arrow([x, y], by) {
    const chosen = this.canvas.mayAct ? this.scene.chosen() : [];
    if (chosen.length === 0) {
      const { view } = this.scene;
      this.canvas.lookByHand({ ...view, x: view.x - x * 60, y: view.y - y * 60 });
      this.canvas.tellViewSoon();
      return;
    }
    for (const node of chosen) {
      if (!node.held)
        this.scene.lift(node);
      this.scene.place(node, node.x + x * by, node.y + y * by);
    }
    this.moving = chosen;
    // Some keyboards send no keyup; and a pause is an end too.
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.rest(), 600);
  }

  rest() {
    clearTimeout(this.pause);
    const { moving } = this;
    this.moving = null;
    if (moving)
      this.canvas.drop(moving);
  }

  resize(node, [x, y]) {
    if (!this.canvas.mayAct || !node.el?.querySelector("[data-grip]"))
      return;
    this.canvas.showSize(node, Math.max(200, node.w + x * 20), Math.max(100, node.h + y * 20));
    clearTimeout(this.sizing);
    this.sizing = setTimeout(() => this.canvas.resized(node), 300);
  }

  // To the next node in reading order, drawn or not.
  step(by) {
    const { order } = this.scene;
    if (order.length === 0)
      return;
    const here = this.nodeOf(document.activeElement)?.id ?? this.scene.chosen()[0]?.id;
    const at = here ? order.indexOf(here) + by : by > 0 ? 0 : order.length - 1;
    const node = this.scene.nodes.get(order[(at + order.length) % order.length]);
    this.canvas.choose([node]);
    this.canvas.focusNode(node);
  }
}
