// Runs in a worker: Python beside the page, which stays alive whatever the code does.
const HOME = "/reader";
let starting;

self.onmessage = async ({ data }) => {
  try {
    starting ??= start(data);
    const run = await starting;
    self.postMessage({ kind: "running" });
    const problem = run(data.code, (text) => self.postMessage({ kind: "output", text }));
    self.postMessage({ kind: "done", problem: problem ?? null });
  } catch (error) {
    fail(error);
  }
};

// Pyodide only mutters where its program cannot be had, and then waits for ever.
const instantiate = WebAssembly.instantiateStreaming;
WebAssembly.instantiateStreaming = async (...given) => {
  try {
    return await instantiate(...given);
  } catch (error) {
    fail(error);
    throw error;
  }
};

function fail(error) {
  self.postMessage({ kind: "failed", reason: error.message || String(error) });
}

async function start({ pyodide: folder, package: address }) {
  const fetched = fetchPackage(address);
  const { loadPyodide } = await import(`${folder}pyodide.mjs`);
  const python = await loadPyodide({ indexURL: folder });
  python.unpackArchive(await fetched, "zip", { extractDir: HOME });
  python.runPython(`import sys; sys.path.insert(0, ${JSON.stringify(HOME)})`);
  return python.pyimport("llmbook.scratchpad").run;
}

async function fetchPackage(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  return response.arrayBuffer();
}
