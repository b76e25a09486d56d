/* The self-test: the model's answers to the golden vectors, compared with the expected ones. */
#ifndef SELF_TEST_H
#define SELF_TEST_H

#include "small_int8.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int same;  /* how many images give the expected logits and the class of the largest */
  int right; /* how many images give the class that is on their label */
  int image; /* the first image that gives others, or -1 */
  int logit; /* the first of its logits that is another */
} self_test_result;

/* Classifies every golden image. The arena is written. */
self_test_result run_self_test(small_int8_arena *arena);

/* Prints what the model answers to every golden image, a line each, for `edgemnist diff`: what another machine computes
 * can be compared with it. The arena is written. */
void print_answers(small_int8_arena *arena, void (*print)(const char *text));

#ifdef __cplusplus
}
#endif

#endif
