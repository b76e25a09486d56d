#if defined(__ARM_FEATURE_MVE) && (__ARM_FEATURE_MVE & 1)
#include <arm_mve.h>
#endif

typedef struct {
  const int8_t *weights; /* outputs x inputs */
  int inputs;
  int outputs;
  uint8_t zero; /* of the inputs */
  quantizer output;
} dense_layer;

/* The sum of row[i] * (input[i] - zero). Sixteen at a time: compilers turn a loop of known length into vectors. */
static int32_t sum_row(const int8_t *row, const uint8_t *input, int16_t zero, int count) {
  int32_t sum = 0;
  int i = 0;
  for (; i + 16 <= count; i += 16) {
#if defined(__ARM_FEATURE_MVE) && (__ARM_FEATURE_MVE & 1)
    /* int8 times int8: the bytes less 128, and what that leaves out */
    const int8x16_t weights = vldrbq_s8(row + i);
    const uint8x16_t flipped = veorq_u8(vldrbq_u8(input + i), vdupq_n_u8(128));
    sum = vmladavaq_s8(sum, weights, vreinterpretq_s8_u8(flipped)) + (128 - zero) * vaddvq_s8(weights);
#else
    for (int k = 0; k < 16; k++) {
      sum += row[i + k] * (int16_t)(input[i + k] - zero);
    }
#endif
  }
  for (; i < count; i++) {
    sum += row[i] * (input[i] - zero);
  }
  return sum;
}

static void run_dense(const dense_layer *layer, const uint8_t *input, uint8_t *output) {
  const int8_t *row = layer->weights;
  for (int j = 0; j < layer->outputs; j++, row += layer->inputs) {
    const int32_t sum = layer->output.bias[j] + sum_row(row, input, layer->zero, layer->inputs);
    output[j] = quantize(&layer->output, sum, j);
  }
}

