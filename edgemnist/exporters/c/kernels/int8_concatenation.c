/* Copies one input to its place in the output: at each position, `count` values from `offset` on. */
static void run_concatenation(int positions, int count, int offset, int stride, const uint8_t *input, uint8_t *output) {
  for (int position = 0; position < positions; position++) {
    for (int i = 0; i < count; i++) {
      output[position * stride + offset + i] = input[position * count + i];
    }
  }
}

