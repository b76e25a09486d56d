/* The sum of two inputs. */
static void run_add(int count, float low, float high, const float *first, const float *second, float *output) {
  for (int i = 0; i < count; i++) {
    output[i] = clamp(first[i] + second[i], low, high);
  }
}

