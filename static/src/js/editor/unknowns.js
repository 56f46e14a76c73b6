// Under a text: each name that it uses and nobody declared, with what was probably meant, and a way
// to declare it.
import { csrf, element, refusal, signedOut, toast, word } from "../shared.js";
import { unknownNames, variables } from "./chips.js";
import { put } from "./fields.js";
import { nearest } from "./nearest.js";
import { declare, declared } from "./variables.js";

const braced = (name) => `{{${name}}}`;

/** Each use of a name in a text, the last one first: [from, to] of the name alone. */
const uses = (text, name) => variables(text).filter((one) => one.name === name).map((one) => [one.open, one.close]).reverse();

/** Another name in a textarea, use by use. */
export function respellField(field, name, to) {
  for (const [from, end] of uses(field.value, name)) put(field, from, end, to);
}

/** The same in an editor, as one step that can be undone. */
export function respellView(view, name, to) {
  const changes = uses(view.state.doc.toString(), name).map(([from, end]) => ({ from, to: end, insert: to }));
  if (changes.length) view.dispatch({ changes, userEvent: "input.replace" });
}

export class Unknowns {
  /** `host` has `texts()`, `respell(name, to)` and `focus()`, and the address in data-declare. */
  constructor(host) {
    this.host = host;
    this.shown = "";
  }

  draw() {
    const known = declared().map((one) => one.name);
    const names = [...new Set(this.host.texts().flatMap(unknownNames))].map((name) => [name, nearest(name, known)]);
    const told = JSON.stringify(names);
    if (told === this.shown) return;
    this.shown = told;
    this.list?.remove();
    this.list = names.length ? element("ul", { class: "unknowns small" }, ...names.map(([name, near]) => this.line(name, near))) : null;
    if (this.list) this.host.append(this.list);
  }

  line(name, near) {
    const line = element("li", { class: "row tight" }, element("span", { class: "bad" }, word("unknown", name)));
    if (near) line.append(this.button(word("meant", braced(near)), () => this.host.respell(name, near)));
    const add = this.button(word("add_unknown"), () => addVariable(this.host.dataset.declare, name));
    add.append(element("span", { class: "vh" }, ` ${name}`));
    line.append(add);
    return line;
  }

  button(text, act) {
    const made = element("button", { class: "link", type: "button" }, text);
    made.addEventListener("click", () => Promise.resolve(act()).then(() => this.host.focus()));
    return made;
  }
}

/** Declares a required text of this name; every editor and pane hears of it. */
async function addVariable(address, name) {
  const body = new URLSearchParams({ name, type: "text", required: "yes" });
  const headers = { Accept: "application/json", "HX-Request": "true", "X-CSRFToken": csrf() };
  const answer = await fetch(address, { method: "POST", body, headers, redirect: "manual" }).catch(() => null);
  if (!answer) return toast(word("slow"), "error");
  if (answer.type === "opaqueredirect" || answer.status === 401) return signedOut();
  const text = await answer.text();
  if (!answer.ok) return toast(sentence(text), "error");
  declare(JSON.parse(text).variables);
  toast(word("declared", name));
  document.body.dispatchEvent(new CustomEvent("draft-saved", { detail: {} }));
}

function sentence(text) {
  try {
    return Object.values(JSON.parse(text).errors).flat().join(" ");
  } catch {
    return refusal(text) || word("failed");
  }
}

// The pane of variables lists unknown names too: there the same word is changed in every text.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-respell]");
  if (!button) return;
  event.preventDefault();
  const { respell, to } = button.dataset;
  for (const text of document.querySelectorAll("draft-editor block-editor, draft-editor example-rows")) text.respell?.(respell, to);
});
