// Keeps unsent text of a long form on the device. What was sent is kept until the tab closes, should it not have arrived:
// see unsent.js.
export function attach(form) {
  const key = `draft:${form.dataset.draft}`;
  const fields = () => [...form.elements].filter((field) => field.matches("textarea, input[type=text]") && field.name);
  const kept = JSON.parse(localStorage.getItem(key) ?? "{}");
  for (const field of fields()) if (!field.value && kept[field.name]) field.value = kept[field.name];
  form.addEventListener("input", () => {
    localStorage.setItem(key, JSON.stringify(Object.fromEntries(fields().map((field) => [field.name, field.value]))));
  });
  form.addEventListener("submit", () => {
    sessionStorage.setItem(key, localStorage.getItem(key) ?? "{}");
    localStorage.removeItem(key);
  });
}
