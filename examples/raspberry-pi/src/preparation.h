/* From a drawing or a photograph to MNIST's own form: white ink on black, 28 x 28, centred by its mass. */
#ifndef PREPARATION_H
#define PREPARATION_H

#include <stdint.h>

/* Rows, and columns, of what is made. */
#define DIGIT_SIZE 28

/* Turns a picture of one digit into what a model was trained on.
 *
 * rgba   width * height * 4 bytes, row by row: dark ink on bright paper or the reverse, of any size from 1 x 1
 * digit  DIGIT_SIZE rows of as many bytes, 0 (paper) to 255 (ink); written, all 0 where there is nothing to be seen
 *
 * Returns 0; or 1 where half a megabyte of memory isn't to be had. */
int prepare_digit(const uint8_t *rgba, int width, int height, uint8_t digit[DIGIT_SIZE * DIGIT_SIZE]);

#endif
