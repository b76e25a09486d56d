typedef struct {
  pairing inputs; /* of the values and of the slopes */
  uint8_t first_zero;
  uint8_t second_zero;
  quantizer output; /* its tables: for values above 0, for products of those below 0 */
} prelu_layer;

/* A value above 0 as it is, one below 0 times its slope. */
static void run_prelu(const prelu_layer *layer, const uint8_t *first, const uint8_t *second, uint8_t *output) {
  const pairing *p = &layer->inputs;
  for (int row = 0; row < p->rows; row++, first += p->first_row, second += p->second_row) {
    for (int i = 0; i < p->count; i++) {
      const int32_t value = (int32_t)first[i * p->first_step] - layer->first_zero;
      const int32_t slope = (int32_t)second[i * p->second_step] - layer->second_zero;
      *output++ = value >= 0 ? quantize(&layer->output, value, 0) : quantize(&layer->output, value * slope, 1);
    }
  }
}

