/* A ReLU that no layer before it has taken in. */
static void run_rescaling(int count, float low, float high, const float *input, float *output) {
  for (int i = 0; i < count; i++) {
    output[i] = clamp(input[i], low, high);
  }
}

