// What pages need of the browser: menus that close, dialogs that give the focus back, times in the reader's zone.

// <details class="menu">: closed by a press elsewhere, by Escape, and by choosing.
addEventListener("click", event => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    const inside = menu.contains(event.target);
    if (!inside || event.target.closest(".menu-item"))
      menu.open = false;
  }
});
addEventListener("keydown", event => {
  if (event.key !== "Escape")
    return;
  const menu = event.target.closest?.("details.menu[open]") ?? document.querySelector("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A dialog begins at its [autofocus]; when it goes, the keyboard is again where it was before, or on the menu that it came from.
let before = null, hadDialog = false;
const begin = dialog => dialog.querySelector("[autofocus]")?.focus();
addEventListener("focusin", event => {
  const dialog = event.target.closest(".mud-dialog-container");
  if (!dialog)
    before = event.target;
  else if (event.target.matches(".pointer-events-none")) // MudBlazor's own choice is an empty element.
    begin(dialog);
});
new MutationObserver(() => {
  const dialog = document.querySelector(".mud-dialog-container");
  if (document.activeElement === document.body) {
    if (dialog)
      begin(dialog);
    else if (hadDialog && before?.isConnected)
      (before.closest("details.menu:not([open])")?.querySelector("summary") ?? before).focus();
  }
  hadDialog = Boolean(dialog);
}).observe(document.body, { childList: true, subtree: true });

// <lab-time at="1732475000000" form="clock | date | ago">: an instant (UTC ms) in the reader's own zone, the whole date on hover.
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const whole = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "medium" });
const date = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" });

function inWords(at, form) {
  const then = new Date(at);
  const isToday = then.toDateString() === new Date().toDateString();
  if (form === "date")
    return date.format(then);
  if (form !== "ago")
    return isToday ? clock.format(then) : `${day.format(then)}, ${clock.format(then)}`;
  const seconds = Math.max(0, (Date.now() - at) / 1000);
  if (seconds < 60)
    return "just now";
  if (seconds < 3600)
    return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400)
    return `${Math.floor(seconds / 3600)} h ago`;
  return seconds < 7 * 86400 ? `${Math.floor(seconds / 86400)} d ago` : date.format(then);
}

class LabTime extends HTMLElement {
  static observedAttributes = ["at", "form"];
  // In a shadow tree, so that Blazor's own content of the element stays as it left it.
  #text = this.attachShadow({ mode: "open" }).appendChild(document.createElement("time"));
  #timer;

  connectedCallback() {
    this.#timer = setInterval(() => this.#show(), 30000);
    this.#show();
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }

  attributeChangedCallback() {
    this.#show();
  }

  #show() {
    const at = Number(this.getAttribute("at"));
    this.#text.textContent = inWords(at, this.getAttribute("form"));
    this.#text.dateTime = new Date(at).toISOString();
    this.title = whole.format(new Date(at));
  }
}
customElements.define("lab-time", LabTime);

// <textarea data-enter="submit">: Enter sends, Shift+Enter breaks the line; a word that is being composed (IME) is left alone.
addEventListener("keydown", event => {
  const field = event.target;
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || field.dataset?.enter !== "submit")
    return;
  event.preventDefault();
  field.form.requestSubmit(field.form.querySelector("[type=submit]:not(:disabled)"));
});

// <lab-elapsed ms="12000">: how long something runs, counted on by the browser.
customElements.define("lab-elapsed", class extends HTMLElement {
  static observedAttributes = ["ms"];
  attributeChangedCallback() { this.since = performance.now() - Number(this.getAttribute("ms")); this.show(); }
  connectedCallback() { this.timer = setInterval(() => this.show(), 1000); }
  disconnectedCallback() { clearInterval(this.timer); }
  show() {
    const seconds = Math.floor((performance.now() - this.since) / 1000);
    this.textContent = seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  }
});

// The lab's two columns: the line between them is dragged, or moved by arrow keys; the width is this browser's own.
globalThis.alumiaLayout = {
  split(lab, line) {
    if (!lab || !line) return; // The page was taken away before the call came.
    const LEAST = 320, key = "alumia:panel";
    const most = () => Math.max(LEAST, innerWidth - 360);
    const put = width => {
      const kept = Math.round(Math.min(most(), Math.max(LEAST, width)));
      lab.style.setProperty("--panel-width", `${kept}px`);
      line.ariaValueNow = String(kept);
      line.ariaValueMin = String(LEAST);
      line.ariaValueMax = String(most());
      return kept;
    };
    const keep = width => localStorage.setItem(key, String(put(width)));
    put(Number(localStorage.getItem(key)) || 420);
    line.addEventListener("pointerdown", event => line.setPointerCapture(event.pointerId));
    line.addEventListener("pointermove", event => { if (line.hasPointerCapture(event.pointerId)) keep(lab.getBoundingClientRect().right - event.clientX); });
    line.addEventListener("keydown", event => {
      const by = { ArrowLeft: 16, ArrowRight: -16 }[event.key];
      if (by)
        keep(Number(line.ariaValueNow) + by);
    });
  },
};
