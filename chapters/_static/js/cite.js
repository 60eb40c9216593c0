// A button beside each number of the ledger that copies it with all that is needed to quote it.
import { copy } from "./clipboard.js";

export function offerCitations() {
  for (const box of document.querySelectorAll(".llmbook-cite")) {
    const button = document.createElement("button");
    const status = document.createElement("span");
    button.type = "button";
    button.textContent = "Copy";
    button.setAttribute("aria-label", `Copy ${box.dataset.claim} with formula and inputs`);
    status.setAttribute("role", "status");
    button.addEventListener("click", () => cite(box, status));
    box.prepend(button, status);
  }
}

function cite(box, status) {
  const words = box.querySelector(".llmbook-citation");
  const lines = [...words.children].map((line) => line.textContent);
  const here = new URL(`#${box.dataset.claim}`, location.href).href;
  return copy([...lines, `Link: ${here}`].join("\n"), status, () => {
    box.querySelector("details").open = true;
    getSelection().selectAllChildren(words);
  });
}
