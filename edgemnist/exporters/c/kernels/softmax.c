
void ${prefix}_softmax(const float logits[${PREFIX}_CLASSES], float probabilities[${PREFIX}_CLASSES]) {
  const float largest = logits[find_largest(logits, ${PREFIX}_CLASSES)];
  float sum = 0.0f;
  for (int j = 0; j < ${PREFIX}_CLASSES; j++) {
    probabilities[j] = expf(logits[j] - largest);
    sum += probabilities[j];
  }
  for (int j = 0; j < ${PREFIX}_CLASSES; j++) {
    probabilities[j] /= sum;
  }
}
