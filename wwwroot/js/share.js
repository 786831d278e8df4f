// The line of a shared canvas. Where the circuit is gone the page is loaded again: all that it shows is on the server, and a link that is off says so.
const modal = document.getElementById("components-reconnect-modal");

modal.addEventListener("components-reconnect-state-changed", event => {
  switch (event.detail.state) {
    case "show":
      if (!modal.open)
        modal.showModal();
      break;
    case "hide":
      modal.close();
      break;
    case "failed":
      document.addEventListener("visibilitychange", again);
      break;
    case "rejected":
      location.reload();
      break;
  }
});

// Somebody looks at the page once more: perhaps the lab is there again.
async function again() {
  if (document.visibilityState !== "visible")
    return;
  document.removeEventListener("visibilitychange", again);
  try {
    if (!await Blazor.reconnect())
      location.reload();
  } catch {
    document.addEventListener("visibilitychange", again);
  }
}
