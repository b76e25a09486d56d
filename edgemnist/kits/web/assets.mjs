// What build.mjs put into the page: models and runtimes, packed.

import { decodeText } from "./text.mjs";

/**
 * @param {string} name
 * @returns {Promise<Uint8Array>}
 */
export async function readAsset(name) {
  const element = document.getElementById(`asset-${name}`);
  const packed = new Blob([decodeText(element.textContent, Number(element.dataset.bytes))]);
  const stream = packed.stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
