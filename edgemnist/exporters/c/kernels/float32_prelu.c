/* A value above 0 as it is, one below 0 times its slope. */
static void run_prelu(const pairing *p, const float *first, const float *second, float *output) {
  for (int row = 0; row < p->rows; row++, first += p->first_row, second += p->second_row) {
    for (int i = 0; i < p->count; i++) {
      const float value = first[i * p->first_step];
      *output++ = value >= 0.0f ? value : value * second[i * p->second_step];
    }
  }
}

