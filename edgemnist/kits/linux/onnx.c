/* The classifier on ONNX Runtime. Its library brings no header, so that what is used is declared here: the positions
 * in OrtApi, its table of functions, which only ever grows at the end. Any version from 1.0 on will do. */
#define _POSIX_C_SOURCE 200809L
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classifier.h"
#include "encoding.h"

typedef struct OrtStatus OrtStatus;
typedef struct OrtEnv OrtEnv;
typedef struct OrtMemoryInfo OrtMemoryInfo;
typedef struct OrtSession OrtSession;
typedef struct OrtSessionOptions OrtSessionOptions;
typedef struct OrtRunOptions OrtRunOptions;
typedef struct OrtShape OrtShape; /* OrtTensorTypeAndShapeInfo */
typedef struct OrtValue OrtValue;

enum { API_VERSION = 1, SEQUENTIAL = 0, ERRORS_ONLY = 3, DEVICE_ALLOCATOR = 0, DEFAULT_MEMORY = 0 };
static const int element_types[] = {[DTYPE_float32] = 1, [DTYPE_uint8] = 2, [DTYPE_int8] = 3};

typedef void (*any_function)(void);

/* The gaps are functions that aren't used here; the number is the next one's position. */
typedef struct {
  any_function gap0[2];
  const char *(*get_error_message)(const OrtStatus *);
  OrtStatus *(*create_env)(int severity, const char *name, OrtEnv **);
  any_function gap4[3];
  OrtStatus *(*create_session)(const OrtEnv *, const char *path, const OrtSessionOptions *, OrtSession **);
  any_function gap8[1];
  OrtStatus *(*run)(OrtSession *, const OrtRunOptions *, const char *const *input_names, const OrtValue *const *inputs,
                    size_t input_count, const char *const *output_names, size_t output_count, OrtValue **outputs);
  OrtStatus *(*create_session_options)(OrtSessionOptions **);
  any_function gap11[2];
  OrtStatus *(*set_session_execution_mode)(OrtSessionOptions *, int mode);
  any_function gap14[10];
  OrtStatus *(*set_intra_op_num_threads)(OrtSessionOptions *, int threads);
  any_function gap25[24];
  OrtStatus *(*create_tensor_with_data)(const OrtMemoryInfo *, void *data, size_t bytes, const int64_t *shape,
                                        size_t dimensions, int element_type, OrtValue **);
  any_function gap50[1];
  OrtStatus *(*get_tensor_data)(OrtValue *, void **data);
  any_function gap52[8];
  OrtStatus *(*get_element_type)(const OrtShape *, int *element_type);
  any_function gap61[3];
  OrtStatus *(*get_element_count)(const OrtShape *, size_t *count);
  OrtStatus *(*get_type_and_shape)(const OrtValue *, OrtShape **);
  any_function gap66[3];
  OrtStatus *(*create_cpu_memory_info)(int allocator, int memory, OrtMemoryInfo **);
  any_function gap70[22];
  void (*release_env)(OrtEnv *);
  void (*release_status)(OrtStatus *);
  void (*release_memory_info)(OrtMemoryInfo *);
  void (*release_session)(OrtSession *);
  void (*release_value)(OrtValue *);
  any_function gap97[2];
  void (*release_shape)(OrtShape *);
  void (*release_session_options)(OrtSessionOptions *);
} OrtApi;

typedef struct {
  const OrtApi *(*get_api)(uint32_t version);
  const char *(*get_version)(void);
} OrtApiBase;

struct classifier {
  void *library;
  const OrtApi *api;
  OrtEnv *env;
  OrtSessionOptions *options;
  OrtSession *session;
  OrtMemoryInfo *memory;
  OrtValue *input; /* a tensor over values */
  input_value table[256];
  input_value values[PIXELS];
};

/* Returns true if all went well; else keeps the message. */
static int succeeded(const OrtApi *api, OrtStatus *status, classifier_error *error) {
  if (status == NULL) {
    return 1;
  }
  snprintf(error->message, sizeof error->message, "%s", api->get_error_message(status));
  api->release_status(status);
  return 0;
}

static int load_api(classifier *self, const char *path, classifier_error *error) {
  setenv("ORT_DISABLE_TELEMETRY", "1", 0); /* else it reports each model that is run to its vendor */
  self->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  void *symbol = self->library != NULL ? dlsym(self->library, "OrtGetApiBase") : NULL;
  if (symbol == NULL) {
    snprintf(error->message, sizeof error->message, "%s", dlerror());
    return 0;
  }
  const OrtApiBase *(*get_base)(void);
  memcpy(&get_base, &symbol, sizeof get_base); /* ISO C has no cast from an object's address to a function's */
  self->api = get_base()->get_api(API_VERSION);
  return 1;
}

static int create_session(classifier *self, const char *model, classifier_error *error) {
  const OrtApi *api = self->api;
  return succeeded(api, api->create_env(ERRORS_ONLY, "classifier", &self->env), error) &&
         succeeded(api, api->create_session_options(&self->options), error) &&
         succeeded(api, api->set_session_execution_mode(self->options, SEQUENTIAL), error) &&
         succeeded(api, api->set_intra_op_num_threads(self->options, 1), error) &&
         succeeded(api, api->create_session(self->env, model, self->options, &self->session), error);
}

static int create_input(classifier *self, classifier_error *error) {
  static const int64_t shape[INPUT_DIMENSIONS] = INPUT_SHAPE;
  const OrtApi *api = self->api;
  list_input_values(self->table);
  return succeeded(api, api->create_cpu_memory_info(DEVICE_ALLOCATOR, DEFAULT_MEMORY, &self->memory), error) &&
         succeeded(api,
                   api->create_tensor_with_data(self->memory, self->values, sizeof self->values, shape,
                                                INPUT_DIMENSIONS, element_types[INPUT_DTYPE], &self->input),
                   error);
}

classifier *classifier_open(const char *library, const char *model, classifier_error *error) {
  classifier *self = calloc(1, sizeof *self);
  if (self == NULL) {
    snprintf(error->message, sizeof error->message, "out of memory");
    return NULL;
  }
  if (load_api(self, library, error) && create_session(self, model, error) && create_input(self, error)) {
    return self;
  }
  classifier_close(self);
  return NULL;
}

/* Copies the scores out of a tensor, if it holds what contract.h says. */
static int read_scores(const OrtApi *api, OrtValue *output, score scores[CLASSES], classifier_error *error) {
  OrtShape *shape = NULL;
  int element_type = 0;
  size_t count = 0;
  void *data = NULL;
  const int known = succeeded(api, api->get_type_and_shape(output, &shape), error) &&
                    succeeded(api, api->get_element_type(shape, &element_type), error) &&
                    succeeded(api, api->get_element_count(shape, &count), error) &&
                    succeeded(api, api->get_tensor_data(output, &data), error);
  if (shape != NULL) {
    api->release_shape(shape);
  }
  if (known && (element_type != element_types[OUTPUT_DTYPE] || count != CLASSES)) {
    snprintf(error->message, sizeof error->message, "the model answers other scores than contract.h says");
    return 0;
  }
  if (known) {
    memcpy(scores, data, sizeof(score) * CLASSES);
  }
  return known;
}

int classifier_classify(classifier *self, const uint8_t pixels[PIXELS], score scores[CLASSES],
                        float probabilities[CLASSES], classifier_error *error) {
  static const char *const input_names[] = {INPUT_NAME}, *const output_names[] = {OUTPUT_NAME};
  const OrtApi *api = self->api;
  const OrtValue *const inputs[] = {self->input};
  OrtValue *output = NULL;
  for (int i = 0; i < PIXELS; i++) {
    self->values[i] = self->table[pixels[i]];
  }
  const int answered =
      succeeded(api, api->run(self->session, NULL, input_names, inputs, 1, output_names, 1, &output), error) &&
      read_scores(api, output, scores, error);
  if (output != NULL) {
    api->release_value(output);
  }
  return answered ? decode_scores(scores, probabilities) : -1;
}

void classifier_close(classifier *self) {
  if (self == NULL) {
    return;
  }
  if (self->api != NULL) {
    self->api->release_value(self->input);
    self->api->release_memory_info(self->memory);
    self->api->release_session(self->session);
    self->api->release_session_options(self->options);
    self->api->release_env(self->env);
  }
  if (self->library != NULL) {
    dlclose(self->library);
  }
  free(self);
}
