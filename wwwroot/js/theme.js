// Runs before the first paint, so that a chosen theme never flashes: "light" or "dark" stored by the person, else the system's.
(() => {
  const key = "alumia-theme";
  const system = matchMedia("(prefers-color-scheme: dark)");
  const listeners = new Set();

  const read = () => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // Storage is forbidden here: the system decides.
    }
  };

  // While the line is down nobody hears it; the page itself has its colours already.
  const tell = async listener => {
    try {
      await listener.invokeMethodAsync("ThemeChanged", window.labTheme.chosen(), window.labTheme.isDark());
    } catch {
      // The next change is told again.
    }
  };

  const apply = () => {
    const chosen = read();
    if (chosen === "light" || chosen === "dark")
      document.documentElement.dataset.theme = chosen;
    else
      delete document.documentElement.dataset.theme;
    for (const listener of listeners)
      tell(listener);
  };

  window.labTheme = {
    chosen: () => document.documentElement.dataset.theme ?? "system",
    isDark: () => (document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark",
    choose: theme => {
      try {
        if (theme === "system")
          localStorage.removeItem(key);
        else
          localStorage.setItem(key, theme);
      } catch {
        // Not kept, then; the system goes on deciding.
      }
      apply();
    },
    watch: listener => {
      listeners.add(listener);
      tell(listener);
    },
    unwatch: () => listeners.clear(),
  };

  system.addEventListener("change", apply);
  addEventListener("storage", event => event.key === key && apply());
  apply();
})();
