/* One row of the means of the int8 values that each window sees inside the image, half away from zero. */
static void run_average_pool_row(const geometry *g, uint8_t low, uint8_t high, const uint8_t *input, const int32_t *rows,
                                 uint8_t *output) {
  for (int column = 0; column < g->output_columns; column++) {
    const span x = clip(column * g->column_stride - g->left, g->window_columns, g->columns);
    for (int channel = 0; channel < g->channels; channel++) {
      int32_t sum = 0, count = 0;
      for (int row = 0; row < g->window_rows; row++) {
        if (rows[row] < 0) continue;
        const uint8_t *value = input + rows[row] + x.first * g->channels + channel;
        for (int i = 0; i < x.count; i++, value += g->channels) {
          sum += *value - 128;
        }
        count += x.count;
      }
      const int32_t mean = 128 + (sum > 0 ? sum + count / 2 : sum - count / 2) / count;
      *output++ = (uint8_t)(mean < low ? low : mean > high ? high : mean);
    }
  }
}

