// {{variables}} drawn as chips: marks over the real text, so that caret, copying and readers stay right.
// The braces take no room unless the caret is at them.
import { RangeSetBuilder, StateEffect } from "@codemirror/state";
import { Decoration, ViewPlugin } from "@codemirror/view";
import { isDeclared } from "./variables.js";

const VARIABLE = /(\\{0,2})(\{\{ {0,8})([A-Za-z_][A-Za-z0-9_]{0,63})( {0,8}\}\})/g;

/** Asks all editors to draw their chips again. */
export const redraw = StateEffect.define();

/** [{from, to, open, close, name}] of a text; `\{{` stands for itself and is no variable. */
export function variables(text, offset = 0) {
  const found = [];
  for (const match of text.matchAll(VARIABLE)) {
    const [whole, slashes, left, name, right] = match;
    if (slashes === "\\") continue;
    const from = offset + match.index + slashes.length;
    const to = offset + match.index + whole.length;
    found.push({ from, to, open: from + left.length, close: to - right.length, name });
  }
  return found;
}

export const unknownNames = (text) => [...new Set(variables(text).map((one) => one.name))].filter((name) => !isDeclared(name));

const touched = ({ hasFocus, state }, one) =>
  hasFocus && state.selection.ranges.some((range) => range.to >= one.from && range.from <= one.to);

function drawn(view, draw) {
  const builder = new RangeSetBuilder();
  for (const { from, to } of view.visibleRanges) {
    const start = view.state.doc.lineAt(from).from;
    const text = view.state.doc.sliceString(start, view.state.doc.lineAt(to).to);
    for (const one of variables(text, start)) draw(builder, one, view);
  }
  return builder.finish();
}

function plugin(draw) {
  return ViewPlugin.fromClass(
    class {
      constructor(view) {
        this.decorations = drawn(view, draw);
      }

      update(update) {
        const asked = update.transactions.some((one) => one.effects.some((effect) => effect.is(redraw)));
        if (update.docChanged || update.selectionSet || update.viewportChanged || update.focusChanged || asked) {
          this.decorations = drawn(update.view, draw);
        }
      }
    },
    { decorations: (value) => value.decorations },
  );
}

const brace = Decoration.mark({ class: "brace" });
const known = Decoration.mark({ class: "var" });
const unknown = Decoration.mark({ class: "var unknown" });

export const braces = plugin((builder, one, view) => {
  if (touched(view, one)) return;
  builder.add(one.from, one.open, brace);
  builder.add(one.close, one.to, brace);
});

export const chips = plugin((builder, one) => builder.add(one.from, one.to, isDeclared(one.name) ? known : unknown));
