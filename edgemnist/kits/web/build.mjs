// Puts the page, its models and their runtimes into one HTML file that works from anywhere, a double click included:
// node build.mjs writes build/digits.html.

import { build } from "esbuild";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { encodeText } from "./text.mjs";

const read = (path) => readFileSync(new URL(path, import.meta.url));
const find = createRequire(import.meta.url).resolve;

const models = JSON.parse(read("models.json"));
const runtimes = new Set(models.map((model) => model.runtime));

// What each runtime needs beside its code. LiteRT.js comes in four builds: "compat" asks least of a browser.
const RUNTIME_ASSETS = {
  onnx: { "onnx.wasm": () => find("onnxruntime-web/ort-wasm-simd-threaded.wasm") },
  litert: {
    "litert.js": () => findLitert("litert_wasm_compat_internal.js"),
    "litert.wasm": () => findLitert("litert_wasm_compat_internal.wasm"),
  },
};

function findLitert(name) {
  return find("@litertjs/core").replace(/dist[/\\]index\.js$/, `wasm/${name}`);
}

async function bundle() {
  const has = (runtime) => String(runtimes.has(runtime));
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("main.mjs", import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    minify: true,
    legalComments: "eof", // the licences of what is inside stay with it
    define: { WITH_ONNX: has("onnx"), WITH_LITERT: has("litert") },
    external: ["module", "node:*"], // what is only asked for in Node.js
    logLevel: "warning",
  });
  return outputFiles[0].text;
}

function* listAssets() {
  for (const runtime of runtimes) {
    for (const [name, locate] of Object.entries(RUNTIME_ASSETS[runtime])) yield [name, readFileSync(locate())];
  }
  for (const { file, golden } of models) {
    yield [file, read(file)];
    if (golden) yield [golden, read(golden)];
  }
}

function embed([name, content]) {
  const packed = gzipSync(content, { level: 9 });
  return `<script type="text/plain" id="asset-${name}" data-bytes="${packed.length}">${encodeText(packed)}</script>\n`;
}

// What would end the script, or begin a comment in it, is the same string to JavaScript with one backslash more.
const script = (await bundle()).replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
const parts = {
  style: `<style>\n${read("style.css")}</style>`,
  assets: [...listAssets()].map(embed).join(""),
  script: `<script type="module">\n${script}</script>`,
};
const page = read("page.html").toString().replace(/<!-- put: (\w+) -->/g, (_, name) => parts[name]);
mkdirSync(new URL("build", import.meta.url), { recursive: true });
writeFileSync(new URL("build/digits.html", import.meta.url), page);
console.log(`build/digits.html: ${(page.length / 1e6).toFixed(2)} MB, open it with a double click`);
