typedef struct {
  pairing inputs;
  uint8_t first_zero;
  uint8_t second_zero;
  quantizer output;
} multiply_layer;

/* The product of two inputs. */
static void run_multiply(const multiply_layer *layer, const uint8_t *first, const uint8_t *second, uint8_t *output) {
  const pairing *p = &layer->inputs;
  for (int row = 0; row < p->rows; row++, first += p->first_row, second += p->second_row) {
    for (int i = 0; i < p->count; i++) {
      const int32_t one = (int32_t)first[i * p->first_step] - layer->first_zero;
      const int32_t other = (int32_t)second[i * p->second_step] - layer->second_zero;
      *output++ = quantize(&layer->output, one * other, 0);
    }
  }
}

