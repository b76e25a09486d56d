/* A convolution, depthwise or not, that is computed row by row, each of its filters for a whole row at a time. */
typedef struct {
  const uint16_t *weights; /* output channels x window rows x window columns x depth, without a gap */
  geometry shape;
  uint8_t zero; /* of the inputs, and of the padding */
  quantizer output;
  packing packed;
  int depth; /* channels that a filter sees */
  int fan;   /* filters that see the same channels */
} filters;

/* The part of a filter that lies inside the image. */
typedef struct {
  const int8_t *weights; /* of its first column inside */
  int columns;
  const int32_t *at; /* where the input's rows begin behind the first, less than 0 outside the image */
} part;

/* sum[0] += filter * bytes, sum[1] += filter * bytes that are `apart` behind these */
EDGE_IN_ORDER static void add_taps(const filters *layer, const part *seen, const uint8_t *input, int apart, int32_t *sum) {
  const geometry *g = &layer->shape;
  const int whole = layer->depth == g->channels; /* the columns then lie side by side */
  const int runs = whole ? 1 : seen->columns, count = whole ? seen->columns * layer->depth : layer->depth;
  const int8_t *start = seen->weights;
  int32_t a = sum[0], b = sum[1];
#if defined(__SSE2__)
  __m128i c = _mm_setzero_si128(), d = c;
#endif
  for (int row = 0; row < g->window_rows; row++, start += g->window_columns * layer->depth) {
    if (seen->at[row] < 0) continue;
    const int8_t *weights = start;
    const uint8_t *values = input + seen->at[row];
    for (int run = 0; run < runs; run++, weights += count, values += g->channels) {
      int i = 0;
#if defined(EDGE_MVE)
      for (; i < count; i += 8) {
        const mve_pred16_t some = vctp16q((uint32_t)(count - i));
        const int16x8_t taps = vldrbq_z_s16(weights + i, some);
        a = vmladavaq_s16(a, taps, vreinterpretq_s16_u16(vldrbq_z_u16(values + i, some)));
        b = vmladavaq_s16(b, taps, vreinterpretq_s16_u16(vldrbq_z_u16(values + i + apart, some)));
      }
#elif defined(EDGE_PAIRS)
      for (; i + 4 <= count; i += 4) {
        const uint32_t taps = load_four(weights + i), even = split_signed_even(taps), odd = split_signed_odd(taps);
        const uint32_t first = load_four(values + i), second = load_four(values + i + apart);
        a = add_both(add_both(a, even, split_even(first)), odd, split_odd(first));
        b = add_both(add_both(b, even, split_even(second)), odd, split_odd(second));
      }
#elif defined(__SSE2__)
      for (; i + 8 <= count; i += 8) {
        const __m128i taps = widen_signed(weights + i);
        c = _mm_add_epi32(c, _mm_madd_epi16(taps, widen(values + i)));
        d = _mm_add_epi32(d, _mm_madd_epi16(taps, widen(values + i + apart)));
      }
#endif
      for (; i < count; i++) {
        const int32_t tap = weights[i];
        a += tap * values[i];
        b += tap * values[i + apart];
      }
    }
  }
#if defined(__SSE2__)
  const __m128i both = _mm_add_epi32(_mm_unpacklo_epi32(c, d), _mm_unpackhi_epi32(c, d));
  const __m128i all = _mm_add_epi32(both, _mm_srli_si128(both, 8));
  a += _mm_cvtsi128_si32(all);
  b += _mm_cvtsi128_si32(_mm_srli_si128(all, 4));
#endif
  sum[0] = a;
  sum[1] = b;
}

/* What a sum starts with: its bias less what the inputs' zero adds to it. */
static int32_t start_sum(const filters *layer, const part *seen, int32_t bias) {
  const geometry *g = &layer->shape;
  const int8_t *weights = seen->weights;
  for (int row = 0; row < g->window_rows && layer->zero != 0; row++, weights += g->window_columns * layer->depth) {
    for (int i = 0; seen->at[row] >= 0 && i < seen->columns * layer->depth; i++) {
      bias -= layer->zero * weights[i];
    }
  }
  return bias;
}

/* The outputs of one filter in a row; where a pooling is part of it, the largest of those that it sees so far. */
static void filter_columns(const filters *layer, const geometry *pool, const uint8_t *input, const int32_t *at,
                           int begins, uint8_t *output, const int8_t *filter, int j) {
  const geometry *g = &layer->shape;
  const int32_t bias = get_bias(&layer->packed, &layer->output, j);
  const int together = pool != NULL ? pool->window_columns : 1;
  const int columns = pool != NULL ? pool->output_columns * together : g->output_columns;
  part seen = {filter, 0, at};
  int32_t start = 0, sums[2] = {0, 0};
  for (int column = 0, ready = 0, pooled = 0; column < columns; column++, ready--) {
    if (ready == 0) {
      const int left = column * g->column_stride - g->left, next = left + g->column_stride;
      const span x = clip(left, g->window_columns, g->columns);
      const int8_t *weights = filter + (x.first - left) * layer->depth;
      if (weights != seen.weights || x.count != seen.columns) {
        seen.weights = weights;
        seen.columns = x.count;
        start = start_sum(layer, &seen, bias);
      }
      ready = left >= 0 && column + 1 < columns && next + g->window_columns <= g->columns ? 2 : 1;
      sums[0] = sums[1] = start;
      add_taps(layer, &seen, input + x.first * g->channels, ready == 2 ? g->column_stride * g->channels : 0, sums);
    } else {
      sums[0] = sums[1];
    }
    const uint8_t byte = quantize_packed(&layer->output, sums[0], layer->packed.each ? j : 0);
    if ((begins && pooled == 0) || byte > *output) *output = byte;
    if (++pooled == together) {
      pooled = 0;
      output += g->output_channels;
    }
  }
}

/* One row of outputs, or what it adds to a row of a max pooling after it, which `begins` with it or has rows before.
 * Row i of what the windows see lies `at[i]` bytes behind the input, or outside the image where that is less than 0.
 * In `filter` lie the weights of one filter. */
static void filter_row(const filters *layer, const geometry *pool, const uint8_t *input, const int32_t *at, int begins,
                       uint8_t *output, int8_t *filter) {
  const geometry *g = &layer->shape;
  const int count = g->window_rows * g->window_columns * layer->depth;
  weight_reader from = {layer->weights, 0, 0};
  for (int j = 0, seen_by = 0; j < g->output_channels; j++) {
    for (int i = 0; i < count; i++) {
      filter[i] = (int8_t)read_weight(&layer->packed, &from);
    }
    filter_columns(layer, pool, input, at, begins, output + j, filter, j);
    if (++seen_by == layer->fan) {
      seen_by = 0;
      input += layer->depth;
    }
  }
}

