/* One row of the largest bytes that each window sees inside the image. */
static void run_max_pool_row(const geometry *g, uint8_t low, uint8_t high, const uint8_t *input, const int32_t *rows,
                             uint8_t *output) {
  for (int column = 0; column < g->output_columns; column++) {
    const span x = clip(column * g->column_stride - g->left, g->window_columns, g->columns);
    for (int channel = 0; channel < g->channels; channel++) {
      uint8_t largest = low;
      for (int row = 0; row < g->window_rows; row++) {
        if (rows[row] < 0) continue;
        const uint8_t *value = input + rows[row] + x.first * g->channels + channel;
        for (int i = 0; i < x.count; i++, value += g->channels) {
          if (*value > largest) largest = *value;
        }
      }
      *output++ = largest > high ? high : largest;
    }
  }
}

