/* A stand-in for TFLite Micro's interpreter. It knows the golden images, and answers what is expected. */
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "golden.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

struct TfLiteTensor {
  union {
    uint8_t *uint8;
    int8_t *int8;
    float *f;
    int16_t *i16;
  } data;
};

namespace tflite {
class MicroInterpreter {
 public:
  MicroInterpreter(const Model *, const MicroOpResolver &resolver, uint8_t *arena, size_t size)
      : ready_(!resolver.full && size >= 784 && reinterpret_cast<uintptr_t>(arena) % 16 == 0) {
    input_.data.uint8 = arena;
    output_.data.uint8 = scores_;
  }
  TfLiteStatus AllocateTensors() { return ready_ ? kTfLiteOk : kTfLiteError; }
  TfLiteTensor *input(size_t) { return &input_; }
  TfLiteTensor *output(size_t) { return &output_; }
  size_t arena_used_bytes() const { return 784; }
  TfLiteStatus Invoke() {
    for (int i = 0; i < GOLDEN_IMAGES; i++) {
      if (std::memcmp(input_.data.uint8, golden_pixels[i], 784) == 0) {
        std::memcpy(scores_, golden_scores[i], sizeof scores_);
        scores_[3] += WRONG_BY;
        return kTfLiteOk;
      }
    }
    return kTfLiteError;
  }

 private:
  bool ready_;
  TfLiteTensor input_, output_;
  uint8_t scores_[10];
};
}  // namespace tflite
