/* small_int8: a classifier of 28 x 28 images in C99, int8, made by edgemnist.
 *
 * made from  small.keras, SHA-256 a328a132d1596011ffb9d4abe2cf8c346341f0d8a579697b74cfcd56650a11e5
 * input      28 x 28 raw pixel bytes, row by row: 0 is black, 255 is white ink
 * output     one int8 logit a class: real logit = (logit - zero point) * scale
 * kernels    sparse, zeros of the input are skipped by dense layers
 * rounding   as LiteRT's reference kernels
 * flash      16,506 bytes of tables, and the code: 1 to 10 kB, by its layers and the compiler's -O
 * RAM        3,272 bytes of working memory, the caller's; less than 1 kB of stack, 12 kB on a PC
 * needs      <stdint.h> and <stddef.h>
 */
#ifndef SMALL_INT8_H
#define SMALL_INT8_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What goes in: one image of 28 x 28 raw pixel bytes, row by row, 0 (black) to 255 (white ink), prepared as the
 * training images were. Those of MNIST: white on black, scaled into a box of 20 x 20, centre of mass in the middle. */
#define SMALL_INT8_PIXELS 784
/* What comes out: one int8_t logit a class. Where a confidence is wanted: the probability of class k is
 * 1 / sum over j of exp((logits[j] - logits[k]) * SMALL_INT8_LOGIT_SCALE). */
#define SMALL_INT8_CLASSES 10
#define SMALL_INT8_LABELS {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}
#define SMALL_INT8_LOGIT_SCALE 0.217858911f
#define SMALL_INT8_LOGIT_ZERO_POINT (-1)
#define SMALL_INT8_ARENA_BYTES 3272
#define SMALL_INT8_TABLE_BYTES 16506
/* SHA-256 of the Keras model that this was made from. */
#define SMALL_INT8_SOURCE_SHA256 "a328a132d1596011ffb9d4abe2cf8c346341f0d8a579697b74cfcd56650a11e5"

/* Working memory, 3,272 bytes: yours to place (static, stack or heap), and free between two calls. */
typedef struct {
  int32_t words[818];
} small_int8_arena;

/* Classifies one image. Returns its class, 0 to 9; of equal logits the first.
 *
 * pixels  784 bytes, read only
 * logits  10 values, written
 * arena   written; nothing is kept in it from one call to the next
 *
 * No other memory is written, so that each thread may call it with an arena of its own. */
int small_int8_classify(const uint8_t pixels[SMALL_INT8_PIXELS], int8_t logits[SMALL_INT8_CLASSES],
                        small_int8_arena *arena);

#ifdef __cplusplus
}
#endif

#endif
