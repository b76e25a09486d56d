typedef struct {
  const float *weights; /* inputs x outputs */
  const float *bias;
  int inputs;
  int outputs;
  float low, high; /* of the activation function */
} dense_layer;

static void run_dense(const dense_layer *layer, const float *input, float *output) {
  const int outputs = layer->outputs;
  const float *column = layer->weights;
  column_batch four;
  four.count = 0;
  for (int j = 0; j < outputs; j++) {
    output[j] = layer->bias[j];
  }
  for (int i = 0; i < layer->inputs; i++, column += outputs) {
    if (input[i] != 0.0f) push_column(&four, column, input[i], output, outputs);
  }
  flush_columns(&four, output, outputs);
  for (int j = 0; j < outputs; j++) {
    output[j] = clamp(output[j], layer->low, layer->high);
  }
}

