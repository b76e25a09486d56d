typedef struct {
  const int8_t *weights; /* outputs x inputs */
  int inputs;
  int outputs;
  uint8_t zero; /* of the inputs */
  quantizer output;
} dense_layer;

static void run_dense(const dense_layer *layer, const uint8_t *input, uint8_t *output) {
  const int8_t *row = layer->weights;
  for (int j = 0; j < layer->outputs; j++, row += layer->inputs) {
    int32_t sum = layer->output.bias[j];
    for (int i = 0; i < layer->inputs; i++) {
      sum += row[i] * (input[i] - layer->zero);
    }
    output[j] = quantize(&layer->output, sum, j);
  }
}

