/* From a picture of any size to an image of 28 x 28: in MNIST's own form, or scaled whole. */
#ifndef PREPARATION_H
#define PREPARATION_H

#include <stdint.h>

/* Rows, and columns, of what is made. */
#define DIGIT_SIZE 28

/* How: in MNIST's own form, white ink on black, centred by its mass; scaled whole; or taken as it is. */
typedef enum { PREPARATION_digit, PREPARATION_fit, PREPARATION_none } preparation;

/* Which ink the image has, whichever the picture has: bright on dark paper, dark on bright; or the picture's own. */
typedef enum { INK_bright, INK_dark, INK_any } ink;

/* Turns a picture into an image of the kind that a model was trained on: PREPARATION and INK of its contract.h.
 *
 * rgba   width * height * 4 bytes, row by row, of any size from 1 x 1
 * image  DIGIT_SIZE rows of as many bytes; written
 *
 * Returns 0; 1 where half a megabyte of memory isn't to be had; 2 where a picture is to be taken as it is, and isn't
 * DIGIT_SIZE pixels wide and high. */
int prepare_picture(const uint8_t *rgba, int width, int height, preparation how, ink wanted,
                    uint8_t image[DIGIT_SIZE * DIGIT_SIZE]);

/* Returns 1 where there is nothing to be seen on an image, 0 else. */
int is_blank(const uint8_t image[DIGIT_SIZE * DIGIT_SIZE]);

/* Turns a picture of one digit into MNIST's own form.
 *
 * rgba   width * height * 4 bytes, row by row: dark ink on bright paper or the reverse, of any size from 1 x 1
 * digit  DIGIT_SIZE rows of as many bytes, 0 (paper) to 255 (ink); written, all 0 where there is nothing to be seen
 *
 * Returns 0; or 1 where half a megabyte of memory isn't to be had. */
int prepare_digit(const uint8_t *rgba, int width, int height, uint8_t digit[DIGIT_SIZE * DIGIT_SIZE]);

#endif
