// Suggests an organization's address while its name is typed, until the address is written by hand. The server checks it.
// It listens to the document: a page that Blazor puts in the place of another runs no script of its own.
document.addEventListener("input", ({ target }) => {
  if (target.matches("[data-slug-to]")) {
    target.toggleAttribute("data-by-hand", target.value !== "");
    return;
  }
  const to = target.matches("[data-slug-from]") ? target.form.querySelector("[data-slug-to]") : null;
  if (to && !to.hasAttribute("data-by-hand") && to.defaultValue === "") {
    to.value = target.value.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase()
      .replace(/[^a-z0-9]+/g, "-").slice(0, 40).replace(/^-+|-+$/g, "");
  }
});
