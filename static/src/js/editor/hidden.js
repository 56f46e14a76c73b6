// Characters that nobody sees, drawn as marks with their name: the ones of apps/prompts/invisible.py.
import { RangeSetBuilder } from "@codemirror/state";
import { Decoration, ViewPlugin } from "@codemirror/view";

const SUSPECT =
  /[\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\ue000-\uf8ff\u{13430}-\u{1343f}\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}\u{f0000}-\u{10ffff}]/gu;
const FLAG = /\u{1f3f4}[\u{e0061}-\u{e007a}]{5}\u{e007f}/gu;
const PICTURE = /(?:\p{So}|\p{Sk}|\p{Sm}|\p{Po}|\ufe0f)$/u;
const JOINED = /[\u0600-\u0dff\u1800-\u18af]$/u;
const NAMES = {
  "\u00a0": "No-break space",
  "\u00ad": "Soft hyphen",
  "\u200b": "Zero width space",
  "\u200c": "Zero width non-joiner",
  "\u200d": "Zero width joiner",
  "\u200e": "Left-to-right mark",
  "\u200f": "Right-to-left mark",
  "\u2028": "Line separator",
  "\u2029": "Paragraph separator",
  "\u202a": "Left-to-right embedding",
  "\u202b": "Right-to-left embedding",
  "\u202c": "Pop directional formatting",
  "\u202d": "Left-to-right override",
  "\u202e": "Right-to-left override",
  "\u2060": "Word joiner",
  "\ufeff": "Byte order mark",
};

function name(letter) {
  const code = letter.codePointAt(0);
  if (code >= 0xe0020 && code <= 0xe007e) return `Tag character ${String.fromCodePoint(code - 0xe0000)}`;
  return NAMES[letter] || `Character U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

const joins = (text) => JOINED.test(text) || (PICTURE.test(text) && text.codePointAt(0) > 0xa8);

/** Part of an emoji, or a joiner between two letters that are written with it. */
function harmless(letter, before, after) {
  if (letter === "\u200c" || letter === "\u200d") return joins(before) && joins(after);
  if (letter === "\ufe0e" || letter === "\ufe0f") return joins(before) || (/[0-9#*]$/.test(before) && after === "\u20e3");
  return false;
}

/** [{from, to, name}] of a text. */
export function hidden(text, offset = 0) {
  const flags = [...text.matchAll(FLAG)].map((flag) => [flag.index, flag.index + flag[0].length]);
  const found = [];
  for (const { 0: letter, index } of text.matchAll(SUSPECT)) {
    if (flags.some(([from, to]) => index >= from && index < to)) continue;
    const before = [...text.slice(Math.max(0, index - 2), index)].at(-1) || "";
    const after = [...text.slice(index + letter.length, index + letter.length + 2)][0] || "";
    if (!harmless(letter, before, after)) found.push({ from: offset + index, to: offset + index + letter.length, name: name(letter) });
  }
  return found;
}

function drawn(view) {
  const builder = new RangeSetBuilder();
  for (const { from, to } of view.visibleRanges) {
    for (const one of hidden(view.state.doc.sliceString(from, to), from)) {
      builder.add(one.from, one.to, Decoration.mark({ class: "odd", attributes: { "data-marker": one.name } }));
    }
  }
  return builder.finish();
}

export const hiddenMarks = ViewPlugin.fromClass(
  class {
    constructor(view) {
      this.decorations = drawn(view);
    }

    update(update) {
      if (update.docChanged || update.viewportChanged) this.decorations = drawn(update.view);
    }
  },
  { decorations: (value) => value.decorations },
);
