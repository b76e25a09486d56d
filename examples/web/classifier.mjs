// A model with its contract: pixels in, an answer out. Which runtime is behind it is its opener's affair: see onnx.mjs
// and litert.mjs.

import { decodeScores, makeEncoder } from "./encoding.mjs";
import { preparePicture } from "./preparation.mjs";

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
   * Makes an image of a picture, of the kind that the model was trained on: see preparation.mjs.
   *
   * @param {Uint8Array | Uint8ClampedArray} rgba - 4 · width · height bytes, row by row, as a canvas gives them.
   * @returns {Uint8Array} what `classify` takes.
   * @throws {RangeError} where the model takes pictures of one size only, and this one has another.
   */
  prepare(rgba, width, height) {
    return preparePicture(rgba, width, height, this.contract.picture);
  }

  /**
   * Classifies one image.
   *
   * @param {Uint8Array} pixels - `pixelCount` bytes, row by row, 0 (black) … 255 (white): what `prepare` gives.
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
