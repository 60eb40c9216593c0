// Gives each slider a name that is not also its value, and its value in words.

export function nameInputs(figure) {
  for (const row of figure.querySelectorAll(".vega-bind")) {
    const name = row.querySelector(".vega-bind-name").textContent;
    for (const input of row.querySelectorAll("input, select")) nameInput(input, name);
    const value = row.querySelector("input[type=range] + span");
    if (value) value.classList.add("llmbook-value");
  }
}

function nameInput(input, name) {
  // The label wraps the number too; a reader of the screen would hear a new name at each step.
  if (input.type !== "radio") input.setAttribute("aria-label", name);
}
