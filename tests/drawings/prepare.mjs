// Reads drawings (width, height, RGBA) from a file and writes the digits into another: see draw.py.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [, , module, drawings, digits] = process.argv;
const { prepareDigit } = await import(pathToFileURL(module));
const bytes = readFileSync(drawings);
const found = [];
for (let at = 0; at < bytes.length; ) {
  const [width, height] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)];
  const end = at + 8 + 4 * width * height;
  found.push(prepareDigit(bytes.subarray(at + 8, end), width, height));
  at = end;
}
writeFileSync(digits, Buffer.concat(found));
