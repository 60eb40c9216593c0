// The box "Try it here": the code of a cell, to be changed and run by Python in the page.

// A page that stands alone has its scripts inside it, and no Python beside it.
const folder = document.currentScript.src.replace(/[^/]*$/, "");
const LIMIT_SECONDS = 30;
// Fetching and starting Python; one that has answered before answers at once.
const START_SECONDS = 180;
const ANSWER_SECONDS = 10;
// Those before the cell that it takes its numbers from.
const INPUTS = ".cell.tag_parameters, .cell.tag_injected-parameters";

export function offerPython() {
  for (const cell of document.querySelectorAll(".cell.tag_try-it")) {
    const box = make("div", { className: "llmbook-try" });
    cell.after(box);
    if (folder && location.protocol !== "file:") offer(cell, box);
    else box.append(make("p", { className: "llmbook-try-status" }, ...needsServer()));
  }
}

function needsServer() {
  return [
    "This code can be changed and run in the book's site when that comes from a server; ",
    "a browser starts no Python for a file. In the folder of the site run ",
    make("code", {}, "python3 -m http.server"),
    " and open http://localhost:8000 in the browser.",
  ];
}

function offer(cell, box) {
  const place = JSON.parse(document.getElementById("llmbook-python").textContent);
  const run = make("button", { type: "button" }, "Change and run this code");
  const hint = `Fetches Python from this site, ${place.megabytes} MB at most, once. What you type stays here.`;
  const status = make("p", { className: "llmbook-try-status", role: "status" }, hint);
  const bar = make("div", { className: "llmbook-try-bar" }, run);
  box.append(bar, status);
  run.addEventListener("click", () => openEditor(cell, { box, bar, run, status, place }), { once: true });
}

function openEditor(cell, { box, bar, run, status, place }) {
  const inputs = [...document.querySelectorAll(INPUTS)].map((other) => readBy(cell, codeOf(other)));
  const code = [...inputs, codeOf(cell)].filter(Boolean).join("\n\n");
  const editor = makeEditor(code);
  const stop = make("button", { type: "button", disabled: true }, "Stop");
  const reset = make("button", { type: "button" }, "Reset");
  const output = make("div", { className: "llmbook-try-output", tabIndex: 0 });
  output.setAttribute("role", "region");
  output.setAttribute("aria-label", "Output of your code");
  output.setAttribute("aria-live", "polite");
  run.textContent = "Run";
  run.title = "Ctrl+Enter in the code";
  bar.append(stop, reset);
  box.prepend(editor);
  box.append(output);
  cell.hidden = true;

  const show = (text, className = "") => output.append(make("span", { className }, text));
  const python = makePython(place, {
    show,
    tell: (words) => (status.textContent = words),
    busy: (isBusy) => {
      if (!isBusy && document.activeElement === stop) run.focus();
      stop.disabled = !isBusy;
      // Not disabled, so that the focus stays where the reader left it.
      run.setAttribute("aria-disabled", isBusy);
    },
  });
  const start = () => {
    if (!stop.disabled) return;
    output.replaceChildren();
    python.run(editor.value);
  };
  run.addEventListener("click", start);
  stop.addEventListener("click", () => python.end("Stopped."));
  reset.addEventListener("click", () => {
    editor.value = code;
    fit(editor);
    output.replaceChildren();
    // What the code has changed in Python itself would outlive the text.
    python.end("Back at the start.");
  });
  editor.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    start();
  });
  start();
}

// One Python for a box; ended with its worker, since nothing else can interrupt it.
function makePython(place, { show, tell, busy }) {
  let worker, timer, began;
  let patience = START_SECONDS;

  function end(words) {
    worker?.terminate();
    worker = undefined;
    patience = START_SECONDS;
    finish(words);
  }

  function finish(words) {
    clearTimeout(timer);
    tell(words);
    busy(false);
  }

  function hear({ data }) {
    if (data.kind === "running") {
      began = performance.now();
      patience = ANSWER_SECONDS;
      clearTimeout(timer);
      timer = setTimeout(() => end(`Stopped: not done after ${LIMIT_SECONDS} seconds.`), LIMIT_SECONDS * 1000);
      tell("Running …");
    } else if (data.kind === "output") {
      show(data.text);
    } else if (data.kind === "failed") {
      end(`Python could not go on: ${data.reason}`);
    } else {
      if (data.problem) show(data.problem, "llmbook-try-problem");
      const seconds = ((performance.now() - began) / 1000).toPrecision(2);
      finish(data.problem ? "Ended with an error, told below." : `Done in ${seconds} s.`);
    }
  }

  function run(code) {
    busy(true);
    if (!worker) {
      tell("Fetching Python …");
      worker = new Worker(folder + place.worker, { type: "module" });
      worker.onmessage = hear;
      worker.onerror = (event) => {
        event.preventDefault();
        end("Python could not be started. Is the site still there?");
      };
    }
    clearTimeout(timer);
    timer = setTimeout(() => end(`Python did not answer in ${patience} seconds; run it again.`), patience * 1000);
    const [pyodide, archive] = [folder + place.pyodide, folder + place.package];
    worker.postMessage({ code, pyodide, package: archive });
  }

  return { run, end };
}

function makeEditor(code) {
  const editor = make("textarea", { className: "llmbook-try-code", value: code, spellcheck: false });
  editor.setAttribute("aria-label", "Your Python code; Ctrl+Enter runs it");
  editor.setAttribute("autocapitalize", "off");
  editor.setAttribute("autocomplete", "off");
  editor.setAttribute("autocorrect", "off");
  editor.setAttribute("wrap", "off");
  editor.addEventListener("input", () => fit(editor));
  fit(editor);
  return editor;
}

function fit(editor) {
  editor.rows = Math.min(editor.value.split("\n").length + 1, 40);
}

// An input that the cell does not read would be changed in vain.
function readBy(cell, lines) {
  const names = new Set(codeOf(cell).match(/\w+/g));
  return lines.split("\n").filter((line) => names.has(line.match(/^\w*/)[0])).join("\n");
}

function codeOf(cell) {
  return cell.querySelector(".cell_input pre").textContent.trim();
}

function make(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}
