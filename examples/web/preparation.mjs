// From a picture of any size to an image of 28 × 28 pixels: in MNIST's own form ("digit": white ink on black, centred by
// its mass), or scaled whole ("fit").
//
// What edgemnist/datasets/preparation.py states, step by step: whole numbers only, the same bytes in every language.

export const DIGIT_SIZE = 28; // rows, and columns, of what is made
const BOX = 20;
const CENTRE = 14;
const LONGEST_SIDE = 256;
const LEAST_CONTRAST = 16;
const MOST_ROUNDS = 32;
const REACH_SHARE = 6; // the square of the top-hat reaches a sixth of the longer side
const INK_SHARE = 4; // a row with less than a quarter of the average one's ink is dirt

/**
 * Turns a picture into an image of the kind that a model was trained on.
 *
 * @param {Uint8Array | Uint8ClampedArray} rgba - 4 · width · height bytes, row by row, as a canvas gives them.
 * @param {number} width
 * @param {number} height
 * @param {{preparation?: string, ink?: string}} [picture] - that of the model's contract; "digit" and "bright" without.
 * @returns {Uint8Array} DIGIT_SIZE rows of as many bytes; see isBlank.
 * @throws {RangeError} where the model takes pictures as they are ("none"), and this one has another size.
 */
export function preparePicture(rgba, width, height, { preparation = "digit", ink = "bright" } = {}) {
  if (preparation === "digit") {
    const digit = prepareDigit(rgba, width, height);
    return ink === "dark" ? digit.map((v) => 255 - v) : digit;
  }
  if (preparation === "none" && (width !== DIGIT_SIZE || height !== DIGIT_SIZE)) {
    throw new RangeError(`${width} x ${height} pixels, expected ${DIGIT_SIZE} x ${DIGIT_SIZE}`);
  }
  return fitPicture(rgba, width, height, preparation === "none" ? "any" : ink);
}

/** Tells whether there is nothing to be seen on an image: hardly any contrast. @param {Uint8Array} pixels */
export function isBlank(pixels) {
  return Math.max(...pixels) - Math.min(...pixels) < LEAST_CONTRAST;
}

/**
 * Brings a picture to grey and scales it whole.
 *
 * @param {string} [ink] - "bright" or "dark": the image is inverted where the picture has the other; "any": never.
 * @returns {Uint8Array}
 */
export function fitPicture(rgba, width, height, ink = "any") {
  const picture = shrink({ width, height, values: readGrey(rgba, width * height) });
  const box = resize(picture, DIGIT_SIZE);
  const image = new Uint8Array(DIGIT_SIZE * DIGIT_SIZE).fill(findBorder(picture));
  const [top, left] = [box.height, box.width].map((size) => divide(DIGIT_SIZE - size, 2));
  for (let y = 0; y < box.height; y++) {
    image.set(box.values.subarray(y * box.width, (y + 1) * box.width), (top + y) * DIGIT_SIZE + left);
  }
  const framed = { width: DIGIT_SIZE, height: DIGIT_SIZE, values: image };
  const found = hasBrightBorder(framed, findLevels(image).threshold) ? "dark" : "bright";
  return ink === "any" || ink === found ? image : image.map((v) => 255 - v);
}

/**
 * Turns a picture of one digit into MNIST's own form.
 *
 * @param {Uint8Array | Uint8ClampedArray} rgba - 4 · width · height bytes, row by row, as a canvas gives them.
 * @param {number} width
 * @param {number} height
 * @returns {Uint8Array} DIGIT_SIZE rows of as many bytes, 0 (paper) … 255 (ink); all 0 where there is nothing to be seen.
 */
export function prepareDigit(rgba, width, height) {
  const picture = shrink({ width, height, values: readGrey(rgba, width * height) });
  if (!turnToInk(picture)) return new Uint8Array(DIGIT_SIZE * DIGIT_SIZE);
  takeLightAway(picture);
  const { threshold, paper, ink } = findLevels(picture.values);
  if (ink - paper < LEAST_CONTRAST) return new Uint8Array(DIGIT_SIZE * DIGIT_SIZE);
  const [rows, columns] = findSpans(picture, threshold);
  const black = divide(paper + threshold, 2);
  const clean = picture.values.map((v) => Math.min(divide(Math.max(v - black, 0) * 255, ink - black), 255));
  return place(stretch(resize(crop({ ...picture, values: clean }, rows, columns), BOX)));
}

const divide = (a, b) => Math.floor(a / b);
const mean = (total, count) => divide(2 * total + count, 2 * count);

function readGrey(rgba, count) {
  const grey = new Int32Array(count);
  let weighted = 0; // may need more than 32 bits
  let opacity = 0;
  for (let i = 0; i < count; i++) {
    grey[i] = (19595 * rgba[4 * i] + 38470 * rgba[4 * i + 1] + 7471 * rgba[4 * i + 2] + 32768) >> 16;
    weighted += rgba[4 * i + 3] * grey[i];
    opacity += rgba[4 * i + 3];
  }
  const paper = weighted < 128 * opacity ? 255 : 0;
  return grey.map((v, i) => divide(rgba[4 * i + 3] * v + (255 - rgba[4 * i + 3]) * paper + 127, 255));
}

function shrink(picture) {
  const block = Math.ceil(Math.max(picture.width, picture.height) / LONGEST_SIDE);
  const width = Math.ceil(picture.width / block);
  const height = Math.ceil(picture.height / block);
  const totals = new Int32Array(width * height);
  const counts = new Int32Array(width * height);
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++) {
      const place = divide(y, block) * width + divide(x, block);
      totals[place] += picture.values[y * picture.width + x];
      counts[place]++;
    }
  }
  return { width, height, values: totals.map((total, i) => mean(total, counts[i])) };
}

/** The threshold, the level of the paper below it and that of the ink above. */
function findLevels(values) {
  let threshold = divide(values.reduce((sum, v) => sum + v, 0), values.length);
  let paper = 0;
  let ink = 0;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const below = { count: 0, total: 0 };
    const above = { count: 0, total: 0 };
    for (const v of values) {
      const side = v > threshold ? above : below;
      side.count++;
      side.total += v;
    }
    paper = divide(below.total, below.count);
    ink = above.count ? divide(above.total, above.count) : paper;
    if (divide(paper + ink, 2) === threshold) break;
    threshold = divide(paper + ink, 2);
  }
  return { threshold, paper, ink };
}

/** Makes the ink bright and the paper dark, whichever way it was; false where there is no contrast. */
function turnToInk(picture) {
  const { values } = picture;
  const { threshold, paper, ink } = findLevels(values);
  if (ink - paper < LEAST_CONTRAST) return false;
  if (hasBrightBorder(picture, threshold)) values.forEach((v, i) => (values[i] = 255 - v));
  return true;
}

function hasBrightBorder(picture, threshold) {
  const border = takeBorder(picture);
  return 2 * border.filter((v) => v > threshold).length > border.length;
}

/** The median of the border's pixels: of two the lower one. */
function findBorder(picture) {
  const border = takeBorder(picture).sort();
  return border[divide(border.length - 1, 2)];
}

function takeBorder({ width, height, values }) {
  return values.filter((_, i) => {
    const x = i % width;
    const y = divide(i, width);
    return x === 0 || y === 0 || x === width - 1 || y === height - 1;
  });
}

/** The white top-hat: each pixel loses the opening of the picture there. */
function takeLightAway(picture) {
  const reach = divide(Math.max(picture.width, picture.height), REACH_SHARE);
  let paper = transpose(extend(transpose(picture), 2 * reach)); // above and below first
  paper = extend(paper, 2 * reach);
  for (const choose of [Math.min, Math.max]) {
    paper = transpose(slide(transpose(paper), 2 * reach + 1, choose));
    paper = slide(paper, 2 * reach + 1, choose);
  }
  picture.values.forEach((v, i) => (picture.values[i] = Math.min(v - paper.values[i], 255)));
}

function transpose({ width, height, values }) {
  const turned = new Int32Array(values.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) turned[x * height + y] = values[y * width + x];
  }
  return { width: height, height: width, values: turned };
}

/** Lets each row go on beyond both ends as 2 · edge - mirrored, so that a ramp stays one. */
function extend({ width, height, values }, margin) {
  const wide = width + 2 * margin;
  const extended = new Int32Array(wide * height);
  for (let y = 0; y < height; y++) {
    const row = values.subarray(y * width, (y + 1) * width);
    extended.set(row, y * wide + margin);
    for (let step = 1; step <= margin; step++) {
      const inside = Math.min(step, width - 1);
      extended[y * wide + margin - step] = 2 * row[0] - row[inside];
      extended[y * wide + margin + width - 1 + step] = 2 * row[width - 1] - row[width - 1 - inside];
    }
  }
  return { width: wide, height, values: extended };
}

/** The minimum, or the maximum, of each `size` neighbours in a row; windows double up to there. */
function slide({ width, height, values }, size, choose) {
  const slid = new Int32Array((width - size + 1) * height);
  for (let y = 0; y < height; y++) {
    const row = values.slice(y * width, (y + 1) * width);
    for (let window = 1; window < size; ) {
      const step = Math.min(window, size - window);
      for (let x = 0; x + step < width; x++) row[x] = choose(row[x], row[x + step]);
      window += step;
    }
    slid.set(row.subarray(0, width - size + 1), y * (width - size + 1));
  }
  return { width: width - size + 1, height, values: slid };
}

/** The rows and the columns, [first, last + 1], that hold enough of the ink. */
function findSpans({ width, height, values }, threshold) {
  const rows = new Int32Array(height);
  const columns = new Int32Array(width);
  values.forEach((v, i) => {
    if (v <= threshold) return;
    rows[divide(i, width)]++;
    columns[i % width]++;
  });
  return [rows, columns].map((sums) => {
    const total = sums.reduce((sum, v) => sum + v, 0);
    const inked = sums.filter((v) => v > 0).length;
    const enough = [...sums.keys()].filter((i) => sums[i] * inked * INK_SHARE >= total);
    return [enough[0], enough.at(-1) + 1];
  });
}

function crop({ width, values }, [top, bottom], [left, right]) {
  const cut = new Int32Array((bottom - top) * (right - left));
  for (let y = top; y < bottom; y++) {
    cut.set(values.subarray(y * width + left, y * width + right), (y - top) * (right - left));
  }
  return { width: right - left, height: bottom - top, values: cut };
}

/** Scales the longer side to `side` pixels, each the mean of the area that it covers. */
function resize({ width, height, values }, side) {
  const longer = Math.max(width, height);
  const box = { width: Math.max(1, mean(side * width, longer)), height: Math.max(1, mean(side * height, longer)) };
  const across = overlap(width, box.width);
  const down = overlap(height, box.height);
  box.values = new Int32Array(box.width * box.height);
  for (let y = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++) {
      let total = 0;
      for (const [j, tall] of down[y]) {
        for (const [i, wide] of across[x]) total += tall * wide * values[j * width + i];
      }
      box.values[y * box.width + x] = mean(total, width * height);
    }
  }
  return box;
}

/** Scales the largest value to 255. */
function stretch(box) {
  const largest = Math.max(1, ...box.values);
  return { ...box, values: box.values.map((v) => divide(v * 255, largest)) };
}

/** For each new pixel the old ones that it covers, with how much of each. */
function overlap(old, count) {
  return Array.from({ length: count }, (_, place) => {
    const covered = [];
    for (let i = divide(place * old, count); i * count < (place + 1) * old; i++) {
      covered.push([i, Math.min((place + 1) * old, (i + 1) * count) - Math.max(place * old, i * count)]);
    }
    return covered;
  });
}

function place({ width, height, values }) {
  const rows = new Int32Array(height);
  const columns = new Int32Array(width);
  values.forEach((v, i) => {
    rows[divide(i, width)] += v;
    columns[i % width] += v;
  });
  const top = findShift(rows);
  const left = findShift(columns);
  const digit = new Uint8Array(DIGIT_SIZE * DIGIT_SIZE);
  for (let y = 0; y < height; y++) {
    digit.set(values.subarray(y * width, (y + 1) * width), (top + y) * DIGIT_SIZE + left);
  }
  return digit;
}

/** How far to move so that the centre of mass comes nearest to the middle of pixel 14, and nothing is lost. */
function findShift(sums) {
  const total = sums.reduce((sum, v) => sum + v, 0);
  const moment = sums.reduce((sum, v, i) => sum + v * (2 * i + 1), 0);
  const shift = divide((2 * CENTRE + 1) * total - moment + total, Math.max(1, 2 * total));
  return Math.min(Math.max(shift, 0), DIGIT_SIZE - sums.length);
}
