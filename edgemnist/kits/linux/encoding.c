#include "encoding.h"

#include <math.h>

/* Rounds to the nearest whole number that the dtype can hold: of two equally near ones, to the even. */
static double round_into(double value, double least, double most) {
  const double whole = rint(value);
  return whole < least ? least : whole > most ? most : whole;
}

static double store(double real) {
  const double value = INPUT_SCALE != 0.0 ? rint(real / INPUT_SCALE) + INPUT_ZERO_POINT : real;
  switch (INPUT_DTYPE) {
    case DTYPE_uint8:
      return round_into(value, 0, UINT8_MAX);
    case DTYPE_int8:
      return round_into(value, INT8_MIN, INT8_MAX);
    default:
      return value;
  }
}

void list_input_values(input_value values[256]) {
  for (int pixel = 0; pixel < 256; pixel++) {
    values[pixel] = (input_value)store(INPUT_LOW + pixel * (INPUT_HIGH - INPUT_LOW) / 255);
  }
}

static int find_largest(const float *values) {
  int best = 0;
  for (int j = 1; j < CLASSES; j++) {
    if (values[j] > values[best]) {
      best = j;
    }
  }
  return best;
}

static void apply_softmax(float *values) {
  const float largest = values[find_largest(values)];
  float sum = 0.0f;
  for (int j = 0; j < CLASSES; j++) {
    values[j] = expf(values[j] - largest);
    sum += values[j];
  }
  for (int j = 0; j < CLASSES; j++) {
    values[j] /= sum;
  }
}

int decode_scores(const score scores[CLASSES], float probabilities[CLASSES]) {
  for (int j = 0; j < CLASSES; j++) {
    const float stored = (float)scores[j];
    probabilities[j] = OUTPUT_SCALE != 0.0 ? (stored - (float)OUTPUT_ZERO_POINT) * (float)OUTPUT_SCALE : stored;
  }
  if (OUTPUT_KIND == KIND_logits) {
    apply_softmax(probabilities);
  }
  return find_largest(probabilities);
}
