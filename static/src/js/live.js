// <live-topic topics="draft:12 prompt:7">: one EventSource a tab. Events carry ids only; whoever shows
// the topic fetches it again (hx-trigger="touch-draft-12 from:body"), so rights are checked at the fetch.
const POLL = 20000;
const wanted = new Map();
let source = null;
let asked = "";
let timer = 0;
// Since when nothing is heard: the page was asked for (after redirects), or the last stream ended.
let deafSince = performance.getEntriesByType("navigation")[0]?.requestStart || 0;

/** `part`: which piece of it changed, if only that; else whoever shows it asks for all of it. */
const fire = (topic, part = "") => document.body.dispatchEvent(new CustomEvent(`touch-${topic.replaceAll(":", "-")}`, { detail: { part } }));
const fireAll = () => wanted.forEach((_, topic) => fire(topic));

function close() {
  if (source?.readyState === EventSource.OPEN) deafSince = performance.now();
  source?.close();
  source = null;
  clearInterval(timer);
  timer = 0;
}

/** Until the stream is back: ask for everything now and then, and try the stream again. */
function poll() {
  timer ||= setInterval(() => {
    fireAll();
    if (source?.readyState === EventSource.CLOSED) connect();
  }, POLL);
}

const topics = () => [...wanted.keys()].sort().join(",");

function connect() {
  close();
  asked = topics();
  if (document.hidden || !wanted.size) return;
  const age = Math.ceil(performance.now() - deafSince);
  source = new EventSource(`/live?topics=${encodeURIComponent(asked)}&age=${age}`);
  source.addEventListener("touch", (event) => {
    const { topic, part } = JSON.parse(event.data);
    fire(topic, part);
  });
  source.addEventListener("open", () => {
    clearInterval(timer);
    timer = 0;
  });
  source.addEventListener("error", poll);
}

let planned = 0;
/** A page that is drawn anew takes its topics away and puts them back: the stream stays open then. */
const plan = () =>
  (planned ||= setTimeout(() => {
    planned = 0;
    if (!source || topics() !== asked) connect();
  }));

class LiveTopic extends HTMLElement {
  connectedCallback() {
    this.topics = (this.getAttribute("topics") || "").split(/[\s,]+/).filter(Boolean);
    for (const topic of this.topics) wanted.set(topic, (wanted.get(topic) || 0) + 1);
    plan();
  }

  disconnectedCallback() {
    for (const topic of this.topics) {
      const left = wanted.get(topic) - 1;
      if (left > 0) wanted.set(topic, left);
      else wanted.delete(topic);
    }
    plan();
  }
}
customElements.define("live-topic", LiveTopic);

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return close();
  connect();
  fireAll();
});
addEventListener("pagehide", close);
