import { copy } from "./clipboard.js";

// Every copy button of the lab: <button data-copy="code|message|answer|link">. One listener for all that come and go.
const sources = {
  code: button => button.closest(".md-code, .code-view")?.querySelector("code")?.textContent,
  value: button => button.dataset.copyText,
  link: button => button.closest("[role=dialog]")?.querySelector("input[readonly]")?.value,
  message: button => button.closest("article")?.querySelector(".said")?.textContent,
  answer: button => [...(button.closest("article")?.querySelectorAll("[data-copy-source]") ?? [])]
    .map(source => source.innerText.trim()).join("\n\n"),
};

document.addEventListener("click", async event => {
  const button = event.target.closest?.("button[data-copy]");
  const text = button && sources[button.dataset.copy]?.(button);
  if (!text) return;
  const copied = await copy(text);
  const words = button.dataset.copyWords ??= button.textContent;
  button.textContent = copied ? "Copied" : "Not copied";
  setTimeout(() => { button.textContent = words; }, 1500);
});
