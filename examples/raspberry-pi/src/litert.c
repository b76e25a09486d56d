/* The classifier on LiteRT, on the processor alone. Its library brings no header, so that what is used is declared
 * here, as LiteRT 2.3 has it. Unlike ONNX Runtime's, these declarations change from version to version. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classifier.h"
#include "encoding.h"

typedef struct LiteRtEnvironment LiteRtEnvironment;
typedef struct LiteRtModel LiteRtModel;
typedef struct LiteRtOptions LiteRtOptions;
typedef struct LiteRtCompiledModel LiteRtCompiledModel;
typedef struct LiteRtSignature LiteRtSignature;
typedef struct LiteRtTensor LiteRtTensor;
typedef struct LiteRtRequirements LiteRtRequirements; /* LiteRtTensorBufferRequirements */
typedef struct LiteRtBuffer LiteRtBuffer;             /* LiteRtTensorBuffer */

/* LiteRtRankedTensorType: the dtype and the shape of a tensor. */
typedef struct {
  int element_type;
  unsigned int rank : 7, has_strides : 1;
  int32_t dimensions[8];
  uint32_t strides[8];
} LiteRtType;

/* LiteRtEnvOption, whose value may be of other types, too. */
typedef struct {
  int tag;
  struct {
    int type;
    int64_t whole_number;
  } value;
} LiteRtOption;

enum { OK = 0, PROCESSOR = 1, TO_READ = 0, TO_WRITE = 1 };
enum { ACCELERATORS = 24, LEAST_SEVERITY = 25, WHOLE_NUMBER = 2, ERROR = 3 };
static const int element_types[] = {[DTYPE_float32] = 1, [DTYPE_uint8] = 3, [DTYPE_int8] = 9};

/* Each function: what it returns, its name without the LiteRt, its arguments. */
#define FUNCTIONS(F)                                                                                                \
  F(int, CreateEnvironment, (int count, const LiteRtOption *, LiteRtEnvironment **))                                \
  F(void, DestroyEnvironment, (LiteRtEnvironment *))                                                                \
  F(int, CreateModelFromFile, (LiteRtEnvironment *, const char *path, LiteRtModel **))                              \
  F(void, DestroyModel, (LiteRtModel *))                                                                            \
  F(int, CreateOptions, (LiteRtOptions **))                                                                         \
  F(int, SetOptionsHardwareAccelerators, (LiteRtOptions *, int accelerators))                                       \
  F(void, DestroyOptions, (LiteRtOptions *))                                                                        \
  F(int, CreateCompiledModel, (LiteRtEnvironment *, LiteRtModel *, LiteRtOptions *, LiteRtCompiledModel **))        \
  F(void, DestroyCompiledModel, (LiteRtCompiledModel *))                                                            \
  F(int, RunCompiledModel,                                                                                          \
    (LiteRtCompiledModel *, size_t signature, size_t inputs, LiteRtBuffer **, size_t outputs, LiteRtBuffer **))     \
  F(int, GetModelSignature, (LiteRtModel *, size_t index, LiteRtSignature **))                                      \
  F(int, GetSignatureInputTensorByIndex, (LiteRtSignature *, size_t index, LiteRtTensor **))                        \
  F(int, GetSignatureOutputTensorByIndex, (LiteRtSignature *, size_t index, LiteRtTensor **))                       \
  F(int, GetRankedTensorType, (LiteRtTensor *, LiteRtType *))                                                       \
  F(int, GetCompiledModelInputBufferRequirements,                                                                   \
    (LiteRtCompiledModel *, size_t signature, size_t index, LiteRtRequirements **))                                 \
  F(int, GetCompiledModelOutputBufferRequirements,                                                                  \
    (LiteRtCompiledModel *, size_t signature, size_t index, LiteRtRequirements **))                                 \
  F(int, CreateManagedTensorBufferFromRequirements,                                                                 \
    (LiteRtEnvironment *, const LiteRtType *, LiteRtRequirements *, LiteRtBuffer **))                               \
  F(void, DestroyTensorBuffer, (LiteRtBuffer *))                                                                    \
  F(int, GetTensorBufferPackedSize, (LiteRtBuffer *, size_t *bytes))                                                \
  F(int, LockTensorBuffer, (LiteRtBuffer *, void **data, int mode))                                                 \
  F(int, UnlockTensorBuffer, (LiteRtBuffer *))

#define DECLARE(type, name, arguments) type(*name) arguments;
typedef struct {
  FUNCTIONS(DECLARE)
} LiteRtApi;

struct classifier {
  void *library;
  LiteRtApi api;
  LiteRtEnvironment *environment;
  LiteRtModel *model;
  LiteRtOptions *options;
  LiteRtCompiledModel *compiled;
  LiteRtBuffer *input, *output;
  input_value table[256];
};

/* Returns true if all went well; else keeps the message. */
static int succeeded(int status, const char *step, classifier_error *error) {
  if (status != OK) {
    snprintf(error->message, sizeof error->message, "LiteRT can't %s: status %d", step, status);
  }
  return status == OK;
}

static int load_api(classifier *self, const char *path, classifier_error *error) {
  self->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (self->library == NULL) {
    snprintf(error->message, sizeof error->message, "%s", dlerror());
    return 0;
  }
  void *symbol;
  /* The copy, since ISO C has no cast from an object's address to a function's. */
#define LOAD(type, name, arguments)                                                       \
  symbol = dlsym(self->library, "LiteRt" #name);                                          \
  if (symbol == NULL) {                                                                   \
    snprintf(error->message, sizeof error->message, "%s: has no LiteRt%s: another version?", path, #name); \
    return 0;                                                                             \
  }                                                                                       \
  memcpy(&self->api.name, &symbol, sizeof symbol);
  FUNCTIONS(LOAD)
  return 1;
}

static int compile_model(classifier *self, const char *path, classifier_error *error) {
  static const LiteRtOption options[] = {
      {ACCELERATORS, {WHOLE_NUMBER, PROCESSOR}}, /* else it looks for a GPU's library, too */
      {LEAST_SEVERITY, {WHOLE_NUMBER, ERROR}},
  };
  const LiteRtApi *api = &self->api;
  return succeeded(api->CreateEnvironment(2, options, &self->environment), "start", error) &&
         succeeded(api->CreateModelFromFile(self->environment, path, &self->model), "read the model file", error) &&
         succeeded(api->CreateOptions(&self->options), "start", error) &&
         succeeded(api->SetOptionsHardwareAccelerators(self->options, PROCESSOR), "use the processor", error) &&
         succeeded(api->CreateCompiledModel(self->environment, self->model, self->options, &self->compiled),
                   "compile the model", error);
}

/* Makes the buffer of a tensor, if it is what contract.h says. */
static LiteRtBuffer *create_buffer(classifier *self, LiteRtTensor *tensor, LiteRtRequirements *requirements,
                                   dtype expected, size_t expected_bytes, classifier_error *error) {
  const LiteRtApi *api = &self->api;
  LiteRtType type;
  LiteRtBuffer *buffer = NULL;
  size_t bytes = 0;
  if (!succeeded(api->GetRankedTensorType(tensor, &type), "tell a tensor's type", error) ||
      !succeeded(api->CreateManagedTensorBufferFromRequirements(self->environment, &type, requirements, &buffer),
                 "make a buffer", error)) {
    return NULL;
  }
  if (type.element_type != element_types[expected] || api->GetTensorBufferPackedSize(buffer, &bytes) != OK ||
      bytes != expected_bytes) {
    snprintf(error->message, sizeof error->message, "the model's tensors are others than contract.h says");
    api->DestroyTensorBuffer(buffer);
    return NULL;
  }
  return buffer;
}

static int create_buffers(classifier *self, classifier_error *error) {
  const LiteRtApi *api = &self->api;
  LiteRtSignature *signature = NULL;
  LiteRtTensor *input = NULL, *output = NULL;
  LiteRtRequirements *input_needs = NULL, *output_needs = NULL;
  const int found =
      succeeded(api->GetModelSignature(self->model, 0, &signature), "find a signature", error) &&
      succeeded(api->GetSignatureInputTensorByIndex(signature, 0, &input), "find an input", error) &&
      succeeded(api->GetSignatureOutputTensorByIndex(signature, 0, &output), "find an output", error) &&
      succeeded(api->GetCompiledModelInputBufferRequirements(self->compiled, 0, 0, &input_needs), "size its input", error) &&
      succeeded(api->GetCompiledModelOutputBufferRequirements(self->compiled, 0, 0, &output_needs), "size its output", error);
  if (found) {
    self->input = create_buffer(self, input, input_needs, INPUT_DTYPE, sizeof(input_value) * PIXELS, error);
  }
  if (self->input != NULL) {
    self->output = create_buffer(self, output, output_needs, OUTPUT_DTYPE, sizeof(score) * CLASSES, error);
  }
  return self->output != NULL;
}

classifier *classifier_open(const char *library, const char *model, classifier_error *error) {
  classifier *self = calloc(1, sizeof *self);
  if (self == NULL) {
    snprintf(error->message, sizeof error->message, "out of memory");
    return NULL;
  }
  list_input_values(self->table);
  if (load_api(self, library, error) && compile_model(self, model, error) && create_buffers(self, error)) {
    return self;
  }
  classifier_close(self);
  return NULL;
}

static int write_input(classifier *self, const uint8_t pixels[PIXELS], classifier_error *error) {
  void *data = NULL;
  if (!succeeded(self->api.LockTensorBuffer(self->input, &data, TO_WRITE), "take an image", error)) {
    return 0;
  }
  input_value *values = data;
  for (int i = 0; i < PIXELS; i++) {
    values[i] = self->table[pixels[i]];
  }
  return succeeded(self->api.UnlockTensorBuffer(self->input), "take an image", error);
}

static int read_scores(classifier *self, score scores[CLASSES], classifier_error *error) {
  void *data = NULL;
  if (!succeeded(self->api.LockTensorBuffer(self->output, &data, TO_READ), "give the scores", error)) {
    return 0;
  }
  memcpy(scores, data, sizeof(score) * CLASSES);
  return succeeded(self->api.UnlockTensorBuffer(self->output), "give the scores", error);
}

int classifier_classify(classifier *self, const uint8_t pixels[PIXELS], score scores[CLASSES],
                        float probabilities[CLASSES], classifier_error *error) {
  const int answered = write_input(self, pixels, error) &&
                       succeeded(self->api.RunCompiledModel(self->compiled, 0, 1, &self->input, 1, &self->output),
                                 "run the model", error) &&
                       read_scores(self, scores, error);
  return answered ? decode_scores(scores, probabilities) : -1;
}

void classifier_close(classifier *self) {
  if (self == NULL) {
    return;
  }
#define DESTROY(destroy, field)    \
  if (self->field != NULL) {       \
    self->api.destroy(self->field); \
  }
  DESTROY(DestroyTensorBuffer, output)
  DESTROY(DestroyTensorBuffer, input)
  DESTROY(DestroyCompiledModel, compiled)
  DESTROY(DestroyOptions, options)
  DESTROY(DestroyModel, model)
  DESTROY(DestroyEnvironment, environment)
  if (self->library != NULL) {
    dlclose(self->library);
  }
  free(self);
}
