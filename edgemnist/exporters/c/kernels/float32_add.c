/* The sum of two inputs. */
static void run_add(const pairing *p, float low, float high, const float *first, const float *second, float *output) {
  for (int row = 0; row < p->rows; row++, first += p->first_row, second += p->second_row) {
    for (int i = 0; i < p->count; i++) {
      *output++ = clamp(first[i * p->first_step] + second[i * p->second_step], low, high);
    }
  }
}

