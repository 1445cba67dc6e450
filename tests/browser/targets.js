() => {
  const visible = (element) => element.checkVisibility({ checkVisibilityCSS: true }) && !element.closest(".y-skip");
  const controls = [...document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden])")].filter(visible);
  const inText = (element) => element.matches("a") && getComputedStyle(element).display.startsWith("inline")
    && [...element.parentElement.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
  return controls.map((element) => {
    const box = (element.closest("label") ?? element).getBoundingClientRect();
    const after = getComputedStyle(element, "::after");
    const grown = after.content !== "none" && after.position === "absolute" ? -(parseFloat(after.top) + parseFloat(after.bottom)) : 0;
    const kind = inText(element) ? "text" : element.closest(".y-board") ? "seat" : element.closest("table") ? "row" : "control";
    return { kind, height: Math.round(box.height + Math.max(0, grown)), width: Math.round(box.width), name: (element.innerText || element.name || element.className).trim().slice(0, 40) };
  });
}
