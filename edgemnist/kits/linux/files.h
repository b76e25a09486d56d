/* What lies beside the program. */
#ifndef FILES_H
#define FILES_H

#define MODEL_FILE "@{model_name}"
#define LIBRARY_FILE "@{engine_file}"

/* How many images golden.csv holds. */
#define GOLDEN_IMAGES @{golden_images}

/* Whose answers are printed. */
#define ANSWERS_HEAD \
  "@{answers_model} " \
  "@{answers_data} " \
  "@{answers_form}"

#endif
