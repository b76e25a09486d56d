typedef struct {
  pairing inputs;
  uint8_t first_zero;
  uint8_t second_zero;
  quantizer output; /* its tables: for the sum, for the first input, for the second input */
} add_layer;

/* The sum of two inputs. Each is brought to one scale, with 20 more bits, before. */
static void run_add(const add_layer *layer, const uint8_t *first, const uint8_t *second, uint8_t *output) {
  const pairing *p = &layer->inputs;
  const quantizer *q = &layer->output;
  for (int row = 0; row < p->rows; row++, first += p->first_row, second += p->second_row) {
    for (int i = 0; i < p->count; i++) {
      const int32_t one = ((int32_t)first[i * p->first_step] - layer->first_zero) * ((int32_t)1 << 20);
      const int32_t other = ((int32_t)second[i * p->second_step] - layer->second_zero) * ((int32_t)1 << 20);
      const int32_t sum = rescale_twice(one, q->multipliers[1], q->shifts[1]) +
                          rescale_twice(other, q->multipliers[2], q->shifts[2]);
      *output++ = quantize(q, sum, 0);
    }
  }
}

