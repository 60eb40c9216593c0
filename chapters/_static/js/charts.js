// Draws the charts of a page when the reader comes near them.
import { equip } from "./calculators.js";
import { nameInputs } from "./inputs.js";
import { showOutputs } from "./outputs.js";

// A page that stands alone has its scripts inside it.
const folder = document.currentScript.src.replace(/[^/]*$/, "");
// About a screen ahead, so that a chart is there when the reader is.
const NEAR = "800px 0px";
let vega;

// Vega measures when the window changes, which may be before the page has found its new shape.
const widths = new WeakMap();
const resized = new ResizeObserver((entries) => {
  const changed = entries.filter(({ target }) => widths.get(target) !== target.clientWidth);
  changed.forEach(({ target }) => widths.set(target, target.clientWidth));
  if (changed.length) requestAnimationFrame(() => window.dispatchEvent(new Event("resize")));
});

function loadVega() {
  if (window.llmbookVega) return window.llmbookVega;
  vega ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `${folder}llmbook-vega.js`;
    script.onload = () => resolve(window.llmbookVega);
    script.onerror = () => reject(new Error("the drawing program could not be loaded"));
    document.head.append(script);
  });
  return vega;
}

async function draw(figure) {
  if (figure.dataset.state) return;
  figure.dataset.state = "drawing";
  try {
    const spec = JSON.parse(figure.querySelector(".llmbook-spec").textContent);
    const { embed, format } = await loadVega();
    const { view } = await embed(figure.querySelector(".llmbook-view"), spec);
    figure.llmbookView = view;
    nameInputs(figure, view, format);
    showOutputs(figure, view, format);
    equip(figure, view);
    figure.dataset.state = "drawn";
    figure.classList.add("llmbook-drawn");
    resized.observe(figure.querySelector(".llmbook-view"));
  } catch (error) {
    report(figure, error);
  }
}

function report(figure, error) {
  figure.dataset.state = "failed";
  const message = document.createElement("p");
  message.className = "llmbook-failure";
  message.setAttribute("role", "status");
  message.textContent = `This chart could not be drawn (${error.message}). Its numbers are in the table below.`;
  figure.querySelector(".llmbook-view").replaceChildren(message);
  console.error(error);
}

export function drawCharts() {
  const figures = document.querySelectorAll("figure.llmbook-chart");
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        observer.unobserve(target);
        draw(target);
      }
    },
    { rootMargin: NEAR },
  );
  figures.forEach((figure) => observer.observe(figure));
  // On paper nobody scrolls.
  window.addEventListener("beforeprint", () => figures.forEach(draw));
}
