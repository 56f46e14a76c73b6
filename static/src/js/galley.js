// On every page: everything beyond plain links and forms, one file a behaviour.
import * as banners from "./banner.js";
import * as page from "./page.js";
import * as requests from "./requests.js";
import * as stashes from "./stash.js";
import * as toasts from "./toasts.js";
import "./morph.js";
import "./theme.js";
import "./menus.js";
import "./tabs.js";
import "./copy.js";
import "./keys.js";
import "./palette.js";
import "./filter.js";
import "./live.js";
import "./review.js";
import "./quote.js";
import "./mention.js";
import "./submit.js";
import "./autopost.js";
import "./share.js";
import "./board.js";
import "./drawer.js";
import "./bulk.js";
import "./cells.js";
import "./drop.js";
import "./trial.js";
import "./rate.js";

// The editor's script, which only the draft page loads, takes these through shared.js.
globalThis.galley = { ...banners, ...page, ...requests, ...stashes, ...toasts };
