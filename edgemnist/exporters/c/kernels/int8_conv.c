typedef struct {
  const int8_t *weights; /* output channels x window rows x window columns x channels */
  geometry shape;
  uint8_t zero; /* of the inputs, and of the padding */
  quantizer output;
} conv_layer;

/* What the window sees at an output position: where it lies in the input if it lies there in one piece, else in
 * `copy`. */
static const uint8_t *see_window(const conv_layer *layer, const uint8_t *input, int top, int left, uint8_t *copy) {
  const geometry *g = &layer->shape;
  const int place = (top * g->columns + left) * g->channels;
  if (g->window_rows == 1 && g->window_columns == 1) return input + place;
  if (!is_inside(g, top, left)) {
    copy_edge(g, layer->zero, input, top, left, copy);
    return copy;
  }
  if (g->window_rows == 1 || g->window_columns == g->columns) return input + place;
  copy_rows(copy, input + place, g->window_rows, g->window_columns * g->channels, g->columns * g->channels);
  return copy;
}

static void sum_position(const conv_layer *layer, const uint8_t *input, int y, int x, const int32_t *starts,
                         int32_t *sums, uint8_t *copy) {
  const geometry *g = &layer->shape;
  const int count = g->window_rows * g->window_columns * g->channels;
  const uint8_t *seen = see_window(layer, input, y * g->row_stride - g->top, x * g->column_stride - g->left, copy);
#if defined(EDGE_MVE)
  if (count <= 16) {
    multiply_short_rows(layer->weights, seen, count, starts, sums, g->output_channels);
    return;
  }
#endif
  multiply_rows(layer->weights, seen, count, starts, sums, g->output_channels);
}

static inline void keep_larger(int32_t *sums, const int32_t *others, int count) {
  int j = 0;
#if defined(EDGE_MVE)
  for (; j + 4 <= count; j += 4) {
    vstrwq_s32(sums + j, vmaxq_s32(vldrwq_s32(sums + j), vldrwq_s32(others + j)));
  }
#endif
  for (; j < count; j++) {
    sums[j] = others[j] > sums[j] ? others[j] : sums[j];
  }
}

/* With a max pooling after it, whose windows lie side by side, or NULL: the largest output is that of the largest sum.
 * In `words` lie what the sums start with, the sums, those of one more position where there is a pooling, and what a
 * window sees. */
static void run_conv(const conv_layer *layer, const geometry *pool, const uint8_t *input, uint8_t *output,
                     int32_t *words) {
  const geometry *g = &layer->shape, *over = pool != NULL ? pool : g;
  const int outputs = g->output_channels, high = are_shifts_high(&layer->output, outputs);
  const int rows = pool != NULL ? pool->window_rows : 1, columns = pool != NULL ? pool->window_columns : 1;
  int32_t *sums = words + outputs, *others = sums + outputs;
  uint8_t *copy = (uint8_t *)(pool != NULL ? others + outputs : others);
  start_rows(&layer->output, layer->weights, layer->zero, g->window_rows * g->window_columns * g->channels, words,
             outputs);
  for (int row = 0; row < over->output_rows; row++) {
    for (int column = 0; column < over->output_columns; column++, output += outputs) {
      sum_position(layer, input, row * rows, column * columns, words, sums, copy);
      for (int y = row * rows; y < (row + 1) * rows; y++) {
        for (int x = column * columns + (y == row * rows); x < (column + 1) * columns; x++) {
          sum_position(layer, input, y, x, words, others, copy);
          keep_larger(sums, others, outputs);
        }
      }
      quantize_all(&layer->output, high, sums, output, outputs);
    }
  }
}

