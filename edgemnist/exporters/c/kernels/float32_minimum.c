/* The smaller of two inputs. */
static void run_minimum(const pairing *p, const float *first, const float *second, float *output) {
  for (int row = 0; row < p->rows; row++, first += p->first_row, second += p->second_row) {
    for (int i = 0; i < p->count; i++) {
      const float one = first[i * p->first_step], other = second[i * p->second_step];
      *output++ = one < other ? one : other;
    }
  }
}

