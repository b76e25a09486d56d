typedef struct {
  uint8_t first_zero;
  uint8_t second_zero;
  quantizer output; /* its tables: for the sum, for the first input, for the second input */
} add_layer;

/* The sum of two inputs. Each is brought to one scale, with 20 more bits, before they are added. */
static void run_add(const add_layer *layer, int count, const uint8_t *first, const uint8_t *second, uint8_t *output) {
  const quantizer *q = &layer->output;
  for (int i = 0; i < count; i++) {
    const int32_t one = ((int32_t)first[i] - layer->first_zero) * ((int32_t)1 << 20);
    const int32_t other = ((int32_t)second[i] - layer->second_zero) * ((int32_t)1 << 20);
    const int32_t sum = rescale_twice(one, q->multipliers[1], q->shifts[1]) +
                        rescale_twice(other, q->multipliers[2], q->shifts[2]);
    output[i] = quantize(q, sum, 0);
  }
}

