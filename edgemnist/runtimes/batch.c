/* Many images through a generated model: what edgemnist's host runtime calls. The macros name the model. */
#include MODEL_HEADER

#ifdef __cplusplus
extern "C"
#endif
    void
    edgemnist_run(const uint8_t *pixels, MODEL_SCORE *scores, size_t count);

void edgemnist_run(const uint8_t *pixels, MODEL_SCORE *scores, size_t count) {
  MODEL_ARENA arena;
  for (size_t i = 0; i < count; i++) {
    MODEL_SCORE *answers = scores + i * MODEL_CLASSES;
    (void)MODEL_CLASSIFY(pixels + i * 784, answers, &arena);
#ifdef MODEL_SOFTMAX
    MODEL_SOFTMAX(answers, answers);
#endif
  }
}
