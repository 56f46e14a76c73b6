// `{{` lists the declared variables, with type and sample.
import { declared } from "./variables.js";

function insert(name) {
  return (view, completion, from, to) => {
    const after = view.state.sliceDoc(to, to + 2);
    const text = `${name}}}`;
    const end = after === "}}" ? to + 2 : to;
    view.dispatch({ changes: { from, to: end, insert: text }, selection: { anchor: from + text.length }, userEvent: "input.complete" });
  };
}

const option = (variable) => ({
  label: variable.name,
  detail: [variable.label, variable.sample].filter(Boolean).join(" · "),
  apply: insert(variable.name),
});

export function completeVariable(context) {
  const typed = context.matchBefore(/\{\{ {0,8}[A-Za-z0-9_]*/);
  if (!typed) return null;
  const before = context.state.sliceDoc(Math.max(0, typed.from - 2), typed.from);
  if (before.endsWith("\\") && before !== "\\\\") return null;
  const name = typed.text.replace(/^\{\{ */, "");
  return { from: typed.to - name.length, options: declared().map(option), validFor: /^[A-Za-z0-9_]*$/ };
}
