static inline void run_packed_depthwise_row(const filters *layer, const uint8_t *input, int32_t *rows,
                                            uint8_t *output) {
  filter_row(layer, NULL, input, rows, output);
}

