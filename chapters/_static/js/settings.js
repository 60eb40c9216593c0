// Keeps the numbers of a calculator in the address of the page: copy the link, get the same numbers.
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
// A browser refuses an address that changes with every step of a slider.
const PATIENCE = 250;

export function readInputs(figure) {
  const text = figure.querySelector(".llmbook-inputs")?.textContent;
  return text ? JSON.parse(text) : [];
}

// The numbers that the address asks for, or why it is refused as a whole.
export function asked(name, inputs, search = location.search) {
  const values = new Map();
  for (const [key, text] of own(name, new URLSearchParams(search))) {
    const input = inputs.find((item) => `${name}.${item.key}` === key);
    if (!input) return { problem: `${key}, which it does not have` };
    if (values.has(input.key)) return { problem: `${input.label} twice` };
    const value = parse(input, text);
    if (value === undefined) return { problem: `${input.label} = ${text}, which is not ${allowed(input)}` };
    values.set(input.key, value);
  }
  return { values };
}

function own(name, parameters) {
  return [...parameters].filter(([key]) => key.startsWith(`${name}.`));
}

function parse(input, text) {
  if (input.named) return place(input, text);
  if (!NUMBER.test(text)) return undefined;
  const value = Number(text);
  return value === input.start || inside(input, value) ? value : undefined;
}

function place(input, text) {
  const found = input.names.indexOf(text);
  return found < 0 ? undefined : found;
}

function inside({ options, low, high }, value) {
  return options ? options.includes(value) : low <= value && value <= high;
}

function allowed({ names, options, named, low, high, unit }) {
  if (named) return `one of ${names.join(", ")}`;
  if (options) return `one of ${options.join(", ")}`;
  return `a number from ${low} to ${high} ${unit}`.trim();
}

export function settings(inputs, view) {
  return inputs.map((input) => [input, view.signal(`set_${input.key}`)]);
}

// All numbers of a calculator that was changed: its start may be another in a later edition.
export function address(name, inputs, view) {
  const url = new URL(location.href);
  for (const [key] of own(name, url.searchParams)) url.searchParams.delete(key);
  const now = settings(inputs, view);
  if (now.some(([input, value]) => value !== input.start)) {
    for (const [input, value] of now) {
      url.searchParams.append(`${name}.${input.key}`, input.named ? input.names[value] : value);
    }
  }
  return url;
}

export function followSettings(name, inputs, view) {
  let waiting;
  const write = () => {
    clearTimeout(waiting);
    try {
      history.replaceState(history.state, "", address(name, inputs, view));
    } catch {
      // A page in a frame without an address of its own has none to change.
    }
  };
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(write, PATIENCE);
  };
  for (const { key } of inputs) view.addSignalListener(`set_${key}`, later);
  return write;
}
