// Words of a block that are talked about are underlined; the list of them stands in #commented. Places
// come in characters of the server, which counts an emoji as one.
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView } from "@codemirror/view";

const words = StateEffect.define();
const mark = Decoration.mark({ class: "commented" });

export const commented = StateField.define({
  create: () => Decoration.none,
  update(marks, change) {
    let now = marks.map(change.changes);
    for (const effect of change.effects) {
      if (!effect.is(words)) continue;
      const fit = effect.value.filter(({ from, to }) => from < to && to <= change.state.doc.length);
      now = Decoration.set(fit.map(({ from, to }) => mark.range(from, to)), true);
    }
    return now;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function show() {
  const known = [...document.querySelectorAll("#commented li")].map((item) => item.dataset);
  for (const block of document.querySelectorAll("li.block")) {
    const view = block.querySelector("block-editor")?.view;
    if (!view) continue;
    const letters = [...view.state.doc.toString()];
    const place = (count) => letters.slice(0, Number(count)).join("").length;
    const mine = known.filter((one) => one.block === block.dataset.key);
    view.dispatch({ effects: words.of(mine.map((one) => ({ from: place(one.from), to: place(one.to) }))) });
  }
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", show);
else queueMicrotask(show);
document.addEventListener("htmx:afterSettle", ({ target }) => ["commented", "blocks"].includes(target.id) && show());
document.addEventListener("htmx:oobAfterSwap", show);
