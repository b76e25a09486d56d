typedef struct {
  const uint16_t *weights; /* outputs x inputs, without a gap */
  int inputs;
  int outputs;
  uint8_t zero; /* of the inputs */
  quantizer output;
  packing packed;
} packed_dense_layer;

static inline int32_t read_weight(const packing *p, weight_reader *from) {
  if (from->left == 0) {
    from->word = *from->next++;
    from->left = p->digits;
  }
  const uint32_t product = from->word * p->levels;
  from->word = product & 0xffff;
  from->left--;
  return p->low + p->step * (int32_t)(product >> 16);
}

static void run_packed_dense(const packed_dense_layer *layer, const uint8_t *input, uint8_t *output) {
  const packing *p = &layer->packed;
  weight_reader from = {layer->weights, 0, 0};
  for (int j = 0; j < layer->outputs; j++) {
    int32_t sum = get_bias(p, &layer->output, j);
    for (int i = 0; i < layer->inputs; i++) {
      sum += read_weight(p, &from) * (input[i] - layer->zero);
    }
    output[j] = quantize_packed(p, &layer->output, sum, p->each ? j : 0);
  }
}

