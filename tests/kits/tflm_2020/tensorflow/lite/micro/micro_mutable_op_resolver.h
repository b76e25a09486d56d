/* TFLite Micro of 2020 adds an operator by its code; today there is a function for each. */
#pragma once
#include_next "tensorflow/lite/micro/micro_mutable_op_resolver.h"

#include "tensorflow/lite/micro/kernels/micro_ops.h"

namespace tflite {
template <unsigned int most>
class ResolverOfToday : public MicroMutableOpResolver<most> {
 public:
#define ADD(name, code)                                                                       \
  TfLiteStatus Add##name() {                                                                  \
    return this->AddBuiltin(BuiltinOperator_##code, ops::micro::Register_##code(),            \
                            MicroOpResolverAnyVersion());                                     \
  }
  ADD(Reshape, RESHAPE)
  ADD(Conv2D, CONV_2D)
  ADD(DepthwiseConv2D, DEPTHWISE_CONV_2D)
  ADD(MaxPool2D, MAX_POOL_2D)
  ADD(FullyConnected, FULLY_CONNECTED)
  ADD(Softmax, SOFTMAX)
#undef ADD
  void operator delete(void *) {}
};
}  // namespace tflite
#define MicroMutableOpResolver ResolverOfToday
