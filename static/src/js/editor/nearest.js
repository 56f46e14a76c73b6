// Which declared name somebody meant: as apps/prompts/nearest.py finds it.
const MOST = 3;

/** Letters put in, left out, exchanged or swapped with their neighbour. */
function slips(a, b) {
  let before = [];
  let last = [...Array(b.length + 1).keys()];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      let least = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, before[j - 2] + 1);
      row.push(least);
    }
    [before, last] = [last, row];
  }
  return last[b.length];
}

/** The closest of the names, the first of equals; "" when none is close. */
export function nearest(name, names) {
  const allowed = Math.min(MOST, Math.floor(name.length / 3));
  const found = names.map((other) => slips(name.toLowerCase(), other.toLowerCase()));
  const least = Math.min(...found);
  return least <= allowed ? names[found.indexOf(least)] : "";
}
