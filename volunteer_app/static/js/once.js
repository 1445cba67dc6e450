// The button says 正在办… after the first press; a second press of the same form does nothing.
export function attach(button) {
  const form = button.form;
  if (!form) return;
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    const pressed = event.submitter ?? button;
    if (pressed !== button) return;
    button.setAttribute("aria-busy", "true");
    button.querySelector("span").textContent = button.dataset.once;
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}
