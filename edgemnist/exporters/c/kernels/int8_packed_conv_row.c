static inline void run_packed_conv_row(const filters *layer, const geometry *pool, const uint8_t *input,
                                       const int32_t *at, int begins, uint8_t *output, int8_t *filter) {
  filter_row(layer, pool, input, at, begins, output, filter);
}

