/* The same values in other steps, clamped: a ReLU that no layer before it has taken in. */
static void run_rescaling(const quantizer *q, int count, uint8_t zero, const uint8_t *input, uint8_t *output) {
  for (int i = 0; i < count; i++) {
    output[i] = quantize(q, input[i] - zero, 0);
  }
}

