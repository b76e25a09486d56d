// A model with its contract: pixels in, an answer out. Which runtime is behind it is its opener's affair: see onnx.mjs
// and litert.mjs.

import { decodeScores, makeEncoder } from "./encoding.mjs";

export class Classifier {
  #encode;
  #run;

  /**
   * @param {object} contract - the document that edgemnist put into the model.
   * @param {(values: TypedArray) => Promise<TypedArray>} run - input values of one image to scores.
   */
  constructor(contract, run) {
    this.contract = contract;
    this.pixelCount = contract.input.shape.reduce((count, size) => count * size, 1); // of one image
    this.#encode = makeEncoder(contract.input);
    this.#run = run;
  }

  /**
   * Classifies one image.
   *
   * @param {Uint8Array} pixels - `pixelCount` bytes, row by row, 0 (black) … 255 (white ink): see preparation.mjs.
   * @returns {Promise<{label: string, index: number, probabilities: Float32Array, scores: TypedArray}>}
   */
  async classify(pixels) {
    if (pixels.length !== this.pixelCount) {
      throw new RangeError(`${pixels.length} pixels, expected ${this.pixelCount}`);
    }
    const scores = await this.#run(this.#encode(pixels));
    const probabilities = decodeScores(this.contract.output, scores);
    const index = probabilities.indexOf(Math.max(...probabilities));
    return { label: this.contract.labels[index], index, probabilities, scores };
  }
}
