// hx-swap="morph:outerHTML": the new HTML is laid over the old, so that focus, scroll and open
// editors stay. Forms with unsaved text are left alone; editors take over newer text themselves.
import { Idiomorph } from "idiomorph";

function keep(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) return true;
  if (globalThis.galley.keeps?.(old, fresh)) return false;
  if (old.matches("form[data-autosave]") && old.unsaved) return false;
  // An open choice between two texts, and why a text was not taken, stay until they are settled here.
  // So does another wording that somebody is writing beside the words.
  if (old.matches("[data-merge]:not(:empty), [data-block-error]:not([hidden]), [data-wording]:not(:empty)")) return false;
  // So does a comment that somebody is writing, with the box it is in.
  if (old.matches("form[data-said]") && [...old.elements].some((one) => /^(body|quote)$/.test(one.name) && one.value)) return false;
  if (old.matches("details.reply[open], details.resolved[open]") && fresh.localName === "details") fresh.setAttribute("open", "");
  // So does a filter that is chosen and not asked for yet: what it offers does not change.
  if (old.matches("form.tagpick")) return false;
  // How much is said about a block is told by the list of conversations, not by every list of blocks.
  if (old.matches("[data-comments]") && !fresh.hasAttribute?.("data-known")) return false;
  if (old.localName === fresh.localName && old.matches("block-editor, example-rows")) {
    old.takeOver(fresh);
    return false;
  }
  // A list that stands beside the block it was asked for, with what was typed to find in it.
  if (old.matches("details.menu[open]:has([data-where], [name=after])")) return false;
  if (old.matches("details.menu[open]") && fresh.localName === "details") fresh.setAttribute("open", "");
  return true;
}

// Somebody deleted a block in which words wait: it goes once they are saved with it, on the server.
const stays = (gone) => gone.nodeType === Node.ELEMENT_NODE && (globalThis.galley.staysWithWords?.(gone) || hasWords(gone));
const hasWords = (gone) => [...gone.querySelectorAll("form[data-autosave]")].some((form) => form.unsaved);

const extension = {
  isInlineSwap: (style) => style === "morph" || style === "morph:outerHTML",
  handleSwap(style, target, fragment) {
    if (!style.startsWith("morph")) return false;
    const morphStyle = style === "morph:innerHTML" ? "innerHTML" : "outerHTML";
    return Idiomorph.morph(target, fragment.children, { morphStyle, callbacks: { beforeNodeMorphed: keep, beforeNodeRemoved: (gone) => !stays(gone) } });
  },
};
window.htmx?.defineExtension("morph", extension);
