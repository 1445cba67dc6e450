// The summary under the squares counts while tapping. data-count holds the id of the element with the number.
export function attach(table) {
  const shown = document.getElementById(table.dataset.count);
  if (!shown) return;
  table.addEventListener("change", () => {
    shown.textContent = table.querySelectorAll("input:checked").length;
  });
}
