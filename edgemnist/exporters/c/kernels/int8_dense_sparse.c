typedef struct {
  const int8_t *weights; /* inputs x outputs */
  int inputs;
  int outputs;
  uint8_t zero; /* of the inputs */
  quantizer output;
} dense_layer;

static void run_dense(const dense_layer *layer, const uint8_t *input, uint8_t *output, int32_t *sums) {
  const int outputs = layer->outputs;
  const int8_t *column = layer->weights;
  column_batch four;
  four.count = 0;
  for (int j = 0; j < outputs; j++) {
    sums[j] = layer->output.bias[j];
  }
  for (int i = 0; i < layer->inputs; i++, column += outputs) {
    push_column(&four, column, input[i] - layer->zero, sums, outputs);
  }
  flush_columns(&four, sums, outputs);
  quantize_all(&layer->output, are_shifts_high(&layer->output, outputs), sums, output, outputs);
}

