
/* Turns logits into probabilities, 0 to 1, which sum to 1. The two may be the same array. */
void ${prefix}_softmax(const float logits[${PREFIX}_CLASSES], float probabilities[${PREFIX}_CLASSES]);
