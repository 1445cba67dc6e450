() => {
  const visible = (element) => element.checkVisibility({ checkVisibilityCSS: true });
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  const fields = [...document.querySelectorAll("input:not([type=hidden]), select, textarea")];
  const spoken = [];
  const walk = (element, foreign) => {
    const lang = element.getAttribute("lang");
    const skip = element.matches("script, style, code, .y-sign, .y-urgency, textarea, .y-mono, .y-code, .y-cell-code");
    if (skip || !visible(element)) return;
    const other = foreign || (element !== document.documentElement && lang !== null);
    if (!other && element.hasAttribute("aria-label")) spoken.push(element.getAttribute("aria-label"));
    for (const node of element.childNodes) {
      if (node.nodeType === Node.TEXT_NODE && !other) spoken.push(node.textContent);
      if (node.nodeType === Node.ELEMENT_NODE) walk(node, other);
    }
  };
  walk(document.documentElement, false);
  return {
    h1: [...document.querySelectorAll("h1")].map((heading) => heading.innerText.trim()),
    title: document.title,
    lang: document.documentElement.lang,
    repeated: ids.filter((id, place) => ids.indexOf(id) !== place),
    unlabelled: fields.filter((field) => !field.labels?.length && !field.getAttribute("aria-label")).map((field) => field.name),
    inline: [...document.querySelectorAll("[style], style, script:not([src])")].map((element) => element.outerHTML.slice(0, 80)),
    handlers: [...document.querySelectorAll("*")].flatMap((element) => [...element.attributes].map((attribute) => attribute.name)).filter((name) => name.startsWith("on")),
    sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    text: spoken.join(" ").replace(/\s+/g, " "),
  };
}
