// Attaches each module to the elements that ask for it with a data- attribute. Every page works without any of them.
const MODULES = {
  "data-once": () => import("./once.js"),
  "data-count": () => import("./count.js"),
  "data-arrows": () => import("./arrows.js"),
  "data-copy": () => import("./copy.js"),
  "data-peek": () => import("./peek.js"),
  "data-code": () => import("./code.js"),
  "data-draft": () => import("./draft.js"),
  "data-unsent": () => import("./unsent.js"),
  "data-refresh": () => import("./refresh.js"),
  "data-panel": () => import("./panel.js"),
  "data-focus": () => import("./focus.js"),
};

for (const [attribute, load] of Object.entries(MODULES)) {
  const found = document.querySelectorAll(`[${attribute}]`);
  if (found.length) load().then((module) => found.forEach((element) => module.attach(element)));
}
