/* The mean of each channel over all positions; the division is in the multiplier. */
static void run_mean(const quantizer *q, int positions, int channels, uint8_t zero, const uint8_t *input,
                     uint8_t *output) {
  for (int channel = 0; channel < channels; channel++) {
    int32_t sum = 0;
    for (int position = 0; position < positions; position++) {
      sum += input[position * channels + channel] - zero;
    }
    output[channel] = quantize(q, sum, 0);
  }
}

