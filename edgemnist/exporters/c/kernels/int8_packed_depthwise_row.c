static inline void run_packed_depthwise_row(const filters *layer, const uint8_t *input, const int32_t *at,
                                            uint8_t *output, int8_t *filter) {
  filter_row(layer, NULL, input, at, 1, output, filter);
}

