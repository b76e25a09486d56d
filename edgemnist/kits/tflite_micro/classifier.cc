#include "classifier.h"

#include "@{header}"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

namespace {

alignas(16) uint8_t arena[@{PREFIX}_ARENA_BYTES];
tflite::MicroInterpreter *interpreter = nullptr;

}  // namespace

bool open_classifier() {
  const tflite::Model *model = tflite::GetModel(@{prefix});
  if (model->version() != TFLITE_SCHEMA_VERSION) {
    return false;
  }
  static tflite::MicroMutableOpResolver<@{PREFIX}_OPERATORS> resolver;
  @{PREFIX}_ADD_OPERATORS(resolver)
  static tflite::MicroInterpreter instance(model, resolver, arena, sizeof arena);
  interpreter = &instance;
  return instance.AllocateTensors() == kTfLiteOk;
}

int classify(const uint8_t *pixels, golden_score *scores) {
  TfLiteTensor *input = interpreter->input(0);
  for (int i = 0; i < @{pixels}; i++) {
    input->data.@{input_field}[i] = @{encode};  /* @{takes} */
  }
  if (interpreter->Invoke() != kTfLiteOk) {
    return -1;
  }
  const TfLiteTensor *output = interpreter->output(0);
  int best = 0;
  for (int j = 0; j < @{PREFIX}_CLASSES; j++) {
    scores[j] = output->data.@{output_field}[j];
    if (scores[j] > scores[best]) {
      best = j;
    }
  }
  return best;
}

int count_arena_bytes() { return static_cast<int>(interpreter->arena_used_bytes()); }
