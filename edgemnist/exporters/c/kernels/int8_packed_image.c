/* Where the rows that the windows of an output row see begin in the image, and -1 for those outside it. */
static void find_rows(const geometry *g, int output_row, int32_t *rows) {
  for (int i = 0; i < g->window_rows; i++) {
    const int row = output_row * g->row_stride - g->top + i;
    rows[i] = row < 0 || row >= g->rows ? -1 : row * g->columns * g->channels;
  }
}

/* All rows of outputs from all rows of inputs. */
static void filter_image(const filters *layer, const geometry *pool, const uint8_t *input, uint8_t *output,
                         int32_t *words) {
  const geometry *g = &layer->shape;
  const int together = pool != NULL ? pool->window_rows : 1;
  const int rows = pool != NULL ? pool->output_rows : g->output_rows;
  const int width = (pool != NULL ? pool->output_columns : g->output_columns) * g->output_channels;
  clear_bytes(output, rows * width);
  for (int row = 0; row < rows; row++, output += width) {
    for (int i = 0; i < together; i++) {
      find_rows(g, row * together + i, words);
      filter_row(layer, pool, input, words, output);
    }
  }
}

