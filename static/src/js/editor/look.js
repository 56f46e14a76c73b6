// CodeMirror in our clothes. It brings styles of its own in a <style> outside our layers, so the
// overrides go the same way.
import { EditorView } from "@codemirror/view";

export const look = EditorView.theme({
  "&": { fontSize: "16px", background: "none", color: "inherit" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "inherit", lineHeight: "1.65", overflow: "visible" },
  ".cm-content": { padding: "0", caretColor: "var(--primary)", minHeight: "1.65em" },
  ".cm-line": { padding: "0" },
  ".cm-placeholder": { color: "var(--muted)" },
  ".cm-tooltip": { zIndex: 30, border: "0", borderRadius: "var(--r-card)", background: "var(--raised)", boxShadow: "var(--shadow)", color: "var(--text)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--sans)", fontSize: "14px", padding: "6px", minWidth: "300px", maxWidth: "min(372px, 90vw)", maxHeight: "50vh" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { display: "flex", alignItems: "baseline", gap: "10px", padding: "8px 10px", borderRadius: "var(--r-control)", lineHeight: "1.5" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { background: "var(--primary-tint)", color: "var(--text)" },
  ".cm-completionLabel": { font: "500 13px/1.3 var(--mono)", background: "var(--chip-bg)", color: "var(--chip)", borderRadius: "4px", padding: "1px 5px" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "650" },
  ".cm-completionDetail": { marginInlineStart: "auto", fontStyle: "normal", color: "var(--muted)", fontSize: "13px", overflow: "hidden", textOverflow: "ellipsis" },
});
