static inline void copy_bytes(uint8_t *to, const uint8_t *from, int count) {
  int i = 0;
#if defined(EDGE_MVE)
  for (; i < count; i += 16) {
    const mve_pred16_t some = vctp8q((uint32_t)(count - i));
    vstrbq_p_u8(to + i, vldrbq_z_u8(from + i, some), some);
  }
#elif defined(EDGE_PAIRS)
  for (; i + 4 <= count; i += 4) {
    store_four(to + i, load_four(from + i));
  }
#endif
  for (; i < count; i++) {
    to[i] = from[i];
  }
}

/* Copies rows that are `step` bytes apart in `from`, so that they lie side by side. */
static inline void copy_rows(uint8_t *to, const uint8_t *from, int rows, int count, int step) {
  int row = 0;
#if defined(EDGE_MVE)
  const mve_pred16_t some = vctp8q((uint32_t)count);
  for (; row < rows && count <= 16; row++, to += count, from += step) {
    vstrbq_p_u8(to, vldrbq_z_u8(from, some), some);
  }
#endif
  for (; row < rows; row++, to += count, from += step) {
    copy_bytes(to, from, count);
  }
}

static inline void repeat_byte(uint8_t *to, uint8_t byte, int count) {
  for (int i = 0; i < count; i++) {
    to[i] = byte;
  }
}

static inline int is_inside(const geometry *g, int top, int left) {
  return top >= 0 && left >= 0 && top + g->window_rows <= g->rows && left + g->window_columns <= g->columns;
}

/* What a window sees that hangs over the image, row by row, with `zero` for the padding. */
static void copy_edge(const geometry *g, uint8_t zero, const uint8_t *input, int top, int left, uint8_t *copy) {
  const int size = g->window_columns, first = left < 0 ? -left : 0;
  const int stop = left + size > g->columns ? g->columns - left : size;
  for (int y = top; y < top + g->window_rows; y++, copy += size * g->channels) {
    if (y < 0 || y >= g->rows) {
      repeat_byte(copy, zero, size * g->channels);
      continue;
    }
    repeat_byte(copy, zero, first * g->channels);
    copy_bytes(copy + first * g->channels, input + (y * g->columns + left + first) * g->channels,
               (stop - first) * g->channels);
    repeat_byte(copy + stop * g->channels, zero, (size - stop) * g->channels);
  }
}

