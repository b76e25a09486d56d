/* The steps, in whole numbers only, and the same bytes as edgemnist's own preparation in Python, version 1:
 *
 * 1. grey; what is transparent is paper          5. levels again: ink is what is above the threshold
 * 2. no side longer than 256                     6. crop to the rows and columns that hold ink
 * 3. levels of paper and ink; bright ink         7. scale into a box of 20 x 20
 * 4. even light: the white top-hat               8. centre of mass to the middle of 28 x 28
 *
 * That is a digit. What is only to fit takes 1 and 2, and is scaled whole into 28 x 28, on the colour of its border. */
#include "preparation.h"

#include <stdlib.h>
#include <string.h>

enum {
  BOX = 20,
  CENTRE = 14,
  LONGEST_SIDE = 256,
  LEAST_CONTRAST = 16,
  MOST_ROUNDS = 32,
  REACH_SHARE = 6, /* the top-hat reaches a sixth of the longer side: wider than a stroke, narrower than a shadow */
  INK_SHARE = 4,   /* even the end of a stroke has a quarter of the average row's ink; dirt at the edge has less */
  LONGEST_EXTENDED = LONGEST_SIDE + 4 * (LONGEST_SIDE / REACH_SHARE)
};

/* The working memory of one call. */
typedef struct {
  int width, height;
  uint8_t grey[LONGEST_SIDE * LONGEST_SIDE]; /* height rows of width pixels */
  int16_t paper[LONGEST_EXTENDED * LONGEST_EXTENDED];
  int64_t rows[DIGIT_SIZE * LONGEST_SIDE];
} workspace;

typedef struct {
  int threshold, paper, ink;
} levels;

typedef struct {
  int first, count;
} span;

static int64_t mean(int64_t total, int64_t count) { return (2 * total + count) / (2 * count); }

static int smaller(int a, int b) { return a < b ? a : b; }

static int larger(int a, int b) { return a > b ? a : b; }

static int read_grey(const uint8_t *pixel) {
  return (int)((19595u * pixel[0] + 38470u * pixel[1] + 7471u * pixel[2] + 32768u) >> 16);
}

/* Returns what is seen where the picture is transparent: white if the picture is dark, else black. */
static int find_backdrop(const uint8_t *rgba, size_t count) {
  uint64_t light = 0, alpha = 0;
  for (size_t i = 0; i < count; i++) {
    light += (uint64_t)(rgba[4 * i + 3] * read_grey(rgba + 4 * i));
    alpha += rgba[4 * i + 3];
  }
  return light < 128 * alpha ? 255 : 0;
}

/* Fills in the grey picture: the mean of each block of the original, so that no side is longer than 256. */
static void shrink(workspace *work, const uint8_t *rgba, int width, int height) {
  const int backdrop = find_backdrop(rgba, (size_t)width * (size_t)height);
  const int block = (larger(width, height) - 1) / LONGEST_SIDE + 1;
  work->width = (width - 1) / block + 1;
  work->height = (height - 1) / block + 1;
  for (int y = 0; y < work->height; y++) {
    const int top = y * block, bottom = top + smaller(block, height - top);
    for (int x = 0; x < work->width; x++) {
      const int left = x * block, right = left + smaller(block, width - left);
      int64_t total = 0;
      for (int row = top; row < bottom; row++) {
        for (int column = left; column < right; column++) {
          const uint8_t *pixel = rgba + 4 * ((size_t)row * (size_t)width + (size_t)column);
          total += (pixel[3] * read_grey(pixel) + (255 - pixel[3]) * backdrop + 127) / 255;
        }
      }
      work->grey[y * work->width + x] = (uint8_t)mean(total, (int64_t)(bottom - top) * (right - left));
    }
  }
}

/* Finds the threshold half way between the mean of what is above it and the mean of the rest. */
static levels find_levels(const workspace *work) {
  int64_t counts[256] = {0}, totals[256];
  for (int i = 0; i < work->width * work->height; i++) {
    counts[work->grey[i]]++;
  }
  totals[0] = 0;
  for (int v = 1; v < 256; v++) {
    totals[v] = totals[v - 1] + v * counts[v];
    counts[v] += counts[v - 1];
  }
  levels found = {(int)(totals[255] / counts[255]), 0, 0};
  for (int round = 0; round < MOST_ROUNDS; round++) {
    const int t = found.threshold;
    const int64_t above = counts[255] - counts[t];
    found.paper = (int)(totals[t] / counts[t]);
    found.ink = above > 0 ? (int)((totals[255] - totals[t]) / above) : found.paper;
    if ((found.paper + found.ink) / 2 == t) {
      break;
    }
    found.threshold = (found.paper + found.ink) / 2;
  }
  return found;
}

/* Counts the border's pixels of each value. Returns how many there are. */
static int count_border(const workspace *work, int counts[256]) {
  int all = 0;
  memset(counts, 0, 256 * sizeof counts[0]);
  for (int y = 0; y < work->height; y++) {
    for (int x = 0; x < work->width; x++) {
      if (y == 0 || x == 0 || y == work->height - 1 || x == work->width - 1) {
        counts[work->grey[y * work->width + x]]++;
        all++;
      }
    }
  }
  return all;
}

static int has_bright_border(const workspace *work, int threshold) {
  int counts[256], bright = 0;
  const int all = count_border(work, counts);
  for (int v = threshold + 1; v < 256; v++) {
    bright += counts[v];
  }
  return 2 * bright > all;
}

/* Returns the median of the border's pixels: of two the lower one. */
static int find_border(const workspace *work) {
  int counts[256], v = 0;
  const int all = count_border(work, counts);
  for (int below = counts[0]; below < (all + 1) / 2; below += counts[v]) {
    v++;
  }
  return v;
}

/* Makes the ink bright and the paper dark. Returns false where there is nothing to be seen. */
static int turn_to_ink(workspace *work) {
  const levels found = find_levels(work);
  if (found.ink - found.paper < LEAST_CONTRAST) {
    return 0;
  }
  if (has_bright_border(work, found.threshold)) {
    for (int i = 0; i < work->width * work->height; i++) {
      work->grey[i] = (uint8_t)(255 - work->grey[i]);
    }
  }
  return 1;
}

/* Lets a line go on beyond its ends as 2 * edge - mirrored, so that a ramp stays one. */
static void extend_line(int16_t *first, int count, int stride, int margin) {
  int16_t *last = first + (count - 1) * stride;
  for (int i = 1; i <= margin; i++) {
    const int mirrored = smaller(i, count - 1) * stride;
    first[-i * stride] = (int16_t)(2 * *first - first[mirrored]);
    last[i * stride] = (int16_t)(2 * *last - last[-mirrored]);
  }
}

/* Puts at each place of a line the minimum, or the maximum, of the `size` values from there on; at the last
 * size - 1 places nothing of use. */
static void slide_line(int16_t *line, int count, int stride, int size, int (*choose)(int, int)) {
  for (int width = 1; width < size;) {
    const int step = smaller(width, size - width);
    width += step;
    for (int i = 0; i + width <= count; i++) {
      line[i * stride] = (int16_t)choose(line[i * stride], line[(i + step) * stride]);
    }
  }
}

/* Fills in how bright the paper is at each pixel: the opening of the picture, by a square of 2 * reach + 1 pixels. */
static void find_paper(workspace *work, int reach) {
  const int pitch = work->width + 4 * reach, size = 2 * reach + 1;
  int columns = pitch, rows = work->height + 4 * reach;
  int16_t *inside = work->paper + 2 * reach * pitch + 2 * reach;
  for (int i = 0; i < work->width * work->height; i++) {
    inside[i / work->width * pitch + i % work->width] = work->grey[i];
  }
  for (int x = 0; x < work->width; x++) {
    extend_line(inside + x, work->height, pitch, 2 * reach);
  }
  for (int y = 0; y < rows; y++) {
    extend_line(work->paper + y * pitch + 2 * reach, work->width, 1, 2 * reach);
  }
  int (*const passes[])(int, int) = {smaller, larger};
  for (int pass = 0; pass < 2; pass++) {
    for (int x = 0; x < columns; x++) {
      slide_line(work->paper + x, rows, pitch, size, passes[pass]);
    }
    rows -= 2 * reach;
    for (int y = 0; y < rows; y++) {
      slide_line(work->paper + y * pitch, columns, 1, size, passes[pass]);
    }
    columns -= 2 * reach;
  }
}

/* The white top-hat: takes the paper away, and shadows with it. */
static void flatten(workspace *work) {
  const int reach = larger(work->width, work->height) / REACH_SHARE;
  find_paper(work, reach);
  for (int y = 0; y < work->height; y++) {
    for (int x = 0; x < work->width; x++) {
      uint8_t *pixel = work->grey + y * work->width + x;
      *pixel = (uint8_t)smaller(*pixel - work->paper[y * (work->width + 4 * reach) + x], 255);
    }
  }
}

/* Returns the part, from the first to the last place, that holds enough of the ink. */
static span find_span(const int *ink, int count) {
  int64_t total = 0;
  int inked = 0;
  for (int i = 0; i < count; i++) {
    total += ink[i];
    inked += ink[i] > 0;
  }
  span found = {-1, 0};
  for (int i = 0; i < count; i++) {
    if ((int64_t)ink[i] * inked * INK_SHARE >= total) {
      found.first = found.first < 0 ? i : found.first;
      found.count = i + 1 - found.first;
    }
  }
  return found;
}

/* Leaves the part of the picture that holds the ink, from 0 (paper) to 255 (ink). */
static void crop(workspace *work, levels found) {
  int in_rows[LONGEST_SIDE] = {0}, in_columns[LONGEST_SIDE] = {0};
  for (int y = 0; y < work->height; y++) {
    for (int x = 0; x < work->width; x++) {
      const int ink = work->grey[y * work->width + x] > found.threshold;
      in_rows[y] += ink;
      in_columns[x] += ink;
    }
  }
  const span rows = find_span(in_rows, work->height), columns = find_span(in_columns, work->width);
  const int black = (found.paper + found.threshold) / 2;
  for (int y = 0; y < rows.count; y++) {
    for (int x = 0; x < columns.count; x++) {
      const int value = work->grey[(rows.first + y) * work->width + columns.first + x] - black;
      work->grey[y * columns.count + x] = (uint8_t)smaller(larger(value, 0) * 255 / (found.ink - black), 255);
    }
  }
  work->width = columns.count;
  work->height = rows.count;
}

/* Returns how much of an old pixel a new one covers, in units of 1 / (old_count * new_count) of the side. */
static int overlap(int new_place, int new_count, int old_place, int old_count) {
  const int end = smaller((new_place + 1) * old_count, (old_place + 1) * new_count);
  return larger(end - larger(new_place * old_count, old_place * new_count), 0);
}

/* Scales the picture: each new pixel is the mean of the area that it covers. */
static void resize(workspace *work, int box[DIGIT_SIZE * DIGIT_SIZE], int width, int height) {
  for (int y = 0; y < height; y++) {
    for (int x = 0; x < work->width; x++) {
      int64_t total = 0;
      for (int row = 0; row < work->height; row++) {
        total += (int64_t)overlap(y, height, row, work->height) * work->grey[row * work->width + x];
      }
      work->rows[y * work->width + x] = total;
    }
  }
  for (int i = 0; i < width * height; i++) {
    int64_t total = 0;
    for (int column = 0; column < work->width; column++) {
      total += overlap(i % width, width, column, work->width) * work->rows[i / width * work->width + column];
    }
    box[i] = (int)mean(total, (int64_t)work->width * work->height);
  }
}

/* Makes the brightest value 255. */
static void stretch(int *values, int count) {
  int brightest = 1;
  for (int i = 0; i < count; i++) {
    brightest = larger(brightest, values[i]);
  }
  for (int i = 0; i < count; i++) {
    values[i] = values[i] * 255 / brightest;
  }
}

/* Returns where the first of `count` rows or columns goes, so that the centre of mass comes to the middle. */
static int find_shift(const int *sums, int count) {
  int total = 0, moment = 0;
  for (int i = 0; i < count; i++) {
    total += sums[i];
    moment += sums[i] * (2 * i + 1);
  }
  const int shift = ((2 * CENTRE + 1) * total - moment + total) / larger(2 * total, 1);
  return smaller(larger(shift, 0), DIGIT_SIZE - count);
}

static void place(const int *box, int width, int height, uint8_t digit[DIGIT_SIZE * DIGIT_SIZE]) {
  int in_rows[BOX] = {0}, in_columns[BOX] = {0};
  for (int i = 0; i < width * height; i++) {
    in_rows[i / width] += box[i];
    in_columns[i % width] += box[i];
  }
  const int top = find_shift(in_rows, height), left = find_shift(in_columns, width);
  for (int i = 0; i < width * height; i++) {
    digit[(top + i / width) * DIGIT_SIZE + left + i % width] = (uint8_t)box[i];
  }
}

/* Returns how long a side becomes where the longest becomes new_longest. */
static int fit(int side, int longest, int new_longest) {
  return larger((int)mean((int64_t)new_longest * side, longest), 1);
}

static void invert(uint8_t image[DIGIT_SIZE * DIGIT_SIZE]) {
  for (int i = 0; i < DIGIT_SIZE * DIGIT_SIZE; i++) {
    image[i] = (uint8_t)(255 - image[i]);
  }
}

/* Puts a box into the middle of the image. */
static void put(const int *box, int width, int height, uint8_t image[DIGIT_SIZE * DIGIT_SIZE]) {
  const int top = (DIGIT_SIZE - height) / 2, left = (DIGIT_SIZE - width) / 2;
  for (int i = 0; i < width * height; i++) {
    image[(top + i / width) * DIGIT_SIZE + left + i % width] = (uint8_t)box[i];
  }
}

static int has_dark_ink(workspace *work, const uint8_t image[DIGIT_SIZE * DIGIT_SIZE]) {
  work->width = work->height = DIGIT_SIZE;
  memcpy(work->grey, image, DIGIT_SIZE * DIGIT_SIZE);
  return has_bright_border(work, find_levels(work).threshold);
}

static int fit_picture(const uint8_t *rgba, int width, int height, ink wanted, uint8_t image[DIGIT_SIZE * DIGIT_SIZE]) {
  workspace *work = malloc(sizeof *work);
  if (work == NULL) {
    return 1;
  }
  int box[DIGIT_SIZE * DIGIT_SIZE];
  shrink(work, rgba, width, height);
  const int longest = larger(work->width, work->height);
  const int new_width = fit(work->width, longest, DIGIT_SIZE), new_height = fit(work->height, longest, DIGIT_SIZE);
  memset(image, find_border(work), DIGIT_SIZE * DIGIT_SIZE);
  resize(work, box, new_width, new_height);
  put(box, new_width, new_height, image);
  if (wanted != INK_any && has_dark_ink(work, image) != (wanted == INK_dark)) {
    invert(image);
  }
  free(work);
  return 0;
}

int prepare_picture(const uint8_t *rgba, int width, int height, preparation how, ink wanted,
                    uint8_t image[DIGIT_SIZE * DIGIT_SIZE]) {
  if (how == PREPARATION_digit) {
    const int failed = prepare_digit(rgba, width, height, image);
    if (!failed && wanted == INK_dark) {
      invert(image);
    }
    return failed;
  }
  if (how == PREPARATION_none && (width != DIGIT_SIZE || height != DIGIT_SIZE)) {
    return 2;
  }
  return fit_picture(rgba, width, height, how == PREPARATION_none ? INK_any : wanted, image);
}

int is_blank(const uint8_t image[DIGIT_SIZE * DIGIT_SIZE]) {
  int least = 255, most = 0;
  for (int i = 0; i < DIGIT_SIZE * DIGIT_SIZE; i++) {
    least = smaller(least, image[i]);
    most = larger(most, image[i]);
  }
  return most - least < LEAST_CONTRAST;
}

int prepare_digit(const uint8_t *rgba, int width, int height, uint8_t digit[DIGIT_SIZE * DIGIT_SIZE]) {
  memset(digit, 0, DIGIT_SIZE * DIGIT_SIZE);
  workspace *work = malloc(sizeof *work);
  if (work == NULL) {
    return 1;
  }
  shrink(work, rgba, width, height);
  if (turn_to_ink(work)) {
    flatten(work);
    const levels found = find_levels(work);
    if (found.ink - found.paper >= LEAST_CONTRAST) {
      int box[DIGIT_SIZE * DIGIT_SIZE];
      crop(work, found);
      const int longest = larger(work->width, work->height);
      const int new_width = fit(work->width, longest, BOX), new_height = fit(work->height, longest, BOX);
      resize(work, box, new_width, new_height);
      stretch(box, new_width * new_height);
      place(box, new_width, new_height, digit);
    }
  }
  free(work);
  return 0;
}
