/* An image in, a class out: a model file behind three functions.
 *
 * onnx.c implements them with ONNX Runtime, litert.c with LiteRT: link one of the two, with encoding.c. What the model
 * takes and gives is in contract.h; a model file that says otherwise is refused. */
#ifndef CLASSIFIER_H
#define CLASSIFIER_H

#include "contract.h"

/* An opened model. One thread at a time may use it; each thread may open its own. */
typedef struct classifier classifier;

/* What went wrong, as text for people. */
typedef struct {
  char message[400];
} classifier_error;

/* Opens a model file with the runtime's shared library, whose symbols stay out of the program's own.
 *
 * library  path of libonnxruntime.so or libLiteRt.so
 * model    path of the .onnx or .tflite file
 *
 * Returns NULL, and says why in error, where one of them can't be opened. */
classifier *classifier_open(const char *library, const char *model, classifier_error *error);

/* Classifies one image on one core.
 *
 * pixels         PIXELS bytes, row by row, 0 (black) to 255 (white), as preparation.h makes them
 * scores         what the model's last tensor holds; written
 * probabilities  0 to 1, one a class; written
 *
 * Returns the class, 0 to CLASSES - 1; or -1, and says why in error, where the runtime fails. */
int classifier_classify(classifier *self, const uint8_t pixels[PIXELS], score scores[CLASSES],
                        float probabilities[CLASSES], classifier_error *error);

/* Lets go of a model; of NULL, too. */
void classifier_close(classifier *self);

#endif
