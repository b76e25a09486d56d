// node prove.mjs MODEL CONTRACT FOLDER native|wasm: classifies FOLDER/images.bin, one image at a time, and writes what
// came of it. It is how edgemnist proves index.mjs, and no part of a product.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { openClassifier } from "./index.mjs";

process.on("uncaughtException", ({ message }) => {
  console.error(message);
  process.exit(2);
});

const [, , model, contract, folder, kind] = process.argv;
const classifier = await openClassifier({ wasm: kind === "wasm", model, contract });
const images = readFileSync(join(folder, "images.bin"));
const scores = [];
const probabilities = [];
for (let at = 0; at < images.length; at += classifier.pixelCount) {
  const answer = await classifier.classify(images.subarray(at, at + classifier.pixelCount));
  scores.push(bytesOf(answer.scores));
  probabilities.push(bytesOf(answer.probabilities));
}
writeFileSync(join(folder, "scores.bin"), Buffer.concat(scores));
writeFileSync(join(folder, "probabilities.bin"), Buffer.concat(probabilities));

function bytesOf(values) {
  return Buffer.from(values.buffer.slice(values.byteOffset, values.byteOffset + values.byteLength));
}
