/* small_int8_array: a TFLite file of 24,816 bytes for TFLite Micro, made by edgemnist.
 *
 * made from  small.keras, SHA-256 a328a132d1596011ffb9d4abe2cf8c346341f0d8a579697b74cfcd56650a11e5
 * input      uint8 (784): the raw pixel
 * output     uint8 probabilities, one a class
 * operators  Quantize, Reshape, Conv2D, DepthwiseConv2D, MaxPool2D, FullyConnected, Softmax
 * arena      8528 bytes, measured by running it in a 64-bit build of TFLite Micro, where pointers are
 *            twice as long: a 32-bit microcontroller needs a little less
 */
#ifndef SMALL_INT8_ARRAY_H
#define SMALL_INT8_ARRAY_H

#ifdef __cplusplus
extern "C" {
#endif

#define SMALL_INT8_ARRAY_BYTES 24816
#define SMALL_INT8_ARRAY_ARENA_BYTES 8528
#define SMALL_INT8_ARRAY_CLASSES 10
#define SMALL_INT8_ARRAY_LABELS {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}

/* tflite::MicroMutableOpResolver<SMALL_INT8_ARRAY_OPERATORS> resolver;
 * SMALL_INT8_ARRAY_ADD_OPERATORS(resolver) */
#define SMALL_INT8_ARRAY_OPERATORS 7
#define SMALL_INT8_ARRAY_ADD_OPERATORS(resolver) (resolver).AddQuantize(); (resolver).AddReshape(); (resolver).AddConv2D(); (resolver).AddDepthwiseConv2D(); (resolver).AddMaxPool2D(); (resolver).AddFullyConnected(); (resolver).AddSoftmax();

/* For tflite::GetModel(). Lies on a 16-byte boundary, as the format asks for. */
extern const unsigned char small_int8_array[SMALL_INT8_ARRAY_BYTES];

#ifdef __cplusplus
}
#endif

#endif
