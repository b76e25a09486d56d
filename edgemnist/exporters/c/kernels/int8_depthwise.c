typedef struct {
  const int8_t *weights; /* window rows x window columns x output channels */
  geometry shape;
  uint8_t zero; /* of the inputs, and of the padding */
  quantizer output;
} depthwise_layer;

/* One filter a channel: output channel j reads input channel j / (output channels / channels). */
static void run_depthwise(const depthwise_layer *layer, const uint8_t *input, uint8_t *output) {
  const geometry *g = &layer->shape;
  const int fan = g->output_channels / g->channels;
  for (int position = 0; position < g->output_rows * g->output_columns; position++) {
    const int top = position / g->output_columns * g->row_stride - g->top;
    const int left = position % g->output_columns * g->column_stride - g->left;
    for (int j = 0; j < g->output_channels; j++) {
      int32_t sum = layer->output.bias[j];
      for (int tap = 0; tap < g->window_rows * g->window_columns; tap++) {
        const int y = top + tap / g->window_columns, x = left + tap % g->window_columns;
        if (y < 0 || y >= g->rows || x < 0 || x >= g->columns) continue;
        sum += layer->weights[tap * g->output_channels + j] *
               (input[(y * g->columns + x) * g->channels + j / fan] - layer->zero);
      }
      *output++ = quantize(&layer->output, sum, j);
    }
  }
}

