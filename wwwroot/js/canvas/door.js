// What the page may call before the canvas's modules have come; they are on their way already.
globalThis.alumiaCanvas = { open: async (...all) => (await import("./canvas.js")).open(...all) };

// What the diagram library asks of its own script. That one watches every change of the page; here sizes are known without it.
globalThis.ZBlazorDiagrams = { getBoundingClientRect: element => element.getBoundingClientRect(), observe() {}, unobserve() {} };
