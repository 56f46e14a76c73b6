// On the draft page only, after galley.js.
import "./editor/draft-editor.js";
import "./editor/block-editor.js";
