/* The mean of the int8 values that each window sees inside the image, half away from zero. */
static void average_window(const uint8_t *values, int rows, int columns, const geometry *g, uint8_t low, uint8_t high,
                           uint8_t *output) {
  const int channels = g->channels, step = (g->columns - columns) * channels;
  const int32_t count = rows * columns;
  for (int channel = 0; channel < channels; channel++) {
    const uint8_t *value = values + channel;
    int32_t sum = -128 * count;
    for (int row = 0; row < rows; row++, value += step) {
      for (int column = 0; column < columns; column++, value += channels) {
        sum += *value;
      }
    }
    const int32_t mean = 128 + (sum > 0 ? sum + count / 2 : sum - count / 2) / count;
    output[channel] = (uint8_t)(mean < low ? low : mean > high ? high : mean);
  }
}

static void run_average_pool(const geometry *g, uint8_t low, uint8_t high, const uint8_t *input, uint8_t *output) {
  for (int row = 0; row < g->output_rows; row++) {
    const span y = clip(row * g->row_stride - g->top, g->window_rows, g->rows);
    for (int column = 0; column < g->output_columns; column++, output += g->channels) {
      const span x = clip(column * g->column_stride - g->left, g->window_columns, g->columns);
      average_window(input + (y.first * g->columns + x.first) * g->channels, y.count, x.count, g, low, high, output);
    }
  }
}

