// Arrow keys move between the controls of a table: squares, seats, times.
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

export function attach(table) {
  table.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const cell = event.target.closest("td");
    if (!step || !cell || isWriting(event)) return;
    const next = neighbour(table, cell, step);
    if (next) {
      event.preventDefault();
      next.focus();
    }
  });
}

function isWriting(event) {
  const field = event.target;
  if (field.type !== "text" || event.key === "ArrowUp" || event.key === "ArrowDown") return false;
  return field.selectionStart !== field.selectionEnd || (event.key === "ArrowLeft" ? field.selectionStart > 0 : field.selectionEnd < field.value.length);
}

function neighbour(table, cell, [down, right]) {
  const rows = [...table.rows];
  let row = rows.indexOf(cell.parentElement);
  let column = cell.cellIndex;
  for (;;) {
    row += down;
    column += right;
    const found = rows[row]?.cells[column];
    if (!rows[row] || (right && !found)) return null;
    const control = found?.querySelector("a, input");
    if (control) return control;
  }
}
