// Reads drawings (width, height, RGBA) from a file and writes the images of each preparation into another: see draw.py.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [, , module, drawings, images] = process.argv;
const { DIGIT_SIZE, isBlank, preparePicture } = await import(pathToFileURL(module));
const PICTURES = [
  { preparation: "digit", ink: "bright" },
  { preparation: "digit", ink: "dark" },
  { preparation: "fit", ink: "any" },
  { preparation: "fit", ink: "bright" },
  { preparation: "fit", ink: "dark" },
];
const bytes = readFileSync(drawings);
const found = [];
for (let at = 0; at < bytes.length; ) {
  const [width, height] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)];
  const end = at + 8 + 4 * width * height;
  for (const picture of PICTURES) found.push(preparePicture(bytes.subarray(at + 8, end), width, height, picture));
  at = end;
}
const asItIs = (width, height) => {
  return preparePicture(new Uint8Array(4 * width * height).fill(255), width, height, { preparation: "none", ink: "dark" });
};
assert.throws(() => asItIs(DIGIT_SIZE, DIGIT_SIZE - 1), /28 x 27 pixels, expected 28 x 28/);
assert.equal(Math.min(...asItIs(DIGIT_SIZE, DIGIT_SIZE)), 255); // not inverted
const faint = (level) => new Uint8Array(DIGIT_SIZE ** 2).fill(level, 9);
assert.deepEqual([15, 16].map(faint).map(isBlank), [true, false]);
writeFileSync(images, Buffer.concat(found));
