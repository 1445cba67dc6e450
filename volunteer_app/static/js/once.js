// The button says 正在办… after the first press; a second press of the same form does nothing.
// One watch per form: a form may have several such buttons (save, fill, confirm).
export function attach(button) {
  const form = button.form;
  if (!form || form.dataset.watched) return;
  form.dataset.watched = "yes";
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    const pressed = event.submitter ?? button;
    if (!pressed.dataset.once) return;
    pressed.setAttribute("aria-busy", "true");
    pressed.querySelector("span").textContent = pressed.dataset.once;
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}
