// Gives each slider a name that is not also its value, and its value as the book writes numbers.
import { follow } from "./outputs.js";

export function nameInputs(figure, view, format) {
  const inWords = format(",");
  for (const row of figure.querySelectorAll(".vega-bind")) {
    const name = row.querySelector(".vega-bind-name").textContent;
    for (const input of row.querySelectorAll("input, select")) nameInput(input, name);
    const slider = row.querySelector("input[type=range]");
    if (slider) showValue(slider, view, inWords);
  }
}

function nameInput(input, name) {
  // The label wraps the number too; a reader of the screen would hear a new name at each step.
  if (input.type !== "radio") input.setAttribute("aria-label", name);
}

// Vega writes 10000 into a span of its own.
function showValue(slider, view, inWords) {
  const value = document.createElement("span");
  value.className = "llmbook-value";
  slider.nextElementSibling.replaceWith(value);
  follow(view, slider.name, (number) => {
    value.textContent = inWords(number);
  });
}
