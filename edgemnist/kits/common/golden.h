/* Golden vectors: @{golden_images} test images, and what @{model_name} answers to each.
 *
 * images     of the data set @{data}: each class in turn
 * model      SHA-256 @{model_sha256}
 * scores     @{score_kind}, one a class, as @{runtime_title} gives them
 */
#ifndef GOLDEN_H
#define GOLDEN_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GOLDEN_IMAGES @{golden_images}
typedef @{score_type} golden_score;

/* @{image_rows} x @{image_columns} raw pixel bytes an image, row by row, 0 (black) to 255 (white ink). */
extern const uint8_t golden_pixels[GOLDEN_IMAGES][@{pixels}];
extern const golden_score golden_scores[GOLDEN_IMAGES][@{classes}];
/* The class that each image really is; a model may be wrong about one. */
extern const uint16_t golden_labels[GOLDEN_IMAGES];
/* The place of each image in the test set: by it, `edgemnist diff` compares what a target prints. */
extern const uint32_t golden_indices[GOLDEN_IMAGES];
/* Whose answers these are. */
#define GOLDEN_ANSWERS \
  "@{answers_model} " \
  "@{answers_data} " \
  "@{answers_form}"
/* 1 where scores are floats: they are printed as the 8 hexadecimal digits of their bits, which needs no library. */
#define GOLDEN_FLOATS @{float_scores}

/* @{same_comment} */
#define GOLDEN_SAME(found, expected) @{same}

#ifdef __cplusplus
}
#endif

#endif
