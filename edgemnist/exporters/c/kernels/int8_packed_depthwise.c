/* In `words` lie the places of the rows that a window sees, and the weights of a filter. */
static void run_packed_depthwise(const filters *layer, const uint8_t *input, uint8_t *output, int32_t *words) {
  filter_image(layer, NULL, input, output, words);
}

