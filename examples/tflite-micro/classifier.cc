#include "classifier.h"

#include "small_int8_array.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

namespace {

alignas(16) uint8_t arena[SMALL_INT8_ARRAY_ARENA_BYTES];
tflite::MicroInterpreter *interpreter = nullptr;

}  // namespace

bool open_classifier() {
  const tflite::Model *model = tflite::GetModel(small_int8_array);
  if (model->version() != TFLITE_SCHEMA_VERSION) {
    return false;
  }
  static tflite::MicroMutableOpResolver<SMALL_INT8_ARRAY_OPERATORS> resolver;
  SMALL_INT8_ARRAY_ADD_OPERATORS(resolver)
  static tflite::MicroInterpreter instance(model, resolver, arena, sizeof arena);
  interpreter = &instance;
  return instance.AllocateTensors() == kTfLiteOk;
}

int classify(const uint8_t *pixels, golden_score *scores) {
  TfLiteTensor *input = interpreter->input(0);
  for (int i = 0; i < 784; i++) {
    input->data.uint8[i] = pixels[i];  /* uint8 (784): the raw pixel */
  }
  if (interpreter->Invoke() != kTfLiteOk) {
    return -1;
  }
  const TfLiteTensor *output = interpreter->output(0);
  int best = 0;
  for (int j = 0; j < SMALL_INT8_ARRAY_CLASSES; j++) {
    scores[j] = output->data.uint8[j];
    if (scores[j] > scores[best]) {
      best = j;
    }
  }
  return best;
}

int count_arena_bytes() { return static_cast<int>(interpreter->arena_used_bytes()); }
