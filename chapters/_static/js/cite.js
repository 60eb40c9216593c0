// A button beside each number of the ledger that copies it with all that is needed to quote it.

export function offerCitations() {
  for (const box of document.querySelectorAll(".llmbook-cite")) {
    const button = document.createElement("button");
    const status = document.createElement("span");
    button.type = "button";
    button.textContent = "Copy";
    button.setAttribute("aria-label", `Copy ${box.dataset.claim} with formula and inputs`);
    status.setAttribute("role", "status");
    button.addEventListener("click", () => copy(box, status));
    box.prepend(button, status);
  }
}

async function copy(box, status) {
  const words = box.querySelector(".llmbook-citation");
  const lines = [...words.children].map((line) => line.textContent);
  const here = new URL(`#${box.dataset.claim}`, location.href).href;
  try {
    await navigator.clipboard.writeText([...lines, `Link: ${here}`].join("\n"));
    status.textContent = "Copied";
  } catch {
    // A page that was not served safely may not write to the clipboard; its reader can.
    box.querySelector("details").open = true;
    getSelection().selectAllChildren(words);
    status.textContent = "Selected, to be copied by hand";
  }
}
