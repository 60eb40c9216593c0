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
  if (input.options) return option(input, text);
  const value = number(text);
  if (input.whole && !Number.isInteger(value)) return undefined;
  return input.low <= value && value <= input.high ? value : undefined;
}

function number(text) {
  return NUMBER.test(text) ? Number(text) : undefined;
}

// By its name; a link of an earlier edition holds the number, where one stands for the option.
function option({ options, names, named }, text) {
  if (names.includes(text)) return options[names.indexOf(text)];
  return named ? undefined : options.find((value) => value === number(text));
}

function allowed({ names, low, high, unit, whole }) {
  // Names have commas.
  return names ? `one of ${names.join("; ")}` : `a ${whole ? "whole " : ""}number from ${low} to ${high} ${unit}`.trim();
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
      url.searchParams.append(`${name}.${input.key}`, inWords(input, value));
    }
  }
  return url;
}

// An option goes by its name: its number may be another in a later edition.
function inWords({ options, names }, value) {
  return options ? names[options.indexOf(value)] : value;
}

export function followSettings(name, inputs, view) {
  let waiting;
  const write = () => {
    clearTimeout(waiting);
    try {
      // In place: Back leaves the page, and does not undo each step of a slider.
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
