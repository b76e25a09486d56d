/* A stand-in for TFLite Micro's resolver: it counts what is added, as the real one does. */
#pragma once
enum TfLiteStatus { kTfLiteOk = 0, kTfLiteError = 1 };
namespace tflite {
struct MicroOpResolver {
  unsigned count = 0;
  bool full = false;
};
template <unsigned int most>
struct MicroMutableOpResolver : MicroOpResolver {
  TfLiteStatus Add() { return ++count > most ? (full = true, kTfLiteError) : kTfLiteOk; }
  TfLiteStatus AddQuantize() { return Add(); }
  TfLiteStatus AddReshape() { return Add(); }
  TfLiteStatus AddConv2D() { return Add(); }
  TfLiteStatus AddDepthwiseConv2D() { return Add(); }
  TfLiteStatus AddMaxPool2D() { return Add(); }
  TfLiteStatus AddFullyConnected() { return Add(); }
  TfLiteStatus AddSoftmax() { return Add(); }
};
}  // namespace tflite
