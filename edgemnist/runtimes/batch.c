/* Many images through a generated model: what edgemnist's host runtime calls. The macros name the model.
 * Returns how many times the class that was returned wasn't the first with the largest score. */
#include MODEL_HEADER

#ifdef __cplusplus
extern "C"
#endif
    size_t
    edgemnist_run(const uint8_t *pixels, MODEL_SCORE *scores, size_t count);

size_t edgemnist_run(const uint8_t *pixels, MODEL_SCORE *scores, size_t count) {
  MODEL_ARENA arena;
  size_t wrong = 0;
  for (size_t i = 0; i < count; i++) {
    MODEL_SCORE *answers = scores + i * MODEL_CLASSES;
    const int found = MODEL_CLASSIFY(pixels + i * 784, answers, &arena);
    int best = 0;
    for (int j = 1; j < MODEL_CLASSES; j++) {
      if (answers[j] > answers[best]) best = j;
    }
    wrong += found != best;
#ifdef MODEL_SOFTMAX
    MODEL_SOFTMAX(answers, answers);
#endif
  }
  return wrong;
}
