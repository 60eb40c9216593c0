// Writes the results behind the sliders into the page.

export function showOutputs(figure, view, format) {
  for (const output of figure.querySelectorAll("output[data-signal]")) {
    const { signal, format: pattern } = output.dataset;
    const inWords = pattern ? format(pattern) : String;
    follow(view, signal, (value) => {
      output.dataset.value = value;
      output.textContent = text(value, inWords);
    });
  }
  const inDigits = format(",.3~r");
  for (const ratio of figure.querySelectorAll("[data-ratio]")) {
    const base = Number(ratio.dataset.base);
    follow(view, ratio.dataset.ratio, (value) => {
      ratio.textContent = base === 0 ? "\u2013" : text(value / base, inDigits);
    });
  }
  for (const number of figure.querySelectorAll("[data-number]")) {
    follow(view, number.dataset.number, (value) => {
      number.textContent = inPython(value);
    });
  }
}

// Writes the value of a signal now and whenever it changes.
export function follow(view, signal, write) {
  write(view.signal(signal));
  view.addSignalListener(signal, (_, value) => write(value));
}

function text(value, inWords) {
  if (typeof value !== "number") return String(value);
  if (!Number.isFinite(value)) return "not defined";
  return inWords(value);
}

// The shortest digits that mean this very number, with a point that makes it no integer.
function inPython(value) {
  const digits = String(value);
  return /^-?\d+$/.test(digits) ? `${digits}.0` : digits;
}
