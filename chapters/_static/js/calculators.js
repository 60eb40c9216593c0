// What surrounds the controls of a calculator: its address, its start, its buttons.
import { copy } from "./clipboard.js";
import { address, asked, followSettings, readInputs } from "./settings.js";

export function equip(figure, view) {
  const name = figure.dataset.calculator;
  if (!name) return;
  const inputs = readInputs(figure);
  markStarts(figure, inputs);
  const bar = buttons(figure);
  const write = followSettings(name, inputs, view);
  const { values, problem } = asked(name, inputs);
  if (values?.size) set(view, values);
  if (problem) refuse(bar, problem);
  bar.on("Copy link", () => {
    write();
    const url = address(name, inputs, view);
    url.hash = figure.id;
    return copy(url.href, bar.status, () => "Copy it from the address of this page");
  });
  bar.on("Copy as Python", () => copyPython(figure, bar.status));
  bar.on("Reset", () => {
    bar.box.querySelector(".llmbook-refused")?.remove();
    set(view, new Map(inputs.map(({ key, start }) => [key, start])));
    write();
    bar.status.textContent = "Back at the start";
  });
}

function set(view, values) {
  for (const [key, value] of values) view.signal(`set_${key}`, value);
  view.run();
}

function refuse({ box }, problem) {
  const message = document.createElement("p");
  message.className = "llmbook-refused";
  message.setAttribute("role", "alert");
  message.textContent = `The address asks for ${problem}. This calculator stands at its start.`;
  box.prepend(message);
}

function buttons(figure) {
  const box = document.createElement("div");
  box.className = "llmbook-actions";
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", figure.querySelector(".llmbook-title").textContent);
  const status = document.createElement("span");
  status.setAttribute("role", "status");
  box.append(status);
  figure.querySelector(".llmbook-outputs").before(box);
  const on = (label, act) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", act);
    status.before(button);
  };
  return { box, status, on };
}

function copyPython(figure, status) {
  const box = figure.querySelector(".llmbook-python");
  const code = box.querySelector("code");
  return copy(`${code.textContent}\n`, status, () => {
    box.open = true;
    getSelection().selectAllChildren(code);
  });
}

// A tick on the slider and a line below the control say where the paper stands.
function markStarts(figure, inputs) {
  for (const { key, mark } of inputs) {
    const control = figure.querySelector(`[name=set_${key}]`);
    const words = document.createElement("small");
    words.id = `${figure.id}-${key}`;
    words.className = "llmbook-start";
    words.textContent = mark.words;
    control.parentElement.append(words);
    control.setAttribute("aria-describedby", words.id);
    if (control.type === "range" && "at" in mark) tick(control, mark.at);
  }
}

function tick(control, at) {
  const list = document.createElement("datalist");
  const option = document.createElement("option");
  option.value = at;
  list.id = `${control.getAttribute("aria-describedby")}-tick`;
  list.append(option);
  control.after(list);
  control.setAttribute("list", list.id);
}
