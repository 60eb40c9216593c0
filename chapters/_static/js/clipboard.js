// Copies a text; a page that was not served safely may not, and its reader does it by hand.

export async function copy(text, status, byHand) {
  try {
    await navigator.clipboard.writeText(text);
    status.textContent = "Copied";
  } catch {
    status.textContent = byHand() ?? "Selected, to be copied by hand";
  }
}
