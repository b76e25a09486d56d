typedef struct {
  int sizes[4]; /* of what is copied, along up to four axes */
  int from_steps[4], to_steps[4];
  int from, to; /* where it begins */
  int filled; /* values of the output that are set before, or 0 */
  float value;
} move_layer;

/* Copies values to other places. */
static void run_move(const move_layer *m, const float *input, float *output) {
  for (int i = 0; i < m->filled; i++) {
    output[i] = m->value;
  }
  for (int a = 0; a < m->sizes[0]; a++) {
    for (int b = 0; b < m->sizes[1]; b++) {
      for (int c = 0; c < m->sizes[2]; c++) {
        const float *from = input + m->from + a * m->from_steps[0] + b * m->from_steps[1] + c * m->from_steps[2];
        float *to = output + m->to + a * m->to_steps[0] + b * m->to_steps[1] + c * m->to_steps[2];
        for (int d = 0; d < m->sizes[3]; d++) {
          to[d * m->to_steps[3]] = from[d * m->from_steps[3]];
        }
      }
    }
  }
}

