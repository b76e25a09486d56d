typedef struct {
  const float *weights; /* outputs x inputs */
  const float *bias;
  int inputs;
  int outputs;
  float low, high; /* of the activation function */
} dense_layer;

static void run_dense(const dense_layer *layer, const float *input, float *output) {
  const float *row = layer->weights;
  for (int j = 0; j < layer->outputs; j++, row += layer->inputs) {
    float sum = layer->bias[j];
    for (int i = 0; i < layer->inputs; i++) {
      sum += row[i] * input[i];
    }
    output[j] = clamp(sum, layer->low, layer->high);
  }
}

