// A digit classifier for Node.js:
//
//     import { openClassifier } from "./index.mjs";
//     const classifier = await openClassifier();
//     const { label, probabilities } = await classifier.classify(classifier.prepare(rgba, width, height));

import { readFile } from "node:fs/promises";

import { openOnnx } from "./onnx.mjs";

export { isBlank, prepareDigit, preparePicture } from "./preparation.mjs";

const MODEL = new URL("small_int8.onnx", import.meta.url);
const CONTRACT = new URL("contract.json", import.meta.url);

/**
 * Opens the model.
 *
 * @param {object} [options]
 * @param {boolean} [options.wasm] - run on WebAssembly, where no native add-on can be loaded.
 * @param {string | URL} [options.model] - another .onnx file.
 * @param {string | URL} [options.contract] - and its contract.
 * @returns {Promise<import("./classifier.mjs").Classifier>}
 */
export async function openClassifier({ wasm = false, model = MODEL, contract = CONTRACT } = {}) {
  const [ort, content, document] = await Promise.all([loadRuntime(wasm), readFile(model), readFile(contract, "utf8")]);
  return openOnnx(ort, content, JSON.parse(document));
}

async function loadRuntime(wasm) {
  process.env.ORT_DISABLE_TELEMETRY ??= "1"; // else it reports each model that is run to its vendor
  if (!wasm) return (await import("onnxruntime-node")).default;
  const ort = await import("onnxruntime-web/wasm");
  ort.env.wasm.numThreads = 1;
  return ort;
}
