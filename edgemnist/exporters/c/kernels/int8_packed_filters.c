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

/* sums[0] = start + filter * bytes, and sums[1] with the bytes of the next column if there are `two`. */
EDGE_IN_ORDER static EDGE_PART void multiply_filter(const filters *layer, const int8_t *filter, const uint8_t *input,
                                          const int32_t *rows, int two, int32_t start, int32_t *sums) {
  const geometry *g = &layer->shape;
  const int whole = layer->depth == g->channels; /* all bytes of a row are then seen, or else some of each column */
  const int pieces = whole ? 1 : g->window_columns, count = whole ? g->window_columns * layer->depth : layer->depth;
  const int apart = two ? g->column_stride * g->channels : 0;
  int32_t a = start, b = start;
#if defined(__SSE2__)
  __m128i c = _mm_setzero_si128(), d = c;
#endif
  for (int row = 0; row < g->window_rows; row++) {
    const uint8_t *values = input + rows[row];
    if (rows[row] < 0) {
      filter += pieces * count;
      continue;
    }
    for (int piece = 0; piece < pieces; piece++, filter += count, values += g->channels) {
      int i = 0;
#if defined(EDGE_MVE)
      for (; i < count; i += 8) {
        const mve_pred16_t some = vctp16q((uint32_t)(count - i));
        const int16x8_t taps = vldrbq_z_s16(filter + i, some);
        a = vmladavaq_s16(a, taps, vreinterpretq_s16_u16(vldrbq_z_u16(values + i, some)));
        b = vmladavaq_s16(b, taps, vreinterpretq_s16_u16(vldrbq_z_u16(values + i + apart, some)));
      }
#elif defined(EDGE_PAIRS)
      for (; i + 4 <= count; i += 4) {
        const uint32_t taps = load_four(filter + i), even = split_signed_even(taps), odd = split_signed_odd(taps);
        const uint32_t first = load_four(values + i), second = load_four(values + i + apart);
        a = add_both(add_both(a, even, split_even(first)), odd, split_odd(first));
        b = add_both(add_both(b, even, split_even(second)), odd, split_odd(second));
      }
#elif defined(__SSE2__)
      for (; i + 8 <= count; i += 8) {
        const __m128i taps = widen_signed(filter + i);
        c = _mm_add_epi32(c, _mm_madd_epi16(taps, widen(values + i)));
        d = _mm_add_epi32(d, _mm_madd_epi16(taps, widen(values + i + apart)));
      }
#endif
      for (; i < count; i++) {
        const int32_t tap = filter[i];
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
  sums[0] = a;
  sums[1] = b;
}

/* sum + filter * (bytes - zero), of the columns that a window sees inside the image. */
static EDGE_PART int32_t multiply_edge(const filters *layer, const int8_t *filter, const uint8_t *input,
                                        const int32_t *rows, int left, int32_t sum) {
  const geometry *g = &layer->shape;
  for (int row = 0; row < g->window_rows; row++) {
    for (int column = left; column < left + g->window_columns; column++, filter += layer->depth) {
      if (rows[row] < 0 || column < 0 || column >= g->columns) continue;
      const uint8_t *values = input + rows[row] + column * g->channels;
      for (int i = 0; i < layer->depth; i++) {
        sum += filter[i] * (values[i] - layer->zero);
      }
    }
  }
  return sum;
}

/* Unpacks the next filter. */
static EDGE_PART void unpack_filter(const filters *layer, weight_reader *from, int8_t *filter) {
  const packing *p = &layer->packed;
  const int count = layer->shape.window_rows * layer->shape.window_columns * layer->depth;
  weight_reader reader = *from;
  for (int i = 0; i < count; i++) {
    filter[i] = (int8_t)read_weight(p, &reader);
  }
  *from = reader;
}

/* What the inputs' zero takes away from the sums of a filter. */
static EDGE_PART int32_t multiply_zero(const filters *layer, const int8_t *filter, const int32_t *rows) {
  const int count = layer->shape.window_columns * layer->depth;
  int32_t sum = 0;
  for (int row = 0; row < layer->shape.window_rows && layer->zero != 0; row++, filter += count) {
    for (int i = 0; i < count && rows[row] >= 0; i++) {
      sum += filter[i];
    }
  }
  return sum * layer->zero;
}

/* How many columns are computed: with a pooling, those that it sees. */
static inline int count_columns(const geometry *g, const geometry *pool) {
  return pool != NULL ? pool->output_columns * pool->window_columns : g->output_columns;
}

/* One row of outputs, each of them only where it is larger than what is there: so a row of a max pooling after it is
 * made of several. Row i of what the windows see lies `rows[i]` bytes behind the input, or outside the image where that
 * is less than 0. Behind these numbers is room for the weights of a filter. */
static EDGE_NARROW void filter_row(const filters *layer, const geometry *pool, const uint8_t *input, int32_t *rows,
                                  uint8_t *output) {
  const geometry *g = &layer->shape;
  int8_t *filter = (int8_t *)(rows + g->window_rows);
  weight_reader from = {layer->weights, 0, 0};
  for (int j = 0, seen_by = 0; j < g->output_channels; j++) {
    unpack_filter(layer, &from, filter);
    const int32_t start = get_bias(&layer->packed, &layer->output, j) - multiply_zero(layer, filter, rows);
    uint8_t *target = output + j;
    for (int column = 0, pooled = 0, some; column < count_columns(g, pool); column += some) {
      const int left = column * g->column_stride - g->left, right = left + g->window_columns;
      int32_t sums[2];
      if (left < 0 || right > g->columns) {
        some = 1;
        sums[0] = multiply_edge(layer, filter, input, rows, left, get_bias(&layer->packed, &layer->output, j));
      } else {
        some = column + 1 < count_columns(g, pool) && right + g->column_stride <= g->columns ? 2 : 1;
        multiply_filter(layer, filter, input + left * g->channels, rows, some == 2, start, sums);
      }
      for (int i = 0; i < some; i++) {
        const uint8_t byte = quantize_packed(&layer->output, sums[i], layer->packed.each ? j : 0);
        if (byte > *target) *target = byte;
        if (pool == NULL || ++pooled == pool->window_columns) {
          pooled = 0;
          target += g->output_channels;
        }
      }
    }
    if (++seen_by == layer->fan) {
      seen_by = 0;
      input += layer->depth;
    }
  }
}

