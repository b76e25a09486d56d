static inline void run_packed_conv_row(const filters *layer, const geometry *pool, const uint8_t *input, int32_t *rows,
                                       uint8_t *output) {
  filter_row(layer, pool, input, rows, output);
}

