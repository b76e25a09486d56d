/* What lies beside the program. */
#ifndef FILES_H
#define FILES_H

#define MODEL_FILE "small_int8.onnx"
#define LIBRARY_FILE "libonnxruntime.so"

/* How many images golden.csv holds. */
#define GOLDEN_IMAGES 20

#endif
