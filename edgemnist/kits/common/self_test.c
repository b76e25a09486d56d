#include "self_test.h"

#include "golden.h"

#if GOLDEN_FLOATS
#include <string.h>
#endif

/* Room for a number, its sign, a blank before it and the end. */
enum { NUMBER_ROOM = 16 };

/* Returns the first logit that is not the expected one, or -1. */
static int find_difference(const golden_score *found, const golden_score *expected, int class_found) {
  for (int j = 0; j < @{PREFIX}_CLASSES; j++) {
    if (!GOLDEN_SAME(found[j], expected[j]) || found[j] > found[class_found]) {
      return j;
    }
  }
  return -1;
}

self_test_result run_self_test(@{prefix}_arena *arena) {
  self_test_result result = {0, 0, -1, -1};
  for (int i = 0; i < GOLDEN_IMAGES; i++) {
    golden_score logits[@{PREFIX}_CLASSES];
    const int class_found = @{prefix}_classify(golden_pixels[i], logits, arena);
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

/* Writes a number to the end of a text, and returns where it begins. */
static char *write_number(char *end, uint32_t number, uint32_t base) {
  do {
    *--end = "0123456789abcdef"[number % base];
    number /= base;
  } while (number > 0);
  return end;
}

/* Writes a score to the end of a text, and returns where it begins: a blank comes first. */
static char *write_score(char *end, golden_score score) {
#if GOLDEN_FLOATS
  uint32_t bits;
  memcpy(&bits, &score, sizeof bits);
  end = write_number(end, bits, 16);
  *--end = 'x';
  *--end = '0';
#else
  const int32_t number = score;
  end = write_number(end, (uint32_t)(number < 0 ? -number : number), 10);
  if (number < 0) {
    *--end = '-';
  }
#endif
  *--end = ' ';
  return end;
}

void print_answers(@{prefix}_arena *arena, void (*print)(const char *text)) {
  char text[NUMBER_ROOM];
  char *const end = text + sizeof text - 1;
  *end = '\0';
  print("answers: " GOLDEN_ANSWERS "\n");
  for (int i = 0; i < GOLDEN_IMAGES; i++) {
    golden_score logits[@{PREFIX}_CLASSES];
    (void)@{prefix}_classify(golden_pixels[i], logits, arena);
    print("answers: ");
    print(write_number(end, golden_indices[i], 10));
    for (int j = 0; j < @{PREFIX}_CLASSES; j++) {
      print(write_score(end, logits[j]));
    }
    print("\n");
  }
}
