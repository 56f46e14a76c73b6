// The smallest pieces of a text that become another text, so that a caret between two of them stays
// where its words are: [{from, to, insert}] for CodeMirror, in order.
const MOST = 4_000_000; // cells of the table; beyond it lines are compared, then nothing
const WORDS = /\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu;
const LINES = /[^\n]*\n|[^\n]+/g;

export function edits(old, text) {
  let from = 0;
  let end = 0;
  const shorter = Math.min(old.length, text.length);
  while (from < shorter && old[from] === text[from]) from += 1;
  while (end < shorter - from && old[old.length - 1 - end] === text[text.length - 1 - end]) end += 1;
  const left = old.slice(from, old.length - end);
  const right = text.slice(from, text.length - end);
  if (!left && !right) return [];
  for (const pattern of [WORDS, LINES]) {
    const [a, b] = [left.match(pattern) || [], right.match(pattern) || []];
    if (a.length * b.length <= MOST) return pieces(a, b, from);
  }
  return [{ from, to: from + left.length, insert: right }];
}

/** Along the longest common run of words. */
function pieces(a, b, start) {
  const width = b.length + 1;
  const table = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const at = i * width + j;
      table[at] = a[i] === b[j] ? table[at + width + 1] + 1 : Math.max(table[at + width], table[at + 1]);
    }
  }
  const found = [];
  let [i, j, place] = [0, 0, start];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      place += a[i].length;
      [i, j] = [i + 1, j + 1];
      continue;
    }
    const piece = { from: place, to: place, insert: "" };
    while ((i < a.length || j < b.length) && !(i < a.length && j < b.length && a[i] === b[j])) {
      const drop = j >= b.length || (i < a.length && table[(i + 1) * width + j] >= table[i * width + j + 1]);
      if (drop) piece.to = place += a[i++].length;
      else piece.insert += b[j++];
    }
    found.push(piece);
  }
  return found;
}
