// What is saved elsewhere: "<key>:<revision>" when the words of one block changed, and only that block
// is asked for; ":<revision>" when the draft's structure did. What this page has already is not asked
// for again. Without either (the stream was away) the whole list is.
const list = () => document.getElementById("blocks");
const tell = (target, name) => target.dispatchEvent(new CustomEvent(name));

function theList(revision = Infinity) {
  if (!(Number(list().dataset.revision) >= revision)) tell(document.body, "touch-blocks");
}

const revisionOf = (block) => Number(block.querySelector("form[data-autosave] [name=revision]")?.value || 0);

async function theBlock(key, revision) {
  const block = document.getElementById(`block-${key}`);
  if (!block) return theList();
  // Perhaps it was saved here, and only the answer is still on its way.
  const form = block.querySelector("form[data-autosave]");
  await document.querySelector("draft-editor").savers.get(form?.action)?.running;
  if (block.isConnected && revisionOf(block) < revision) tell(block, "touch-block");
}

function heard({ detail }) {
  const [key, revision] = (detail?.part || "").split(":");
  if (key) theBlock(key, Number(revision));
  else theList(revision ? Number(revision) : Infinity);
}

/** The tag of the list keeps its topic for as long as the page is open. */
export const listen = () => list() && document.body.addEventListener(list().dataset.topic, heard);
