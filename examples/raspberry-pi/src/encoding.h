/* From pixels to what the model takes, and from what it answers to probabilities: contract.h as code. */
#ifndef ENCODING_H
#define ENCODING_H

#include "contract.h"

/* Fills in what each of the 256 pixel bytes is to the model. */
void list_input_values(input_value values[256]);

/* Turns the model's answer into probabilities, 0 to 1. Returns the class of the largest; of equal ones the first. */
int decode_scores(const score scores[CLASSES], float probabilities[CLASSES]);

#endif
