typedef struct {
  const float *weights; /* window rows x window columns x channels x output channels */
  const float *bias;
  geometry shape;
  float low, high; /* of the activation function */
} conv_layer;

/* Pushes what one row of the window sees, from the first column inside the image to the last. */
static void push_row(const geometry *g, const float *row, const float *weights, int left, column_batch *four, float *sums) {
  for (int column = 0; column < g->window_columns; column++) {
    const int x = left + column;
    if (x < 0 || x >= g->columns) continue;
    for (int channel = 0; channel < g->channels; channel++) {
      const float value = row[x * g->channels + channel];
      if (value == 0.0f) continue;
      push_column(four, weights + (column * g->channels + channel) * g->output_channels, value, sums,
                  g->output_channels);
    }
  }
}

static void run_conv(const conv_layer *layer, const float *input, float *output) {
  const geometry *g = &layer->shape;
  column_batch four;
  four.count = 0;
  for (int position = 0; position < g->output_rows * g->output_columns; position++) {
    const int top = position / g->output_columns * g->row_stride - g->top;
    const int left = position % g->output_columns * g->column_stride - g->left;
    for (int j = 0; j < g->output_channels; j++) {
      output[j] = layer->bias[j];
    }
    for (int row = 0; row < g->window_rows; row++) {
      if (top + row < 0 || top + row >= g->rows) continue;
      push_row(g, input + (top + row) * g->columns * g->channels,
               layer->weights + row * g->window_columns * g->channels * g->output_channels, left, &four, output);
    }
    flush_columns(&four, output, g->output_channels);
    for (int j = 0; j < g->output_channels; j++, output++) {
      *output = clamp(*output, layer->low, layer->high);
    }
  }
}

