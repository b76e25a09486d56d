/* What lies beside the program. */
#ifndef FILES_H
#define FILES_H

#define MODEL_FILE "small_int8.tflite"
#define LIBRARY_FILE "libLiteRt.so"

/* How many images golden.csv holds. */
#define GOLDEN_IMAGES 20

/* Whose answers are printed. */
#define ANSWERS_HEAD \
  "model=a2dc45f194a4b0a38845ad91e401dfb0cd1f37c83ec2fbe8b1e798183be2f8cc " \
  "data=f5147f7baa1787ec4b3cd00068f8ec8a61d969373b74639b6aef5c981fc5a5b2 " \
  "precision=int8 dtype=float32 kind=probabilities classes=10 images=20 kit=raspberry-pi"

#endif
