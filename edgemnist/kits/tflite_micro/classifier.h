/* An image in, a class out: the model and TFLite Micro's interpreter behind three functions. */
#ifndef CLASSIFIER_H
#define CLASSIFIER_H

#include "golden.h"

/* Makes the interpreter; call it once. Returns false if the model or an operator isn't known to this build, or
 * if the arena is too small. */
bool open_classifier();

/* Classifies @{image_rows} x @{image_columns} raw pixel bytes. Returns the class, or -1 if the interpreter fails; scores gets
 * @{score_kind}, one a class. */
int classify(const uint8_t *pixels, golden_score *scores);

/* How much of the arena is in use, in bytes: what @{PREFIX}_ARENA_BYTES may be cut to on this target. */
int count_arena_bytes();

#endif
