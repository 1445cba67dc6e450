// Progress: fetches the page every few seconds and replaces the live line and the table of goals.
// data-refresh="5" stands on the element that holds both; when it is gone from the fetched page, the page is loaded anew.
const QUIET_MS = 15000;

export function attach(holder) {
  const seconds = Number(holder.dataset.refresh) || 5;
  let spoken = Date.now();
  const timer = setInterval(async () => {
    const answer = await fetch(location.href, { headers: { "X-Requested-With": "refresh" } }).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.querySelector("[data-refresh]")) {
      clearInterval(timer);
      location.reload();
      return;
    }
    const goals = stages(holder) !== stages(page);
    holder.querySelector("[data-goals]")?.replaceWith(page.querySelector("[data-goals]"));
    if (goals || Date.now() - spoken > QUIET_MS) {
      holder.querySelector("[data-live]").innerHTML = page.querySelector("[data-live]").innerHTML;
      spoken = Date.now();
    }
  }, seconds * 1000);
}

function stages(part) {
  return [...part.querySelectorAll("[data-goals] .y-chip")].map((chip) => chip.textContent).join();
}
