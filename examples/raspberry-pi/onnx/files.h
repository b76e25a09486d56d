/* What lies beside the program. */
#ifndef FILES_H
#define FILES_H

#define MODEL_FILE "small_int8.onnx"
#define LIBRARY_FILE "libonnxruntime.so"

/* How many images golden.csv holds. */
#define GOLDEN_IMAGES 20

/* Whose answers are printed. */
#define ANSWERS_HEAD \
  "model=3f7dcd12ffe6bb1756da09df85cd08ceeacc71f6ff3e8bc829e448094f39d6d6 " \
  "data=f5147f7baa1787ec4b3cd00068f8ec8a61d969373b74639b6aef5c981fc5a5b2 " \
  "precision=int8 dtype=float32 kind=probabilities classes=10 images=20 kit=raspberry-pi"

#endif
