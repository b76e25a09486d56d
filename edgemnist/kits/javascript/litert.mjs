// A classifier on LiteRT.js, which loadLiteRt() has made ready.

import { Classifier } from "./classifier.mjs";

/**
 * @param {object} litert - the module @litertjs/core.
 * @param {Uint8Array} model - the .tflite file.
 * @param {object} contract
 * @returns {Promise<Classifier>}
 */
export async function openLitert(litert, model, contract) {
  const compiled = await litert.loadAndCompile(model, { accelerator: "wasm" });
  const dims = [1, ...contract.input.shape];
  return new Classifier(contract, async (values) => {
    const input = new litert.Tensor(values, dims);
    const outputs = await compiled.run([input]);
    const scores = outputs[0].toTypedArray().slice(); // a copy: the tensors lie in the WebAssembly's own memory
    for (const tensor of [input, ...outputs]) tensor.delete();
    return scores;
  });
}
