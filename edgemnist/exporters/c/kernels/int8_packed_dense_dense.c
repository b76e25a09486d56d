typedef struct {
  const uint16_t *weights; /* outputs x inputs, without a gap */
  int inputs;
  int outputs;
  uint8_t zero; /* of the inputs */
  quantizer output;
  packing packed;
} packed_dense_layer;

static void run_packed_dense(const packed_dense_layer *layer, const uint8_t *input, uint8_t *output) {
  const packing *p = &layer->packed;
  weight_reader from = {layer->weights, 0, 0};
  for (int j = 0; j < layer->outputs; j++) {
    int32_t sum = get_bias(p, &layer->output, j);
    for (int i = 0; i < layer->inputs; i++) {
      sum += read_weight(p, &from) * (input[i] - layer->zero);
    }
    output[j] = quantize_packed(&layer->output, sum, p->each ? j : 0);
  }
}

