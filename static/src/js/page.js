// What every behaviour needs of the page: words, icons, the token of forms, the nonce of styles.
const script = document.currentScript;

/** The nonce lies in the property of our script tag, never in an attribute that a style could read. */
export const nonce = script ? script.nonce : "";

document.documentElement.classList.add("js");

let sentences;

/** A translated sentence by its key; `%s` is replaced by `value`. */
export function word(key, value = "") {
  sentences ??= JSON.parse(document.getElementById("words")?.textContent || "{}");
  return (sentences[key] || key).replace("%s", value);
}

export function icon(name, size = "") {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", `ic ${size}`.trim());
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${document.body.dataset.sprite}#i-${name}`);
  svg.append(use);
  return svg;
}

/** An element with attributes and children; text children are text, never HTML. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export const csrf = () => document.body.dataset.csrf || "";

/**
 * After signing in again the token of this page is stale: take the new one from the page itself.
 * False when nobody is signed in, or somebody else.
 */
export async function renewToken() {
  const answer = await fetch(location.href, { redirect: "manual", headers: { Accept: "text/html" } });
  if (answer.type === "opaqueredirect" || !answer.ok) return false;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body.dataset;
  if (!fresh.csrf || fresh.person !== document.body.dataset.person) return false;
  document.body.dataset.csrf = fresh.csrf;
  return true;
}

/** Says something to people who do not see the page, once. */
export function announce(text) {
  let region = document.getElementById("announcer");
  if (!region) {
    region = element("div", { id: "announcer", class: "vh", role: "status", "aria-live": "polite" });
    document.body.append(region);
  }
  region.textContent = "";
  setTimeout(() => (region.textContent = text), 60);
}
