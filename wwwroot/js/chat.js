// The hands of the chat panel: the text field belongs to the browser, so typing waits for no server and a long text goes up as a stream.

function newId() {
  return "msg_" + [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, "0")).join("");
}

function stored(action) {
  try { return action(sessionStorage); } catch { return null; } // Full or forbidden: the draft just isn't kept.
}

// What was taken off the page before the call for it came is null: the call then works on an element that nobody sees.
const gone = tag => document.createElement(tag);

export function composer(area, send, dotnet, firstKey) {
  [area, send] = [area ?? gone("textarea"), send ?? gone("button")];
  let key = firstKey, sending = false, pressed = false, stash = null, attempt = { text: null, id: null };

  const save = () => stored(storage => area.value ? storage.setItem(key, area.value) : storage.removeItem(key));
  const grow = () => {
    area.style.height = "auto";
    area.style.height = Math.min(area.scrollHeight + 2, window.innerHeight * 0.4) + "px";
  };
  const put = text => { area.value = text; grow(); };

  async function submit() {
    const text = area.value, sentKey = key, edited = stash !== null;
    if (sending) pressed = true; // Goes as soon as the one before it is kept.
    if (sending || area.disabled || !text.trim()) return;
    // The same text tried again keeps its id: the server attaches it to the first and doubles nothing.
    if (attempt.text !== text) attempt = { text, id: newId() };
    sending = true;
    send.dataset.busy = "";
    try {
      const sent = await dotnet.invokeMethodAsync("SendAsync", DotNet.createJSStreamReference(new TextEncoder().encode(text)), attempt.id);
      if (sent) {
        attempt = { text: null, id: null };
        stored(storage => storage.removeItem(sentKey));
        if (area.value === text) put(edited ? stash ?? "" : "");
        stash = null;
        save();
      }
    } catch {
      // The line broke: the text stays, and goes again by hand.
    } finally {
      sending = false;
      delete send.dataset.busy;
      area.focus();
    }
    if (pressed && area.value !== text) {
      pressed = false;
      await submit();
    }
    pressed = false;
  }

  function keydown(event) {
    if (event.key === "Escape" && stash !== null) {
      dotnet.invokeMethodAsync("CancelEditAsync");
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      submit();
    }
  }
  const input = () => { grow(); if (stash === null) save(); };

  addEventListener("resize", grow);
  area.addEventListener("keydown", keydown);
  area.addEventListener("input", input);
  send.addEventListener("click", submit);
  // Who was quicker than this script has typed already.
  put(area.value || (stored(storage => storage.getItem(key)) ?? ""));

  return {
    use(newKey) {
      if (newKey === key) return;
      key = newKey;
      stash = null;
      if (!sending) put(stored(storage => storage.getItem(key)) ?? "");
    },
    edit(text) { stash ??= area.value; put(text); area.focus(); },
    endEdit() { if (stash !== null) put(stash); stash = null; area.focus(); },
    put(text) { put(text); save(); area.focus(); },
    append(text) {
      put(area.value.trim() ? `${area.value.trimEnd()} ${text} ` : `${text} `);
      if (stash === null) save();
      area.focus();
    },
    // Not waited for: the page that asks is the page that must take the text.
    submit() { submit(); },
    focus() { area.focus(); },
    dispose() {
      removeEventListener("resize", grow);
      area.removeEventListener("keydown", keydown);
      area.removeEventListener("input", input);
      send.removeEventListener("click", submit);
    },
  };
}

export function scroller(view, flow) {
  [view, flow] = [view ?? gone("div"), flow ?? gone("div")];
  let atEnd = true, held = null, last = 0;
  const toEnd = () => { view.scrollTop = view.scrollHeight; };
  // Away is who scrolled up: what grows below between a scroll and its event takes nobody away.
  const mark = () => {
    if (view.scrollHeight - view.scrollTop - view.clientHeight < 48) atEnd = true;
    else if (view.scrollTop < last) atEnd = false;
    last = view.scrollTop;
    view.toggleAttribute("data-away", !atEnd);
  };
  // It sticks to the end only where it was there.
  const sizes = new ResizeObserver(() => {
    if (held !== null) view.scrollTop = view.scrollHeight - held;
    else if (atEnd) toEnd();
    mark();
  });
  sizes.observe(flow);
  sizes.observe(view);
  view.addEventListener("scroll", mark, { passive: true });

  return {
    hold() { held = view.scrollHeight - view.scrollTop; },
    release() { view.scrollTop = view.scrollHeight - held; held = null; mark(); },
    toEnd() { atEnd = true; toEnd(); mark(); },
    dispose() { sizes.disconnect(); view.removeEventListener("scroll", mark); },
  };
}
