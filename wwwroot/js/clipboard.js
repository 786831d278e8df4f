// Without a secure context there is no clipboard object; a selection still copies.
function copyBySelection(text) {
  const area = Object.assign(document.createElement("textarea"), { value: text, readOnly: true });
  area.className = "sr-only";
  const before = document.activeElement;
  // Inside an open dialog, or its hold on the keyboard takes the selection away.
  (before?.closest(".mud-dialog-container") ?? document.body).append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  before?.focus();
  return copied;
}

// Whether the text is on the clipboard now.
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}
