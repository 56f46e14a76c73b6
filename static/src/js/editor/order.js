// Dragging blocks by their grip; the new order is posted and the list comes back from the server.
// Buttons and Alt+Shift+arrows do the same without a mouse. The answer says where the block stands now.
import Sortable from "sortablejs";

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export function sortable(editor) {
  const list = editor.querySelector("ol.blocks[data-order-url]");
  if (!list) return;
  Sortable.create(list, {
    handle: ".grip",
    draggable: "li.block",
    animation: calm() ? 0 : 140,
    // Not the browser's own dragging: a block dropped onto an editor would land in it as text.
    forceFallback: true,
    fallbackTolerance: 4,
    onEnd: (event) => event.oldIndex !== event.newIndex && moved(editor, list, event),
  });
}

async function moved(editor, list, event) {
  const order = [...list.querySelectorAll("li.block")].map((block) => block.dataset.key);
  await editor.flush();
  window.htmx.ajax("POST", list.dataset.orderUrl, {
    source: list,
    target: "#blocks",
    swap: "morph:outerHTML",
    values: { order, moved: event.item.dataset.key },
  });
}
