/* The largest value of each channel over all positions. */
static void run_largest(int positions, int channels, const float *input, float *output) {
  for (int channel = 0; channel < channels; channel++) {
    float largest = input[channel];
    for (int position = 1; position < positions; position++) {
      const float value = input[position * channels + channel];
      if (value > largest) largest = value;
    }
    output[channel] = largest;
  }
}

