// Reads drawings (width, height, RGBA) from a file and writes the images of each preparation into another: see draw.py.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [, , module, drawings, images] = process.argv;
const { preparePicture } = await import(pathToFileURL(module));
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
writeFileSync(images, Buffer.concat(found));
