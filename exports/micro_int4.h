/* micro_int4: a classifier of 28 x 28 images in C99, int4, made by edgemnist.
 *
 * made from  micro.keras, SHA-256 597764ee45d199ce70152349d165ce4d31d6342c4d4195e789941b1c8067dec9
 * input      28 x 28 raw pixel bytes, row by row: 0 is black, 255 is white ink
 * output     one int8 logit a class: real logit = (logit - zero point) * scale
 * kernels    sparse, zeros of the input are skipped by dense layers
 * rounding   as LiteRT's reference kernels
 * weights    packed in 4 layers, unpacked where they are used
 * rows       micro_int4_push_row takes the image a row at a time: it need not lie in RAM
 * flash      11,903 bytes of tables, and the code: 1 to 10 kB, by its layers and the compiler's -O
 * RAM        724 bytes of working memory, the caller's; less than 1 kB of stack, 12 kB on a PC
 * needs      <stdint.h> and <stddef.h>
 */
#ifndef MICRO_INT4_H
#define MICRO_INT4_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What goes in: one image of 28 x 28 raw pixel bytes, row by row, 0 (black) to 255 (white ink), prepared as the
 * training images were. Those of MNIST: white on black, scaled into a box of 20 x 20, centre of mass in the middle. */
#define MICRO_INT4_PIXELS 784
/* What comes out: one int8_t logit a class. Where a confidence is wanted: the probability of class k is
 * 1 / sum over j of exp((logits[j] - logits[k]) * MICRO_INT4_LOGIT_SCALE). */
#define MICRO_INT4_CLASSES 10
#define MICRO_INT4_LABELS {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}
#define MICRO_INT4_LOGIT_SCALE 0.224614426f
#define MICRO_INT4_LOGIT_ZERO_POINT (44)
#define MICRO_INT4_ARENA_BYTES 724
#define MICRO_INT4_TABLE_BYTES 11903
/* SHA-256 of the Keras model that this was made from. */
#define MICRO_INT4_SOURCE_SHA256 "597764ee45d199ce70152349d165ce4d31d6342c4d4195e789941b1c8067dec9"

/* Working memory, 724 bytes: yours to place (static, stack or heap), and free between two calls. */
typedef struct {
  int32_t words[181];
} micro_int4_arena;

/* Classifies one image. Returns its class, 0 to 9; of equal logits the first.
 *
 * pixels  784 bytes, read only
 * logits  10 values, written
 * arena   written; nothing is kept in it from one call to the next
 *
 * No other memory is written, so that each thread may call it with an arena of its own. */
int micro_int4_classify(const uint8_t pixels[MICRO_INT4_PIXELS], int8_t logits[MICRO_INT4_CLASSES],
                        micro_int4_arena *arena);

/* The same, one row of pixels at a time, so that no image lies in memory. */
#define MICRO_INT4_ROWS 28
#define MICRO_INT4_COLUMNS 28

/* Begins an image. Call it before the first row; after the last one the next image has begun. */
void micro_int4_start(micro_int4_arena *arena);

/* Takes the next row, from the top down. Returns -1, and after the last row what micro_int4_classify does.
 *
 * arena   keeps what the rows so far have made: nothing else may write it from micro_int4_start to the last row
 * row     28 bytes, read only
 * logits  10 values, written with the last row */
int micro_int4_push_row(micro_int4_arena *arena, const uint8_t row[MICRO_INT4_COLUMNS],
                        int8_t logits[MICRO_INT4_CLASSES]);

#ifdef __cplusplus
}
#endif

#endif
