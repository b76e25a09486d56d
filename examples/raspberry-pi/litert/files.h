/* What lies beside the program. */
#ifndef FILES_H
#define FILES_H

#define MODEL_FILE "small_int8.tflite"
#define LIBRARY_FILE "libLiteRt.so"

#endif
