/* An image in, a class out: the model and TFLite Micro's interpreter behind three functions. */
#ifndef CLASSIFIER_H
#define CLASSIFIER_H

#include "golden.h"

/* Makes the interpreter; call it once. Returns false if the model or an operator isn't known to this build, or
 * if the arena is too small. */
bool open_classifier();

/* Classifies 28 x 28 raw pixel bytes. Returns the class, or -1 if the interpreter fails; scores gets
 * probabilities, one a class. */
int classify(const uint8_t *pixels, golden_score *scores);

/* How much of the arena is in use, in bytes: what SMALL_INT8_ARRAY_ARENA_BYTES may be cut to on this target. */
int count_arena_bytes();

#endif
