// The reconnect screen's buttons. Where the circuit is gone, the page is loaded again: all state is on the server.
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
      document.addEventListener("visibilitychange", whenSeen);
      break;
    case "rejected":
      location.reload();
      break;
  }
});
document.getElementById("components-reconnect-button").addEventListener("click", reconnect);
document.getElementById("components-resume-button").addEventListener("click", resume);

function whenSeen() {
  if (document.visibilityState === "visible")
    reconnect();
}

async function reconnect() {
  document.removeEventListener("visibilitychange", whenSeen);
  try {
    // False: the server answers, but has no such circuit any more.
    if (!await Blazor.reconnect())
      await resume();
  } catch {
    document.addEventListener("visibilitychange", whenSeen);
  }
}

async function resume() {
  try {
    if (await Blazor.resumeCircuit())
      modal.close();
    else
      location.reload();
  } catch {
    modal.classList.replace("components-reconnect-paused", "components-reconnect-resume-failed");
  }
}
