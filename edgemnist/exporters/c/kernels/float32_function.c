static void run_function(float (*function)(float), int count, const float *input, float *output) {
  for (int i = 0; i < count; i++) {
    output[i] = function(input[i]);
  }
}

