// Who else is here: says every 15 seconds that this tab is, which block has the caret and whether
// somebody types in it, and shows the others. Advice, never a lock: nothing here stops a save.
import { announce, csrf } from "../shared.js";

const BEAT = 15000;
const TYPING = 4000; // at most so often while somebody types
const PAUSE = 10000; // after the last keystroke others may take over
const SETTLE = 150;

const tab = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const root = () => document.getElementById("presence");
let at = "";
let said = -TYPING;
let typing = false;
let pause = 0;
let settle = 0;
let asking = null;
let again = false;

async function ask(address, options = {}) {
  const headers = { Accept: "text/html", "HX-Request": "true", "X-CSRFToken": csrf() };
  const answer = await fetch(address, { redirect: "manual", headers, ...options });
  if (answer.ok && answer.status === 200) take(await answer.text());
}

function beat(news = {}) {
  const here = root();
  if (!here) return;
  const body = new URLSearchParams({ tab, ...news });
  // Without an answer nobody is told: the next beat comes by itself.
  ask(here.dataset.beat, { method: "POST", body }).catch(() => {});
}

/** One question at a time; what is asked for meanwhile is asked once more. */
function refresh() {
  if (asking) return (again = true);
  asking = ask(root().dataset.url)
    .catch(() => {})
    .finally(() => {
      asking = null;
      if (again) refresh((again = false));
    });
}

function take(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("presence");
  const here = root();
  if (!fresh || !here || fresh.innerHTML === here.innerHTML) return;
  const before = writing();
  here.replaceChildren(...fresh.childNodes);
  draw();
  const began = [...writing()].filter((words) => !before.has(words));
  if (began.length) announce(began.join(". "));
}

/** What is said of those who type in the block that has the caret here. */
function writing() {
  const lines = [...root().querySelectorAll("[data-writes]")].filter((line) => at && line.dataset.present === at);
  return new Set(lines.map((line) => line.textContent.trim()));
}

function draw() {
  const here = root();
  if (!here) return;
  for (const block of document.querySelectorAll("li.block[data-key]")) {
    const lines = [...here.querySelectorAll("[data-present]")].filter((line) => line.dataset.present === block.dataset.key);
    ring(block, lines[0]?.dataset.hue || "");
    fill(slot(block, lines.length > 0), lines);
  }
}

function ring(block, hue) {
  const old = block.dataset.ring || "";
  if (old !== hue && old) block.classList.remove(old);
  block.classList.toggle("other", Boolean(hue));
  if (hue) block.classList.add(hue);
  if (hue) block.dataset.ring = hue;
  else delete block.dataset.ring;
}

function slot(block, needed) {
  const found = block.querySelector("[data-here]");
  if (found || !needed) return found;
  const made = document.createElement("div");
  made.dataset.here = block.dataset.key;
  (block.querySelector(":scope > .label > span") || block).append(made);
  return made;
}

function fill(place, lines) {
  if (!place) return;
  const wanted = lines.map((line) => line.innerHTML).join("");
  if (place.innerHTML === wanted) return;
  place.replaceChildren(...lines.flatMap((line) => [...line.cloneNode(true).childNodes]));
}

function moved(to) {
  clearTimeout(settle);
  settle = setTimeout(() => {
    if (to === at) return;
    at = to;
    beat({ block: at });
  }, SETTLE);
}

function typed() {
  clearTimeout(pause);
  pause = setTimeout(() => {
    typing = false;
    beat({ typing: "no" });
  }, PAUSE);
  if (typing && performance.now() - said < TYPING) return;
  typing = true;
  said = performance.now();
  beat({ block: at, typing: "yes" });
}

const keyAt = (target) => target.closest?.("li.block")?.dataset.key || "";

document.addEventListener("focusin", (event) => root() && moved(keyAt(event.target)));
document.addEventListener("input", (event) => {
  const key = keyAt(event.target);
  if (!key || !root()) return;
  at = key;
  typed();
});
document.addEventListener("click", (event) => {
  const key = event.target.closest("[data-take]")?.dataset.take;
  if (!key) return;
  at = key;
  typing = true;
  said = performance.now();
  beat({ block: key, take: "yes" });
  document.querySelector(`li.block[data-key="${CSS.escape(key)}"]`)?.querySelector("block-editor, textarea")?.focus();
});
document.addEventListener("htmx:afterSwap", draw);
document.addEventListener("visibilitychange", () => !document.hidden && beat({ block: at }));
addEventListener("pageshow", (event) => event.persisted && beat({ block: at }));
addEventListener("pagehide", () => {
  const here = root();
  if (here) navigator.sendBeacon(here.dataset.beat, new URLSearchParams({ tab, leave: "yes", csrfmiddlewaretoken: csrf() }));
});

function begin() {
  const here = root();
  if (!here) return;
  document.body.addEventListener(here.dataset.topic, refresh);
  setInterval(() => document.hidden || beat(), BEAT);
  beat();
  draw();
}
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();
