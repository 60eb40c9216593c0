// A box that scrolls sideways can be reached, and so scrolled, with the keyboard.
const BOXES = [
  ".pst-scrollable-table-container",
  ".output.text_html",
  ".llmbook-table",
  ".llmbook-outputs",
  ".llmbook-python pre",
  "div.math .katex-display",
  "div.highlight pre",
].join(",");

export function reachScrollers() {
  const observer = new ResizeObserver((entries) => entries.forEach(({ target }) => mark(target)));
  const boxes = document.querySelectorAll(BOXES);
  boxes.forEach((box) => observer.observe(box));
  // A formula grows inside its box when its letters arrive.
  document.fonts.ready.then(() => boxes.forEach(mark));
}

function mark(box) {
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  else box.removeAttribute("tabindex");
}
