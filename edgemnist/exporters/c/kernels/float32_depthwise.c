typedef struct {
  const float *weights; /* window rows x window columns x output channels */
  const float *bias;
  geometry shape;
  float low, high; /* of the activation function */
} depthwise_layer;

/* One filter a channel: output channel j reads input channel j / (output channels / channels). */
static void run_depthwise(const depthwise_layer *layer, const float *input, float *output) {
  const geometry *g = &layer->shape;
  const int fan = g->output_channels / g->channels;
  for (int position = 0; position < g->output_rows * g->output_columns; position++) {
    const int top = position / g->output_columns * g->row_stride - g->top;
    const int left = position % g->output_columns * g->column_stride - g->left;
    for (int j = 0; j < g->output_channels; j++) {
      float sum = layer->bias[j];
      for (int tap = 0; tap < g->window_rows * g->window_columns; tap++) {
        const int y = top + tap / g->window_columns, x = left + tap % g->window_columns;
        if (y < 0 || y >= g->rows || x < 0 || x >= g->columns) continue;
        sum += layer->weights[tap * g->output_channels + j] * input[(y * g->columns + x) * g->channels + j / fan];
      }
      *output++ = clamp(sum, layer->low, layer->high);
    }
  }
}

