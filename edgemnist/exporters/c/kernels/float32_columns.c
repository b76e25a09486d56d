/* Weights lie input by input, a column of all outputs each, so that an input that is 0 is skipped whole.
 * Most are: the paper of a digit, and half of what ReLU lets through. Four others are taken at a time. */
typedef struct {
  const float *columns[4];
  float values[4];
  int count;
} column_batch;

/* sums[j] += columns[0][j] * values[0] + ... + columns[3][j] * values[3] */
static void add_columns(float *EDGE_RESTRICT sums, const column_batch *four, int count) {
  const float *EDGE_RESTRICT a = four->columns[0], *EDGE_RESTRICT b = four->columns[1];
  const float *EDGE_RESTRICT c = four->columns[2], *EDGE_RESTRICT d = four->columns[3];
  const float w = four->values[0], x = four->values[1], y = four->values[2], z = four->values[3];
  for (int j = 0; j < count; j++) {
    sums[j] += a[j] * w + b[j] * x + c[j] * y + d[j] * z;
  }
}

static void push_column(column_batch *four, const float *column, float value, float *sums, int count) {
  four->columns[four->count] = column;
  four->values[four->count] = value;
  if (++four->count == 4) {
    add_columns(sums, four, count);
    four->count = 0;
  }
}

static void flush_columns(column_batch *four, float *sums, int count) {
  if (four->count == 0) return;
  while (four->count < 4) {
    four->columns[four->count] = four->columns[0];
    four->values[four->count++] = 0.0f;
  }
  add_columns(sums, four, count);
  four->count = 0;
}

