// The self-test: a few test images, and what the model must answer to each.

/**
 * @param {string} text - golden.csv: index, label, tolerance, a probability a class, the pixels in hexadecimal.
 * @returns {{index: number, label: number, tolerance: number, probabilities: number[], pixels: Uint8Array}[]}
 */
export function readGolden(text) {
  const [, ...rows] = text.trim().split("\n");
  return rows.map((row) => {
    const cells = row.split(",");
    const [index, label, tolerance, ...probabilities] = cells.slice(0, -1).map(Number);
    const pixels = Uint8Array.from(cells.at(-1).match(/../g), (byte) => parseInt(byte, 16));
    return { index, label, tolerance, probabilities, pixels };
  });
}

/**
 * Holds a classifier against its golden vectors.
 *
 * @returns {Promise<{passed: boolean, words: string}>}
 */
export async function runSelfTest(classifier, golden) {
  const failures = [];
  let right = 0;
  for (const [image, { label, tolerance, probabilities, pixels }] of golden.entries()) {
    const found = await classifier.classify(pixels);
    if (found.index === label) right++;
    const wrong = probabilities.findIndex((expected, i) => !(Math.abs(found.probabilities[i] - expected) <= tolerance));
    if (wrong < 0) continue;
    const [was, expected] = [found.probabilities[wrong], probabilities[wrong]].map((p) => p.toFixed(4));
    failures.push(`FAILED: image ${image}, the probability of class ${wrong} is ${was}, expected ${expected}`);
  }
  const kept = golden.length - failures.length;
  const summary =
    `self-test: ${kept} of ${golden.length} images give the expected probabilities, ${right} the right class`;
  return { passed: failures.length === 0, words: [summary, ...failures].join("\n") };
}

/**
 * Writes what a classifier answers to its golden vectors, a line each: `edgemnist diff` compares them with the model's
 * answers on another machine.
 *
 * @param {string} head - whose answers they are.
 * @returns {Promise<string>}
 */
export async function writeAnswers(classifier, golden, head) {
  const lines = [`answers: ${head}`];
  for (const { index, pixels } of golden) {
    const { probabilities } = await classifier.classify(pixels);
    lines.push(`answers: ${[index, ...probabilities].join(" ")}`);
  }
  return lines.join("\n");
}
