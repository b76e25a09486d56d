/* Copies to each place of the output the pixel that its row and its column are made of. */
static void run_resize_nearest(const geometry *g, const int32_t *rows, const int32_t *columns, const float *input,
                               float *output) {
  for (int position = 0; position < g->output_rows * g->output_columns; position++) {
    const int y = rows[position / g->output_columns], x = columns[position % g->output_columns];
    for (int channel = 0; channel < g->channels; channel++) {
      *output++ = input[(y * g->columns + x) * g->channels + channel];
    }
  }
}

