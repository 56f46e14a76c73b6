// Short notes in the corner: at least ten seconds, longer under the pointer or the focus; errors stay.
import { element, icon, word } from "./page.js";

const STAY = 12000;
const ICONS = { success: "ok", info: "info", warning: "warn", error: "error" };

class ToastNote extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => event.target.closest("button[data-dismiss]") && this.remove());
    // It goes when the answer is there: until then its form has to be in the page to be swapped from.
    this.addEventListener("submit", () => this.classList.add("gone"));
    this.addEventListener("htmx:afterRequest", () => this.remove());
    if (this.classList.contains("error")) return;
    for (const name of ["pointerenter", "focusin"]) this.addEventListener(name, () => clearTimeout(this.timer));
    for (const name of ["pointerleave", "focusout"]) this.addEventListener(name, () => this.wait());
    this.wait();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.remove(), STAY);
  }
}
customElements.define("toast-note", ToastNote);

function undoing(act) {
  const button = element("button", { class: "link", type: "button", "data-dismiss": "" }, word("undo"));
  button.addEventListener("click", act);
  return button;
}

/** A toast made by the script itself; the same words are not stacked. `undo` takes back what it says. */
export function toast(text, level = "success", undo = null) {
  const box = document.getElementById("toasts");
  if (!box) return;
  for (const shown of box.children) if (shown.querySelector("p")?.textContent === text) shown.remove();
  const close = element("button", { class: "iconbtn", type: "button", "data-dismiss": "", "aria-label": word("dismiss") }, icon("x", "s"));
  const note = element("toast-note", { class: `toast ${level}` }, icon(ICONS[level]), element("p", {}, text), ...(undo ? [undoing(undo)] : []), close);
  if (level === "error") note.setAttribute("role", "alert");
  box.append(note);
}
