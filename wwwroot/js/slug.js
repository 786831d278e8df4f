// Suggests an organization's address while its name is typed, until the address is written by hand. The server checks it.
const from = document.querySelector("[data-slug-from]");
const to = document.querySelector("[data-slug-to]");
if (from && to) {
  let byHand = to.value !== "";
  to.addEventListener("input", () => { byHand = to.value !== ""; });
  from.addEventListener("input", () => {
    if (!byHand) {
      to.value = from.value.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase()
        .replace(/[^a-z0-9]+/g, "-").slice(0, 40).replace(/^-+|-+$/g, "");
    }
  });
}
