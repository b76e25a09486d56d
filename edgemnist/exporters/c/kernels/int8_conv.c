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

#if defined(__SSE2__)
EDGE_INLINE void sum_lanes(const lane_filter *f, const conv_layer *layer, const uint8_t *input, int y, int x,
                           uint8_t *copy, eight_sums *sums, int blocks) {
  const geometry *g = &layer->shape;
  const int top = y * g->row_stride - g->top, left = x * g->column_stride - g->left;
  const int place = (top * g->columns + left) * g->channels;
  if (is_inside(g, top, left) && place + f->count >= 4) { /* nothing is read before the input */
    sum_window(f, input + place, f->seen, sums, blocks);
  } else {
    copy_edge(g, layer->zero, input, top, left, copy);
    sum_window(f, copy, f->copied, sums, blocks);
  }
}

/* All positions of the outputs from j on: one block or two. */
EDGE_INLINE void run_blocks(const conv_layer *layer, const geometry *pool, const uint8_t *input, uint8_t *output,
                            const int32_t *starts, uint8_t *copy, int j, int blocks) {
  const geometry *g = &layer->shape, *over = pool != NULL ? pool : g;
  const int rows = pool != NULL ? pool->window_rows : 1, columns = pool != NULL ? pool->window_columns : 1;
  lane_filter filter;
  eight_sums sums[2], others[2];
  prepare_lanes(&filter, g, layer->weights, starts, &layer->output, j, blocks);
  for (int row = 0; row < over->output_rows; row++) {
    for (int column = 0; column < over->output_columns; column++, output += g->output_channels) {
      sum_lanes(&filter, layer, input, row * rows, column * columns, copy, sums, blocks);
      for (int y = row * rows; y < (row + 1) * rows; y++) {
        for (int x = column * columns + (y == row * rows); x < (column + 1) * columns; x++) {
          sum_lanes(&filter, layer, input, y, x, copy, others, blocks);
          for (int block = 0; block < blocks; block++) {
            sums[block] = find_larger_sums(sums[block], others[block]);
          }
        }
      }
      store_lanes(&filter, sums, output, blocks);
    }
  }
}

/* The same as below, of shifts above 32 and filters that the stack has room for. */
static void run_conv_lanes(const conv_layer *layer, const geometry *pool, const uint8_t *input, uint8_t *output,
                           const int32_t *starts, uint8_t *copy) {
  const int outputs = layer->shape.output_channels, both = 2 * count_laid(&layer->shape) <= EDGE_LAID;
  int j = 0;
  for (; both && j + EDGE_LANES < outputs; j += 2 * EDGE_LANES) {
    run_blocks(layer, pool, input, output, starts, copy, j, 2);
  }
  for (; j < outputs; j += EDGE_LANES) {
    run_blocks(layer, pool, input, output, starts, copy, j, 1);
  }
}
#endif

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
#if defined(__SSE2__)
  if (high && count_laid(g) <= EDGE_LAID) {
    run_conv_lanes(layer, pool, input, output, words, copy);
    return;
  }
#endif
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

