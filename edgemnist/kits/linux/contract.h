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
#define PIXELS @{pixels}

/* What a picture becomes before it is an image: see preparation.h. */
#define PREPARATION PREPARATION_@{preparation}
#define INK INK_@{ink}

#define INPUT_NAME @{input_name}
#define INPUT_DTYPE DTYPE_@{input_dtype}
#define INPUT_SHAPE {1, @{input_shape}}
#define INPUT_DIMENSIONS (1 + @{input_dimensions})
#define INPUT_LOW (@{input_low})
#define INPUT_HIGH (@{input_high})
#define INPUT_SCALE @{input_scale}
#define INPUT_ZERO_POINT (@{input_zero_point})
typedef stored_@{input_dtype} input_value;

#define OUTPUT_NAME @{output_name}
#define OUTPUT_DTYPE DTYPE_@{output_dtype}
#define OUTPUT_KIND KIND_@{output_kind}
#define OUTPUT_SCALE @{output_scale}
#define OUTPUT_ZERO_POINT (@{output_zero_point})
typedef stored_@{output_dtype} score;

#define CLASSES @{classes}
#define LABELS {@{labels}}

#endif
