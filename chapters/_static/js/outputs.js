// Writes the results behind the sliders into the page.

export function showOutputs(figure, view, format) {
  for (const output of figure.querySelectorAll("output[data-signal]")) {
    const { signal, format: pattern, unit } = output.dataset;
    const inWords = pattern ? format(pattern) : String;
    const write = (value) => {
      output.dataset.value = value;
      output.textContent = text(value, inWords, unit);
    };
    write(view.signal(signal));
    view.addSignalListener(signal, (_, value) => write(value));
  }
}

function text(value, inWords, unit) {
  if (typeof value !== "number") return String(value);
  if (!Number.isFinite(value)) return "not defined";
  return unit ? `${inWords(value)}\u00a0${unit}` : inWords(value);
}
