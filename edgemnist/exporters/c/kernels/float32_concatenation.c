/* Copies one input to its place in the output: at each position, `count` values from `offset` on. */
static void run_concatenation(int positions, int count, int offset, int stride, const float *input, float *output) {
  for (int position = 0; position < positions; position++) {
    for (int i = 0; i < count; i++) {
      output[position * stride + offset + i] = input[position * count + i];
    }
  }
}

