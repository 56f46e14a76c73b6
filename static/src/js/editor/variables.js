// The variables that the draft declares, for completion and for marking unknown names.
// Data: [{"name", "label", "sample"}], from #variables, from a saved answer, or from
// <declared-variables data-json="…"> inside any swapped piece.

const heard = new Set();
let variables = [];

export const declared = () => variables;
export const isDeclared = (name) => variables.some((variable) => variable.name === name);

/** Calls back whenever the declarations change; returns how to stop. */
export function onDeclared(listener) {
  heard.add(listener);
  return () => heard.delete(listener);
}

/** Takes a list or its JSON. */
export function declare(data) {
  if (!data) return;
  const list = typeof data === "string" ? JSON.parse(data) : data;
  if (JSON.stringify(list) === JSON.stringify(variables)) return;
  variables = list;
  for (const listener of heard) listener();
}

class DeclaredVariables extends HTMLElement {
  static observedAttributes = ["data-json"];

  attributeChangedCallback() {
    declare(this.dataset.json);
  }
}
customElements.define("declared-variables", DeclaredVariables);
