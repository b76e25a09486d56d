/* Mixes the four pixels around each place of the output. Rows and columns are three numbers each: the place of the
 * one before and of the one behind, and the share of the latter in 1024ths. */
static void run_resize_bilinear(const geometry *g, const int32_t *rows, const int32_t *columns, const uint8_t *input,
                                uint8_t *output) {
  for (int position = 0; position < g->output_rows * g->output_columns; position++) {
    const int32_t *row = rows + position / g->output_columns * 3;
    const int32_t *column = columns + position % g->output_columns * 3;
    const uint8_t *upper = input + row[0] * g->columns * g->channels;
    const uint8_t *lower = input + row[1] * g->columns * g->channels;
    const int left = (int)column[0] * g->channels, right = (int)column[1] * g->channels;
    for (int channel = 0; channel < g->channels; channel++) {
      const int32_t above = (upper[left + channel] - 128) * (1024 - column[2]) +
                            (upper[right + channel] - 128) * column[2];
      const int32_t below = (lower[left + channel] - 128) * (1024 - column[2]) +
                            (lower[right + channel] - 128) * column[2];
      const int32_t sum = above * (1024 - row[2]) + below * row[2];
      *output++ = (uint8_t)(128 + (sum > 0 ? sum + ((int32_t)1 << 19) : sum - ((int32_t)1 << 19)) / ((int32_t)1 << 20));
    }
  }
}

