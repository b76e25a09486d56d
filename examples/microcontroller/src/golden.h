/* Golden vectors: 20 test images, and what small_int8.c answers to each.
 *
 * images     of the data set mnist: each class in turn
 * model      SHA-256 a8f5192a949d261fb8d54b1e54f6af5d52e767637098e80db4175c5c36d82378
 * scores     logits, one a class, as the same C on the machine that wrote this gives them
 */
#ifndef GOLDEN_H
#define GOLDEN_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GOLDEN_IMAGES 20
typedef int8_t golden_score;

/* 28 x 28 raw pixel bytes an image, row by row, 0 (black) to 255 (white ink). */
extern const uint8_t golden_pixels[GOLDEN_IMAGES][784];
extern const golden_score golden_scores[GOLDEN_IMAGES][10];
/* The class that each image really is; a model may be wrong about one. */
extern const uint16_t golden_labels[GOLDEN_IMAGES];

/* Integers: the same on every core, to the last bit. */
#define GOLDEN_SAME(found, expected) ((found) == (expected))

#ifdef __cplusplus
}
#endif

#endif
