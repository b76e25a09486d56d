// A classifier on ONNX Runtime: onnxruntime-node and onnxruntime-web have the same interface.

import { Classifier } from "./classifier.mjs";

/**
 * @param {object} ort - the module of either package.
 * @param {Uint8Array} model - the .onnx file.
 * @param {object} contract
 * @returns {Promise<Classifier>}
 */
export async function openOnnx(ort, model, contract) {
  // One thread: a page opened from a file has no shared memory, and the network is too small to gain from more.
  const options = { intraOpNumThreads: 1, interOpNumThreads: 1 };
  const session = await ort.InferenceSession.create(model, options);
  const { input, output } = contract;
  const dims = [1, ...input.shape];
  return new Classifier(contract, async (values) => {
    const answers = await session.run({ [input.name]: new ort.Tensor(input.dtype, values, dims) });
    return answers[output.name].data;
  });
}
