#include "self_test.h"

#include "golden.h"

/* Returns the first logit that is not the expected one, or -1. */
static int find_difference(const golden_score *found, const golden_score *expected, int class_found) {
  for (int j = 0; j < SMALL_INT8_CLASSES; j++) {
    if (!GOLDEN_SAME(found[j], expected[j]) || found[j] > found[class_found]) {
      return j;
    }
  }
  return -1;
}

self_test_result run_self_test(small_int8_arena *arena) {
  self_test_result result = {0, 0, -1, -1};
  for (int i = 0; i < GOLDEN_IMAGES; i++) {
    golden_score logits[SMALL_INT8_CLASSES];
    const int class_found = small_int8_classify(golden_pixels[i], logits, arena);
    const int difference = find_difference(logits, golden_scores[i], class_found);
    result.right += class_found == golden_labels[i];
    if (difference < 0) {
      result.same++;
    } else if (result.image < 0) {
      result.image = i;
      result.logit = difference;
    }
  }
  return result;
}
