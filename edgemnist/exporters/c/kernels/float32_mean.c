/* The mean of each channel over all positions. */
static void run_mean(int positions, int channels, const float *input, float *output) {
  for (int channel = 0; channel < channels; channel++) {
    float sum = 0.0f;
    for (int position = 0; position < positions; position++) {
      sum += input[position * channels + channel];
    }
    output[channel] = sum / (float)positions;
  }
}

