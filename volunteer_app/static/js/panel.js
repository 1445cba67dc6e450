// Board: a seat replaces the panel in place, the focus moves to its heading, Escape returns to the seat. The first seat
// has no panel to replace yet: its page opens as usual, and the same holds there.
export function attach(seat) {
  const shown = document.querySelector("[data-panel-target]");
  if (shown && seat.hasAttribute("aria-current") && location.hash === "#why") open(seat, shown);
  seat.addEventListener("click", (event) => follow(event, seat));
}

async function follow(event, seat) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const shown = document.querySelector("[data-panel-target]");
  if (!shown) return;
  event.preventDefault();
  const answer = await fetch(seat.href).catch(() => null);
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  const panel = page?.querySelector("[data-panel-target]");
  if (!panel) {
    location.assign(seat.href);
    return;
  }
  shown.replaceWith(panel);
  history.replaceState(null, "", seat.href);
  select(seat);
  open(seat, panel);
}

function open(seat, panel) {
  if (!document.querySelector("[data-focus]")) panel.querySelector("h2").focus();
  panel.addEventListener("keydown", (key) => key.key === "Escape" && seat.focus());
}

function select(seat) {
  for (const other of document.querySelectorAll("[data-panel][aria-current]")) {
    other.removeAttribute("aria-current");
    other.classList.remove("y-seat-selected", "y-gap-selected");
  }
  seat.setAttribute("aria-current", "true");
  seat.classList.add(seat.classList.contains("y-gap") ? "y-gap-selected" : "y-seat-selected");
}
