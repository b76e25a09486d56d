/* model_int8: a classifier of 28 x 28 images in C99, int8, made by edgemnist.
 *
 * made from  model.keras, SHA-256 afd22feb5a672f30b166d721e5ee2d2fa1cbf4b4f54fb349c40f05d768cfcb40
 * input      28 x 28 raw pixel bytes, row by row: 0 is black, 255 is white ink
 * output     one int8 logit a class: real logit = (logit - zero point) * scale
 * kernels    sparse, zeros of the input are skipped by dense layers
 * rounding   as LiteRT's reference kernels
 * flash      542,042 bytes of tables, and the code: 1 to 10 kB, by its layers and the compiler's -O
 * RAM        2,048 bytes of working memory, the caller's; less than 1 kB of stack, 12 kB on a PC
 * needs      <stdint.h> and <stddef.h>
 */
#ifndef MODEL_INT8_H
#define MODEL_INT8_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What goes in: one image of 28 x 28 raw pixel bytes, row by row, 0 (black) to 255 (white ink), prepared as the
 * training images were. Those of MNIST: white on black, scaled into a box of 20 x 20, centre of mass in the middle. */
#define MODEL_INT8_PIXELS 784
/* What comes out: one int8_t logit a class. Where a confidence is wanted: the probability of class k is
 * 1 / sum over j of exp((logits[j] - logits[k]) * MODEL_INT8_LOGIT_SCALE). */
#define MODEL_INT8_CLASSES 10
#define MODEL_INT8_LABELS {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}
#define MODEL_INT8_LOGIT_SCALE 0.312457681f
#define MODEL_INT8_LOGIT_ZERO_POINT (18)
#define MODEL_INT8_ARENA_BYTES 2048
#define MODEL_INT8_TABLE_BYTES 542042
/* SHA-256 of the Keras model that this was made from. */
#define MODEL_INT8_SOURCE_SHA256 "afd22feb5a672f30b166d721e5ee2d2fa1cbf4b4f54fb349c40f05d768cfcb40"

/* Working memory, 2,048 bytes: yours to place (static, stack or heap), and free between two calls. */
typedef struct {
  int32_t words[512];
} model_int8_arena;

/* Classifies one image. Returns its class, 0 to 9; of equal logits the first.
 *
 * pixels  784 bytes, read only
 * logits  10 values, written
 * arena   written; nothing is kept in it from one call to the next
 *
 * No other memory is written, so that each thread may call it with an arena of its own. */
int model_int8_classify(const uint8_t pixels[MODEL_INT8_PIXELS], int8_t logits[MODEL_INT8_CLASSES],
                        model_int8_arena *arena);

#ifdef __cplusplus
}
#endif

#endif
