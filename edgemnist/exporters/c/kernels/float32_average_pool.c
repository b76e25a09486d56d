/* The mean of what each window sees inside the image. */
static void run_average_pool(const geometry *g, float low, float high, const float *input, float *output) {
  for (int position = 0; position < g->output_rows * g->output_columns; position++) {
    const int top = position / g->output_columns * g->row_stride - g->top;
    const int left = position % g->output_columns * g->column_stride - g->left;
    for (int channel = 0; channel < g->channels; channel++) {
      float sum = 0.0f;
      int count = 0;
      for (int tap = 0; tap < g->window_rows * g->window_columns; tap++) {
        const int y = top + tap / g->window_columns, x = left + tap % g->window_columns;
        if (y < 0 || y >= g->rows || x < 0 || x >= g->columns) continue;
        sum += input[(y * g->columns + x) * g->channels + channel];
        count++;
      }
      *output++ = clamp(sum / (float)count, low, high);
    }
  }
}

