/* A function of one value, as a table of what each byte becomes. */
static void run_function(const uint8_t table[256], int count, const uint8_t *input, uint8_t *output) {
  for (int i = 0; i < count; i++) {
    output[i] = table[input[i]];
  }
}

