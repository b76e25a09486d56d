/* small_int8: a classifier of 28 x 28 images in C99, int8, made by edgemnist.
 *
 * made from  small.keras, SHA-256 0d2b5841c6fa4a8ecff8de862f8de4142c0eb83a632fc47e6665a7818d297283
 * input      28 x 28 raw pixel bytes, row by row: 0 is black, 255 is white ink
 * output     one int8 logit a class: real logit = (logit - zero point) * scale
 * kernels    sparse, zeros of the input are skipped
 * rounding   as LiteRT's reference kernels
 * flash      16,506 bytes of tables, and the code: 1 to 10 kB, by its layers and the compiler's -O
 * RAM        6,272 bytes of working memory, the caller's; less than 1 kB of stack, 2 kB on a PC
 * needs      <stdint.h> and <stddef.h>
 *
 * contract: {"input": {"dtype": "uint8", "name": "pixels", "range": [0.0, 255.0], "scale": null, "shape": [784], "zero_point": null}, "labels": ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], "output": {"dtype": "int8", "kind": "logits", "name": "logits", "scale": 0.2573701739311218, "zero_point": 4}, "precision": "int8", "rounding": "reference", "schema": 1, "source": {"name": "small.keras", "sha256": "0d2b5841c6fa4a8ecff8de862f8de4142c0eb83a632fc47e6665a7818d297283"}}
 */
#include "small_int8.h"

/* The word by which C++ compilers know C's restrict. */
#if defined(__GNUC__) || defined(_MSC_VER)
#define EDGE_RESTRICT __restrict
#else
#define EDGE_RESTRICT
#endif

/* A window that slides over an image of rows x columns x channels. */
typedef struct {
  int rows, columns, channels;
  int window_rows, window_columns;
  int row_stride, column_stride;
  int top, left; /* padding */
  int output_rows, output_columns, output_channels;
} geometry;

/* ------------------------------------------------------------------ kernels
 *
 * Activations are kept as bytes 0 to 255: TFLite's int8 value + 128. So a raw pixel needs no conversion.
 *
 *   real value = (byte - zero) * scale
 *   sum        = bias + weights * (byte - zero)            int32, exact
 *   byte       = zero + round(sum * multiplier / 2^shift)  clamped to [low, high]
 */

typedef struct {
  const int32_t *bias;
  const int32_t *multipliers;
  const uint8_t *shifts; /* of the 64-bit product to the right, 1 to 62 */
  uint8_t zero;
  uint8_t low;
  uint8_t high;
  uint8_t twice; /* 1 if the product is rounded twice */
} quantizer;

/* sum * multiplier / 2^shift, rounded once, half up: as LiteRT's reference kernels do for dense layers. */
static int32_t rescale_once(int32_t sum, int32_t multiplier, uint8_t shift) {
  const int64_t product = (int64_t)sum * multiplier;
  return (int32_t)((product + ((int64_t)1 << (shift - 1))) >> shift);
}

/* sum * multiplier / 2^shift, rounded twice: as TFLite Micro does (gemmlowp's fixed-point arithmetic),
 * and LiteRT's reference kernels for all but dense layers.
 * First the doubled high half of the product, to the nearest; then a division, half away from zero. */
static int32_t rescale_twice(int32_t sum, int32_t multiplier, uint8_t shift) {
  const int left = shift < 31 ? 31 - shift : 0;
  const int right = shift > 31 ? shift - 31 : 0;
  const int64_t product = (int64_t)sum * ((int64_t)1 << left) * multiplier;
  const int64_t nudge = product >= 0 ? (int64_t)1 << 30 : 1 - ((int64_t)1 << 30);
  const int32_t high = (int32_t)((product + nudge) / ((int64_t)1 << 31));
  const int32_t mask = (int32_t)(((int64_t)1 << right) - 1);
  const int32_t threshold = (mask >> 1) + (high < 0);
  return (high >> right) + ((high & mask) > threshold);
}

static int32_t rescale(const quantizer *q, int32_t sum, int channel) {
  const int32_t multiplier = q->multipliers[channel];
  const uint8_t shift = q->shifts[channel];
  return q->zero + (q->twice ? rescale_twice(sum, multiplier, shift) : rescale_once(sum, multiplier, shift));
}

static uint8_t quantize(const quantizer *q, int32_t sum, int channel) {
  const int32_t value = rescale(q, sum, channel);
  return (uint8_t)(value < q->low ? q->low : value > q->high ? q->high : value);
}

/* Weights lie input by input, a column of all outputs each, so that an input that is 0 is skipped whole.
 * Most are: the paper of a digit, and half of what ReLU lets through. The others' columns are collected,
 * and added to the sums some at a time: four on a microcontroller, as many as its registers can hold. */
#if defined(__SSE2__)
#include <immintrin.h>
#define EDGE_COLUMNS 64
#else
#define EDGE_COLUMNS 4
#endif
#if defined(__ARM_FEATURE_MVE) && (__ARM_FEATURE_MVE & 1)
#include <arm_mve.h>
#endif

typedef struct {
  const int8_t *columns[EDGE_COLUMNS];
  union {
    int16_t one[EDGE_COLUMNS];
    int32_t two[EDGE_COLUMNS / 2]; /* the same, in pairs */
  } values;
  int count;
} column_batch;

#if defined(__SSE2__)
/* Four sums += those that a vector holds. */
static void add_quarter(int32_t *sums, __m128i more) {
  _mm_storeu_si128((__m128i *)sums, _mm_add_epi32(_mm_loadu_si128((const __m128i *)sums), more));
}

static __m128i widen_eight(const int8_t *bytes) {
  const __m128i values = _mm_loadl_epi64((const __m128i *)bytes);
  return _mm_srai_epi16(_mm_unpacklo_epi8(values, values), 8);
}

/* Eight sums += columns[0] * values[0] + columns[1] * values[1] + ..., from output j on.
 * One instruction multiplies int16 values, exactly, and adds them up in pairs: of two columns each. */
static void add_eight(int32_t *sums, const column_batch *some, int j) {
  __m128i low = _mm_setzero_si128(), high = low;
  for (int k = 0; k < some->count; k += 2) {
    const __m128i a = widen_eight(some->columns[k] + j), b = widen_eight(some->columns[k + 1] + j);
    const __m128i values = _mm_set1_epi32(some->values.two[k / 2]);
    low = _mm_add_epi32(low, _mm_madd_epi16(_mm_unpacklo_epi16(a, b), values));
    high = _mm_add_epi32(high, _mm_madd_epi16(_mm_unpackhi_epi16(a, b), values));
  }
  add_quarter(sums + j, low);
  add_quarter(sums + j + 4, high);
}
#endif

#if defined(__AVX2__)
/* The same in wider vectors, for 16 or 32 sums. */
#if defined(__AVX512BW__)
#define EDGE_WIDE 32
#define EDGE_VECTOR(name) _mm512_##name
#define EDGE_BITS(name) _mm512_##name##_si512
typedef __m512i wide;
static wide widen(const int8_t *bytes) { return _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)bytes)); }
#else
#define EDGE_WIDE 16
#define EDGE_VECTOR(name) _mm256_##name
#define EDGE_BITS(name) _mm256_##name##_si256
typedef __m256i wide;
static wide widen(const int8_t *bytes) { return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)bytes)); }
#endif

static void add_wide(int32_t *sums, const column_batch *some, int j) {
  wide low = EDGE_BITS(setzero)(), high = low;
  for (int k = 0; k < some->count; k += 2) {
    const wide a = widen(some->columns[k] + j), b = widen(some->columns[k + 1] + j);
    const wide values = EDGE_VECTOR(set1_epi32)(some->values.two[k / 2]);
    low = EDGE_VECTOR(add_epi32)(low, EDGE_VECTOR(madd_epi16)(EDGE_VECTOR(unpacklo_epi16)(a, b), values));
    high = EDGE_VECTOR(add_epi32)(high, EDGE_VECTOR(madd_epi16)(EDGE_VECTOR(unpackhi_epi16)(a, b), values));
  }
  __m128i lows[EDGE_WIDE / 8], highs[EDGE_WIDE / 8];
  EDGE_BITS(storeu)((wide *)lows, low);
  EDGE_BITS(storeu)((wide *)highs, high);
  for (int i = 0; i < EDGE_WIDE / 8; i++) { /* unpacking goes by eight outputs, whatever the vector's width */
    add_quarter(sums + j + 8 * i, lows[i]);
    add_quarter(sums + j + 8 * i + 4, highs[i]);
  }
}
#endif

/* sums[j] += four[0][j] * values[0] + ... + four[3][j] * values[3], from output j on */
static void add_four(int32_t *EDGE_RESTRICT sums, const int8_t *const *columns, const int16_t *values, int j,
                     int count) {
  const int8_t *EDGE_RESTRICT a = columns[0], *EDGE_RESTRICT b = columns[1];
  const int8_t *EDGE_RESTRICT c = columns[2], *EDGE_RESTRICT d = columns[3];
  const int32_t w = values[0], x = values[1], y = values[2], z = values[3];
#if defined(__ARM_FEATURE_MVE) && (__ARM_FEATURE_MVE & 1)
  for (; j + 4 <= count; j += 4) {
    int32x4_t sum = vldrwq_s32(sums + j);
    sum = vmlaq_n_s32(sum, vldrbq_s32(a + j), w);
    sum = vmlaq_n_s32(sum, vldrbq_s32(b + j), x);
    sum = vmlaq_n_s32(sum, vldrbq_s32(c + j), y);
    sum = vmlaq_n_s32(sum, vldrbq_s32(d + j), z);
    vstrwq_s32(sums + j, sum);
  }
#endif
  for (; j < count; j++) {
    sums[j] += a[j] * w + b[j] * x + c[j] * y + d[j] * z;
  }
}

static void add_columns(int32_t *sums, const column_batch *some, int count) {
  int j = 0;
#if defined(__AVX2__)
  for (; j + EDGE_WIDE <= count; j += EDGE_WIDE) {
    add_wide(sums, some, j);
  }
#endif
#if defined(__SSE2__)
  for (; j + 8 <= count; j += 8) {
    add_eight(sums, some, j);
  }
#endif
  if (j == count) return;
  for (int k = 0; k < some->count; k += 4) {
    add_four(sums, some->columns + k, some->values.one + k, j, count);
  }
}

static void push_column(column_batch *some, const int8_t *column, int32_t value, int32_t *sums, int count) {
  some->columns[some->count] = column;
  some->values.one[some->count] = (int16_t)value;
  some->count += value != 0;
  if (some->count == EDGE_COLUMNS) {
    add_columns(sums, some, count);
    some->count = 0;
  }
}

static void flush_columns(column_batch *some, int32_t *sums, int count) {
  if (some->count == 0) return;
  while (some->count % 4 != 0) {
    some->columns[some->count] = some->columns[0];
    some->values.one[some->count++] = 0;
  }
  add_columns(sums, some, count);
  some->count = 0;
}

#if defined(__AVX2__)
/* rescale_once, four at a time. There is no shift that keeps the sign of 64 bits, so 2^63 is added before it. */
static __m128i rescale_four(__m128i sums, __m128i multipliers, __m128i shifts) {
  const __m256i one = _mm256_set1_epi64x(1), sign = _mm256_slli_epi64(one, 63), shift = _mm256_cvtepu8_epi64(shifts);
  const __m256i product = _mm256_mul_epi32(_mm256_cvtepi32_epi64(sums), _mm256_cvtepi32_epi64(multipliers));
  const __m256i half = _mm256_sllv_epi64(one, _mm256_sub_epi64(shift, one));
  const __m256i raised = _mm256_add_epi64(_mm256_add_epi64(product, half), sign);
  const __m256i value = _mm256_sub_epi64(_mm256_srlv_epi64(raised, shift), _mm256_srlv_epi64(sign, shift));
  const __m256i low_words = _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6);
  return _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(value, low_words));
}
#endif

#if defined(__SSE2__)
/* Eight outputs before they are clamped. */
static void rescale_eight(const quantizer *q, const int32_t *sums, __m128i values[2], int j) {
#if defined(__AVX2__)
  if (!q->twice) {
    const __m128i *sum = (const __m128i *)(sums + j), *multiplier = (const __m128i *)(q->multipliers + j);
    const __m128i shifts = _mm_loadl_epi64((const __m128i *)(q->shifts + j)), zero = _mm_set1_epi32(q->zero);
    const __m128i low = rescale_four(_mm_loadu_si128(sum), _mm_loadu_si128(multiplier), shifts);
    const __m128i high =
        rescale_four(_mm_loadu_si128(sum + 1), _mm_loadu_si128(multiplier + 1), _mm_srli_si128(shifts, 4));
    values[0] = _mm_add_epi32(low, zero);
    values[1] = _mm_add_epi32(high, zero);
    return;
  }
#endif
  int32_t each[8];
  for (int i = 0; i < 8; i++) {
    each[i] = rescale(q, sums[j + i], j + i);
  }
  values[0] = _mm_loadu_si128((const __m128i *)each);
  values[1] = _mm_loadu_si128((const __m128i *)(each + 4));
}

/* Clamps without a branch: which values fall below the lowest can't be foreseen. */
static void quantize_eight(const quantizer *q, const int32_t *sums, uint8_t *output, int j) {
  __m128i values[2];
  rescale_eight(q, sums, values, j);
  const __m128i words = _mm_packs_epi32(values[0], values[1]), bytes = _mm_packus_epi16(words, words);
  const __m128i raised = _mm_max_epu8(bytes, _mm_set1_epi8((char)q->low));
  _mm_storel_epi64((__m128i *)(output + j), _mm_min_epu8(raised, _mm_set1_epi8((char)q->high)));
}
#endif

/* The bytes may lie at the start of the sums' own memory: each is written after its sum is read. */
static void quantize_all(const quantizer *q, const int32_t *sums, uint8_t *output, int count) {
  int j = 0;
#if defined(__SSE2__)
  for (; j + 8 <= count; j += 8) {
    quantize_eight(q, sums, output, j);
  }
#endif
  for (; j < count; j++) {
    output[j] = quantize(q, sums[j], j);
  }
}

typedef struct {
  const int8_t *weights; /* inputs x outputs */
  int inputs;
  int outputs;
  uint8_t zero; /* of the inputs */
  quantizer output;
} dense_layer;

static void run_dense(const dense_layer *layer, const uint8_t *input, uint8_t *output, int32_t *sums) {
  const int outputs = layer->outputs;
  const int8_t *column = layer->weights;
  column_batch four;
  four.count = 0;
  for (int j = 0; j < outputs; j++) {
    sums[j] = layer->output.bias[j];
  }
  for (int i = 0; i < layer->inputs; i++, column += outputs) {
    push_column(&four, column, input[i] - layer->zero, sums, outputs);
  }
  flush_columns(&four, sums, outputs);
  quantize_all(&layer->output, sums, output, outputs);
}

typedef struct {
  const int8_t *weights; /* window rows x window columns x channels x output channels */
  geometry shape;
  uint8_t zero; /* of the inputs, and of the padding */
  quantizer output;
} conv_layer;

/* Pushes what one row of the window sees, from the first column inside the image to the last. */
static void push_row(const conv_layer *layer, const uint8_t *row, const int8_t *weights, int left, column_batch *four,
                     int32_t *sums) {
  const geometry *g = &layer->shape;
  for (int column = 0; column < g->window_columns; column++) {
    const int x = left + column;
    if (x < 0 || x >= g->columns) continue;
    for (int channel = 0; channel < g->channels; channel++) {
      const uint8_t value = row[x * g->channels + channel];
      if (value == layer->zero) continue;
      push_column(four, weights + (column * g->channels + channel) * g->output_channels, value - layer->zero, sums,
                  g->output_channels);
    }
  }
}

static void run_conv(const conv_layer *layer, const uint8_t *input, uint8_t *output, int32_t *sums) {
  const geometry *g = &layer->shape;
  column_batch four;
  four.count = 0;
  for (int position = 0; position < g->output_rows * g->output_columns; position++) {
    const int top = position / g->output_columns * g->row_stride - g->top;
    const int left = position % g->output_columns * g->column_stride - g->left;
    for (int j = 0; j < g->output_channels; j++) {
      sums[j] = layer->output.bias[j];
    }
    for (int row = 0; row < g->window_rows; row++) {
      if (top + row < 0 || top + row >= g->rows) continue;
      push_row(layer, input + (top + row) * g->columns * g->channels,
               layer->weights + row * g->window_columns * g->channels * g->output_channels, left, &four, sums);
    }
    flush_columns(&four, sums, g->output_channels);
    quantize_all(&layer->output, sums, output + position * g->output_channels, g->output_channels);
  }
}

typedef struct {
  const int8_t *weights; /* window rows x window columns x output channels */
  geometry shape;
  uint8_t zero; /* of the inputs, and of the padding */
  quantizer output;
} depthwise_layer;

/* One filter a channel: output channel j reads input channel j / (output channels / channels). */
static void run_depthwise(const depthwise_layer *layer, const uint8_t *input, uint8_t *output) {
  const geometry *g = &layer->shape;
  const int fan = g->output_channels / g->channels;
  for (int position = 0; position < g->output_rows * g->output_columns; position++) {
    const int top = position / g->output_columns * g->row_stride - g->top;
    const int left = position % g->output_columns * g->column_stride - g->left;
    for (int j = 0; j < g->output_channels; j++) {
      int32_t sum = layer->output.bias[j];
      for (int tap = 0; tap < g->window_rows * g->window_columns; tap++) {
        const int y = top + tap / g->window_columns, x = left + tap % g->window_columns;
        if (y < 0 || y >= g->rows || x < 0 || x >= g->columns) continue;
        sum += layer->weights[tap * g->output_channels + j] *
               (input[(y * g->columns + x) * g->channels + j / fan] - layer->zero);
      }
      *output++ = quantize(&layer->output, sum, j);
    }
  }
}

/* The largest byte that each window sees inside the image. */
static void run_max_pool(const geometry *g, uint8_t low, uint8_t high, const uint8_t *input, uint8_t *output) {
  for (int position = 0; position < g->output_rows * g->output_columns; position++) {
    const int top = position / g->output_columns * g->row_stride - g->top;
    const int left = position % g->output_columns * g->column_stride - g->left;
    for (int channel = 0; channel < g->channels; channel++) {
      uint8_t largest = low;
      for (int tap = 0; tap < g->window_rows * g->window_columns; tap++) {
        const int y = top + tap / g->window_columns, x = left + tap % g->window_columns;
        if (y < 0 || y >= g->rows || x < 0 || x >= g->columns) continue;
        const uint8_t value = input[(y * g->columns + x) * g->channels + channel];
        if (value > largest) largest = value;
      }
      *output++ = largest < high ? largest : high;
    }
  }
}

static int find_largest(const int8_t *values, int count) {
  int best = 0;
  for (int j = 1; j < count; j++) {
    if (values[j] > values[best]) best = j;
  }
  return best;
}


/* --------------------------------------------------------------- parameters */

static const int8_t layer_1_edges_weights[72] = {
43,31,114,46,46,-1,40,25,90,36,127,32,37,39,22,62,56,52,6,-51,41,67,82,70,-16,127,67,87,38,50,127,55,-11,34,58,127,
127,127,107,127,70,-42,117,61,83,83,109,89,-127,100,46,31,-85,32,38,75,-80,-9,8,126,-46,105,119,72,-57,0,29,91,46,117,
-15,1
};
static const int32_t layer_1_edges_bias[8] = {
-3664,1338,-1613,6025,6646,9968,-1425,549
};
static const int32_t layer_1_edges_multipliers[8] = {
2145589697,1501801317,2036025368,1252319939,1641618571,1241577647,2055431324,1903312332
};
static const uint8_t layer_1_edges_shifts[8] = {
41,40,41,40,40,40,41,40
};
static const conv_layer layer_1_edges = {layer_1_edges_weights, {28, 28, 1, 3, 3, 2, 2, 0, 0, 14, 14, 8}, 0, {layer_1_edges_bias, layer_1_edges_multipliers, layer_1_edges_shifts, 0, 0, 255, 1}};

static const int8_t layer_2_strokes_weights[72] = {
-14,-20,41,28,68,19,19,53,-69,127,96,-96,-4,-33,-127,127,-120,89,-94,-26,-36,127,3,15,-99,-3,5,105,-127,-27,-79,106,
-44,-17,95,37,18,-114,-35,-56,-84,-71,127,-127,4,-7,120,-85,-127,-127,9,25,46,59,-11,-45,-66,-24,-5,84,-18,55,-1,-124,
-61,111,117,89,-30,64,75,-8
};
static const int32_t layer_2_strokes_bias[8] = {
2906,3557,1084,3250,1870,2094,582,2030
};
static const int32_t layer_2_strokes_multipliers[8] = {
1790389689,1166016999,1107654377,1152590483,1750049506,1294654822,2129678376,2082087205
};
static const uint8_t layer_2_strokes_shifts[8] = {
38,38,38,38,38,38,39,39
};
static const depthwise_layer layer_2_strokes = {layer_2_strokes_weights, {14, 14, 8, 3, 3, 1, 1, 1, 1, 14, 14, 8}, 0, {layer_2_strokes_bias, layer_2_strokes_multipliers, layer_2_strokes_shifts, 0, 0, 255, 1}};

static const int8_t layer_3_mixture_weights[128] = {
53,-66,44,-56,117,-58,127,-82,-71,2,21,-53,127,-30,-27,-127,127,32,-2,94,-47,-127,-44,54,5,28,-18,100,5,76,-127,20,30,
75,-6,-47,15,44,-27,36,-7,-127,-98,60,-3,-35,37,-29,-87,-127,51,-91,39,-22,9,62,-14,36,127,11,-105,-82,15,70,-30,-23,
22,127,8,106,-22,73,-50,-59,-66,-127,27,101,77,25,62,-74,-16,125,-19,-11,15,-127,-110,49,96,-29,75,35,-12,35,62,5,8,
-110,76,-47,107,-31,-70,-4,69,-112,23,-127,28,-68,-127,-23,-127,-21,-127,-31,63,-44,127,-48,-117,-73,-101,51,-54,-41
};
static const int32_t layer_3_mixture_bias[16] = {
-2531,2171,117,-1439,-2003,2257,-2679,796,2534,770,-2965,-1175,-267,-18,184,85
};
static const int32_t layer_3_mixture_multipliers[16] = {
1854490300,1967594362,1234222365,2064146079,2012859092,1202208193,1116509887,1247373602,2044788216,1417238750,
1424074048,1816048610,1203195531,1311495222,1762133929,1634597777
};
static const uint8_t layer_3_mixture_shifts[16] = {
38,38,37,38,38,37,37,37,38,37,38,38,37,37,37,37
};
static const conv_layer layer_3_mixture = {layer_3_mixture_weights, {14, 14, 8, 1, 1, 1, 1, 0, 0, 14, 14, 16}, 0, {layer_3_mixture_bias, layer_3_mixture_multipliers, layer_3_mixture_shifts, 0, 0, 255, 1}};

static const geometry layer_4_pool = {14, 14, 16, 2, 2, 2, 2, 0, 0, 7, 7, 16};

static const int8_t layer_5_shapes_weights[2304] = {
-34,22,13,-42,-14,1,-11,1,-77,-59,-108,-2,-22,-52,-7,39,-50,40,-28,-58,15,34,10,-20,8,-2,-125,7,10,20,-34,-70,-80,-16,
-53,11,-41,17,2,62,-13,-68,55,8,12,-58,10,-36,-40,32,-16,-30,-82,3,-127,48,66,2,33,15,-14,-40,22,9,-64,33,-30,-28,26,
31,14,25,-10,-52,-28,-18,3,-18,-22,16,-70,-10,-62,-47,-17,24,-20,26,7,-51,-27,-6,-16,-64,-71,-18,28,-43,58,23,-8,-18,
23,-31,-46,-3,-61,5,-20,-9,0,-44,-49,78,16,-37,27,14,-23,2,7,13,-14,20,-22,45,-44,-18,-38,-56,-23,30,-22,-112,14,-9,
21,65,63,11,-43,7,66,-58,-20,127,-79,33,56,-23,43,1,-14,-17,13,-20,64,6,41,6,-14,1,-33,69,6,12,64,77,-30,-59,61,-44,
36,-10,0,8,57,22,-1,-74,37,26,-23,40,-29,35,-57,-20,-13,-24,-47,-31,-66,-4,37,-26,-57,67,-47,14,-38,-75,-90,10,-24,
-22,-25,-6,-20,33,-2,-23,18,-127,-32,-115,104,39,-26,46,-32,-23,56,-14,-98,-2,-48,-21,-10,15,5,76,37,-75,26,-12,-16,
-55,-107,39,27,-6,-54,47,40,-2,43,74,7,-50,48,-3,14,-5,-39,24,11,30,0,-13,-25,3,-47,-73,-9,63,-114,-34,44,-28,45,1,
-43,-45,-1,10,47,53,-33,-4,16,-47,-74,-7,-10,53,-112,17,49,25,-68,19,-11,25,55,-105,-6,-8,-80,-2,-17,-5,5,-69,29,-58,
-28,16,2,-43,-38,-38,-9,37,-96,14,-9,-30,-17,-58,-45,65,0,-31,-16,-7,56,-62,7,-19,-27,-13,-15,-27,-39,-2,-45,48,-84,
13,0,20,9,-53,40,-3,39,-5,1,55,-55,76,-28,74,-20,-22,-87,-12,24,0,25,40,-97,-41,-3,-31,49,-50,-40,2,-99,-16,48,91,12,
-75,19,-51,17,-11,-24,10,-85,26,28,38,-5,29,-35,-5,-29,-30,62,16,-33,-52,-36,22,-70,17,14,-75,-63,86,-25,-17,15,-53,
-46,28,3,0,19,25,52,-58,-51,37,-30,45,-14,-29,56,-122,-19,25,7,24,24,10,20,-3,43,-56,-35,-98,55,20,-12,-39,2,-14,-69,
10,15,-5,-52,27,-59,15,18,-7,-119,39,-33,-5,-1,58,-17,32,7,-36,43,33,-10,-14,-7,-1,29,-85,-22,-62,71,-8,14,-102,-44,
25,-41,-16,55,-20,-37,-41,71,-22,62,-38,44,-30,-47,-3,-53,31,-106,15,-75,-113,-127,-34,15,22,80,-127,-75,-99,-87,89,
-56,43,-69,30,49,52,-52,-14,-42,-95,-58,-85,7,14,-34,69,9,-41,23,-60,-98,50,-32,55,27,-12,-31,-8,-62,20,-44,-41,38,43,
-64,-83,54,-65,-72,-64,44,12,10,-43,-10,-35,-7,22,-5,23,5,-38,-35,-7,-33,70,-16,26,-26,-12,-33,2,42,-50,-60,69,-80,
-26,-65,17,-19,6,34,-46,7,-43,37,9,-37,32,-19,-23,8,4,1,31,-32,24,16,-5,-1,-75,33,-38,26,-18,-17,20,86,73,-100,83,5,
-13,-77,23,14,-6,68,9,-27,16,43,-44,52,-10,-75,-24,-26,-43,73,-7,-33,-31,-26,38,-89,-15,58,-14,-5,11,-47,82,0,127,-53,
19,45,-48,82,-92,-62,-103,-19,-46,44,53,-53,-63,-28,64,-41,-3,-3,-3,-8,10,-67,11,-4,13,51,-71,-28,-22,-50,-44,12,7,40,
-45,-8,13,-84,41,-24,-67,32,-11,-41,50,16,-5,47,-21,19,-45,-36,54,-67,-24,20,16,-107,-22,-23,25,-10,-67,-84,-77,-70,
-27,-11,24,2,97,59,-22,68,-16,-73,15,-21,98,-41,30,57,-41,55,-75,65,-118,-47,18,-11,41,55,-23,-79,-27,57,-27,38,-48,
-2,-27,-36,-3,-29,-17,33,65,-24,-108,-47,-69,57,36,61,-81,-31,-5,-94,-6,-45,76,-46,31,-49,-80,-106,-127,-27,-46,-61,
-42,-63,-26,-45,45,4,-28,38,41,-66,-28,9,-12,-74,27,37,-8,-31,-73,36,0,-21,30,-12,11,-56,-5,14,2,13,-38,-52,-91,55,
-26,-2,-28,54,-33,11,-20,-10,17,-68,24,109,62,-12,23,13,42,-33,15,-44,7,-53,12,58,-28,24,10,-9,-34,-51,-63,-40,1,17,9,
78,-56,35,-33,-61,19,31,49,-58,43,-23,-69,-14,-40,-49,57,10,-69,-18,-50,67,-41,24,-44,-64,1,-34,19,-15,-41,-127,-25,
83,-61,65,19,46,-84,-41,-1,-95,3,9,17,-35,-127,-48,-5,-53,-28,-71,35,-4,46,18,-33,-16,74,27,50,-92,7,14,-5,127,31,11,
-73,23,11,7,24,127,-77,-44,0,62,-22,-55,-39,-31,24,-4,-46,-33,-11,30,1,6,-61,-17,-69,12,-10,-5,-33,57,-43,-2,-46,-8,
-56,19,-10,-66,22,-1,0,-20,-86,9,22,-67,-18,-28,-12,-3,-72,-71,-119,-84,-54,-46,-70,-52,3,17,18,-1,-43,44,-16,-89,89,
-73,62,62,57,29,-34,-38,92,-14,21,52,3,-22,-42,-51,34,-21,61,-53,5,-44,-69,6,-23,-76,-21,44,-43,14,-13,36,-23,58,60,
34,5,38,-74,70,-22,32,44,-1,39,-95,89,-6,27,-14,-69,49,-56,-44,7,-108,-11,11,-54,25,6,17,-47,-3,-13,24,-21,-42,23,71,
15,38,-19,40,115,-106,5,-90,11,-35,-34,33,37,-28,12,-8,39,-3,17,19,40,1,62,-7,-32,-89,22,33,27,120,-4,112,-15,57,11,
-24,12,-76,22,-89,31,-10,-1,14,23,4,-45,4,11,-54,-5,-80,-36,15,-9,19,-47,-25,25,35,50,34,-15,28,-37,-48,-47,-69,34,31,
43,7,41,64,0,14,-26,-31,-74,-73,13,-78,-6,-32,-92,83,-31,80,-70,39,-72,9,-36,-53,87,47,-16,-7,-48,12,121,-60,-1,-83,
46,-63,21,-8,40,-47,15,-2,-67,-109,15,-66,18,94,-31,72,45,-100,-7,58,-32,64,65,-12,89,127,22,7,0,-74,35,-127,-107,-31,
-48,58,1,-16,-10,-54,35,25,39,-64,-6,19,82,-31,-19,-76,-14,-1,-74,-59,5,24,-9,26,-69,-37,49,-42,-55,-30,36,10,-3,-33,
-67,6,-17,-49,18,-42,35,-65,-127,43,63,32,-59,-54,63,8,50,38,-42,63,-58,-18,-16,-19,-31,-31,-90,-19,-19,-95,25,80,27,
3,-33,-35,-5,-42,-2,-44,31,53,59,43,2,-96,-87,54,50,10,77,66,17,85,10,40,45,-79,127,-81,37,26,-7,-17,-7,63,-20,14,-54,
-98,25,-71,24,-15,24,-61,-17,-38,-18,8,-5,37,35,58,27,-13,55,-51,31,19,-9,-21,-16,55,-58,53,34,-67,25,14,87,-92,-51,0,
-54,1,54,-68,-15,47,-23,-45,39,2,61,109,2,89,-38,-17,6,-34,-7,12,17,-53,-46,41,26,-62,26,-2,-21,-70,28,-65,-24,27,-11,
6,-27,-4,-41,57,60,-29,-48,35,-8,0,-62,-20,-19,17,32,47,66,-100,37,4,-17,-4,28,-62,-2,-79,-26,-65,32,8,-16,25,-55,7,
-39,22,-28,5,-33,58,30,-41,37,-71,77,49,17,16,26,-85,86,-72,-26,-31,-85,-32,-41,-11,-40,-55,-5,-27,-93,-6,62,-44,26,
-31,4,-46,35,-55,84,17,3,35,-4,-22,37,-108,-12,-51,-24,14,21,-53,25,-84,50,-104,5,-73,-24,-22,22,-29,-84,67,-12,20,
-44,32,7,28,-28,-51,29,-22,65,76,-47,-25,5,41,11,-16,-35,86,56,-15,-32,-47,56,-19,60,23,61,-9,-12,-100,-5,-10,67,-75,
-17,54,-37,87,-62,-76,-33,-91,-126,-30,-29,81,-61,59,85,-47,-37,26,-13,-36,-45,-64,7,-26,-16,5,29,-85,-122,52,-52,-64,
59,-2,76,-42,39,-1,-40,26,52,77,22,-73,34,-75,-43,14,-48,13,7,40,-34,13,-56,-21,51,46,-60,56,-125,-13,9,19,-49,33,0,
-50,54,-28,-10,3,51,1,47,38,57,8,8,-21,-53,-36,-41,6,104,28,-12,15,30,0,-19,9,-87,-13,0,-37,33,34,-2,-21,-39,43,-33,
46,54,-8,49,-16,1,52,38,61,-74,0,-19,57,21,29,-19,8,44,72,-86,-53,22,-6,0,22,-61,-8,-64,18,18,-1,14,35,40,-33,-13,33,
74,42,-25,26,-22,-30,29,62,-6,-92,22,-45,26,55,-55,-56,-19,-18,39,-54,-8,-15,-49,-11,43,-42,-63,-41,-10,-3,19,-127,
-49,55,-35,-31,-57,-104,-33,12,-64,-70,56,29,-66,2,-48,-84,-19,-35,17,33,110,73,20,90,77,-31,-102,-54,-40,-3,-5,-7,61,
5,-20,4,16,19,-26,10,62,-13,-17,-51,29,-3,-57,-2,-53,-57,11,-2,-73,-25,14,-23,3,-59,-33,-35,-37,-1,23,-73,-6,-45,8,
-33,39,-60,10,44,-30,-53,-70,2,12,98,-36,19,-26,78,21,-27,-16,-16,-11,-83,26,-5,30,36,14,-13,-43,32,43,-8,4,74,-83,
-26,-65,54,39,-21,13,36,51,-1,-26,-27,-47,0,14,-67,-4,26,-22,19,85,1,29,22,-46,-99,91,-42,41,32,44,-41,0,61,24,25,-38,
-48,42,19,44,0,-74,22,-27,14,35,-27,60,-51,3,73,53,-8,-71,6,23,41,11,16,21,27,-8,12,-31,29,-74,48,66,-33,42,-8,16,-48,
5,-47,-51,85,21,-19,32,49,48,-59,32,-9,28,28,-35,-16,109,-71,30,53,-19,21,-58,56,-39,10,7,-73,36,-1,32,-17,-65,39,
-102,-9,-39,28,-29,31,20,-44,28,-32,32,-1,97,-5,36,14,15,-17,6,50,-51,28,-12,0,-53,-84,0,-72,27,47,-93,56,-22,38,33,
-14,53,-98,14,42,5,-19,-92,21,-52,107,32,1,26,53,-82,54,-37,-11,-7,-74,7,-1,-6,-1,2,39,-44,-45,-43,10,-12,23,88,9,0,
50,91,-37,-23,-8,-51,-78,3,-86,62,-14,5,32,-42,-28,-93,30,51,-1,-6,-7,-9,-29,-66,43,34,42,14,19,8,-30,51,10,14,-58,
-48,0,-1,80,11,26,36,-65,26,-40,-30,-24,80,-1,-36,-1,-2,39,-11,75,-127,-50,13,49,-23,-12,-53,53,18,-91,1,23,26,-41,
-18,-42,58,2,-23,5,-10,4,-75,64,-22,-19,26,44,-5,-35,52,-26,-55,15,-96,-19,0,-19,31,-38,-106,27,79,6,-27,-48,-121,1,
95,-32,14,-4,52,-33,42,41,-116,-8,-20,-33,43,22,-86,-51,-4,-45,-109,18,18,28,-11,-37,24,50,9,-35,-29,34,36,40,-32,41,
-5,54,-16,10,58,-10,-2,47,10,-78,34,-18,-4,14,-16,8,-108,57,-19,-28,-10,-60,3,-61,45,-75,31,15,-33,-13,37,48,12,21,43,
-34,46,24,7,34,16,1,-43,-30,-13,-27,13,-20,-69,1,-5,56,-33,-18,24,11,-1,-29,-28,-71,6,-10,31,-81,60,-52,-24,12,75,67,
22,-4,-34,16,-5,-19,45,-68,-35,-29,-68,80,-5,59,-56,-64,16,10,16,-36,-18,36,-2,110,-6,-84,21,6,15,39,-89,37,37,-77,
-52,-11,1,23,86,10,-14,40,4,26,-25,-30,38,-59,-3,63,44,-51,37,64,-32,-40,-8,-87,17,-16,6,58,65,-12,-25,20,12,-61,54,
-28,10,-59,-13,-5,-45,-3,13,-23,-24,-38,-49,-47,14,-9,-38,26,-5,53,-51,41,1,-76,60,43,39,22,-69,-24,-24,-31,30,-16,1,
-64,-82,-13,-51,16,23,-6,-35,-84,-3,-25,-30,-15,-16,-6,24,-16,54,-85,6,2,57,18,8,1,-9,50,-13,-8,-72,-45,-19,14,-3,-66,
-53,9,-21,-45,-24,-82,-52,41,-21,-70,-34,-94,-94,104,40
};
static const int32_t layer_5_shapes_bias[16] = {
-804,56,3078,648,217,3112,-512,1606,3418,1471,-2388,-576,541,-1,2558,-1980
};
static const int32_t layer_5_shapes_multipliers[16] = {
1430990317,1848408627,2100091129,1120210123,1890772272,1098415670,1998788062,2039770956,2081690171,1082615066,
1082596995,2121816773,1152062936,1927508853,1911366387,1790852341
};
static const uint8_t layer_5_shapes_shifts[16] = {
41,40,40,39,40,39,40,40,40,39,40,40,39,40,40,40
};
static const conv_layer layer_5_shapes = {layer_5_shapes_weights, {7, 7, 16, 3, 3, 1, 1, 0, 0, 5, 5, 16}, 0, {layer_5_shapes_bias, layer_5_shapes_multipliers, layer_5_shapes_shifts, 0, 0, 255, 1}};

static const int8_t layer_6_hidden_weights[12800] = {
-2,-58,9,-14,-6,8,20,1,15,-18,-6,-1,-6,3,-24,-26,40,7,-9,6,27,9,-1,-15,19,-13,29,2,14,-19,-23,-10,-34,34,-22,-72,19,
-53,-26,73,-28,84,117,39,17,-97,28,-28,49,-46,40,115,80,-41,44,-43,-1,3,12,4,6,61,-30,43,23,-32,3,40,-14,29,56,-1,-43,
-19,-24,-32,24,-10,11,32,-88,8,-33,-28,-14,-23,14,20,-4,-4,-19,8,4,-34,27,-43,27,-85,-1,-4,32,-16,9,-3,-3,25,-55,2,13,
44,11,37,-83,-14,-15,-28,-5,-53,0,27,-21,9,-27,16,31,30,-7,-10,26,-110,3,-25,-11,-22,-6,-55,59,-45,-16,36,1,7,18,-24,
-69,55,21,10,-43,66,18,-21,63,29,37,-9,10,-42,-4,50,30,-33,7,2,6,-19,-1,25,25,-5,18,34,-60,9,31,-41,-70,20,-28,29,4,
41,43,-21,38,0,22,23,30,25,16,-20,43,-52,-27,104,54,14,-32,28,-21,-91,-27,-21,-58,-44,-62,-105,-58,45,-31,-53,-123,3,
24,-23,30,79,-125,77,26,-20,82,12,-19,1,-25,72,-21,-26,43,-64,4,-56,-22,-11,5,-63,-39,-60,19,75,16,-8,-35,46,-12,14,
14,-20,-8,-12,-75,6,-62,29,38,-90,-127,127,65,-36,35,-107,127,-76,46,-14,-21,14,-67,-127,55,86,-127,-88,-75,90,18,-26,
19,5,-108,41,-89,10,-28,67,40,-19,-14,34,-3,19,6,-33,-49,-27,3,27,33,13,44,-13,-57,15,-7,-5,-48,47,35,15,34,-3,-49,
-23,-21,-4,-4,1,-21,-52,15,-26,9,2,22,5,8,10,26,15,-20,-20,20,0,46,7,15,16,-15,4,5,7,-12,11,28,-21,3,11,22,-1,69,-18,
-16,33,43,38,-11,-12,4,-47,19,54,-52,12,40,-47,-39,31,2,24,-31,39,37,16,110,2,-65,-43,54,-32,-13,38,41,82,-4,26,-48,
37,-5,-85,-7,-91,-4,32,11,-101,-10,-70,-54,30,5,-29,-23,-1,93,24,69,104,17,-41,-3,12,46,-20,22,-100,-35,30,46,-27,19,
-41,-8,-16,-74,-23,12,-24,-38,11,-45,45,-39,-33,-64,-54,21,34,-33,15,5,-1,-26,2,10,17,30,-9,48,-32,5,-11,7,-74,-10,
-23,-44,-2,31,-37,23,14,45,-1,23,62,41,-71,4,-4,18,35,102,-71,-10,63,-48,12,19,-22,11,-4,-87,35,14,21,26,-5,-12,-31,
17,44,-39,-33,-53,31,-2,14,-61,11,-17,9,6,30,-46,15,-31,-38,29,35,4,79,5,22,11,-3,-10,-3,-2,12,-15,-5,9,6,16,-1,-48,
-18,4,-1,9,-4,-14,-6,-1,22,-20,4,-12,16,15,-17,38,-41,-45,-46,9,-48,-10,18,16,32,12,7,28,3,-2,-18,49,1,-55,47,21,22,
42,-28,3,22,47,31,23,-37,-27,20,-28,9,7,34,-40,9,26,31,18,27,8,20,-18,65,-39,-14,-69,-7,27,-34,-10,52,-26,9,-60,12,-1,
-2,-6,-8,20,-27,5,-88,14,74,5,-6,56,-35,-12,15,-27,-38,-39,59,16,3,-32,35,-47,2,11,-15,-23,33,-22,16,37,21,17,42,-35,
15,60,52,-44,-14,21,-2,42,64,-10,37,6,-28,44,43,-23,30,-102,35,-18,-14,-20,12,44,-31,28,27,-66,-8,-37,-10,-14,45,115,
-27,-67,35,-47,1,28,17,11,-40,29,12,-2,35,80,-39,-45,74,-38,-55,-103,65,73,1,127,28,-110,-24,22,-85,2,26,18,-13,-36,
76,-22,41,29,24,-49,-34,-25,-5,-15,30,-25,-34,-100,10,-16,-107,-80,1,-35,-14,-54,51,-120,85,-16,9,65,56,-13,5,60,6,
-65,29,18,35,43,6,7,6,11,46,-86,88,-24,-12,46,-16,-66,52,15,18,-12,9,17,-109,-5,-12,80,-48,-41,66,-10,28,18,-25,60,
-120,59,25,-19,5,9,9,14,-2,-70,35,1,-34,-57,52,17,11,-54,-26,-24,-49,-48,67,18,57,46,-112,-26,40,9,24,-17,43,-38,19,
-8,-39,2,113,15,33,52,1,-36,-47,-16,16,-49,-14,18,3,-92,-3,-14,0,58,20,-13,-91,5,-15,-20,9,-19,-1,19,-5,-14,21,0,-18,
-5,-4,-1,17,-5,24,-22,23,-29,-3,-11,10,5,-23,7,-18,0,14,0,-24,-32,32,-59,21,2,18,1,-39,-24,16,21,29,-76,-20,8,-1,-3,
-42,-4,30,38,0,-17,-9,-64,48,-49,-36,39,41,-37,-113,2,14,33,10,17,-16,67,-23,20,-17,18,-2,-26,-46,59,11,7,-2,-31,57,
-14,-29,14,-25,-85,42,-10,-51,31,15,38,-77,-3,65,26,-29,10,-18,16,-48,19,13,-15,-1,-4,-39,-19,61,-16,-52,-57,27,38,
-22,11,6,-33,-19,10,-20,13,23,-7,-32,12,-5,-3,20,16,-27,1,26,-33,-2,6,-1,25,47,-57,7,23,24,4,-15,-16,24,-11,-7,27,-22,
14,-5,12,12,-61,-118,64,-39,-53,-9,51,-30,38,27,-19,59,11,-6,-15,13,-67,19,69,57,23,27,-33,2,-45,-5,74,-21,-4,5,-24,
-2,-16,-32,-1,-19,-14,-12,-26,-3,-22,1,11,2,16,17,-1,18,34,13,-15,24,11,-23,8,-7,8,15,27,17,2,-15,21,-13,-76,24,-40,4,
25,-28,-21,24,54,52,74,33,-17,-20,22,8,47,11,28,47,1,15,-23,-18,29,6,21,-12,2,19,-119,47,-44,-108,12,51,-42,-25,20,
-22,18,-6,-27,-7,-14,45,-100,-42,-86,9,-30,-70,-15,36,-9,27,-71,-4,17,35,-37,21,41,-1,-32,-52,25,54,25,-14,8,-9,8,-2,
-28,3,5,-42,-9,-24,-33,-17,-11,-36,10,-12,-39,17,-32,19,70,10,0,30,-8,-11,40,2,-64,17,37,30,-28,78,-18,70,5,59,12,24,
-43,-20,-73,-36,-43,-45,-2,-1,82,19,-17,-12,-57,117,-26,-42,-5,-15,-59,30,38,-91,-10,1,89,23,34,0,41,-24,104,53,-27,2,
55,-53,-23,3,-51,-2,10,-39,-9,29,18,80,-38,13,-22,8,-24,-117,0,27,-86,22,79,-11,-54,18,-18,43,31,85,-1,3,-42,-13,-18,
-77,-55,56,-5,36,-119,14,-65,89,-127,12,98,17,13,-99,-52,-10,25,4,-39,39,-10,0,97,-24,-21,2,22,-64,-24,1,9,61,-24,12,
15,-8,50,11,0,-2,26,-20,-2,39,-64,-79,-4,-23,-49,22,21,-20,4,30,11,-19,46,-4,-22,-17,-69,44,-32,13,-32,54,10,-39,-39,
1,-36,61,-32,59,53,53,28,-87,22,14,-30,-44,57,-2,10,12,-14,1,24,17,-16,51,64,41,-2,-1,-12,71,-11,-14,2,-21,-4,30,-9,
-37,-3,-41,16,9,5,-2,-22,5,16,35,-3,-3,-7,-15,1,19,14,-9,-46,-12,8,-18,11,5,19,-20,12,-13,6,29,11,30,33,-27,-49,-100,
31,-23,-43,-33,32,0,-11,26,-51,61,8,56,-70,48,-21,8,22,9,-7,23,-53,33,-99,5,-11,28,-69,28,66,32,-19,10,-23,38,-45,-18,
15,44,2,45,19,3,-6,76,-97,-4,-90,-5,-26,-61,-2,23,-20,16,-61,-41,-78,53,-84,-11,9,14,-38,-89,-4,41,11,-6,47,-26,-17,0,
-2,-6,-10,64,25,1,-12,-7,-33,-73,-9,6,-20,10,-17,-15,-19,27,19,12,38,20,-25,-121,0,53,-32,-14,37,-18,42,17,18,9,-12,
10,3,18,-74,3,-4,1,4,29,-8,22,-9,-12,-3,24,0,2,19,13,-56,-55,9,-17,10,-18,23,-55,-2,18,-9,73,-8,-44,1,-27,-127,-2,62,
-10,52,15,1,-11,-57,-45,-33,-10,-21,16,19,-25,21,75,-5,8,10,-16,23,4,14,2,1,-24,-12,-5,22,-6,14,7,4,-22,-17,3,2,1,17,
-19,-12,-8,-4,21,24,0,1,-79,29,-15,2,39,0,10,-19,58,-60,4,-16,50,-12,54,-21,-24,27,71,-17,-2,-37,57,-49,-40,14,-87,15,
17,10,13,-24,17,28,11,-25,-58,0,-25,10,-7,-43,32,-21,-16,-54,-20,11,3,26,32,-24,8,20,29,-21,-19,45,-62,-28,21,-13,-22,
-19,-10,10,37,-28,-5,65,-2,52,-8,-41,12,9,6,13,-15,-60,-4,18,-46,-20,33,-13,16,-45,-1,-30,-4,-2,43,30,-23,19,-93,-8,
27,37,4,2,26,35,-46,-8,21,-6,-2,-58,-6,-3,-6,24,-21,1,7,64,-12,-19,12,-18,96,17,5,22,-46,-25,-32,27,-22,-34,-86,117,
-72,92,-18,2,-11,26,24,-24,5,13,9,22,-42,30,41,-98,-34,-13,-3,118,44,-16,43,-42,-50,2,-120,-12,12,-48,10,24,-1,11,15,
-25,32,61,-18,30,-36,-33,-24,24,18,0,6,-6,26,-124,-39,22,86,-74,31,73,9,-14,-85,-4,-43,-62,11,-49,74,4,36,24,1,23,-62,
74,4,27,9,-25,51,-15,-22,-27,44,-55,14,-34,-34,-11,53,-18,60,18,-77,-6,50,8,13,16,7,4,-15,-20,-78,37,25,-6,-4,-58,-26,
-34,-21,-35,39,-15,-24,33,-14,10,80,35,-27,39,-28,-38,-66,31,-12,30,-81,33,-85,84,-30,50,3,44,-49,21,-15,44,38,38,47,
1,54,9,-57,0,16,108,11,-18,58,-48,-20,17,-4,-15,28,37,-15,-41,39,-15,-1,-8,15,-19,-27,-38,-14,-7,-34,-11,-5,10,40,36,
15,26,10,-21,13,-26,-48,38,-1,-39,55,0,-67,-23,-35,40,1,-25,14,-49,-14,83,-27,27,42,-11,-36,3,-62,14,57,10,-23,-88,7,
22,40,-35,1,37,-36,20,-118,-33,27,-19,-13,6,24,5,-15,29,-4,9,13,-19,20,32,56,6,-48,-54,41,-21,2,-62,-45,-127,-43,-16,
-71,12,64,3,-8,-15,11,10,-2,21,36,2,18,-27,-20,43,16,32,-1,-108,-2,-41,3,-15,-28,4,18,5,-4,-22,18,-4,6,-10,51,0,-59,
-20,32,32,-53,-12,-15,-3,-17,60,22,-41,35,16,-26,-120,37,-44,53,5,18,35,-33,0,-12,0,-12,0,-11,-36,36,-13,-34,37,-6,10,
12,-25,-63,-9,46,-22,76,-16,-91,34,-16,-78,-26,25,55,57,-5,21,13,-14,-28,49,-92,-7,35,34,-42,11,34,-9,-19,-11,-18,6,6,
9,-11,22,7,17,-14,5,-4,-11,6,2,17,20,1,-18,20,6,-9,-18,23,14,19,23,-26,-27,-81,11,-58,-7,-15,-38,7,77,60,57,46,14,-43,
45,2,23,23,26,111,-1,11,1,16,-43,25,42,-89,3,51,-5,54,-31,-73,32,4,-71,-38,-17,-61,27,-11,-76,44,-16,-76,-7,-3,-63,39,
-13,71,49,28,-7,31,-25,1,42,-127,-6,40,-39,-11,-39,66,4,10,-23,-9,23,-25,-16,49,-57,-3,30,38,33,23,-27,-25,-2,-3,29,2,
-1,20,-29,2,-1,43,-25,47,8,-34,33,-88,40,24,-87,-32,-55,-3,58,-44,-45,102,-43,-114,-27,-13,72,107,-4,71,-69,9,91,24,
-13,3,34,-86,-68,126,44,74,-81,-55,-28,-2,70,-36,8,-14,34,-44,102,-18,19,-29,56,-13,-18,24,45,63,33,32,21,-51,-33,16,
109,50,-35,56,-98,-26,-52,60,55,-31,-42,-15,7,-71,51,69,-32,65,1,-79,29,32,-49,-4,20,127,67,-45,10,12,-88,-35,79,-121,
-45,119,35,-29,-35,44,-16,-18,-30,29,0,73,11,18,59,-49,-41,39,9,-26,31,5,82,-5,42,11,-26,8,28,-38,-25,-70,-36,4,-58,
60,-17,37,-35,-32,30,27,-18,87,-18,33,57,-127,39,46,48,27,42,-57,-50,-39,-59,-56,7,-19,4,21,28,109,-4,62,-15,39,-57,
86,8,-6,33,-20,-48,46,71,-31,96,-34,-6,-127,-33,-53,7,7,9,27,0,-7,72,-46,9,49,25,29,-14,51,-7,75,-22,35,29,-43,12,-34,
-22,-5,16,34,26,-5,-25,7,4,-13,-21,-1,23,15,23,19,-39,-15,-16,-19,-9,29,0,26,1,-11,8,58,13,-30,48,-14,-44,-8,-7,2,-3,
12,-2,-25,31,1,-11,-10,-50,-1,25,16,6,-5,-10,-31,57,21,37,28,-5,-12,14,-108,28,-4,-48,22,-81,-30,-42,23,19,82,-48,-36,
-15,0,0,56,40,112,19,-14,20,30,-32,47,32,-72,-31,64,45,59,5,-57,-29,6,13,-37,8,41,-1,13,-6,-16,8,-14,-25,-17,-1,10,
-43,4,-27,-51,34,18,-1,18,0,37,-26,30,-1,17,102,15,-39,33,37,-44,-21,-1,3,-16,20,14,-17,-20,9,-2,-67,16,-39,46,46,-16,
73,2,76,-7,19,-41,23,-44,-105,15,-4,-89,38,33,33,-23,-39,-100,34,-43,-76,69,-50,-67,39,-13,-65,14,4,16,127,29,-17,-29,
55,-45,90,-39,19,39,-6,-54,23,35,19,-11,10,-15,-17,-5,13,14,-6,-17,-5,0,-20,13,63,-1,-6,20,16,4,12,-12,-4,-21,-2,27,4,
-9,13,10,-7,-62,15,-5,17,-8,32,12,5,28,-1,-5,33,-26,60,19,-76,19,17,44,-39,-34,23,10,17,75,-7,18,10,14,79,45,13,10,24,
-25,-19,-8,-27,8,-45,12,20,22,27,8,-15,11,17,-2,-8,70,16,67,25,-46,36,19,29,-34,21,-19,2,-14,-20,21,-35,40,0,-11,8,
-17,17,-28,10,36,-9,27,-47,-62,-80,54,-47,-3,-70,76,17,-22,5,29,-82,22,-1,20,-6,81,14,-69,-11,26,4,6,87,-19,14,-35,
-70,63,-6,-76,22,-15,-86,12,1,-40,-18,-40,28,24,-21,12,-59,-19,-10,21,32,-20,72,-72,-55,4,29,-5,19,-3,-68,-15,-7,34,4,
32,56,-24,10,6,-26,1,-45,-20,30,39,21,17,-2,18,18,3,-12,98,79,-61,-1,43,-37,47,28,-25,-7,-35,-39,9,8,-33,-20,-72,-12,
46,-40,-53,-60,19,35,25,44,29,-106,11,-46,-87,41,56,-45,60,-59,99,12,-30,68,-55,27,-35,-61,-24,27,-42,-38,-103,-48,57,
15,-77,6,38,-10,-14,-52,27,-21,15,-64,72,25,60,-57,-7,35,20,-91,-66,-27,0,22,-19,68,21,-14,-86,-105,-33,-6,56,37,-9,
-41,54,30,-27,-58,64,4,98,-107,48,52,79,28,-43,34,6,-86,45,24,-19,-16,-12,1,44,29,-15,46,23,-125,-27,-6,-13,6,50,42,
35,29,19,-18,-7,20,-14,108,-16,7,45,15,5,-8,18,14,13,17,2,-9,-5,2,-4,4,20,-38,1,6,21,11,-4,-8,-8,12,-12,-22,22,12,25,
-9,13,21,30,42,-2,6,23,54,-23,22,10,-35,7,6,28,39,56,-34,-12,24,12,13,-28,-28,14,4,0,57,-76,16,-9,1,59,-2,60,32,-4,
-43,-35,13,-78,22,-7,0,-9,-14,39,58,11,-74,25,27,6,2,16,-30,-6,6,14,88,-16,19,24,-19,24,74,18,-10,-19,67,-92,93,-56,
-3,-69,58,-40,66,20,55,12,-82,33,-98,-50,-56,44,26,-43,23,2,47,-8,10,-55,-38,-26,8,-67,26,-4,15,-73,8,26,12,36,-67,
-15,36,20,32,104,-58,-7,26,20,46,-62,-20,6,-5,-43,89,-40,32,86,-6,-11,-36,70,67,10,-37,17,-5,-59,-5,6,-21,-2,18,3,-7,
19,-41,41,19,11,-22,23,-70,25,-34,2,51,6,-9,-12,65,20,-5,-44,-16,25,-3,-10,-21,20,0,-18,-11,-15,-3,1,20,17,80,-10,-12,
-6,-18,10,5,-2,-16,3,-14,-4,-4,-2,-13,18,-84,-67,4,-16,78,-90,-14,-29,23,4,48,-81,-5,-17,25,-2,-86,-21,-7,-29,55,25,
-7,-59,-11,37,106,86,27,20,11,28,42,42,4,29,-26,-18,9,-55,-23,-15,-22,-25,34,-13,-36,-17,-53,29,-17,42,-18,13,9,12,25,
39,8,-41,-8,-17,62,24,-16,-24,16,16,10,4,2,65,-24,8,17,-32,20,122,-65,57,44,35,-12,-20,-48,0,-66,24,-44,5,-35,5,-20,
-39,34,91,-35,71,-1,17,-54,11,59,1,-19,-9,15,-3,-4,37,25,-9,1,20,-18,-75,-65,13,-4,9,7,3,-23,23,-11,15,33,38,6,-39,23,
1,-38,20,63,-10,23,16,-18,50,17,-52,17,-36,-57,35,10,37,-49,-36,-3,17,-5,9,20,-12,-11,26,-15,38,-43,-49,10,38,-70,37,
24,-30,1,-6,16,28,-6,-2,-2,-56,-52,28,29,-57,7,48,0,17,-52,10,-15,18,-24,11,54,11,-53,-85,19,19,44,-8,-91,-34,22,28,
-31,53,-57,-39,-85,-64,68,2,23,19,18,47,-16,-28,-19,49,27,30,-25,66,60,-63,5,2,32,-1,-23,-5,16,-29,-51,-52,-8,5,34,
-15,39,3,2,29,-4,-50,-21,47,39,-19,-17,9,10,-2,3,-9,36,18,17,-38,41,-20,-79,6,17,3,12,36,25,56,2,56,25,6,-43,32,-14,
37,51,58,1,3,27,7,-37,0,21,-19,84,-21,7,-13,4,-5,-14,11,-26,16,6,-5,12,13,11,-4,-13,-7,-4,1,2,-19,-5,-16,20,-11,-7,5,
24,17,-9,-8,5,16,33,-62,40,23,-68,11,-5,-10,-15,-30,15,-29,-2,86,56,16,43,35,-14,-46,-42,55,-60,-11,67,17,13,-77,17,
-19,-36,14,-60,65,-3,37,-15,-13,-25,39,4,29,43,17,-39,48,-2,-33,61,-20,-5,68,63,24,14,-20,-49,-7,-28,48,4,12,32,11,32,
-52,60,-74,-42,21,28,3,-43,25,-16,27,29,4,5,31,-66,32,-18,33,5,37,49,16,32,58,65,-88,-7,4,31,24,-11,-41,13,-46,44,-44,
-11,19,15,28,36,-1,26,46,49,27,-41,-16,9,33,38,-28,6,-4,21,-6,28,-47,25,5,-24,-31,-44,-25,24,19,-29,24,46,-49,1,44,
-60,31,-13,19,11,36,-60,-30,53,-38,59,5,-47,25,-34,-24,55,18,10,42,32,-12,23,52,19,23,-20,6,20,0,8,21,2,-20,-18,20,5,
0,71,-17,-7,-15,26,1,-3,18,10,4,-1,23,-12,9,-16,3,-127,-10,-11,-2,-7,-53,-28,4,32,-6,119,-13,-57,77,-38,2,-37,69,23,
66,-23,79,-84,-6,5,-20,-37,-40,-39,-21,-86,51,41,64,10,33,33,-66,4,-48,35,-78,-21,7,0,-19,-33,-19,53,83,-11,35,-51,74,
16,-29,18,-3,31,-57,-1,44,-16,48,-18,-18,16,-56,-5,-58,20,3,12,17,46,-1,40,-10,-24,26,39,39,17,-6,-31,25,56,-14,1,44,
60,26,-1,-39,50,-6,12,-28,-21,58,-6,-5,38,5,-12,-13,2,-1,21,65,-33,-42,-13,3,-71,-125,-9,37,-4,29,-24,33,-18,60,-53,
18,41,29,-99,-79,-7,-22,86,5,62,23,7,-16,78,-68,-10,69,49,20,-15,39,11,-83,-70,68,-47,-28,21,-29,-45,-35,8,-44,7,24,
-33,-34,39,-25,-23,-10,61,16,4,34,-47,27,46,33,-34,29,-29,-19,25,-51,19,-12,-30,3,-74,9,24,54,-23,55,53,-7,21,-13,38,
-18,5,-3,-9,-43,-16,-23,15,-10,-3,-36,62,9,-78,4,-26,73,45,-35,15,-49,20,71,87,19,41,-19,-31,-46,-36,34,41,-35,-47,18,
57,39,7,-51,16,45,-23,-11,-66,-7,15,37,34,44,16,37,22,-4,19,6,-27,-28,-60,-19,-4,-14,43,-18,-19,0,34,-29,2,31,5,15,
-21,29,38,20,-71,38,-45,-15,-24,-2,88,50,28,-50,34,-43,7,14,-17,-42,-11,-50,-4,43,-7,12,-10,4,-1,-10,-18,-21,-20,10,7,
-9,-25,3,-19,-5,1,-24,21,23,-14,-1,7,-7,-25,-20,12,25,-5,-10,46,-67,12,30,29,-5,60,-56,7,-7,-74,-41,-23,-43,17,-2,-87,
29,-15,-42,-5,-22,-14,-6,12,-28,22,-20,1,33,1,-16,4,-64,2,13,25,-16,25,-3,28,29,21,42,-47,9,7,23,18,35,-45,-21,4,25,
-34,-4,-8,-2,-14,-46,10,-18,-8,-41,10,56,37,-25,-72,23,3,32,-50,37,14,-26,40,50,54,62,-77,-34,20,5,45,-6,6,29,7,54,95,
73,28,38,39,-37,13,-18,11,2,22,-41,3,26,40,39,43,46,20,-16,13,16,-82,4,-57,86,45,14,3,-10,3,24,9,9,12,-7,-22,-3,3,
-124,6,30,-28,29,34,41,-18,64,3,-4,6,17,5,-9,-8,-28,-2,-26,10,-2,37,7,-23,-10,-16,37,-17,-23,51,-23,-18,-39,-6,2,16,
-8,-8,24,4,-1,9,22,-21,-4,-16,-8,53,-11,7,-5,-28,13,-8,8,8,-10,-10,26,16,10,2,-1,33,44,34,-33,-3,-72,65,-89,-18,-20,
43,47,0,-16,-53,76,22,47,1,19,7,0,-25,-23,29,25,82,-66,2,-66,15,-5,3,-58,-39,19,-9,-18,-48,-2,19,-2,39,22,29,-94,-34,
-67,18,38,-18,20,-41,-22,114,35,-32,45,-1,-36,-64,87,-19,127,-80,1,32,-44,-30,-5,-21,14,34,7,75,68,10,-102,-6,-43,31,
21,33,64,9,37,66,-10,-39,-3,-52,-11,-34,33,-7,-3,-63,-93,-29,23,-1,-87,51,0,-58,35,-28,-39,40,64,-29,20,-65,-38,1,-86,
-9,-6,-23,-27,-89,-52,-86,108,-41,53,50,32,-12,-37,4,53,62,31,33,-81,72,-39,-72,35,-23,-36,39,-42,68,4,-19,-99,57,-10,
-23,-64,23,-32,-37,13,-12,35,5,-52,-24,56,23,-9,-22,-68,6,-40,14,14,-34,4,29,9,-28,-11,-21,-14,-4,-38,-28,14,-26,-21,
-41,-36,-14,13,-29,41,-2,-11,-19,-21,13,28,-35,-17,-25,-10,6,-28,70,7,2,-57,-17,-7,63,24,-28,-25,-27,-41,23,-4,16,44,
-17,45,-53,15,-5,39,-12,-70,35,-5,48,-29,-8,-7,29,-45,13,20,-25,-52,-10,15,1,-20,45,86,29,31,-24,-43,-3,-8,87,-76,48,
-94,-16,-111,-49,-112,-10,-1,20,-26,28,10,-14,-10,74,-43,-11,-52,31,-44,-36,-44,11,44,44,28,32,-48,45,-37,14,-55,2,17,
-18,-11,1,-38,26,-2,10,4,6,-34,-4,-3,11,-28,23,-41,14,1,-80,15,7,-2,11,2,21,10,0,20,-1,-25,-6,29,-11,35,10,-18,-12,
-16,-19,7,14,-2,7,32,-12,5,72,2,23,-48,-61,-40,10,7,4,-21,61,-6,-25,-27,46,27,-54,58,-33,-34,10,43,-6,24,21,-2,43,-43,
37,-38,-37,-10,-24,10,54,20,65,39,-20,-17,-25,64,19,1,44,-4,24,7,-16,26,-61,24,0,15,28,-57,2,1,-25,76,-34,58,-19,-40,
28,14,59,7,22,-52,-25,23,15,-36,31,-6,23,31,15,28,10,25,46,34,34,-27,-38,-10,55,-35,-117,27,-21,32,86,17,-10,-39,69,
-43,-73,53,-14,94,-6,-19,87,-13,58,31,10,-61,6,-2,-50,49,-4,41,7,43,-19,13,-19,13,-42,23,-17,33,-19,-6,49,14,-107,-19,
-6,42,7,-38,28,50,-33,-28,-33,4,-11,32,-6,16,-19,50,-4,-2,-19,-3,-2,22,-17,-11,14,23,-16,20,-23,-9,-52,16,5,-6,10,19,
-17,-10,2,8,21,-8,12,-11,-8,11,-50,-63,75,-73,-41,-30,35,-48,-15,22,-10,70,-3,-60,-62,0,73,-12,-19,76,94,-12,-25,32,
-38,47,25,50,-16,79,29,-3,96,53,11,53,8,22,-29,27,23,-89,-4,0,32,-55,-43,-6,-59,56,-9,49,5,47,127,0,62,29,2,-45,-18,
-38,37,24,-29,-39,19,-10,24,-4,-18,-2,-28,-1,37,38,-6,-83,1,-42,-53,-24,28,26,59,23,48,2,15,45,34,9,12,18,35,18,-61,
-98,16,-45,-18,-50,65,-106,-30,53,-27,-1,-10,-98,14,1,-22,-33,-4,42,96,18,-26,-33,-12,-74,66,-70,-47,79,-36,-91,-33,
-36,16,-6,49,20,-5,-35,64,-9,-1,-2,-17,40,38,-13,64,5,-25,16,-5,32,-26,10,-23,-12,10,-33,31,68,10,-7,-93,31,14,1,-18,
-70,-14,-109,57,-16,-73,41,-20,-96,-7,-15,-22,13,16,30,77,3,-21,-13,-34,-30,20,-24,-53,78,-55,12,-25,-65,24,12,-24,27,
81,35,-28,24,61,-73,19,90,73,41,3,-21,-14,-40,-125,-13,-46,-11,-14,26,-3,30,42,21,45,-7,-37,12,7,-60,25,3,-14,19,50,
-10,64,19,-5,-41,43,-20,-26,-6,-1,44,1,33,50,-6,-12,-2,8,-55,17,-26,1,-1,2,-81,-54,7,-7,27,-88,77,-64,13,62,28,13,-94,
13,-54,49,10,-5,68,-14,-59,75,43,-48,47,-80,-18,-47,110,4,95,14,-97,-4,26,29,11,7,9,28,5,4,-16,-7,-21,17,9,-70,10,-16,
6,40,17,15,9,3,-10,-35,-38,14,-24,-32,-27,-22,9,-18,31,-68,2,3,59,-22,38,32,-6,30,20,2,4,-16,-37,-33,-2,-58,-21,71,40,
-46,33,-25,65,-9,41,96,-4,52,-58,27,1,-89,29,-39,17,-59,17,-64,23,43,15,36,14,10,5,-35,13,-28,-29,92,69,23,13,73,-25,
18,73,51,74,-1,31,37,-69,-1,0,-22,-10,-10,17,-44,3,4,-45,-37,31,47,-25,-8,26,38,-52,39,-21,11,-18,16,-20,3,41,-13,29,
74,-2,5,-44,-19,-16,-116,32,6,-27,90,-15,12,-24,23,38,-49,70,-34,16,-38,7,-3,-14,53,34,64,-50,29,-37,-6,32,47,68,18,
57,34,-24,35,-37,81,-27,-51,40,-44,-92,13,-8,14,30,7,1,40,26,-2,19,48,-23,3,-73,-6,1,-40,-48,-4,-41,-1,6,5,-3,8,-17,9,
8,29,-12,-8,11,24,0,82,2,4,-24,-28,-9,-7,-11,4,8,12,-8,-14,-16,-25,15,38,-64,-23,-3,19,-24,64,3,24,-58,10,4,41,-22,25,
-3,-28,-7,-21,13,-44,55,114,-31,11,30,12,38,-14,-55,75,-50,-17,-36,18,-3,-6,-18,-26,-1,-17,50,-8,-6,14,19,4,52,5,-4,
44,59,56,7,37,-3,-11,-30,11,27,-14,-3,30,-32,29,32,-47,-15,-41,15,-21,32,-23,-9,13,27,26,-47,-35,-57,-101,5,-30,-46,
-29,62,65,-30,14,29,-60,42,-33,-31,109,15,26,-126,-3,-8,10,18,20,-30,-47,17,-14,38,29,20,40,25,-11,-1,-9,28,-2,-26,2,
13,40,-14,-12,-50,25,36,-46,-2,-20,-10,-9,-27,8,55,-64,50,-29,90,-14,6,0,43,-16,33,-68,-42,2,75,52,-102,-43,51,-30,
-37,-3,-25,-31,98,-32,81,69,14,78,-54,-15,-1,-31,-17,-70,18,-26,7,7,80,-44,97,5,7,-5,28,-20,-27,-14,36,17,-44,3,-100,
16,-8,0,40,83,-42,-51,27,-4,-14,31,63,5,-41,1,45,24,-14,-36,-71,-31,-25,8,-63,5,41,116,-9,52,-10,-15,42,-37,-23,0,12,
-29,90,8,42,27,18,-77,25,-5,-25,15,-44,-40,-6,-91,-31,-48,7,-4,-40,16,84,-35,-28,78,54,48,34,2,-73,74,-23,32,-84,12,
40,-24,26,-40,0,-9,23,-44,7,-40,11,10,29,-58,-13,17,15,47,-17,-9,43,19,-13,32,-27,30,52,30,27,15,29,-2,25,14,-14,-21,
21,3,-1,4,-26,-15,0,18,-9,-20,-5,5,17,21,-17,-10,-9,-17,18,-2,16,-5,11,-18,-18,-2,-34,37,11,64,-57,-30,-38,49,1,4,16,
-50,44,2,15,-103,4,7,43,45,2,-48,-10,31,43,69,-51,34,-19,-67,-15,-22,31,-2,15,27,-60,-28,-35,56,4,-13,0,-35,-19,15,
-43,-50,-4,49,19,82,-11,9,-41,-5,-2,51,-34,51,28,-59,-39,32,61,19,-28,-3,22,15,-6,-6,-36,22,65,49,-42,105,-12,-21,68,
-27,-14,-17,78,116,-9,62,-41,-97,-42,-60,-80,4,34,7,-43,20,-12,86,-59,20,-14,-37,33,9,-34,30,2,14,-5,-119,-46,-9,-32,
67,-38,-13,-65,-27,46,108,57,28,-4,-16,-73,-2,50,33,30,46,-30,-53,-21,-11,-15,-26,-37,-64,-11,-52,32,-78,-1,23,40,30,
-54,-78,-6,-7,-25,60,21,-4,58,-12,-41,6,30,-1,-11,1,2,13,9,-1,0,-27,-8,17,-10,-25,-12,-37,12,2,-11,-5,-9,-4,18,-18,20,
-20,-13,-13,3,-2,24,-81,-8,-18,-11,-40,33,50,-20,55,-42,68,-2,22,-1,-10,-67,65,48,-46,-4,-20,127,19,-32,12,4,-72,30,
-54,-27,26,29,44,-85,14,-58,0,-9,-18,-15,-62,11,14,-12,43,26,-7,35,32,7,-15,8,9,15,1,-14,34,-6,27,3,38,-20,15,15,79,
-91,-12,-2,35,3,-60,9,9,-3,54,26,0,-27,-86,10,1,-5,-24,-27,-3,32,21,-47,2,26,-35,29,-7,-51,26,28,6,5,11,-1,-71,62,6,
43,-39,27,-38,19,3,18,40,40,-54,3,4,17,14,3,-10,37,-8,-11,-25,-24,15,22,65,2,51,11,-6,5,-2,-25,19,-68,-25,-39,-39,-10,
-8,-39,-2,-31,-60,79,53,5,41,7,-56,-29,19,-11,71,-58,15,-3,-19,22,3,74,56,9,-13,9,-6,6,-72,14,-14,-16,-31,78,-20,59,
-58,-26,22,-1,28,4,-27,3,-1,23,44,-27,44,-10,83,-33,59,-44,-21,-3,-3,-27,-12,-36,-38,-41,-49,-1,1,-40,3,-20,-24,0,11,
-28,12,-19,4,-34,40,15,23,-90,-24,5,-50,67,-39,27,17,33,-33,58,-79,64,15,-10,-38,-14,-13,22,-83,-29,-34,-1,-26,-31,56,
62,19,6,-18,-44,-28,52,-1,-67,58,10,32,-89,-1,88,-56,17,-22,11,-1,9,-3,55,-90,47,-15,-54,-59,38,18,23,22,5,-18,55,-8,
-25,-28,-58,43,-49,52,-7,5,14,-13,-24,-7,16,25,-24,22,2,3,-23,0,-5,11,-21,9,3,-15,-9,0,5,22,-8,8,18,-2,-16,-15,16,-23,
-1,33,26,52,-2,31,23,-62,29,-82,44,-15,-24,-54,18,9,71,-84,1,3,52,85,-29,8,31,28,6,79,-16,43,0,33,-29,9,19,-14,34,-19,
-33,-13,22,67,-31,71,5,-33,29,57,33,71,56,-10,39,-81,56,12,6,62,26,-37,-70,14,-79,-49,-14,47,-105,1,8,2,8,26,-46,-87,
9,-13,2,5,25,-21,49,-103,-33,3,-4,40,-44,-11,15,-9,-26,16,-51,-2,36,7,23,-32,53,15,-23,79,-61,-15,0,-12,19,18,-22,-3,
32,45,-14,18,-22,-23,43,49,-20,-33,-7,35,25,41,48,32,-22,-42,-19,18,-83,6,-5,-24,-9,-10,10,-8,20,-44,-27,-15,68,25,11,
-71,-16,1,19,38,52,-22,2,-3,-17,81,10,41,-10,43,-78,-12,-1,-5,18,-22,-14,24,-27,-5,-13,-29,-22,0,4,0,6,-4,2,9,-22,21,
5,-10,-2,15,3,1,-8,-15,18,-18,10,-58,77,-12,50,42,21,20,-33,57,1,-2,-59,-42,1,69,-26,-89,39,-29,-16,-6,26,-57,-3,26,
24,43,-1,14,38,-6,4,33,-127,4,-10,26,-23,-103,-42,-54,-69,-2,-27,-33,-18,-74,-6,31,8,18,22,15,16,7,-28,7,48,85,-5,25,
12,0,28,-8,8,10,-45,31,4,-40,26,-35,-19,45,-38,49,0,-35,-4,-90,35,-4,5,-34,5,-19,-48,19,44,78,38,5,-32,20,-26,22,-69,
13,5,3,26,-22,-26,-7,24,-112,9,-35,-46,8,0,-14,-14,11,-13,43,-8,43,-43,0,-9,28,1,17,34,52,-30,13,48,-30,48,-52,32,-37,
18,-23,-9,30,20,-44,-17,30,-39,-15,-15,14,-10,-34,78,-10,13,11,-11,-53,-22,13,-11,15,31,40,11,-15,26,-22,0,-27,2,-32,
-9,-35,6,-1,-3,-11,-49,19,-13,-15,-11,-1,-6,18,-21,39,11,56,45,9,22,59,-35,1,-21,4,44,-22,-1,45,-70,-9,-35,-17,14,10,
-11,-2,8,-78,-35,-6,-26,14,-36,-6,27,23,15,-2,-38,23,18,47,-32,-14,-33,-46,56,4,36,-35,2,32,1,15,15,-59,-17,-87,-15,
-107,-4,51,33,44,24,29,41,-3,-41,12,-13,5,-45,-42,-7,-52,-12,6,36,29,-23,-46,-10,52,-18,-13,-61,-11,0,-36,-28,-83,54,
3,-8,50,71,-32,-62,-9,43,90,51,12,-40,-13,-36,30,61,1,-2,19,-21,29,1,-25,6,-3,0,-24,3,-15,-33,43,-6,-4,-14,-11,-25,4,
16,19,-5,-15,-28,-10,13,-4,0,56,-84,42,33,18,4,-23,6,-41,-46,-55,8,-6,51,-22,43,-58,33,-3,-28,-10,75,-37,17,19,36,42,
-39,10,-48,70,-23,7,-79,13,11,35,-13,73,-32,32,-14,-27,24,-9,16,59,43,29,1,-46,-31,-7,-2,-37,23,41,3,26,-18,30,3,-31,
-22,48,27,11,-39,6,-15,66,-35,8,-39,-27,-1,15,-32,-43,39,-91,2,-11,-11,1,-2,8,-29,9,1,0,-32,-4,-22,2,37,-37,5,-31,5,
-18,-13,-41,27,-10,-8,48,2,8,24,-37,-27,-83,25,-24,46,-64,7,44,9,-11,13,-10,74,2,31,20,26,14,11,11,20,-6,9,-22,40,-28,
-4,-45,-53,50,17,60,13,-15,26,-22,2,-16,-36,22,38,24,41,50,41,27,-12,22,33,-8,69,15,-5,-10,-8,-24,9,-2,-8,25,7,-11,12,
-22,-7,-72,10,-13,-13,-3,3,-16,4,-18,6,13,14,-11,20,3,5,-13,29,-20,-30,27,21,2,-6,38,10,3,-21,29,-51,21,-28,29,-21,
-38,19,33,13,7,-17,15,-34,10,16,-37,56,-45,-1,15,-4,-21,-5,-40,44,-95,40,-100,-11,-31,-8,16,-7,-48,5,33,-32,27,14,45,
-25,2,5,4,1,25,-22,-52,31,26,0,21,7,-19,-46,-5,6,-43,37,-17,10,55,48,45,-67,61,-44,-84,-13,24,39,24,14,67,-8,13,2,-55,
12,-31,17,11,-44,-29,-51,-18,26,-1,-27,17,-50,58,-32,-45,-21,12,-6,-42,-17,29,-11,4,27,-23,7,-37,-48,-69,-10,71,27,
-79,58,0,8,8,38,40,-40,-44,40,27,53,-72,61,3,7,8,4,80,27,-12,-41,-16,41,45,-53,0,70,-4,-19,-6,-73,45,38,-16,38,65,-17,
-23,16,-8,25,-39,5,-54,25,-44,51,-34,-57,15,-13,61,0,-8,46,-5,-57,56,19,12,-3,-39,-30,-41,69,6,45,31,-21,5,-39,-22,3,
34,-22,-7,-7,-37,-20,91,-32,10,20,9,-43,-42,42,22,-29,48,14,-13,4,8,-46,7,26,30,25,27,50,-38,1,-11,16,-8,33,11,-21,7,
24,24,-27,-16,-47,-33,69,11,0,-12,4,61,3,-12,35,-26,-20,-80,-36,10,61,35,42,-3,-36,0,-20,64,-58,16,-64,13,42,26,-35,
-15,58,38,0,11,-39,-3,7,56,6,31,12,63,-15,-40,-60,-12,24,-20,-89,-34,34,31,-6,-15,-5,-29,4,6,10,21,-51,7,-37,-82,-4,7,
18,23,-10,55,-25,-15,36,3,45,8,35,-13,-23,18,-85,-10,19,23,-43,38,-6,-10,20,-32,-11,39,-51,-105,6,17,-39,4,-42,36,-33,
81,20,-20,19,-65,74,-40,31,31,10,10,70,-18,0,41,-52,38,-11,13,-25,59,-67,-12,86,29,34,-40,24,-52,-11,-1,66,-61,5,50,
-72,4,-13,0,-15,-24,-15,-53,-55,14,29,44,-15,-22,-38,-14,-52,29,-17,11,-57,-28,-39,42,-16,-13,-29,-17,38,-17,-13,-37,
28,-1,41,-2,-35,-4,13,-17,44,-11,3,15,-40,-27,7,52,13,63,-1,-36,26,56,37,-73,61,-14,35,-2,-8,-87,3,-16,15,55,28,39,6,
-39,-10,67,-11,-32,40,4,26,-37,42,-61,-21,-22,24,16,44,29,-6,-96,1,-33,9,-41,13,64,31,26,36,-39,37,14,16,31,24,-25,23,
-21,21,4,14,-3,26,-18,-3,16,14,-32,-12,-13,4,41,9,2,-15,12,19,12,-10,-7,-15,2,3,-7,11,13,27,39,-109,-12,26,-76,38,-2,
53,-3,4,-32,21,17,32,-15,22,22,7,-19,23,-32,-12,104,45,-8,-53,-49,15,24,-48,69,-13,114,-64,92,4,-12,26,-24,-9,-4,-127,
79,-49,3,122,-108,13,-76,127,0,-59,-104,76,-43,-69,49,121,54,-4,14,-94,51,-6,70,30,27,-1,29,2,-23,-12,-53,5,-51,-26,6,
-21,48,54,-67,63,-4,16,-16,-19,7,23,33,43,28,-54,34,2,31,19,-50,-1,-16,33,-13,-30,11,10,72,-50,49,42,-6,-60,-94,-23,
-20,38,24,52,31,55,68,-53,-43,33,40,-16,-52,127,-20,-31,14,-83,9,46,2,-44,47,-46,-45,-20,-35,-8,-37,13,-28,56,-32,44,
-28,-19,11,-16,-11,71,7,26,43,-10,28,28,66,0,64,18,5,46,9,8,41,-73,-2,-51,-101,17,-21,-88,-18,9,-83,46,11,55,52,-11,
18,71,53,-15,25,-89,-13,91,-27,-36,-64,-69,22,-4,6,15,-97,23,-30,29,52,-31,-14,36,48,-47,9,-43,43,-6,39,-14,-24,-22,
-42,23,72,29,13,33,9,-8,-67,4,25,-34,-18,-7,-54,-6,-27,60,-3,39,-6,-99,-14,-17,-25,-18,19,74,70,-13,-46,7,-22,-25,31,
-24,-12,92,-62,2,28,-4,-6,25,-88,9,-75,-55,-10,-8,-5,-4,-12,8,-89,32,-97,56,13,50,-112,45,-18,28,-15,9,-19,45,-41,42,
46,53,-1,-80,10,-16,8,0,-6,-6,-25,-5,-25,-4,6,-40,-27,1,-22,6,22,28,6,7,54,4,13,-9,-27,9,-15,-2,-27,4,2,83,26,-33,-31,
-24,-1,-21,-9,15,26,12,61,2,-54,-7,-1,8,-19,35,-8,-62,19,-52,-9,66,19,16,-21,14,55,56,6,-8,-49,-25,13,-61,6,-5,-6,-12,
48,-92,57,3,74,13,-56,-11,-25,-18,-4,-29,23,-5,15,26,78,64,24,25,-4,23,39,-4,12,34,15,27,-27,-20,-13,-13,5,36,27,-57,
-30,18,54,34,12,-47,17,1,51,3,-22,15,0,-59,-14,20,7,-30,-11,-42,-10,38,15,-17,31,37,4,-55,20,-9,9,109,11,-5,-88,15,
-72,-61,22,54,-89,-52,-2,4,51,47,28,7,58,-27,-21,-36,-6,-22,-8,16,34,14,54,-33,57,-14,55,-44,41,17,-54,3,-9,-2,0,-19,
76,-22,-13,-7,18,-39,-10,-32,-49,4,-4,77,13,21,-21,-12,-11,-7,12,-21,-3,-22,-5,16,-8,19,-73,15,7,-23,5,-12,19,18,-1,5,
20,-3,-13,-4,12,-19,45,-50,-42,76,-3,-49,-55,40,28,-30,45,-15,-6,-4,41,-60,-19,71,-6,4,-53,55,20,-25,33,21,-55,-35,22,
-44,32,16,2,-80,2,-7,48,16,-21,32,-1,5,-4,-9,-18,49,7,-6,-42,-16,11,-28,11,-9,8,8,4,6,28,48,13,-5,-19,16,35,-6,20,47,
-93,28,-36,32,62,2,5,23,-62,20,-84,-47,-10,40,-21,32,-9,84,54,5,43,-3,-9,-10,6,-33,96,28,32,-44,-2,-8,70,-35,-34,-52,
28,26,-5,51,9,22,29,51,-114,-9,-5,68,103,-57,-31,8,9,-13,81,-29,40,67,-42,11,4,22,-43,6,73,-23,-14,49,-42,45,37,-28,
-33,30,16,50,15,-15,-29,-19,28,-84,-58,44,-12,-5,51,-32,2,26,-35,-5,35,0,25,25,39,-66,7,-15,9,13,-23,-23,-38,9,-35,64,
-68,31,-18,5,30,2,-70,-3,32,-48,43,-28,27,-1,6,-14,-33,-55,26,12,2,-14,1,-63,34,-6,-5,-54,-17,22,15,-7,-30,27,33,-16,
-38,19,-101,-1,-20,5,2,-26,-9,-1,2,79,11,34,-25,78,-12,-1,-20,62,-4,5,-103,39,-49,-31,13,-64,56,6,-18,9,31,58,17,87,
-10,-19,-15,-1,-4,-33,49,-63,-15,37,-14,-23,23,-13,-1,-27,12,32,-30,10,21,11,49,15,-27,-49,12,24,61,-65,3,6,-38,40,30,
-17,30,104,-37,10,-8,-79,16,-4,18,11,10,-3,20,-9,-10,-14,-23,-5,-25,-9,-35,2,5,-14,-9,-27,19,9,-7,22,-29,16,13,20,3,
-5,2,-36,-65,17,51,-48,-37,11,8,32,43,-36,-19,-22,23,-38,-111,8,10,30,5,36,40,-11,14,4,-20,-4,21,-11,-90,-4,21,-109,
22,-51,8,-27,67,-47,45,-2,16,-24,74,23,20,43,7,-52,-41,12,-3,-30,58,-19,-4,-2,-18,5,15,-29,-28,-15,-3,-15,26,39,-118,
63,-84,-1,30,-21,0,40,-86,25,-112,-32,-72,16,8,-10,-10,79,1,38,30,-51,-38,-2,10,-34,83,3,28,-2,17,-52,23,35,116,-32,
-25,16,-14,-18,127,46,111,60,-33,-99,-70,-33,-24,-43,23,3,-63,-30,11,33,-10,11,-2,0,19,-91,7,-24,37,-55,47,35,0,9,37,
-6,39,-5,30,57,63,8,-8,-27,28,-17,16,-27,-4,10,52,21,12,-6,-22,-56,8,-47,-13,6,-22,19,-22,25,26,4,27,-1,-2,-25,12,13,
-71,17,5,1,-12,12,13,13,15,4,-7,11,12,-19,-9,-16,-18,-60,17,97,-19,-3,-97,55,-19,-3,38,0,-89,33,8,5,-85,29,2,50,21,22,
19,46,4,19,0,-8,-3,41,69,0,9,81,-26,8,47,4,15,24,-6,-5,55,-9,-38,44,-8,-24,26,0,13,-4,11,-11,-10,11,14,-37,-13,-34,7,
-2,-28,27,8,-40,4,39,-75,63,4,40,-18,72,-71,39,-33,7,40,41,-48,-70,3,23,53,-16,3,58,-43,-71,-27,-15,-12,1,49,4,35,
-111,-7,25,-8,-25,-20,31,4,40,13,27,-24,88,13,68,-61,28,-7,45,37,-13,-10,57,3,1,-4,0,46,-16,32,41,-7,-30,8,17,6,-29,
29,-20,51,-43,-75,9,2,-5,17,-47,43,52,25,40,-18,33,28,-38,26,48,86,-11,16,40,-21,-53,11,63,21,-15,44,-39,-22,0,-65,41,
-21,-12,-21,10,-7,1,-77,-26,13,-19,64,20,0,-14,-2,2,70,92,28,-5,60,-72,49,-78,-47,-2,23,-28,79,-68,73,-24,-27,8,66,
-64,-10,-51,9,-23,23,-42,68,-35,53,-29,-11,12,61,58,-14,28,-50,-4,-2,49,-10,22,-3,48,-55,19,-41,34,-25,12,6,4,-70,-48,
-59,-31,19,0,20,17,-10,17,-3,-26,-32,-15,-11,-44,44,-32,-27,-21,-42,66,21,9,-23,17,-16,33,32,10,-27,-18,67,-9,-17,-14,
44,49,-5,-21,17,43,7,-19,-29,13,28,-1,-17,19,-14,-41,14,21,-14,-20,18,9,7,9,2,-7,-14,14,-17,5,-30,16,-10,22,21,15,-5,
1,13,2,-19,7,-11,-19,-4,-14,-3,-94,19,10,39,-127,-34,-32,-34,13,-11,-54,-6,2,2,33,26,67,-1,71,-12,-18,-57,-41,2,49,13,
19,30,41,10,54,-47,21,35,-13,-15,-2,-12,20,19,-1,32,44,9,50,15,46,-73,21,25,43,-24,-9,7,21,13,3,-13,-73,19,-10,-35,17,
-12,-83,12,-18,25,7,-5,69,13,18,26,33,-39,16,-32,-13,30,-31,11,-14,19,27,51,2,3,-31,-23,-19,-21,-93,-6,-12,9,-55,-12,
-46,19,8,102,-22,48,-3,19,-13,89,49,108,63,-81,-15,-54,33,-60,21,43,-47,23,-14,-12,2,-1,-50,-19,6,16,-5,-7,-69,9,4,8,
43,3,26,-12,62,28,15,25,27,-127,-40,-14,14,51,-5,67,5,15,6,12,11,16,10,-1,-24,6,-30,-3,18,18,9,3,3,-14,16,-27,2,9,-29,
-16,-8,-81,13,5,-18,-2,22,-18,14,0,-9,-6,-12,-7,5,6,-7,-5,-30,37,89,39,-13,-54,-17,10,-11,5,-10,-107,35,12,35,-59,19,
7,-46,-1,-13,-18,-17,19,32,66,21,20,41,19,-1,36,54,28,2,26,2,-27,-22,-23,-38,39,-65,-1,35,-18,30,-25,15,2,-2,-44,-10,
-44,-5,42,51,64,-17,52,-22,7,-14,-28,-51,7,7,55,7,30,29,19,38,35,-32,0,40,10,-4,10,-41,-8,-32,55,-8,-5,-10,-19,-60,53,
24,1,68,50,-62,6,-115,19,47,-9,3,-86,32,-44,6,-35,-13,-36,51,-72,5,-8,-33,2,-36,40,45,-19,13,11,-2,37,42,23,-13,89,
-11,-48,-36,-34,6,-46,7,-25,36,-57,52,21,-1,47,76,101,45,-12,-21,41,-60,-26,26,-28,18,-26,16,-27,19,-12,-20,0,21,64,
10,-10,-34,-7,-13,-16,32,-83,55,-18,5,23,32,4,28,-63,-15,-11,17,4,33,56,32,26,-6,4,-16,10,-35,25,18,56,8,27,2,-21,20,
-36,-8,11,-17,-47,21,22,-49,-23,-62,-81,5,30,30,57,-36,21,25,4,13,71,9,-3,-53,-37,18,31,-76,-6,46,-52,52,-24,15,-27,6,
-34,-60,-5,31,1,-30,3,-56,-3,-64,41,-8,-8,10,-5,57,42,-55,72,19,63,-78,-21,-79,20,49,2,7,42,-34,86,-29,-8,17,-17,-101,
-44,-27,-42,68,25,-20,38,43,-33,-32,-10,72,31,-21,-2,6,-11,-47,11,65,-6,-8,-12,-8,17,23,22,14,-21,4,-5,-10,-2,8,22,13,
-11,13,-4,10,7,-20,-4,-11,-16,0,1,-29,-3,24,-3,41,40,-24,49,-9,7,39,-50,-49,-24,15,-34,31,-17,17,39,5,-20,-30,12,44,
-3,-19,28,-21,3,21,8,-24,75,11,-3,1,71,2,-14,-16,-26,18,11,-6,-10,11,-7,13,5,30,-38,29,-15,47,-24,-8,-33,-49,14,11,37,
-49,17,14,46,9,-60,-33,-2,23,-7,42,-20,3,14,-13,-32,0,-16,-2,6,-64,6,-3,36,28,72,6,-10,31,-15,-51,24,11,-20,-6,-32,
-20,-6,1,5,-25,-65,-13,61,-26,25,-6,43,59,24,-16,7,-7,-75,45,-62,-19,-69,25,12,-39,7,12,-29,-44,-53,-12,-4,36,51,32,
-1,9,-30,0,3,29,-33,-21,41,-38,54,4,-4,64,-16,33,-19,51,-62,-20,35,32,12,28,43,12,0,-1,10,16,-13,74,6,-4,5,2,-20,8,15,
-13,10,-7,7,7,6,-18,42,2,-3,20,-1,23,20,16,3,-2,8,-21,-7,-18,16,-10,-40,6,8,21,-2,-1,4,-38,-30,-14,17,-117,-32,49,107,
51,-70,0,-16,-34,-12,-6,-56,-40,14,18,8,5,42,18,-40,6,-14,-34,-35,-26,6,-15,26,-18,72,-91,70,-59,28,17,-77,17,-25,22,
28,-5,-26,49,-17,-31,83,21,86,27,1,-94,-11,-44,40,56,-10,-32,-55,14,21,-60,86,-53,58,52,26,-29,-78,17,-64,-9,4,-7,-3,
36,127,-9,18,-84,-32,-62,-62,-15,-50,-11,35,50,-3,24,27,5,17,2,-5,-7,1,44,-16,-77,-13,-13,-4,-1,28,-71,19,-20,51,35,
14,-38,29,-24,-34,35,-8,-65,-19,-79,35,-5,-19,-75,-3,-24,-62,6,42,-44,10,23,16,55,33,-9,-6,-39,31,29,16,-15,24,43,33,
72,38,44,67,10,56,-18,-15,-11,-20,-17,-42,-12,-85,-27,8,21,24,-17,-3,26,-78,43,12,9,-57,-9,43,18,19,6,-50,-50,14,-20,
4,67,100,-63,-25,23,-75,11,-3,52,42,-25,-93,65,21,-39,-2,-55,48,-12,-13,29,-4,-12,125,39,9,0,-75,16,-30,6,80,58,-25,
61,74,30,-127,18,16,-15,41,-6,-38,71,-20,-43,-21,27,-98,53,-3,54,55,104,58,4,-7,-8,11,-88,-61,-14,24,-53,-8,88,5,-8,
44,8,34,32,46,-5,56,27,-11,24,-69,19,-57,-20,16,12,-10,-1,7,-2,-24,16,-30,-24,-22,-17,-14,-52,-31,40,-13,18,-1,2,-12,
15,28,-6,-1,33,9,-42,-42,-8,-54,30,15,18,17,23,27,35,-37,24,-18,27,-4,-4,11,-18,10,23,3,-17,-26,38,37,23,-26,-4,15,34,
16,-42,-21,-29,51,-21,0,12,19,21,60,-2,-29,26,-86,33,-37,-59,26,2,11,-25,8,0,78,-15,4,-73,-7,-30,-37,29,-38,-38,-16,
-46,-65,-9,-28,-21,86,12,-25,-78,-9,-23,99,11,-19,67,-6,-49,-9,-93,-32,-23,-48,61,-4,46,-5,60,-37,33,62,-41,9,13,-97,
-65,32,17,-24,-34,91,29,-49,-69,-61,3,-17,13,-18,26,-78,-19,5,48,-16,-17,46,-6,30,-13,1,-7,-54,15,30,6,-20,30,-55,-9,
-18,59,-95,-63,-41,39,62,-10,-29,70,-12,-46,42,-90,-22,19,65,10,-31,34,-39,-27,-7,-28,34,8,-23,-30,-57,11,-34,-5,-11,
-26,40,-15,-13,52,6,55,1,5,-13,-4,-4,74,-6,18,-15,-7,10,23,-24,-17,-3,22,16,-11,27,0,-18,-17,8,-13,-1,-12,3,10,-3,-4,
-4,34,6,15,19,-11,12,3,-30,17,-16,-26,36,-45,-67,1,-70,-47,33,-60,2,6,-57,-22,-42,3,45,-58,29,-13,-14,38,-8,75,-2,29,
-8,10,-34,-90,-2,9,-31,-6,11,-54,85,-61,68,-99,22,55,-23,3,-16,40,29,-6,-42,114,-55,-50,24,61,72,41,41,-97,14,-87,23,
-83,18,11,-41,14,77,-4,-14,17,11,-54,1,51,-13,66,-7,54,-4,45,-39,14,-42,18,12,13,48,-51,41,-23,5,-10,39,-91,-1,45,-3,
-17,19,-50,59,-53,31,9,27,-23,-43,-1,-13,73,27,-14,-19,39,46,-15,-5,53,-24,-48,-18,-7,20,-28,4,-118,39,46,46,9,-12,7,
-24,-74,-37,-46,-15,31,-110,-31,-58,-22,-31,-57,58,4,-3,-1,-8,44,11,52,-26,24,103,-7,54,-43,14,3,24,39,-2,48,10,-60,
24,-14,47,-14,-13,31,64,48,2,-53,-4,34,14,-17,33,38,23,-46,10,-56,-37,-37,0,-21,6,5,-2,-58,-9,-12,0,1,14,-18,12,-22,
-63,-22,9,-22,26,-17,98,-1,40,11,4,80,54,120,-15,41,48,17,88,-34,62,-3,-86,24,24,-46,20,-20,-96,50,21,30,-50,67,-55,
43,11,88,-34,49,88,49,27,-91,11,-114,0,-61,62,-37,-46,27,18,40,-53,62,8,15,-16,-38,27,-111,-22,93,76,22,41,-18,-59,27,
-1,20,-85,-16,-2,23,81,81,57,35,81,-80,2,72,7,25,-10,9,-9,14,-24,17,4,-2,34,12,-9,-24,25,7,10,11,12,-13,34,-10,30,37,
-5,-21,-13,11,41,4,22,-41,3,37,4,30,-43,3,-42,-9,0,43,-6,-2,-23,-39,-47,5,1,-11,-25,-14,51,24,1,-4,-26,-5,-33,-22,0,
23,17,-30,-37,24,26,14,-30,34,5,9,31,-51,-16,-47,7,-72,-9,18,-24,35,33,12,9,-4,-9,43,-28,65,-64,25,19,52,4,-54,-10,-4,
-6,25,20,17,2,25,10,33,32,-27,23,-20,18,-46,36,-43,14,42,56,-17,-2,-33,-13,18,6,-4,-4,-41,-51,-110,3,4,-55,-2,27,72,
19,59,34,10,-9,58,46,-2,-19,-8,-5,9,-10,32,-5,3,-39,-86,-5,21,-14,71,84,-37,0,93,-51,22,22,-8,6,-5,71,-85,62,-62,20,
-54,-40,-37,-15,36,26,-10,2,12,37,-32,-10,43,-36,54,6,-33,-59,21,-19,-26,-6,4,10,-11,-13,21,-4,-9,-20,19,-22,-9,5,-17,
-80,-12,-16,25,-16,2,21,10,2,-17,-29,-17,-2,24,-26,-17,-4,-85,-11,-38,45,-5,-2,13,-15,-15,48,7,32,-2,-37,48,-32,25,
-44,-32,26,84,70,-63,32,20,-51,54,15,-62,48,-67,-11,-3,-35,-37,57,20,-17,83,23,108,-19,61,31,-60,59,4,12,-91,0,-17,
111,-37,9,29,-57,-79,-38,-24,-16,15,-55,-16,19,27,18,116,11,16,-77,29,-43,5,-13,57,-92,25,-39,-87,30,23,4,39,52,55,
-16,28,-9,28,-18,32,43,57,127,-68,2,69,0,16,30,-23,-4,-9,-18,11,-37,-40,-22,-37,-13,-16,-89,11,16,52,31,-5,-3,14,-17,
16,44,6,2,26,-25,35,18,-56,1,43,13,-33,7,21,-49,15,-16,-20,-3,-25,29,20,-46,-23,3,-49,37,-32,28,-10,-4,56,62,-7,48,10,
11,-71,-13,24,19,-19,33,11,36,28,11,24,30,28,4,31,28,56,70,-6,31,5,35,-7,69,12,-32,-36,27,-17,-11,-65,7,-19,-28,-58,
-48,33,31,44,-95,60,-19,54,8,-23,-63,17,42,-36,-79,-9,3,-54,47,9,14,2,19,-18,15,51,34,-10,53,-35,35,-9,-23,-20,9,-2,
18,24,-7,-4,28,5,-26,29,-26,47,-37,30,-3,53,15,46,21,-18,10,-27,15,-66,2,-33,-17,-11,21,-96,-30,-37,52,-2,60,9,11,18,
16,-7,79,0,38,37,-25,-10,-51,-28,-56,-40,23,-30,-23,66,-49,63,-5,-29,-75,30,15,-15,-3,38,30,18,-22,-17,-21,1,28,2,32,
-38,5,-14,80,14,-21,-20,-20,11,26,14,-13,-10,-30,-2,-17,37,-13,39,86,84,-27,31,-5,17,47,28,26,15,13,9,-4,-1,-28,-10,
30,9,-21,-12,23,7,61,37,-18,-17,-19,13,-41,47,-23,34,66,33,4,-2,26,-37,116,-86,19,-25,12,9,78,-8,85,54,-58,-14,-46,18,
-22,-48,-30,-9,18,-5,-37,-41,19,-9,-101,59,-34,-105,-10,95,29,41,-127,23,-84,74,-127,30,-116,-11,-26,-58,24,-30,-1,
-15,73,11,25,127,-12,-45,-16,26,-9,58,78,12,-3,-58,4,55,-8,2,-18,-60,32,-24,38,-29,-28,13,127,8,-55,17,-25,45,-42,15,
-52,-20,-3,40,39,-14,25,48,-26,28,29,-67,1,-28,59,-5,69,0,53,-29,21,17,59,-20,21,49,-98,-27,-31,-50,15,-16,40,-29,-5,
-28,13,14,-18,-25,-29,-16,0,83,0,-11,-9,5,-21,-12,24,-5,4,2,-22,24,-16,8,43,-2,-16,7,-27,-22,6,-5,-3,20,-21,-15,-3,12,
17,12,3,-80,23,-19,30,33,-9,37,-67,4,11,-21,-7,43,-57,37,-81,-7,27,13,14,6,40,-13,32,1,27,-48,-8,-6,-3,-34,30,17,-9,
-70,66,24,117,5,43,63,-64,37,93,-44,17,-2,45,-10,16,18,24,11,67,-6,-27,-20,-62,-2,-7,-50,-24,17,-36,-57,-63,52,18,89,
-81,127,-56,36,55,-31,-71,50,-33,-45,1,-70,17,-19,32,56,20,37,16,-108,-64,19,1,36,92,-48,0,19,5,50,27,-16,-33,1,-30,5,
3,-23,-26,23,12,-8,-65,23,34,30,-22,-25,-36,8,-17,24,5,7,40,68,23,51,8,-30,-42,-13,87,0,-4,19,-12,-12,42,0,17,23,-8,
13,1,7,-16,-41,-15,36,38,-62,24,-35,-1,29,33,-72,4,-84,16,-44,0,-16,0,25,25,28,-24,39,13,25,23,-7,-5,-8,-14,-47,30,37,
13,-25,83,7,-24,-47,-28,8,-21,-20,18,-21,3,-80,-26,1,38,-1,86,24,7,28,37,-34,67,1,45,46,8,-12,-9,10,-41,-20,2,-5,-10,
-5,35,14,-5,-40,-21,30,-55,2,-35,-45,45,-37,23,17,-14,27,29,-12,33,-22,-65,-30,78,-88,0,-10,121,40,29,-9,23,-36,18,50,
14,1,-12,-41,13,25,4,-23,2,-18,75,-41,18,12,31,-35,52,37,70,63,-81,32,15,15,-72,-15,-32,6,20,5,-15,-76,36,-7,-96,57,
10,-69,22,6,-24,10,-14,1,-12,4,17,1,-10,-18,2,20,54,12,7,23,15,-16,-1,-5,-6,-16,11,12,0,12,-10,15,-20,-54,7,40,18,18,
-1,-5,35,14,4,20,-26,9,-7,-80,-86,9,5,24,68,22,-35,10,-36,26,43,34,25,66,-15,-27,-7,-33,11,30,-49,18,-15,-26,-32,21,5,
-1,-5,36,-19,32,-14,2,15,-26,6,7,-33,40,-12,29,24,-31,23,15,47,26,-16,26,-45,-13,23,14,16,60,10,123,-102,93,38,-66,28,
-55,-40,-76,42,46,116,-29,67,56,-10,-123,-11,11,-2,-5,-10,-56,-5,-31,54,42,-43,27,-83,-22,-29,20,-31,-30,-53,61,12,36,
36,27,-51,36,23,14,-73,-17,10,6,49,-9,16,47,37,4,10,-120,-3,-21,26,23,40,-32,23,3,4,19,-6,26,10,-1,-49,12,-4,20,8,-19,
21,-7,16,-40,19,-8,-9,-33,-47,-9,11,-18,-13,-19,1,12,-7,20,-4,10,-24,2,11,-29,-18,12,-57,-1,15,14,10,3,-26,8,1,13,-15,
-5,-10,-12,-29,-7,-3,-67,-20,26,2,29,-18,33,-2,-3,-47,14,-17,7,-80,-26,8,-10,0,33,51,38,55,26,-27,-14,-33,18,-27,26,
44,-36,-56,8,15,-36,-23,18,45,55,58,46,37,-11,46,29,36,53,24,-24,13,-5,57,15,-38,-16,-63,1,30,9,29,-11,12,-39,-55,
-104,-51,3,4,18,100,45,23,-22,-40,-3,62,-70,87,-22,3,-91,-8,-16,68,-23,78,13,-72,-46,2,44,-32,18,-46,-26,10,-50,-6,6,
65,-45,-58,45,-74,40,36,1,-34,11,0,3,1,30,12,25,-18,23,5,26,11,-2,-60,6,5,-7,32,32,6,37,-43,-11,-27,38,14,49,46,-6,49,
40,2,6,-85,-7,-100,11,0,53,-39,16,107,-14,-16,-2,-18,20,-27,-47,15,30,3,-22,-29,-19,18,-6,-21,3,-16,-26,14,-19,20,-23,
-13,-18,-58,-4,9,32,14,-3,28,-22,-25,1,-6,5,-14,-28,-26,-4,-18,38,-3,26,16,-23,9,-43,25,-32,-31,-20,-7,12,-22,3,-27,6,
12,39,19,-19,-4,-15,-14,4,31,27,5,50,5,7,-18,-20,-11,-48,-14,-6,25,-6,18,-70,61,15,24,-8,-22,-27,-64,18,10,-37,81,83,
44,-31,33,-6,62,1,-19,27,-30,14,-18,-17,95,55,27,-14,-44,52,22,-6,64,-56,-105,103,15,71,22,51,0,-36,-60,37,-81,-25,13,
37,25,-67,39,8,40,-62,5,-81,-1,30,22,-6,-20,3,22,-13,-15,17,-1,-19,-14,-4,20,8,-9,21,31,-16,18,19,4,-5,-5,0,0,11,31,
27,-14,-10,-26,-9,23,20,1,28,27,-16,32,-9,14,28,-4,-17,-63,-13,17,2,12,-35,-34,5,4,-23,-16,31,7,-18,-29,15,-8,40,-4,
10,-14,35,-16,35,-12,39,-42,17,12,-9,-28,21,59,-33,-8,5,58,-15,77,10,-11,-47,-1,60,-7,10,41,-41,38,-73,-46,-42,-8,63,
7,73,10,63,-100,81,10,-97,-14,-35,20,-79,52,59,33,2,121,19,-49,-127,-99,12,-47,-18,15,-27,-32,-23,38,35,-86,62,-11,20,
3,-7,2,-29,-70,60,-49,15,7,35,-21,-34,21,17,-1,-7,-7,51,-5,42,-6,43,98,-59,25,-35,-28,23,25,9,-16,31,3,32,-5,19,14,7,
10,-24,-112,-13,12,-2,-38,-11,53,19,1,-5,-15,13,-2,-28,17,29,11,17,-1,-22,-3,6,-2,1,7,3,30,-9,-14,29,-8,6,54,-13,16,
28,11,20,-18,4,-13,-10,-13,25,13,17,14,-2,43,-68,-40,-14,32,8,29,55,14,11,-15,30,46,-40,-6,-16,-17,-46,-13,17,81,-51,
122,8,-39,-30,-54,81,-55,23,0,22,-37,-47,51,-31,55,-13,55,16,110,-4,91,0,37,22,-17,22,33,9,37,-57,26,122,-7,-77,-41,
76,19,38,1,-55,49,-58,-7,-39,-30,-7,10,23,49,0,66,-44,38,-13,51,49,92,8,28,-4,9,-15,57,40,27,-51,5,-4,-14,49,-19,28,
-97,-26,-14,-48,41,6,16,4,-22,47,-49,3,45,-9,-12,-25,-64,18,21,-34,56,-41,29,18,-27,-17,13,-8,25,31,-3,-3,19,18,24,
-71,-6,-15,11,17,31,66,14,16,16,7,59,16,-9,-3,-37,1,-9,25,4,-19,42,29,14,12,-16,25,-6,-48,0,21,44,-2,-47,-26,20,4,-17,
17,25,-67,74,-50,40,-2,-15,16,-59,14,2,-18,-29,21,-8,-28,54,30,45,35,0,-29,-45,-29,8,-28,-14,-97,-18,-3,30,64,94,-11,
46,103,83,-34,-30,14,-71,-17,-45,6,22,-1,118,4,35,-13,-102,-30,-38,-53,5,-11,-68,-68,-26,12,-15,23,26,-7,-6,-62,86,
-120,2,42,57,-13,-39,5,-21,-98,-25,32,-75,-26,0,34,12,88,15,10,-83,43,-62,18,22,11,22,-27,17,-64,39,19,33,-3,-70,41,
79,60,-39,10,38,57,81,15,-69,3,35,-98,59,-94,4,47,-63,-30,27,17,21,3,-34,-25,0,19,12,-12,31,30,12,0,-27,32,34,36,8,57,
4,-20,46,-20,12,-13,10,-57,20,-28,19,-39,28,25,-59,-31,-41,57,51,12,-18,5,30,9,62,-8,20,54,31,-21,18,-8,-49,30,35,18,
44,-56,-46,3,12,-64,-22,-52,18,-100,-47,3,27,18,16,-1,34,39,-64,49,4,-23,-21,-55,39,-39,4,1,90,-22,91,10,-4,-116,-48,
33,-48,-2,3,-4,4,-65,21,55,-42,30,-7,0,-13,-24,-10,21,-53,-48,10,24,-3,2,82,-9,2,9,13,24,6,17,46,-31,17,50,63,-9,45,
79,0,126,-16,-13,14,5,57,-23,-64,-18,-95,3,-62,-56,6,41,-2,-41,-42,18,9,71,16,-72,-44,-54,-37,52,56,-57,39,6,-5,-13,5,
21,9,-5,-5,9,-21,-14,17,0,23,20,-2,24,-18,0,0,-49,27,-13,-6,1,3,16,-14,-57,5,-16,4,-31,-13,-9,26,15,1,11,-2,19,-21,-9,
11,-12,25,-20,63,-8,-6,-19,12,9,-22,10,2,12,10,-17,10,0,-15,8,37,30,-35,15,-12,52,25,19,9,10,28,46,9,-29,-11,-15,-23,
-48,3,28,56,-10,60,21,-21,-32,-37,11,-47,37,-12,2,-25,39,25,-62,-6,-32,93,36,25,13,67,-59,84,91,48,59,60,-15,2,-63,37,
-17,-24,-88,9,54,50,19,86,-37,8,-48,-41,-52,-13,-5,-14,41,17,68,38,-26,87,-69,34,11,73,48,17,-8,2,-3,33,6,3,-22,1,47,
20,1,43,-28,-34,-50,-14,10,17,1,20,16,50,-12,14,-80,50,-67,-3,52,-15,68,-51,32,44,-31,5,61,-33,-39,7,31,60,-23,10,-33,
-42,-9,-6,-119,9,-20,30,32,2,12,-9,-2,0,-5,14,22,-28,44,58,9,12,32,-33,0,21,1,15,-8,38,-17,33,-62,6,4,-17,-90,-1,-43,
20,20,-30,21,22,-32,106,-89,32,36,-78,65,-31,-13,29,-19,-30,34,-2,-55,7,57,16,71,27,-59,11,-47,43,-56,34,-10,-30,-15,
-54,19,-20,75,-18,117,11,-77,-17,3,-69,-31,35,83,11,-17,81,35,-1,-60,7,-32,-9,-27,14,6,-60,61,-32,34,5,34,15,-26,41,
-66,7,-54,-5,35,94,8,-65,27,-8,-61,38,30,-63,-20,7,34,-15,10,12,24,-103,11,16,-4,-48,59,1,-53,40,-31,-13,-27,-29,32,
-29,-55,91,-20,55,17,-35,20,64,-58,5,20,18,20,15,4,2,91,-32,75,-13,63,2,-9,-4,-19,-9,41,38,28,53,-1,-5,15,15,48,-41,
19,12,-25,-20,42,2,19,5,-35,-40,11,-13,-31,23,35,34,16,0,-58,-9,14,22,42,-59,55,2,-13,39,21,39,35,-11,-62,21,-27,12,9,
55,-34,6,-40,31,17,28,-57,4,-63,5,-66,-37,-10,-9,32,27,28,37,25,-26,23,37,-5,-23,-20,-26,-39,49,-21,15,-19,59,26,-18,
-105,-39,54,-13,-27,-17,-46,15,-35,50,10,42,-45,33,-5,27,-38,1,-67,-24,75,91,39,-70,36,-19,-57,23,48,-45,-67,16,66,94,
-19,94,2,-30,-29,7,34,-25,76,7,-56,-14,-15,-7,13,-26,7,-76,17,-36,12,62,-7,44,39,37,-8,-31,36,-8,0,-4,-34,-3,102,-5,
16,8,40,14,13,49,-2,24,13,-40,27,-9,-12,13,56,28,51,16,-51,-8,-63,11,-5,-27,5,-3,-24,-13,-21,17,-14,41,-64
};
static const int32_t layer_6_hidden_bias[32] = {
583,-385,148,0,486,6,895,500,129,590,497,-147,300,1462,2010,1434,-505,748,-589,381,-1155,131,18,336,155,337,154,-383,
729,363,120,1292
};
static const int32_t layer_6_hidden_multipliers[32] = {
2101438830,2110046718,1318259371,1940118085,2013832224,1273000952,1935200379,1715759969,1916994512,1161812862,
1671628487,2018506453,1090014577,1632988806,1915364634,1956756259,1174942147,1204725005,1471059366,1879102029,
1725465164,2055799891,1686988061,1317364020,1292912333,1116647038,1661452127,1589518067,1448342434,1724649737,
1708048018,1970916572
};
static const uint8_t layer_6_hidden_shifts[32] = {
40,42,39,40,40,39,40,40,40,39,40,40,39,40,40,40,41,39,39,40,40,40,40,39,39,39,40,40,39,40,40,40
};
static const dense_layer layer_6_hidden = {layer_6_hidden_weights, 400, 32, 0, {layer_6_hidden_bias, layer_6_hidden_multipliers, layer_6_hidden_shifts, 0, 0, 255, 0}};

static const int8_t layer_7_probs_weights[320] = {
-31,-49,17,51,110,24,16,36,53,-76,29,-27,61,10,36,-24,-45,67,-8,36,-81,-6,35,-44,61,54,-32,44,38,54,37,12,-38,65,42,
19,-74,82,-38,21,58,-4,-91,4,120,-70,32,-61,-90,43,-127,59,32,76,73,6,-96,-46,40,76,52,-45,7,-74,-104,-74,-88,-19,42,
-51,-72,61,28,71,-9,-47,27,-43,14,15,74,69,60,-39,-83,69,24,24,-28,-73,-9,20,-9,45,-62,39,36,-127,60,39,14,81,45,-82,
-20,1,54,-14,-48,23,-39,-17,-61,7,-122,101,15,-50,26,-42,-6,-94,85,-49,-89,-67,37,-50,48,-63,-42,57,16,7,23,-127,-127,
13,-9,29,57,110,-45,-76,81,-55,37,35,52,59,-64,4,55,-99,52,-58,-35,-29,97,34,-10,-27,-15,-15,-4,-5,-8,52,-19,12,-57,
81,43,-19,45,51,6,111,16,-5,63,80,-120,-35,-127,102,55,-43,-26,32,-95,-8,-127,-56,-1,95,48,-87,27,-5,56,-95,-31,11,7,
78,26,-101,-19,19,-18,72,65,-2,-39,23,-87,25,-71,-32,17,-15,42,61,-39,70,59,-33,46,-66,-59,-24,-117,60,-6,30,-84,-6,
53,10,-18,70,50,-25,94,-21,25,-43,-44,-127,-53,-45,54,-35,28,-28,46,76,-127,36,-17,-127,-42,-127,36,-26,0,-21,-33,8,
70,-72,62,60,-61,-72,2,29,-74,21,-16,17,-64,-23,84,-116,-38,-78,-35,37,48,-35,-114,8,-13,34,39,63,27,49,-113,-44,45,
80,-6,8,-103,35,-13,26,-59,41,-47,19,-52,-101,30,78,50,-45
};
static const int32_t layer_7_probs_bias[10] = {
-261,277,-375,-98,3,-247,-62,306,327,-20
};
static const int32_t layer_7_probs_multipliers[10] = {
1663274773,1584202485,1361561775,1558821603,1473840082,1291501548,1963082709,1579527659,1607312856,2135420972
};
static const uint8_t layer_7_probs_shifts[10] = {
40,40,40,40,40,40,40,40,40,40
};
static const dense_layer layer_7_probs = {layer_7_probs_weights, 32, 10, 0, {layer_7_probs_bias, layer_7_probs_multipliers, layer_7_probs_shifts, 132, 0, 255, 0}};

/* -------------------------------------------------------------------- model */

int small_int8_classify(const uint8_t pixels[SMALL_INT8_PIXELS], int8_t logits[SMALL_INT8_CLASSES],
                        small_int8_arena *arena) {
  run_conv(&layer_1_edges, pixels, (uint8_t *)(arena->words + 0), arena->words + 392);
  run_depthwise(&layer_2_strokes, (uint8_t *)(arena->words + 0), (uint8_t *)(arena->words + 392));
  run_conv(&layer_3_mixture, (uint8_t *)(arena->words + 392), (uint8_t *)(arena->words + 784), arena->words + 0);
  run_max_pool(&layer_4_pool, 0, 255, (uint8_t *)(arena->words + 784), (uint8_t *)(arena->words + 0));
  run_conv(&layer_5_shapes, (uint8_t *)(arena->words + 0), (uint8_t *)(arena->words + 196), arena->words + 296);
  run_dense(&layer_6_hidden, (uint8_t *)(arena->words + 196), (uint8_t *)(arena->words + 0), arena->words + 0);
  run_dense(&layer_7_probs, (uint8_t *)(arena->words + 0), (uint8_t *)(arena->words + 8), arena->words + 8);
  const uint8_t *outputs = (uint8_t *)(arena->words + 8);
  for (int j = 0; j < SMALL_INT8_CLASSES; j++) logits[j] = (int8_t)(outputs[j] - 128);
  return find_largest(logits, SMALL_INT8_CLASSES);
}

