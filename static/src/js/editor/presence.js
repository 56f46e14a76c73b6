// Says every 15 seconds which block has the caret, so that others see it; advice, never a lock.
import { csrf } from "../shared.js";

const BEAT = 15000;
let timer = 0;
let block = null;

function beat() {
  if (!block?.isConnected || !block.contains(document.activeElement) || document.hidden) return stop();
  const headers = { "X-CSRFToken": csrf(), "HX-Request": "true" };
  fetch(block.dataset.presenceUrl, { method: "POST", headers, redirect: "manual" }).catch(() => {});
}

function stop() {
  clearInterval(timer);
  block = null;
}

export function presence(next) {
  if (!next || next === block) return;
  stop();
  block = next;
  timer = setInterval(beat, BEAT);
  beat();
}
