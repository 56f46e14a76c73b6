// Text that the server has not confirmed lies in this browser, under the person and the page it
// belongs to: two tabs in one block keep two texts. Each page holds a lock while it lives; what a
// page left behind is taken over by the next one that shows the same form.
const PREFIX = "galley:text:";
const page = [...crypto.getRandomValues(new Uint8Array(9))].map((byte) => byte.toString(36)).join("");
let held = false;

// With what follows the "?": the drafts of a prompt have the same block under the same path.
function key(action) {
  const { pathname, search } = new URL(action, location.href);
  return `${PREFIX}${document.body.dataset.person || ""}:${pathname}${search}`;
}

const mine = (action) => `${key(action)}#${page}`;
const lock = (of) => `galley:page:${of}`;

/** Says to the other tabs that this page lives and sends its own text. */
function hold() {
  if (held) return;
  held = true;
  navigator.locks?.request(lock(page), () => new Promise(() => {})).catch(() => {});
}

export function stash(action, entries) {
  hold();
  try {
    localStorage.setItem(mine(action), JSON.stringify(entries));
  } catch {
    // Full or forbidden storage: the text is still in the page and is being sent.
  }
}

/** Lets go of what this page kept. */
export function unstash(action) {
  forget(mine(action));
}

function forget(name) {
  try {
    localStorage.removeItem(name);
  } catch {
    // Nothing was kept.
  }
}

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}

function left(action) {
  try {
    const all = Object.keys(localStorage).filter((name) => name.split("#")[0] === key(action));
    return all.filter((name) => name !== mine(action));
  } catch {
    return [];
  }
}

/**
 * Hands each text that another page kept for this form to `take(entries)`, as soon as that page is
 * gone, one at a time. What `take` resolves to true for is let go of here.
 */
export function adopt(action, take) {
  for (const name of left(action)) {
    const once = async () => {
      const entries = read(name);
      if (entries && (await take(entries))) forget(name);
    };
    // Without locks (a page without https) nobody knows who lives: twice the same words merge into one.
    const asked = navigator.locks ? navigator.locks.request(lock(name.split("#")[1] || "none"), once) : once();
    asked.catch(() => {});
  }
}

// Signing out leaves nothing behind.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-signout]")) return;
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX)) localStorage.removeItem(name);
  } catch {
    // Forbidden storage: nothing was kept.
  }
});
