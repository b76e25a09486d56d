/* With a max pooling after it, whose windows lie side by side, or NULL. In `words` lie the places of the rows that a
 * window sees, and the weights of a filter. */
static void run_packed_conv(const filters *layer, const geometry *pool, const uint8_t *input, uint8_t *output,
                            int32_t *words) {
  filter_image(layer, pool, input, output, words);
}

