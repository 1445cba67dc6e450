// Shows the password while the box is ticked; without script the box is not drawn.
export function attach(line) {
  const password = document.getElementById(line.dataset.peek);
  const box = line.querySelector("input");
  line.hidden = false;
  box.addEventListener("change", () => {
    password.type = box.checked ? "text" : "password";
  });
}
