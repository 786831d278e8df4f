// The hands of the editors: text fields belong to the browser, so typing waits for no server and a long text goes up as a stream.

function stored(action) {
  try { return action(sessionStorage); } catch { return null; } // Full or forbidden: the draft just isn't kept.
}

// Blazor sends a field's whole text along with every event that it hears from it, and a line takes 32 KB: of keys it hears none.
function quiet(element) {
  const hush = event => {
    event.stopPropagation();
    if (event.key === "Escape" && event.type === "keydown" && !event.isComposing)
      element.closest(".mud-dialog")?.querySelector("[data-leave]")?.click();
  };
  for (const type of ["keydown", "keyup", "click"])
    element.addEventListener(type, hush);
}

const stream = text => DotNet.createJSStreamReference(new TextEncoder().encode(text));

// A long text. It is kept in this tab as a draft, with the version that it was written on, until it is saved or thrown away.
// What was taken off the page before the call for it came is null: the call then works on an element that nobody sees.
export function writer(area, dotnet, key, version) {
  area ??= document.createElement("textarea");
  let timer;
  const kept = JSON.parse(stored(storage => storage.getItem(key)) ?? "null");
  const draft = typeof kept?.text === "string" && kept.text !== area.value ? kept : null;
  if (draft) {
    area.value = draft.text;
    version = draft.version;
  }
  const keep = () => stored(storage => storage.setItem(key, JSON.stringify({ text: area.value, version })));
  const input = () => {
    keep();
    clearTimeout(timer);
    // The longer the text, the longer its preview takes to come: not with every breath.
    timer = setTimeout(() => dotnet.invokeMethodAsync("WrittenAsync").catch(() => {}), 300 + area.value.length / 100);
  };
  area.addEventListener("input", input);
  quiet(area);
  return {
    draft: () => draft?.version ?? 0,
    text: () => new TextEncoder().encode(area.value),
    forget: () => { clearTimeout(timer); stored(storage => storage.removeItem(key)); },
    dispose: () => { clearTimeout(timer); area.removeEventListener("input", input); },
  };
}

// A grid of <textarea data-row data-column>: Enter and the arrows go from cell to cell, and a spreadsheet's cells are pasted over as many.
export function grid(root, dotnet) {
  root ??= document.createElement("table");
  const at = cell => [Number(cell.dataset.row), Number(cell.dataset.column)];
  const go = (row, column) => {
    const cell = root.querySelector(`[data-row="${row}"][data-column="${column}"]`);
    cell?.focus();
    cell?.select();
    return Boolean(cell);
  };
  function keydown(event) {
    const cell = event.target;
    if (!cell.matches("[data-row]") || event.isComposing || event.ctrlKey || event.metaKey) return;
    const [row, column] = at(cell), { selectionStart: start, selectionEnd: end, value } = cell, whole = start === 0 && end === value.length;
    const first = whole || !value.slice(0, start).includes("\n"), last = whole || !value.slice(end).includes("\n");
    let went = false;
    if (event.key === "Enter" && event.altKey) {
      cell.setRangeText("\n", start, end, "end");
      went = true;
    } else if (event.key === "Enter") {
      if (!go(row + (event.shiftKey ? -1 : 1), column) && !event.shiftKey)
        dotnet.invokeMethodAsync("EndAsync").then(() => requestAnimationFrame(() => go(row + 1, column))).catch(() => {});
      went = true;
    } else if (event.altKey || event.shiftKey) {
      return;
    } else if (event.key === "ArrowUp" && first) {
      went = go(row - 1, column);
    } else if (event.key === "ArrowDown" && last) {
      went = go(row + 1, column);
    } else if (event.key === "ArrowLeft" && (whole || end === 0)) {
      went = go(row, column - 1);
    } else if (event.key === "ArrowRight" && (whole || start === value.length)) {
      went = go(row, column + 1);
    }
    if (went) event.preventDefault();
  }
  function paste(event) {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!event.target.matches("[data-row]") || !/[\t\n]/.test(text.trimEnd())) return;
    event.preventDefault();
    dotnet.invokeMethodAsync("PasteAsync", ...at(event.target), stream(text)).catch(() => {});
  }
  root.addEventListener("keydown", keydown, true);
  root.addEventListener("paste", paste);
  return { dispose: () => { root.removeEventListener("keydown", keydown, true); root.removeEventListener("paste", paste); } };
}
