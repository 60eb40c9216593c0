// What draws a chart, in one file that a page fetches when its first chart comes near.
import embed from "vega-embed";
import { defaultLocale } from "vega";
import { expressionInterpreter } from "vega-interpreter";

// A chart carries its data; one that asks for more is a mistake, and the site makes no request for it.
const refuse = () => Promise.reject(new Error("a chart of this book loads nothing"));
const loader = { load: refuse, sanitize: refuse, http: refuse, file: refuse };

const options = {
  actions: false,
  renderer: "svg",
  defaultStyle: false,
  loader,
  // Expressions are walked through, not compiled: the page forbids compiling code.
  ast: true,
  expr: expressionInterpreter,
};

window.llmbookVega = {
  embed: (element, spec) => embed(element, spec, options),
  format: (pattern) => defaultLocale().format(pattern),
};
