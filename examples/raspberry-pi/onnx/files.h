/* What lies beside the program. */
#ifndef FILES_H
#define FILES_H

#define MODEL_FILE "small_int8.onnx"
#define LIBRARY_FILE "libonnxruntime.so"

/* How many images golden.csv holds. */
#define GOLDEN_IMAGES 20

/* Whose answers are printed. */
#define ANSWERS_HEAD \
  "model=b0e609b3c3ea0e5e8c7d7048a10a8cbb6a374a344145da4a1d1620c282ce61bf " \
  "data=f5147f7baa1787ec4b3cd00068f8ec8a61d969373b74639b6aef5c981fc5a5b2 " \
  "precision=int8 dtype=float32 kind=probabilities classes=10 images=20 kit=raspberry-pi"

#endif
