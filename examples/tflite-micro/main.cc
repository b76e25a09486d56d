/* Tests the model on the golden vectors: exit status 0 if all answers are as expected, 1 if one differs, 2 if the
 * interpreter can't run it. On a target without printf, replace it by MicroPrintf (tensorflow/lite/micro/micro_log.h). */
#include <cinttypes>
#include <cstdio>
#include <cstring>

#include "small_int8_array.h"
#include "classifier.h"

/* Whether the answers to the golden images are printed although they are as expected: for `edgemnist diff`. */
#ifndef PRINT_ANSWERS
#define PRINT_ANSWERS 0
#endif

namespace {

const char *const labels[SMALL_INT8_ARRAY_CLASSES] = SMALL_INT8_ARRAY_LABELS;

bool is_same(const golden_score *found, const golden_score *expected) {
  for (int j = 0; j < SMALL_INT8_ARRAY_CLASSES; j++) {
    if (!GOLDEN_SAME(found[j], expected[j])) {
      return false;
    }
  }
  return true;
}

void print_score(golden_score score) {
#if GOLDEN_FLOATS
  uint32_t bits;
  std::memcpy(&bits, &score, sizeof bits);
  std::printf(" 0x%" PRIx32, bits);
#else
  std::printf(" %d", static_cast<int>(score));
#endif
}

/* Prints what the model answers to every golden image, a line each. */
void print_answers() {
  std::printf("answers: %s\n", GOLDEN_ANSWERS);
  for (int i = 0; i < GOLDEN_IMAGES; i++) {
    golden_score scores[SMALL_INT8_ARRAY_CLASSES];
    if (classify(golden_pixels[i], scores) < 0) {
      return;
    }
    std::printf("answers: %" PRIu32, golden_indices[i]);
    for (const golden_score score : scores) {
      print_score(score);
    }
    std::printf("\n");
  }
}

int run_self_test() {
  int same = 0;
  for (int i = 0; i < GOLDEN_IMAGES; i++) {
    golden_score scores[SMALL_INT8_ARRAY_CLASSES];
    const int answer = classify(golden_pixels[i], scores);
    if (answer < 0) {
      std::printf("image %d: the interpreter failed\n", i);
      return 2;
    }
    if (is_same(scores, golden_scores[i])) {
      same++;
    } else {
      std::printf("FAILED: image %d is classified as %s, with other scores than expected\n", i, labels[answer]);
    }
  }
  std::printf("self-test: %d of %d images give the expected answers\n", same, GOLDEN_IMAGES);
  if (PRINT_ANSWERS || same < GOLDEN_IMAGES) {
    print_answers();
  }
  return same == GOLDEN_IMAGES ? 0 : 1;
}

}  // namespace

int main() {
  if (!open_classifier()) {
    std::printf("TFLite Micro can't open the model: see what it said before\n");
    return 2;
  }
  std::printf("arena: %d of %d bytes in use\n", count_arena_bytes(), SMALL_INT8_ARRAY_ARENA_BYTES);
  return run_self_test();
}
