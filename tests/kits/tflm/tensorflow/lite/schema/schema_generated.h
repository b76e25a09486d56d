/* A stand-in for TFLite's schema. */
#pragma once
#define TFLITE_SCHEMA_VERSION 3
namespace tflite {
struct Model {
  unsigned version() const { return TFLITE_SCHEMA_VERSION; }
};
inline const Model *GetModel(const void *array) { return static_cast<const Model *>(array); }
}  // namespace tflite
