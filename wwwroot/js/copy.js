// Every copy button of the lab: <button data-copy="code|document|message|answer|link">. One listener for all that come and go.
const sources = {
  code: button => button.closest(".md-code")?.querySelector("code")?.textContent,
  document: button => button.parentElement.querySelector("[data-copy-source]")?.value,
  link: button => button.closest("[role=dialog]")?.querySelector("input[readonly]")?.value,
  message: button => button.closest("article")?.querySelector(".said")?.textContent,
  answer: button => [...(button.closest("article")?.querySelectorAll("[data-copy-source]") ?? [])]
    .filter(source => source.localName !== "textarea").map(source => source.innerText.trim()).join("\n\n"),
};

// Without a secure context there is no clipboard object; a selection still copies.
function copyBySelection(text) {
  const area = Object.assign(document.createElement("textarea"), { value: text, readOnly: true });
  area.className = "sr-only";
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  return copied;
}

document.addEventListener("click", async event => {
  const button = event.target.closest?.("button[data-copy]");
  const text = button && sources[button.dataset.copy]?.(button);
  if (!text) return;
  let copied = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copied = copyBySelection(text);
    button.focus();
  }
  button.textContent = copied ? "Copied" : "Not copied";
  setTimeout(() => { button.textContent = "Copy"; }, 1500);
});
