// 复制 puts the text on the clipboard; without it the text stands in a box that can be selected.
export function attach(button) {
  const text = document.getElementById(button.dataset.copy);
  const said = button.parentElement.querySelector("[data-copy-said]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
    } catch {
      document.execCommand("copy");
    }
    said.textContent = button.dataset.copied;
  });
}
