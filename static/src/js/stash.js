// Text that the server has not confirmed lies in this browser, under the person it belongs to.
const PREFIX = "galley:text:";
// With what follows the "?": the drafts of a prompt have the same block under the same path.
function key(action) {
  const { pathname, search } = new URL(action, location.href);
  return `${PREFIX}${document.body.dataset.person || ""}:${pathname}${search}`;
}

export function stash(action, entries) {
  try {
    localStorage.setItem(key(action), JSON.stringify(entries));
  } catch {
    // Full or forbidden storage: the text is still in the page and is being sent.
  }
}

export function stashed(action) {
  try {
    return JSON.parse(localStorage.getItem(key(action)));
  } catch {
    return null;
  }
}

/** Lets go of what this tab kept; another tab of the same person may have kept other words since. */
export const unstash = (action, entries) => {
  try {
    if (entries && localStorage.getItem(key(action)) !== JSON.stringify(entries)) return;
    localStorage.removeItem(key(action));
  } catch {
    // Nothing was kept.
  }
};

// Signing out leaves nothing behind.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-signout]")) return;
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX)) localStorage.removeItem(name);
  } catch {
    // Forbidden storage: nothing was kept.
  }
});
