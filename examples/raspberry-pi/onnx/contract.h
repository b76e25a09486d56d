/* What the model takes and what it gives: the contract that its file holds.
 *
 *   real value   = INPUT_LOW + pixel * (INPUT_HIGH - INPUT_LOW) / 255        pixel 0 ... 255
 *   stored value = round(real value / INPUT_SCALE) + INPUT_ZERO_POINT        where INPUT_SCALE isn't 0
 *   real answer  = (stored answer - OUTPUT_ZERO_POINT) * OUTPUT_SCALE        where OUTPUT_SCALE isn't 0
 *   probability  = real answer, or its softmax where OUTPUT_KIND is KIND_logits */
#ifndef CONTRACT_H
#define CONTRACT_H

#include <stdint.h>

typedef enum { DTYPE_float32, DTYPE_uint8, DTYPE_int8 } dtype;
typedef enum { KIND_probabilities, KIND_logits } kind;
typedef float stored_float32;
typedef uint8_t stored_uint8;
typedef int8_t stored_int8;

/* Of one image: raw bytes, row by row, 0 (black) to 255 (white). */
#define PIXELS 784

/* What a picture becomes before it is an image: see preparation.h. */
#define PREPARATION PREPARATION_digit
#define INK INK_bright

#define INPUT_NAME "pixels"
#define INPUT_DTYPE DTYPE_float32
#define INPUT_SHAPE {1, 784}
#define INPUT_DIMENSIONS (1 + 1)
#define INPUT_LOW (0.0)
#define INPUT_HIGH (1.0)
#define INPUT_SCALE 0.0
#define INPUT_ZERO_POINT (0)
typedef stored_float32 input_value;

#define OUTPUT_NAME "probs"
#define OUTPUT_DTYPE DTYPE_float32
#define OUTPUT_KIND KIND_probabilities
#define OUTPUT_SCALE 0.0
#define OUTPUT_ZERO_POINT (0)
typedef stored_float32 score;

#define CLASSES 10
#define LABELS {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}

#endif
