/* Golden vectors: 20 test images, and what small_int8.c answers to each.
 *
 * images     of the data set mnist: each class in turn
 * model      SHA-256 99d3c2ec2c4393c44d762a893ce6f9d3ad91dab35029b86678cdb944a5df5781
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
/* The place of each image in the test set: by it, `edgemnist diff` compares what a target prints. */
extern const uint32_t golden_indices[GOLDEN_IMAGES];
/* Whose answers these are. */
#define GOLDEN_ANSWERS \
  "model=99d3c2ec2c4393c44d762a893ce6f9d3ad91dab35029b86678cdb944a5df5781 " \
  "data=f5147f7baa1787ec4b3cd00068f8ec8a61d969373b74639b6aef5c981fc5a5b2 " \
  "precision=int8 dtype=int8 kind=logits scale=0.2178589105606079 zero_point=-1 classes=10 images=20 kit=microcontroller"
/* 1 where scores are floats: they are printed as the 8 hexadecimal digits of their bits, which needs no library. */
#define GOLDEN_FLOATS 0

/* Integers: the same on every core, to the last bit. */
#define GOLDEN_SAME(found, expected) ((found) == (expected))

#ifdef __cplusplus
}
#endif

#endif
