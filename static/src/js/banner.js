// Notices under the header: offline, signed out, a text that cannot be saved.
import { element, icon, word } from "./page.js";

/** Shows one banner per id; `actions` are links or buttons. */
export function banner(id, sign, text, ...actions) {
  const box = document.getElementById("banners");
  if (!box || document.getElementById(id)) return;
  box.append(element("div", { id, class: "banner", role: "alert" }, icon(sign), element("p", {}, text), ...actions));
}

export function dropBanner(id) {
  document.getElementById(id)?.remove();
}

export function signedOut() {
  const address = new URL(document.body.dataset.signin || "/", location.href);
  address.searchParams.set("next", location.pathname + location.search);
  const link = element("a", { class: "btn", href: address.href, target: "_blank", rel: "noopener" }, word("sign_in"));
  banner("signed-out", "lock", word("signed_out"), link);
}

addEventListener("offline", () => banner("offline", "wifi-off", word("offline")));
addEventListener("online", () => dropBanner("offline"));
