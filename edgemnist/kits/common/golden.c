#include "golden.h"

const uint16_t golden_labels[GOLDEN_IMAGES] = {
@{label_values}
};

const golden_score golden_scores[GOLDEN_IMAGES][@{classes}] = {
@{score_values}
};

const uint8_t golden_pixels[GOLDEN_IMAGES][@{pixels}] = {
@{pixel_values}
};

const uint32_t golden_indices[GOLDEN_IMAGES] = {
@{index_values}
};
