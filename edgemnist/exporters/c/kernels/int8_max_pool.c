/* The largest byte that each window sees inside the image, some channels at a time. */
static void pool_window(const uint8_t *values, int rows, int columns, const geometry *g, uint8_t low, uint8_t high,
                        uint8_t *output) {
  const int channels = g->channels, step = (g->columns - columns) * channels;
  int channel = 0;
#if defined(EDGE_MVE)
  for (; channel < channels; channel += 16) {
    const mve_pred16_t some = vctp8q((uint32_t)(channels - channel));
    const uint8_t *value = values + channel;
    uint8x16_t largest = vdupq_n_u8(low);
    for (int row = 0; row < rows; row++, value += step) {
      for (int column = 0; column < columns; column++, value += channels) {
        largest = vmaxq_u8(largest, vldrbq_z_u8(value, some));
      }
    }
    vstrbq_p_u8(output + channel, vminq_u8(largest, vdupq_n_u8(high)), some);
  }
#elif defined(EDGE_PAIRS)
  for (; channel + 4 <= channels; channel += 4) {
    const uint8_t *value = values + channel;
    uint32_t largest = low * 0x01010101u;
    for (int row = 0; row < rows; row++, value += step) {
      for (int column = 0; column < columns; column++, value += channels) {
        largest = find_larger(largest, load_four(value));
      }
    }
    store_four(output + channel, ~find_larger(~largest, ~(high * 0x01010101u)));
  }
#elif defined(__SSE2__)
  for (; channel + 8 <= channels; channel += 8) {
    const uint8_t *value = values + channel;
    __m128i largest = _mm_set1_epi8((char)low);
    for (int row = 0; row < rows; row++, value += step) {
      for (int column = 0; column < columns; column++, value += channels) {
        largest = _mm_max_epu8(largest, _mm_loadl_epi64((const __m128i *)value));
      }
    }
    _mm_storel_epi64((__m128i *)(output + channel), _mm_min_epu8(largest, _mm_set1_epi8((char)high)));
  }
#endif
  for (int j = channel; j < channels; j++) {
    output[j] = low;
  }
  for (int row = 0; row < rows; row++, values += step) {
    for (int column = 0; column < columns; column++, values += channels) {
      for (int j = channel; j < channels; j++) {
        if (values[j] > output[j]) output[j] = values[j];
      }
    }
  }
  for (int j = channel; j < channels; j++) {
    if (output[j] > high) output[j] = high;
  }
}

static void run_max_pool(const geometry *g, uint8_t low, uint8_t high, const uint8_t *input, uint8_t *output) {
  for (int row = 0; row < g->output_rows; row++) {
    const span y = clip(row * g->row_stride - g->top, g->window_rows, g->rows);
    for (int column = 0; column < g->output_columns; column++, output += g->channels) {
      const span x = clip(column * g->column_stride - g->left, g->window_columns, g->columns);
      pool_window(input + (y.first * g->columns + x.first) * g->channels, y.count, x.count, g, low, high, output);
    }
  }
}

