/* The mean of the int8 values that each window sees inside the image, half away from zero. */
static void run_average_pool(const geometry *g, uint8_t low, uint8_t high, const uint8_t *input, uint8_t *output) {
  for (int position = 0; position < g->output_rows * g->output_columns; position++) {
    const int top = position / g->output_columns * g->row_stride - g->top;
    const int left = position % g->output_columns * g->column_stride - g->left;
    for (int channel = 0; channel < g->channels; channel++) {
      int32_t sum = 0, count = 0;
      for (int tap = 0; tap < g->window_rows * g->window_columns; tap++) {
        const int y = top + tap / g->window_columns, x = left + tap % g->window_columns;
        if (y < 0 || y >= g->rows || x < 0 || x >= g->columns) continue;
        sum += input[(y * g->columns + x) * g->channels + channel] - 128;
        count++;
      }
      const int32_t mean = 128 + (sum > 0 ? sum + count / 2 : sum - count / 2) / count;
      *output++ = (uint8_t)(mean < low ? low : mean > high ? high : mean);
    }
  }
}

