/* Mixes the four pixels around each place of the output. Rows and columns are three numbers each: the place of the
 * one before and of the one behind, and the share of the latter. */
static void run_resize_bilinear(const geometry *g, const float *rows, const float *columns, const float *input,
                                float *output) {
  for (int position = 0; position < g->output_rows * g->output_columns; position++) {
    const float *row = rows + position / g->output_columns * 3;
    const float *column = columns + position % g->output_columns * 3;
    const float *upper = input + (int)row[0] * g->columns * g->channels;
    const float *lower = input + (int)row[1] * g->columns * g->channels;
    const int left = (int)column[0] * g->channels, right = (int)column[1] * g->channels;
    for (int channel = 0; channel < g->channels; channel++) {
      *output++ = upper[left + channel] * (1.0f - row[2]) * (1.0f - column[2]) +
                  lower[left + channel] * row[2] * (1.0f - column[2]) +
                  upper[right + channel] * (1.0f - row[2]) * column[2] + lower[right + channel] * row[2] * column[2];
    }
  }
}

