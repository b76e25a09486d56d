
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
    for (int k = 0; k < 16; k++) {
      sum += row[i + k] * (int16_t)(input[i + k] - zero);
    }
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
