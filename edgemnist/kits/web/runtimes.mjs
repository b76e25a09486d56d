// Each model of the page, opened in its runtime. WITH_ONNX and WITH_LITERT are set by build.mjs, so that a page holds
// the code of those that it needs.

import { readAsset } from "./assets.mjs";
import models from "./models.json";

export { models };

const openers = {};
const opened = new Map();

if (WITH_ONNX) {
  openers.onnx = async ({ file, contract }) => {
    const [ort, { openOnnx }] = await Promise.all([import("onnxruntime-web/wasm"), import("./onnx.mjs")]);
    ort.env.wasm.numThreads = 1; // more would need headers that only a server can send
    ort.env.wasm.wasmBinary = await readAsset("onnx.wasm");
    return openOnnx(ort, await readAsset(file), contract);
  };
}

if (WITH_LITERT) {
  openers.litert = async ({ file, contract }) => {
    const [litert, { openLitert }] = await Promise.all([import("@litertjs/core"), import("./litert.mjs")]);
    // Its loader starts a script by address and asks the global Module for the rest.
    const wasmBinary = await readAsset("litert.wasm");
    self.Module = { wasmBinary };
    const script = URL.createObjectURL(new Blob([await readAsset("litert.js")], { type: "text/javascript" }));
    await litert.loadLiteRt(`${script}#litert.js`);
    return openLitert(litert, await readAsset(file), contract);
  };
}

/**
 * Opens a model of the page, once.
 *
 * @param {{runtime: string, file: string, contract: object}} model
 * @returns {Promise<import("./classifier.mjs").Classifier>}
 */
export function openModel(model) {
  if (!opened.has(model)) opened.set(model, openers[model.runtime](model));
  return opened.get(model);
}
