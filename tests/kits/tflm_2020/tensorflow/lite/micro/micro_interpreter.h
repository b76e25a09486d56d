/* TFLite Micro of 2020 wants an error reporter; today's constructor doesn't. */
#pragma once
#include_next "tensorflow/lite/micro/micro_interpreter.h"

#include "tensorflow/lite/micro/micro_error_reporter.h"
#include "tensorflow/lite/version.h"

namespace tflite {
inline ErrorReporter *get_reporter() {
  static MicroErrorReporter reporter;
  return &reporter;
}
class InterpreterOfToday : public MicroInterpreter {
 public:
  InterpreterOfToday(const Model *model, const MicroOpResolver &resolver, uint8_t *arena, size_t size)
      : MicroInterpreter(model, resolver, arena, size, get_reporter()) {}
};
}  // namespace tflite
#define MicroInterpreter InterpreterOfToday
