/* The largest value of each channel over all positions. */
static void run_largest(int positions, int channels, const uint8_t *input, uint8_t *output) {
  for (int channel = 0; channel < channels; channel++) {
    uint8_t largest = input[channel];
    for (int position = 1; position < positions; position++) {
      const uint8_t value = input[position * channels + channel];
      if (value > largest) largest = value;
    }
    output[channel] = largest;
  }
}

