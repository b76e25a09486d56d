typedef struct {
  const int8_t *weights; /* outputs x inputs */
  int inputs;
  int outputs;
  uint8_t zero; /* of the inputs */
  quantizer output;
} dense_layer;

/* In `words` lie what the sums start with, and the sums. */
static void run_dense(const dense_layer *layer, const uint8_t *input, uint8_t *output, int32_t *words) {
  const int outputs = layer->outputs;
  int32_t *sums = words + outputs;
  start_rows(&layer->output, layer->weights, layer->zero, layer->inputs, words, outputs);
  multiply_rows(layer->weights, input, layer->inputs, words, sums, outputs);
  quantize_all(&layer->output, are_shifts_high(&layer->output, outputs), sums, output, outputs);
}

