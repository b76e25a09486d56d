// What the contract says of input and output: how a pixel becomes an input value, and scores become probabilities.

const ARRAYS = { float32: Float32Array, uint8: Uint8Array, int8: Int8Array };
const RANGES = { uint8: [0, 255], int8: [-128, 127] };

/**
 * The input values of an image.
 *
 * @param {{dtype: string, range: [number, number], scale: ?number, zero_point: ?number}} input - of the contract.
 * @returns {(pixels: Uint8Array) => Float32Array | Uint8Array | Int8Array}
 * @throws {Error} where the model takes a type that JavaScript has no array for.
 */
export function makeEncoder(input) {
  const Values = findArray(input);
  const table = Values.from({ length: 256 }, (_, pixel) => encodePixel(input, pixel));
  return (pixels) => Values.from(pixels, (pixel) => table[pixel]);
}

function findArray({ name, dtype }) {
  if (!(dtype in ARRAYS)) throw new Error(`${name} is ${dtype}, expected ${Object.keys(ARRAYS).join(", ")}`);
  return ARRAYS[dtype];
}

function encodePixel({ dtype, range: [low, high], scale, zero_point }, pixel) {
  let value = low + (pixel * (high - low)) / 255;
  if (scale !== null) value = roundHalfToEven(value / scale) + (zero_point ?? 0);
  if (!(dtype in RANGES)) return value;
  const [least, most] = RANGES[dtype];
  return Math.min(Math.max(roundHalfToEven(value), least), most);
}

function roundHalfToEven(value) {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/**
 * The probabilities of a model's scores.
 *
 * @param {{kind: string, scale: ?number, zero_point: ?number}} output - of the contract.
 * @param {ArrayLike<number>} scores - one a class, as the model gives them.
 * @returns {Float32Array}
 */
export function decodeScores({ kind, scale, zero_point }, scores) {
  const step = scale === null ? 1 : Math.fround(scale);
  const offset = scale === null ? 0 : (zero_point ?? 0);
  const real = Float32Array.from(scores, (score) => (score - offset) * step);
  if (kind === "probabilities") return real;
  const largest = Math.max(...real);
  const powers = real.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
