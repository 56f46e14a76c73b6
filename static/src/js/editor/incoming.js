// What is pasted or dropped into a text. Words go in; lists arrive with dashes; what cannot go in is
// said, and then nothing is changed. A file that is dropped beside a text never replaces the page.
import { toast, word } from "../shared.js";
import { put } from "./fields.js";

const LIMIT = 256 * 1024; // bytes of a block: apps/prompts/content/shape.py
const REFUSED = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const TEXT_NAME = /\.(?:txt|md|markdown|text|csv|tsv|json|jsonl|xml|ya?ml|toml|html?|log|prompt)$/i;
const BLOCKS = /^(?:ADDRESS|ARTICLE|ASIDE|BLOCKQUOTE|DD|DIV|DL|DT|FIGURE|FOOTER|FORM|H[1-6]|HEADER|HR|LI|MAIN|OL|P|PRE|SECTION|TABLE|TR|UL)$/;
const SKIPPED = /^(?:SCRIPT|STYLE|TEMPLATE|HEAD|TITLE|NOSCRIPT|IFRAME|OBJECT|SVG)$/i;
const STYLED = /\s(?:style|on[a-z]+)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>"']+)/gi;

const sizeOf = (text) => new TextEncoder().encode(text).length;
const say = (text) => toast(text, "error");

// ---- words of HTML ----

/** The words of pasted HTML, a line for each paragraph, a dash or number before each item of a list. */
function fromHtml(html) {
  const lines = [""];
  // Looks go first: a parsed document keeps our policy, and would report each of them.
  const bare = html.replace(/<style[\s\S]*?<\/style\s*>/gi, "").replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(STYLED, ""));
  walk(new DOMParser().parseFromString(bare, "text/html").body, lines, 0);
  return lines.map((line) => line.trimEnd()).join("\n").replace(/\n{3,}/g, "\n\n").trim();
}

function walk(node, lines, depth) {
  for (const child of node.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) add(child, lines);
    else if (child.nodeType === Node.ELEMENT_NODE && !SKIPPED.test(child.nodeName)) enter(child, lines, depth);
  }
}

function add(node, lines) {
  if (node.parentElement.closest("pre")) return lines.push(lines.pop() + node.data);
  const text = node.data.replace(/[ \t\r\n\f]+/g, " ");
  const line = lines.pop();
  lines.push(line + (!line.trim() || line.endsWith(" ") ? text.trimStart() : text));
}

function enter(node, lines, depth) {
  if (node.nodeName === "BR") return lines.push("");
  const list = /^[OU]L$/.test(node.nodeName);
  const block = BLOCKS.test(node.nodeName);
  const item = node.parentElement.closest("li");
  // The paragraph that some programs put into an item stands behind its dash.
  const fresh = () => block && lines.at(-1).trim() && !(item && /^\s*(?:-|\d+\.) $/.test(lines.at(-1))) && lines.push("");
  fresh();
  if (node.nodeName === "LI") lines[lines.length - 1] = `${"  ".repeat(Math.max(0, depth - 1))}${mark(node)} `;
  if (/^T[DH]$/.test(node.nodeName) && lines.at(-1).trim()) lines[lines.length - 1] += " ";
  walk(node, lines, depth + (list ? 1 : 0));
  fresh();
  if ((/^(?:P|H[1-6])$/.test(node.nodeName) && !item) || (list && depth === 0)) lines.push("");
}

function mark(item) {
  if (item.parentElement.nodeName !== "OL") return "-";
  return `${[...item.parentElement.children].filter((one) => one.nodeName === "LI").indexOf(item) + 1}.`;
}

/** Programs that know lists write them into the HTML alone. */
function wordsOf(transfer) {
  const plain = transfer.getData("text/plain");
  const html = transfer.getData("text/html");
  return html && (!plain || /<li[\s>]/i.test(html)) ? fromHtml(html) : plain;
}

// ---- the text that takes it ----

/** {text, from, to, put(words)} of the editor or field that an event is for; null elsewhere. */
function home(event) {
  const editor = event.target.closest?.("block-editor");
  if (editor?.view) return editor.view.state.readOnly ? null : ofView(editor.view, event);
  const field = event.target.closest?.("draft-editor textarea, draft-editor input.blocktitle");
  if (!field || field.readOnly) return null;
  const { selectionStart: from, selectionEnd: to, value } = field;
  return { field, chosen: value.slice(from, to), put: (words) => put(field, from, to, words) };
}

function ofView(view, event) {
  const { from, to } = view.state.selection.main;
  const at = event.type === "drop" ? view.posAtCoords({ x: event.clientX, y: event.clientY }, false) : null;
  const place = at === null ? { from, to } : { from: at, to: at };
  const insert = (words) => {
    const anchor = place.from + words.length;
    view.dispatch({ changes: { ...place, insert: words }, selection: { anchor }, userEvent: "input.paste", scrollIntoView: true });
    view.focus();
  };
  return { field: view.dom.closest("block-editor").querySelector("textarea"), chosen: view.state.sliceDoc(place.from, place.to), put: insert };
}

/** Bytes of everything that is typed into the block of this field. */
function held(field) {
  const form = field.closest("form[data-autosave]");
  if (!form) return -Infinity;
  return [...form.querySelectorAll("textarea, input.blocktitle")].reduce((sum, one) => sum + sizeOf(one.value), 0);
}

function fits(text, size) {
  const total = held(text.field) - sizeOf(text.chosen) + size;
  if (total <= LIMIT) return true;
  say(word("too_large", Math.ceil(total / 1024).toLocaleString("en")));
  return false;
}

function insert(text, words) {
  const clean = words.replace(/\r\n?/g, "\n").replace(REFUSED, "");
  const left = (words.match(REFUSED) || []).length;
  if (!fits(text, sizeOf(clean))) return;
  if (clean) text.put(clean);
  if (left) toast(left === 1 ? word("left_out_one") : word("left_out", left), "warning");
}

const stop = (event) => (event.preventDefault(), event.stopImmediatePropagation());

// ---- files ----

const isText = (file) => (/^text\/|json|xml/.test(file.type) && !/^image/.test(file.type)) || (!file.type && TEXT_NAME.test(file.name)) || TEXT_NAME.test(file.name);

async function takeFiles(text, files) {
  if (files.some((file) => file.type.startsWith("image/"))) return say(word("image"));
  if (!files.every(isText)) return say(word("no_text_file"));
  if (!text) return say(word("drop_on_text"));
  if (!fits(text, files.reduce((sum, file) => sum + file.size, 0))) return;
  const read = await Promise.all(files.map(decoded));
  if (read.includes(null)) return say(word("no_text_file"));
  insert(text, read.join("\n\n"));
}

async function decoded(file) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
  } catch {
    return null;
  }
}

// ---- events ----

const editing = () => document.querySelector("draft-editor");

document.addEventListener(
  "paste",
  (event) => {
    const text = editing() && event.clipboardData ? home(event) : null;
    if (!text) return;
    const words = wordsOf(event.clipboardData);
    const files = [...event.clipboardData.files];
    if (!words && !files.length) return;
    stop(event);
    if (words) insert(text, words);
    else takeFiles(text, files);
  },
  true,
);

const withFiles = (event) => Boolean(editing() && event.dataTransfer?.types.includes("Files"));

document.addEventListener("dragover", (event) => {
  if (!withFiles(event)) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
});
document.addEventListener(
  "drop",
  (event) => {
    if (!editing() || !event.dataTransfer) return;
    const text = home(event);
    if (withFiles(event)) {
      stop(event);
      takeFiles(text, [...event.dataTransfer.files]);
    } else if (text) {
      const words = wordsOf(event.dataTransfer);
      const odd = words.search(REFUSED) >= 0 || held(text.field) + sizeOf(words) > LIMIT;
      if (!odd) return;
      stop(event);
      insert(text, words);
    }
  },
  true,
);
