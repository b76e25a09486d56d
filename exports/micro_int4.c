/* micro_int4: a classifier of 28 x 28 images in C99, int4, made by edgemnist.
 *
 * made from  micro.keras, SHA-256 7711a702d7f6406c4e746e620a3ed5078953964317bd52e893b6ee8b888548e9
 * input      28 x 28 raw pixel bytes, row by row: 0 is black, 255 is white ink
 * output     one int8 logit a class: real logit = (logit - zero point) * scale
 * kernels    sparse, zeros of the input are skipped by dense layers
 * rounding   as LiteRT's reference kernels
 * weights    packed in 4 layers, unpacked where they are used
 * rows       micro_int4_push_row takes the image a row at a time: it need not lie in RAM
 * flash      11,903 bytes of tables, and the code: 1 to 10 kB, by its layers and the compiler's -O
 * RAM        724 bytes of working memory, the caller's; less than 1 kB of stack, 12 kB on a PC
 * needs      <stdint.h> and <stddef.h>
 *
 * contract: {"input": {"dtype": "uint8", "name": "pixels", "range": [0.0, 255.0], "scale": null, "shape": [784], "zero_point": null}, "labels": ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], "output": {"dtype": "int8", "kind": "logits", "name": "logits", "scale": 0.2385016828775406, "zero_point": 45}, "precision": "int4", "rounding": "reference", "schema": 1, "source": {"name": "micro.keras", "sha256": "7711a702d7f6406c4e746e620a3ed5078953964317bd52e893b6ee8b888548e9"}}
 */
#include "micro_int4.h"

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

/* What the processor has to compute several values at a time. */
#if defined(__ARM_FEATURE_MVE) && (__ARM_FEATURE_MVE & 1)
#define EDGE_MVE
#include <arm_mve.h>
#elif defined(__ARM_FEATURE_SIMD32) && defined(__ARM_FEATURE_UNALIGNED) && defined(__GNUC__) && !defined(__ARM_BIG_ENDIAN)
#define EDGE_PAIRS
#elif defined(__SSE2__)
#if defined(__AVX2__) /* which MSVC says without the other, and then gets neither */
#include <immintrin.h>
#define EDGE_AVX2
#else
#include <emmintrin.h> /* read in a tenth of the time */
#endif
#define EDGE_INLINE static inline __attribute__((always_inline)) /* where a constant argument unrolls a loop */
#elif defined(__ARM_ARCH_ISA_THUMB) && __ARM_ARCH_ISA_THUMB == 1
#define EDGE_HALVES /* products of 32 bits at most */
#endif

/* A model needs some of the functions below. */
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wunused-function"
#endif

#if defined(EDGE_PAIRS)
typedef struct {
  uint32_t word;
} __attribute__((packed, may_alias)) four_bytes;

static inline uint32_t load_four(const void *bytes) { return ((const four_bytes *)bytes)->word; }

static inline void store_four(void *bytes, uint32_t word) { ((four_bytes *)bytes)->word = word; }

/* Instructions of cores with two products at a time: the DSP extension. Of four bytes, the first and the third,
 * or the second and the fourth, become a pair of 16 bits. */
#define EDGE_UNARY(name, instruction)                              \
  static inline uint32_t name(uint32_t bytes) {                    \
    uint32_t pair;                                                 \
    __asm__(instruction : "=r"(pair) : "r"(bytes));                \
    return pair;                                                   \
  }
#define EDGE_PRODUCT(name, instruction)                                                    \
  static inline int32_t name(int32_t sum, uint32_t first, uint32_t second) {               \
    __asm__(instruction " %0, %1, %2, %0" : "+r"(sum) : "r"(first), "r"(second));          \
    return sum;                                                                            \
  }
EDGE_UNARY(split_even, "uxtb16 %0, %1")
EDGE_UNARY(split_odd, "uxtb16 %0, %1, ror #8")
EDGE_UNARY(split_signed_even, "sxtb16 %0, %1")
EDGE_UNARY(split_signed_odd, "sxtb16 %0, %1, ror #8")
EDGE_PRODUCT(add_both, "smlad")
EDGE_PRODUCT(add_low, "smlabb")
EDGE_PRODUCT(add_high, "smlatt")

/* sum + four weights * the bytes that were split */
static inline int32_t add_four_products(int32_t sum, const int8_t *weights, uint32_t even, uint32_t odd) {
  const uint32_t word = load_four(weights);
  return add_both(add_both(sum, split_signed_even(word), even), split_signed_odd(word), odd);
}

/* The larger of each two bytes. */
static inline uint32_t find_larger(uint32_t first, uint32_t second) {
  uint32_t larger;
  __asm__("usub8 %0, %1, %2\n\tsel %0, %1, %2" : "=&r"(larger) : "r"(first), "r"(second) : "cc");
  return larger;
}
#endif

#if defined(__SSE2__)
static inline __m128i widen_signed(const int8_t *bytes) {
  const __m128i values = _mm_loadl_epi64((const __m128i *)bytes);
  return _mm_srai_epi16(_mm_unpacklo_epi8(values, values), 8);
}

static inline __m128i widen(const uint8_t *bytes) {
  return _mm_unpacklo_epi8(_mm_loadl_epi64((const __m128i *)bytes), _mm_setzero_si128());
}

/* Four sums += those that a vector holds. */
static inline void add_quarter(int32_t *sums, __m128i more) {
  _mm_storeu_si128((__m128i *)sums, _mm_add_epi32(_mm_loadu_si128((const __m128i *)sums), more));
}

/* Eight sums, one in each lane. */
#if defined(EDGE_AVX2)
typedef __m256i eight_sums;

static inline eight_sums load_sums(const int32_t *sums) { return _mm256_loadu_si256((const __m256i *)sums); }

static inline eight_sums find_larger_sums(eight_sums first, eight_sums second) {
  return _mm256_max_epi32(first, second);
}
#else
typedef struct {
  __m128i low, high;
} eight_sums;

static inline eight_sums load_sums(const int32_t *sums) {
  const __m128i *halves = (const __m128i *)sums;
  const eight_sums loaded = {_mm_loadu_si128(halves), _mm_loadu_si128(halves + 1)};
  return loaded;
}

static inline __m128i find_larger_four(__m128i first, __m128i second) {
  const __m128i which = _mm_cmpgt_epi32(first, second);
  return _mm_or_si128(_mm_and_si128(which, first), _mm_andnot_si128(which, second));
}

static inline eight_sums find_larger_sums(eight_sums first, eight_sums second) {
  const eight_sums larger = {find_larger_four(first.low, second.low), find_larger_four(first.high, second.high)};
  return larger;
}
#endif
#endif

/* GCC moves loads so far ahead of their products that the sums no longer fit into registers: not so here. */
#if defined(__GNUC__) && !defined(__clang__) && !defined(__SSE2__) && !defined(EDGE_HALVES) && !defined(EDGE_MVE)
#define EDGE_IN_ORDER __attribute__((noinline, optimize("no-schedule-insns")))
#else
#define EDGE_IN_ORDER
#endif

/* The product in 64 bits. Where the processor multiplies 32 bits at most, of halves. */
static inline int64_t multiply_long(int32_t first, int32_t second) {
#if defined(EDGE_HALVES)
  const int32_t a = first >> 16, b = second >> 16;
  const uint32_t c = (uint32_t)first & 0xffff, d = (uint32_t)second & 0xffff;
  const uint32_t low = c * d;
  const int32_t one = a * (int32_t)d + (int32_t)(low >> 16);
  const int32_t two = b * (int32_t)c + (int32_t)((uint32_t)one & 0xffff);
  const int32_t high = a * b + (one >> 16) + (two >> 16);
  return (int64_t)((uint64_t)(uint32_t)high << 32 | (uint32_t)two << 16 | (low & 0xffff));
#else
  return (int64_t)first * second;
#endif
}

/* sum * multiplier / 2^shift, rounded once, half away from zero: as LiteRT's reference kernels do for dense layers. */
static inline int32_t rescale_once(int32_t sum, int32_t multiplier, uint8_t shift) {
  const int64_t product = multiply_long(sum, multiplier) - (sum < 0);
  return (int32_t)((product + ((int64_t)1 << (shift - 1))) >> shift);
}

/* The same of shifts above 32, for which the high word of the product is enough: of a negative one, less 1, that is the
 * complement of the positive one's. */
static inline int32_t rescale_once_high(int32_t sum, int32_t multiplier, uint8_t shift) {
  const int32_t sign = sum >> 31;
  const int32_t high = (int32_t)(multiply_long((sum ^ sign) - sign, multiplier) >> 32) ^ sign;
  return (high + ((int32_t)1 << (shift - 33))) >> (shift - 32);
}

static inline int32_t rescale(const quantizer *q, int32_t sum, int channel) {
  return q->zero + rescale_once(sum, q->multipliers[channel], q->shifts[channel]);
}

/* The same of shifts above 32. */
static inline int32_t rescale_high(const quantizer *q, int32_t sum, int channel) {
  return q->zero + rescale_once_high(sum, q->multipliers[channel], q->shifts[channel]);
}

static inline uint8_t clamp(const quantizer *q, int32_t value) {
  return (uint8_t)(value < q->low ? q->low : value > q->high ? q->high : value);
}

static inline uint8_t quantize(const quantizer *q, int32_t sum, int channel) {
  return clamp(q, rescale(q, sum, channel));
}

/* The part of a window that lies inside the image, along rows or columns. */
typedef struct {
  int first, count;
} span;

static inline span clip(int start, int window, int size) {
  const int first = start < 0 ? 0 : start, stop = start + window > size ? size : start + window;
  const span inside = {first, stop - first};
  return inside;
}

/* Functions that are kept apart, so that less is on the stack. Where a core has few registers, that takes more: one
 * function of which the others are parts, without values that are computed ahead and kept. */
#if defined(__GNUC__) && !defined(__clang__)
#define EDGE_ALONE __attribute__((noinline, noclone))
#else
#define EDGE_ALONE
#endif
#if defined(__GNUC__) && !defined(__clang__) && defined(EDGE_HALVES)
#define EDGE_NARROW EDGE_ALONE __attribute__((optimize("no-tree-loop-im", "no-tree-pre", "no-move-loop-invariants")))
#define EDGE_PART __attribute__((always_inline)) inline
#else
#define EDGE_NARROW EDGE_ALONE
#define EDGE_PART
#endif

/* Weights of few levels: each is low + step * digit. A word holds some digits as a fraction, the first one first: what
 * the word times the number of levels exceeds 16 bits by is a digit, and the rest of it is a word for the next one. */
typedef struct {
  const int16_t *bias; /* NULL where the quantizer has biases of 32 bits */
  const uint16_t *multipliers; /* NULL where the quantizer has them; else 16 of their 31 bits */
  uint16_t levels;
  uint8_t digits; /* in a word */
  int8_t low;
  uint8_t step;
  uint8_t each; /* 1 if each output has a multiplier and a shift of its own, 0 if all have the same */
} packing;

static inline void clear_bytes(uint8_t *bytes, int count) {
  for (int i = 0; i < count; i++) {
    bytes[i] = 0;
  }
}

/* Where the next weight is read. */
typedef struct {
  const uint16_t *next;
  uint32_t word;
  int left; /* digits in the word */
} weight_reader;

static inline int32_t get_bias(const packing *p, const quantizer *q, int output) {
  return p->bias != NULL ? p->bias[output] : q->bias[output];
}

/* The first of 31 bits is always 1, and of short ones, the last 14 are 0. */
static inline int32_t get_multiplier(const packing *p, const quantizer *q, int output) {
  return p->multipliers != NULL ? 0x40000000 + ((int32_t)p->multipliers[output] << 14) : q->multipliers[output];
}
/* Of shifts above 32. What a sum below 0 gives is clamped, whatever the multiplier is, where no output lies below
 * real 0. */
static EDGE_PART uint8_t quantize_packed(const packing *p, const quantizer *q, int32_t sum, int channel) {
  if (sum < 1 && q->low >= q->zero) return q->low;
  const int32_t multiplier = get_multiplier(p, q, channel);
  const quantizer one = {NULL, &multiplier, q->shifts + channel, q->zero, q->low, q->high, q->twice};
  return clamp(&one, rescale_high(&one, sum, 0));
}

/* One row of the means of the int8 values that each window sees inside the image, half away from zero. */
static void run_average_pool_row(const geometry *g, uint8_t low, uint8_t high, const uint8_t *input, const int32_t *rows,
                                 uint8_t *output) {
  for (int column = 0; column < g->output_columns; column++) {
    const span x = clip(column * g->column_stride - g->left, g->window_columns, g->columns);
    for (int channel = 0; channel < g->channels; channel++) {
      int32_t sum = 0, count = 0;
      for (int row = 0; row < g->window_rows; row++) {
        if (rows[row] < 0) continue;
        const uint8_t *value = input + rows[row] + x.first * g->channels + channel;
        for (int i = 0; i < x.count; i++, value += g->channels) {
          sum += *value - 128;
        }
        count += x.count;
      }
      const int32_t mean = 128 + (sum > 0 ? sum + count / 2 : sum - count / 2) / count;
      *output++ = (uint8_t)(mean < low ? low : mean > high ? high : mean);
    }
  }
}

typedef struct {
  int sizes[4]; /* of what is copied, along up to four axes */
  int from_steps[4], to_steps[4];
  int from, to; /* where it begins */
  int filled; /* values of the output that are set before, or 0 */
  uint8_t value;
} move_layer;

/* Copies values to other places. */
static void run_move(const move_layer *m, const uint8_t *input, uint8_t *output) {
  for (int i = 0; i < m->filled; i++) {
    output[i] = m->value;
  }
  for (int a = 0; a < m->sizes[0]; a++) {
    for (int b = 0; b < m->sizes[1]; b++) {
      for (int c = 0; c < m->sizes[2]; c++) {
        const uint8_t *from = input + m->from + a * m->from_steps[0] + b * m->from_steps[1] + c * m->from_steps[2];
        uint8_t *to = output + m->to + a * m->to_steps[0] + b * m->to_steps[1] + c * m->to_steps[2];
        for (int d = 0; d < m->sizes[3]; d++) {
          to[d * m->to_steps[3]] = from[d * m->from_steps[3]];
        }
      }
    }
  }
}

typedef struct {
  const uint16_t *weights; /* inputs x outputs, without a gap */
  int inputs;
  int outputs;
  uint8_t zero; /* of the inputs */
  quantizer output;
  packing packed;
  int words, rest; /* the outputs by the digits of a word, and what remains */
} packed_dense_layer;

/* sums[j] += digit j * factor, of the digits that follow some others in a word */
static void add_digits(const packing *p, const uint16_t *words, int before, int32_t factor, int32_t *sums, int count) {
  uint32_t word = *words++;
  int some = p->digits - before;
  for (; before > 0; before--) {
    word = (word * p->levels) & 0xffff;
  }
  for (int32_t *end = sums + count; ; word = *words++, some = p->digits) {
    if (some > end - sums) some = (int)(end - sums);
    for (; some > 0; some--) {
      const uint32_t product = word * p->levels;
      word = product & 0xffff;
      *sums++ += (int32_t)(product >> 16) * factor;
    }
    if (sums == end) return;
  }
}

/* The weights of an input that is 0 are skipped. */
static void run_packed_dense(const packed_dense_layer *layer, const uint8_t *input, uint8_t *output, int32_t *sums) {
  const packing *p = &layer->packed;
  const uint16_t *words = layer->weights;
  int32_t total = 0;
  for (int j = 0; j < layer->outputs; j++) {
    sums[j] = get_bias(p, &layer->output, j);
  }
  for (int i = 0, before = 0; i < layer->inputs; i++) {
    const int32_t value = input[i] - layer->zero;
    if (value != 0) {
      total += value;
      add_digits(p, words, before, value * p->step, sums, layer->outputs);
    }
    words += layer->words;
    before += layer->rest;
    if (before >= p->digits) {
      before -= p->digits;
      words++;
    }
  }
  for (int j = 0; j < layer->outputs; j++) { /* each byte is written after the sum that it may lie upon is read */
    output[j] = quantize_packed(p, &layer->output, sums[j] + total * p->low, p->each ? j : 0);
  }
}

/* Layers with windows, one after the other, from the first row of pixels on. Of what a layer reads only as many rows
 * are kept as its window has: the last ones, in a ring. */
typedef struct {
  uint16_t place;     /* of the ring of rows that it reads, in bytes of the working memory */
  uint16_t row_bytes; /* of a row that it reads */
  uint8_t slots;      /* rows in the ring */
  uint8_t rows;       /* that it reads in all */
  uint8_t window, stride, top;
  uint8_t together;   /* rows that it computes for one row of its output: those of a pooling that is part of it */
  uint8_t outputs;    /* rows of its output */
} stage;

typedef struct {
  const stage *stages;
  uint8_t count;    /* of stages; one more follows them */
  uint16_t state;   /* where the states lie in the working memory, in bytes: before them lies what a stage works with */
} stream;

/* How far the rows that a stage reads have been made. */
typedef struct {
  uint8_t done; /* rows */
  uint8_t part; /* of the next one */
  uint8_t slot; /* of the next one in the ring */
} state;

/* Computes one row of a stage: see below. */
static void run_stage(int number, const uint8_t *input, int32_t *rows, uint8_t *output);

static inline state *get_states(const stream *layer, int32_t *words) {
  return (state *)((uint8_t *)words + layer->state);
}

static void start_stream(const stream *layer, int32_t *words) {
  state *states = get_states(layer, words);
  for (int i = 0; i <= layer->count; i++) {
    states[i].done = states[i].part = states[i].slot = 0;
  }
}

/* Where the next row of pixels belongs. */
static inline uint8_t *find_next_row(const stream *layer, int32_t *words) {
  const stage *first = layer->stages;
  return (uint8_t *)words + first->place + get_states(layer, words)->slot * first->row_bytes;
}

static inline int has_all_rows(const stream *layer, int32_t *words) {
  return get_states(layer, words)->done == layer->stages->rows;
}

static inline void end_row(const stage *reader, state *rows) {
  rows->done++;
  rows->part = 0;
  if (++rows->slot == reader->slots) rows->slot = 0;
}

/* Finds the rows that a window sees for the next row of a stage. Returns 0 where one is still lacking. */
static EDGE_ALONE int find_ring_rows(const stage *s, const state *from, int32_t *rows) {
  const state *to = from + 1;
  const int top = (to->done * s->together + to->part) * s->stride - s->top, bottom = top + s->window;
  if (to->done == s->outputs || from->done < (bottom > s->rows ? s->rows : bottom)) return 0;
  for (int i = 0; i < s->window; i++) {
    const int row = top + i, slot = from->slot - (from->done - row);
    rows[i] = row < 0 || row >= s->rows ? -1 : (slot < 0 ? slot + s->slots : slot) * s->row_bytes;
  }
  return 1;
}

/* The place of the next row that a stage reads, where it begins: of several that are made one, the largest is kept. */
static EDGE_ALONE uint8_t *find_place(const stage *reader, const state *next, uint8_t *ring) {
  uint8_t *place = ring + next->slot * reader->row_bytes;
  if (next->part == 0) clear_bytes(place, reader->row_bytes);
  return place;
}

/* Takes the row of pixels that was put where it belongs. The last stage that has its rows always runs first, so that
 * no row is overwritten that is still to be read. */
static void run_stream(const stream *layer, uint8_t *output, int32_t *words) {
  state *states = get_states(layer, words);
  end_row(layer->stages, states);
  for (int number = layer->count - 1; number >= 0; number--) {
    const stage *s = layer->stages + number;
    if (!find_ring_rows(s, states + number, words)) continue;
    uint8_t *ring = number + 1 == layer->count ? output : (uint8_t *)words + s[1].place;
    run_stage(number, (uint8_t *)words + s->place, words, find_place(s + 1, states + number + 1, ring));
    if (++states[number + 1].part == s->together) end_row(s + 1, states + number + 1);
    number = layer->count;
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

static const geometry layer_1_halved = {28, 28, 1, 2, 2, 2, 2, 0, 0, 14, 14, 1};

static const stage layer_1_halved_stream_stages[2] = {
  {14, 28, 2, 28, 2, 2, 0, 1, 14},
  {0, 14, 14, 14, 0, 0, 0, 0, 0}
};
static const stream layer_1_halved_stream = {layer_1_halved_stream_stages, 1, 8};

static void run_stage(int number, const uint8_t *input, int32_t *rows, uint8_t *output) {
  if (number == 0) run_average_pool_row(&layer_1_halved, 0, 255, input, rows, output);
}

static const move_layer layer_2_inner = {{1, 1, 12, 12}, {0, 0, 14, 1}, {0, 0, 12, 1}, 15, 0, 0, 0};

static const uint16_t layer_3_hidden_1_weights[3456] = {
30503,33655,30357,34665,34679,34440,30841,34454,25701,31084,26200,29557,29303,25637,26023,34424,42597,34439,30071,
34468,30583,30566,26760,26247,34567,30312,26486,30600,22405,30327,34392,30872,24695,34650,22137,24919,24727,30213,
26516,30600,34662,30535,30311,42675,34678,33926,22423,34647,34567,31848,30328,30583,1671,34423,30326,22199,24696,
39271,26487,25175,28806,30726,30852,34696,34696,34568,25719,43190,34423,29863,13959,30550,30471,31079,30585,30855,
1911,30584,26486,30663,24680,43104,26228,25703,28823,30823,30850,30586,38775,30215,30311,43205,30326,30135,13941,
30534,30487,29302,30584,30839,1911,34680,30326,26567,24697,39056,22388,26729,32919,31127,26737,34425,46695,30471,
34662,38839,34677,30343,17763,30551,30743,28789,30583,31079,18295,38775,26216,30375,29049,31205,30839,31081,28807,
31865,26497,34681,10103,30535,30566,30582,30565,30583,26144,26486,30475,29559,30584,31350,34695,34679,26231,26519,
29305,14715,26489,26470,28807,32376,30850,30584,1911,30567,26215,30231,34677,30327,26117,26488,26377,30823,30599,
31078,34423,38775,30583,30312,29290,2573,30583,30308,25239,32120,43124,30584,18296,34663,30311,34311,30822,34406,
22346,30583,30464,30839,34679,30327,34679,38774,26488,30071,29562,2565,26742,26211,29591,31096,46902,30583,42870,
30599,26231,34344,26489,42343,22727,26502,30465,26486,30583,29303,30583,38775,34680,30071,29836,2704,26471,30309,
25975,34679,26886,34663,38775,30599,26231,30313,14203,50806,26552,26230,30520,31111,34423,29047,26471,38760,30583,
30071,30075,10672,30583,30312,30311,30567,10246,30583,30566,26487,26487,34424,18299,46951,26487,34933,30538,30871,
34680,25719,34679,38775,30584,34920,34428,18339,26760,30571,30551,30071,1829,22137,22389,26231,34951,34437,18313,
26503,26728,34386,26375,29065,26261,34183,34661,30872,30328,30566,26229,30603,34408,29797,29830,30294,30362,34423,
34680,34486,30328,26278,30326,30838,30840,30582,30215,29816,26486,25975,30566,26264,34696,26727,26230,26492,34170,
29047,29575,30470,30603,26471,30584,34696,30311,34471,30583,26726,22392,34648,30471,32122,30583,30327,18279,30568,
30582,26214,25977,30826,34423,29046,37239,26375,34939,30567,26487,34599,26759,38567,26230,30873,18055,30311,30472,
31849,30583,26743,10087,30583,30566,30583,25705,30544,26484,34150,33159,30359,27004,30855,38775,34567,26486,42663,
26487,30633,18327,34663,30470,28773,26503,30839,10103,30599,30583,30632,29290,34657,26499,31350,36999,29863,26475,
30584,51063,34343,30583,38502,38773,30344,26515,30823,30485,28774,30584,30839,22375,34696,30583,30663,29051,46568,
30584,31354,33175,30327,26474,34424,10087,30887,30582,34311,34678,30328,26480,34663,30539,31335,30584,30839,38790,
34696,26487,34743,33660,42076,30569,30570,33431,31591,22393,34680,1639,30599,26487,26117,34935,30327,30483,34680,
26665,31335,30583,29559,34679,38790,30583,30615,30317,25096,34679,30309,30087,32375,47239,34680,42871,30839,30327,
26455,26486,42854,34313,30584,30512,30327,30583,28790,30583,38775,30583,30598,30843,608,30567,30307,30343,27255,43079,
30583,46966,30599,30326,30616,22393,46695,30616,30583,30548,30839,26487,28791,26487,42871,30583,31350,31098,704,30583,
30563,30343,30839,26632,34663,26471,30583,26231,30601,22395,26486,34727,30581,30571,30327,30583,30087,30583,34695,
30583,31110,30585,950,26471,30569,30599,30839,6151,26231,18535,30583,30327,30599,30586,14214,34935,34659,38746,30103,
30823,30054,34936,39063,26504,31607,34427,17530,26232,26731,34871,30583,1590,22648,34901,34423,30600,30341,22135,1382,
34918,34656,26454,28777,30596,30343,34695,30599,22120,30534,30582,26520,30841,30055,34423,30037,34715,30583,34407,
29847,38535,5798,22645,30823,14217,34888,30550,33384,30583,30087,38775,30600,30584,30518,30584,30332,34938,29303,
30327,26375,34700,34935,34678,26199,30311,22199,26486,31079,10104,30535,30533,31355,30583,30087,22391,34696,30582,
26423,26746,26492,30584,28775,30567,30215,30861,38775,30583,22023,30839,22424,22390,31114,22136,30567,30520,32378,
30584,30328,6007,34680,30583,30743,31099,26451,30579,28758,34423,30135,30878,34935,30583,30471,22390,34710,26487,
30393,22425,26487,30488,28790,30600,30839,1911,26488,30583,30471,31085,26451,26480,31589,34168,30151,22414,30840,
55143,34647,22391,38695,34934,30376,18340,30582,30499,29540,30583,30583,22406,18312,26487,30743,27261,42984,26743,
31849,33911,29239,22397,30601,14199,30648,34679,46342,42868,34183,26272,30598,30509,31831,30599,29559,42871,6023,
30583,31080,31867,51035,30587,26219,34199,30839,26507,26216,1911,30856,30583,38725,34678,38005,34608,30856,30503,
30551,30599,28791,38774,1927,26487,35718,31594,34821,30583,26471,34695,32119,59241,30583,59271,30599,30583,34486,
18295,38247,34313,30585,30544,34663,30599,29047,30583,1927,30583,32407,31351,27074,30839,30560,34951,31863,46920,
34679,30583,30583,30327,30618,26234,13942,34696,30583,38760,30311,30599,26231,30583,6023,30583,31879,26983,6328,30567,
30322,30855,31607,14615,30583,22391,30568,26231,30618,30331,1654,34967,30581,30572,30071,30583,30327,30567,14231,
30583,31879,26744,2169,34679,26746,30839,35206,2055,26470,30582,30583,30311,30600,30584,1639,38759,38753,38760,30583,
30584,30310,30567,14232,30584,31607,34424,2106,38791,30828,35080,30856,1319,22409,34421,30584,34423,34932,30328,1398,
30550,34656,26248,30326,26499,26759,30631,26760,22375,26455,30585,26501,30841,26455,30312,30004,34967,30344,30583,
25974,46999,1702,34423,30312,10616,34615,30600,29561,30596,30328,34742,34696,26487,30552,26489,30601,30586,30055,
30823,34054,34950,30584,30583,29784,38503,2215,34679,30569,14200,34646,30565,30843,30324,30327,30647,30616,26486,
30534,31099,30603,30588,28774,31078,30263,31092,38759,30599,30232,39032,1912,30325,30348,22376,34647,30535,32125,
30599,30087,2007,30584,26487,30263,27515,30583,34933,28774,27783,34743,30867,34680,26487,22311,30567,1607,26247,30123,
26490,30567,34584,29564,30601,30087,1958,38776,30583,26166,32104,18500,26496,34935,32135,34775,26514,30584,51047,
30631,10103,1303,30582,34005,26506,30615,30468,34389,30602,29302,22374,42888,26487,30247,32373,23240,22388,36470,
36487,29959,26516,34953,18279,34758,18551,9815,55157,29813,22738,26518,30540,31589,30840,28791,46967,46952,22392,
34055,31346,47928,26493,30844,36519,29831,34727,38776,22375,34631,30599,26247,26741,25670,30608,26517,26485,30072,
30600,28790,42871,42871,26487,25111,25970,48500,34679,30072,31351,31367,59497,30600,46983,30583,30583,30353,10108,
13431,38918,30619,26500,30838,30599,30327,26486,38791,30583,28759,25957,36552,42870,26480,26711,32119,31817,26487,
22423,30583,30327,30602,34685,1128,34712,30587,39036,30583,30583,34918,30583,34712,30327,24695,30582,27754,46967,
30322,30807,31878,2376,30582,34679,30583,30583,30845,34683,1143,38790,34691,34680,30599,30583,30839,26488,30887,34679,
28791,26742,6456,46967,26477,30806,31095,1288,30327,30599,30583,30598,30568,34424,9575,38775,34672,38754,34679,30583,
30567,30583,26535,34679,29031,30358,2345,42872,26987,30728,30855,45319,13944,30598,30567,30327,30801,34680,13430,
38999,30563,25480,30817,30850,34951,30614,30567,26231,30615,30569,26485,30345,31048,34663,30549,30866,26232,26487,
42049,50808,9846,30343,29817,6488,34631,30073,34163,30592,30582,30598,30600,38775,30632,26744,30582,26234,26471,30839,
26166,30850,30599,30583,41559,51079,14215,30584,29801,18519,30566,30584,30341,30576,30567,34391,26519,42871,30647,
30583,34696,30331,29527,26983,30551,30578,34696,30599,45929,55175,10071,26487,25469,26712,26470,30855,31368,30848,
30550,14086,30583,34678,30664,30324,34696,30075,28775,31367,30631,30356,30328,26487,54651,54903,14135,21863,29085,
26472,30599,30887,26221,30850,30566,18184,30583,26488,30663,25202,30310,34928,29542,31622,30663,30598,30331,39014,
35051,46695,26231,33911,25056,30554,30616,30630,26428,30615,30071,43095,38808,1896,22471,28788,17815,31088,32102,
35735,34328,26773,34681,22375,22921,18311,26280,57972,25221,22168,26534,26297,30535,30362,30855,59270,51063,18295,
31159,25205,25175,18284,35179,35416,34183,43973,26469,30550,30520,26487,26005,120,21528,22176,26561,30629,30278,30601,
31351,22407,55449,38775,43143,30583,45207,10104,30054,39191,30070,43910,30838,34679,26503,26247,26480,12926,21622,
30277,35006,10105,30807,30600,30824,22391,55240,30583,46183,31094,45161,10119,26448,38695,30839,5191,38517,30615,
30584,26519,34669,42109,37990,34710,42876,30584,30311,30583,30584,30582,42680,30583,45670,26742,41816,1895,30809,
38407,27511,12327,22119,34695,30584,30615,30829,38280,50551,34934,46976,46963,30823,30584,34422,26486,38567,30311,
45430,26741,30056,1911,30557,38664,31336,32775,9831,30341,30823,30583,31111,34166,46183,38758,38787,38786,30583,26231,
26230,26742,34727,34663,45175,26742,1928,1912,34632,38918,31607,40967,2166,30598,26727,26759,35424,33907,37991,43127,
26504,29798,14432,30870,30311,26390,30550,10121,30343,26231,26231,26503,35159,30582,34662,30596,30328,30599,39248,
38520,42103,26743,29562,22135,30552,28790,34672,34455,30615,26886,26487,14185,30582,26230,26215,27000,30838,26487,
26215,30582,26232,30327,46960,38279,50791,18295,29306,26502,26471,28790,42592,30101,30360,26887,26487,6007,30567,
30069,26487,31625,30567,30327,30550,34681,30328,30599,29073,38535,46695,22663,29564,26487,30566,33910,51296,29826,
30631,26423,30583,1911,30583,25973,30584,32140,29543,30311,30615,30601,30554,30583,4227,46710,51079,27272,29849,26486,
30598,31367,46659,30064,30646,38311,22407,1911,34678,30327,30327,26471,29766,34135,30632,30585,26733,30567,166,59511,
47510,35960,26592,26456,26776,27255,30774,30592,27029,54726,18310,6008,30310,30839,26231,29552,23350,37892,30280,
31096,26227,30598,35385,46745,37751,40308,26261,30328,18374,38775,30232,30577,31094,30600,6023,51062,5751,26999,18550,
38761,31033,37639,29816,34486,47203,26455,39529,22135,33381,3192,34329,18806,30676,34423,30503,34694,26728,18279,
10152,39015,2439,26502,26743,26471,34084,46651,29815,20630,46949,26390,30599,30567,31078,27004,42855,17783,50846,1656,
30535,30599,30841,30583,18295,34680,15735,30069,39013,10103,30518,46925,34422,20615,14452,30613,30839,30583,26990,
39285,38503,26504,55126,26486,30551,30615,34680,30582,26472,30584,23655,26230,42885,1911,26187,42828,34935,36967,2677,
26548,30583,30599,27258,26723,38775,26488,46947,46966,30568,26487,30583,30599,30567,30585,27510,26214,46724,1927,
26184,42587,30582,41735,2693,26790,30583,30599,31859,30835,38263,34439,18281,47208,30584,26470,14457,34679,30552,
34680,34407,22389,26259,1912,30276,34378,27239,41734,14982,26506,30583,22359,31843,35186,46966,39048,1880,31623,1877,
30857,30519,12550,30535,6008,30821,26213,30584,31111,30871,26712,30565,30583,34602,30839,18805,10104,38007,18551,
30073,26503,26471,30054,1895,31882,30567,25927,30583,10089,30566,22134,26487,35462,34952,26471,30311,30568,30505,
30583,3201,13945,34423,26743,30584,30600,34679,28792,1847,31611,30583,26743,26487,14185,30582,22390,26487,34951,26760,
30296,30552,30567,30522,30311,3216,9851,34423,26743,31097,30584,30583,32888,14377,31100,30551,32199,26742,26472,30567,
22392,30583,33113,30359,34647,30343,30582,34668,30583,880,14205,30343,30567,30840,30838,30344,30055,34343,30331,30486,
40359,30550,26472,30582,26759,26743,32857,34455,30025,30598,30837,30646,30583,41056,21883,25959,39032,30946,33655,
26247,31847,46919,26521,30214,39017,34917,42855,46965,30599,26486,30388,30886,25926,30823,26262,51312,31127,41040,
34183,25174,27493,30342,38775,38502,47735,38712,22423,26182,22374,34630,38518,46966,30567,26488,35207,34936,10096,
26232,29847,50823,30759,31363,30852,26998,20086,34136,23672,59224,22376,30551,34710,26726,30582,34583,34936,21879,
26232,26742,42872,38998,14224,33912,29831,14710,30471,30839,26471,32393,40568,30070,13431,55114,2167,30534,34711,
18536,30583,34568,30583,1655,26471,30584,55143,34680,22417,34423,34679,3190,30696,30567,26215,31609,31847,30038,17782,
30549,42872,30567,34694,10090,30328,30520,34679,1911,26487,34696,46966,30327,22404,34934,34920,7286,30906,26486,30055,
31348,27255,25958,22391,5735,38777,30582,34679,2171,30584,30520,30327,2422,26470,39048,38774,26246,26262,26487,34918,
31606,34715,30567,30311,30837,27257,26486,26758,1880,42890,30567,34647,14716,34679,30742,30582,2166,22149,34694,14198,
22134,42873,22632,34087,35174,30572,30598,25927,30825,27510,35191,34680,5703,27766,22361,25432,30470,21078,26200,
22664,30582,34678,26487,30086,26551,26455,30582,30599,30474,31063,1657,14438,34439,30311,31080,34935,29814,32136,
14186,26214,30727,28790,30567,30856,30582,30567,30583,25447,26535,26471,30584,30567,34651,35415,1915,13944,30583,
30311,26968,31079,25991,31113,5977,31078,30471,24711,30567,38809,30582,30567,30583,24599,34984,18295,30583,30326,
34970,31335,19067,22134,30327,30039,30824,30840,30839,29303,1879,32103,30727,28775,30566,30329,30583,30567,30583,
28711,30615,14216,30583,30567,34792,31623,48250,25730,30311,30071,30841,30071,31095,24694,1847,40040,30775,30824,
34935,26488,26503,18566,30584,30952,30647,9847,26230,30327,30385,31335,39035,29792,29814,25735,30885,36982,31047,
34423,5943,30840,30870,27493,30791,30584,26743,10118,30839,35510,30935,6025,34678,30072,38931,31352,25194,34432,29814,
29270,26230,31863,35126,39543,22327,10119,34711,26741,30567,30328,46966,18310,34679,34374,30679,1913,39016,30583,
30102,30504,29559,34711,32375,29558,30054,35703,39256,10087,26455,22439,39029,30585,26232,30855,59255,22391,26487,
26503,47032,6002,34425,30855,12405,30363,26742,30568,32120,33672,30310,25719,18263,26487,30551,42887,34680,30583,
26473,34934,51063,30839,30583,34678,47031,13936,26471,30599,16502,30701,30583,30279,30582,30313,30326,22390,10295,
46968,30567,42887,34958,30584,30809,34422,34423,26502,34663,42871,30631,18304,26215,26487,36982,30606,30583,30023,
30327,31096,31093,13942,14152,34680,30599,34663,38780,30583,30792,34661,22391,30583,30312,42855,18583,26752,18295,
26727,33655,30589,30327,30295,30328,30856,26725,9590,26424,34696,26486,42535,47229,30599,30980,30565,1910,30357,30583,
34934,10136,34945,30583,30312,29798,30538,30343,30311,34664,27512,30855,13672,30535,26248,46985,28726,30502,31095,
26454,30551,26487,46998,34422,29479,26791,34423,30565,30327,39019,26215,9592,18789,30567,30264,35208,34934,34151,
26744,51063,32839,30519,30327,30566,30327,30325,42886,26487,25127,30615,34679,30582,30583,30633,26743,42616,30577,
30583,26454,31095,34934,29031,31607,51046,28743,30550,29558,30566,26007,30582,46983,26487,29751,30615,26487,30582,
26487,34489,30839,38264,38768,30311,26504,31095,30326,32871,27525,46918,32840,30616,24950,30582,26312,30582,51111,
30583,31159,34695,18039,26470,30583,30680,30327,30583,30080,30070,26535,30824,33399,29766,34167,46903,33607,26550,
24707,30839,31706,30582,46759,30583,30951,26535,22631,34679,30327,34325,29543,26999,29058,29814,30599,31112,33655,
26183,33399,38695,42519,30614,29557,30552,30937,22407,42840,30583,30311,22471,26471,46966,30599,30518,28743,31095,
25017,30584,34854,31095,32359,18759,22135,30502,18183,30584,34428,30570,29096,14198,38711,26487,30535,38855,22394,
38777,30583,22950,29541,30072,29897,31607,30390,31078,35703,14679,26503,30567,1798,42866,30585,30587,31109,30582,
34632,26487,26519,55223,22412,26234,30583,30070,30387,30327,29959,31094,30359,31095,26743,26711,38774,30583,22279,
59260,30581,30586,35461,42870,34679,26487,22391,34967,26506,18040,30838,24694,30354,30566,26423,30840,30263,31095,
22392,30552,34694,30583,46855,59261,30584,26743,30310,42870,34423,30583,26471,18567,22662,22135,34935,24694,34673,
30583,30567,34680,30327,31095,14200,34647,30597,30600,34567,55162,30584,26886,30070,46966,34694,26487,26488,10119,
34676,26231,30838,24950,30307,30583,30567,30327,30856,31078,5751,38775,30341,30583,38663,59003,34679,26368,26486,
26233,30599,30327,30598,10136,26513,30568,26727,25222,30289,30327,30311,30567,31111,31351,1640,30583,30073,38552,
34135,30582,31351,30806,33844,30585,39061,38776,29958,30598,38774,30565,30567,34730,29047,22391,26994,26472,30583,
26744,34438,34936,30342,30583,30039,30615,27511,30823,29731,30583,43158,30567,30807,30584,30582,30583,30567,30647,
28807,30839,35442,26487,34711,30839,34423,30823,30325,30567,26198,30630,28022,30854,34323,30582,51095,34679,30855,
30584,26503,34679,26215,30632,28791,26487,31587,30583,34743,26487,33911,29543,34951,26456,30295,30887,31861,30838,
30997,30581,51031,30584,30359,26232,30839,43127,30583,26504,28775,34679,31862,30583,30614,30855,33655,28774,31111,
30551,34903,26758,31352,30854,31523,30581,58888,30583,30647,26231,30600,51063,30327,26407,28743,34678,27498,30583,
34598,30839,34679,24711,30583,30567,47191,34678,30590,31077,29504,38772,58887,26487,26455,34695,34678,26485,30343,
30550,30583,30839,30921,30583,34598,31096,39799,32903,30342,30583,34631,22388,30587,27270,28754,30582,55112,30583,
30534,51079,26503,10103,30583,31367,31096,30839,30023,31094,34790,31095,39015,29575,30599,30567,1848,9863,30579,31092,
31331,26486,55159,30583,30583,55175,22664,9851,30583,27527,30853,30583,34311,30583,30631,31079,30840,30103,30327,
30583,1831,14206,30579,30832,31862,26503,51047,30583,30600,22407,26746,26235,30583,30855,30627,30583,34392,30823,
38471,31351,26488,30599,30599,30583,34599,26489,30585,30544,30838,30328,42840,26487,26504,10375,30858,30329,30838,
29302,30608,30583,30567,30583,34119,31351,22648,34712,26503,30583,42775,30584,26472,26368,29814,34680,42871,26487,
26488,14216,30856,30329,26487,21126,30592,30583,30328,30328,34183,31095,14455,30359,26245,30583,38695,34424,34664,
30208,25718,30604,34663,30567,34951,18327,30851,34665,26470,25221,30560,30567,30551,30328,34487,31606,1894,34711,
30342,30584,31335,34438,26489,30552,30020,30572,30566,34680,30280,30567,30823,34932,30567,34712,29032,30327,31345,
34679,30391,30824,30326,35223,30310,30567,31335,34710,30329,30824,30517,30589,22087,34679,30327,26487,22392,30581,
30583,30616,29287,30583,31351,30583,30662,30583,30071,31350,30599,30583,31351,30614,26233,30583,30983,30590,18231,
30583,26263,22407,26487,30565,30583,30600,29031,30583,31591,30599,30631,30599,29815,31879,30583,30567,31335,30599,
26235,31079,31748,30589,18182,30839,26519,22407,26487,22390,30583,30583,29783,30583,36216,30583,30551,30840,30327,
27799,30583,30567,26742,30598,30588,30822,31232,30588,18183,30583,30615,30599,30583,1909,30328,26471,31352,30584,
32152,30839,30471,30839,30583,31623,30583,30551,38791,38773,30583,30821,29216,30589,22343,30583,30583,42887,30840,
1908,30583,26454,31367,30583,36280,30327,30566,30839,35191,31367,30567,30567,38791,34676,30578,30835,29010,30590,
30615,30583,30807,46983,30343,1906,30583,26471,30599,30599,31543,30583,30663,30839,34935,30871,30567,30582,18311,
14187,30576,26497,31331,30590,26263,30583,30551,38807,26231,30579,26487,27014,30329,26488,31239,30583,26551,26760,
43367,26519,30583,30599,1943,1659,34676,30352,31574,26494,30567,30583,30551,10119,22391,38533,30599,26998,30600,30583,
30758,30838,30567,30839,38775,30615,30567,26503,1943,1912,30586,29488,31350,30589,34663,26487,26503,1927,34680,34440,
30839,30326,30598,26487,34647,30839,26120,30840,42872,34743,30583,30342,38790,1656,26489,29184,30328,30571,26486,
30566,30359,2199,30585,30584,30599,29318,26513,30583,30855,31095,29992,30840,26744,34728,34423,30583,34662,1895,26488,
32768,29063,30843,30311,30583,30599,14263,26501,34936,26744,24725,30592,30568,30568,26743,26039,30823,10871,30663,
34691,30598,30823,30886,30313,25175,27095,34428,18262,38520,30534,22600,30822,26484,30855,42888,25686,34679,26740,
30839,34965,31111,25478,34726,30583,30583,34678,26518,26232,29303,31464,30587,17958,43143,30566,26486,26487,22643,
30839,34439,30807,30327,30600,26743,30566,34950,25975,26519,34694,34679,34663,26758,30584,32871,31205,30587,18231,
34423,26487,34679,26487,14450,30583,30343,31063,30583,34936,30855,34566,30824,26230,22406,30582,30567,30310,30854,
30583,28775,30945,30588,18230,34679,30599,38503,30584,6258,30327,30584,31831,30582,26521,26742,30470,31095,34679,
26503,30342,30583,34679,30837,26482,28773,29395,30588,18055,34679,30599,46951,30583,14194,26231,30567,31351,30583,
30600,30839,34614,26743,39030,22407,30583,30567,38774,30837,30576,28804,28848,30588,18376,30583,30615,46695,30856,
18288,30583,26183,30584,30583,31112,30583,34678,30839,34679,30583,26503,30583,42871,47210,30576,28772,28816,30587,
18087,30584,30567,42871,26727,46960,30327,30550,30327,30583,35096,30582,30647,30583,43127,26214,30599,30583,39031,
47229,26481,28788,30848,30587,18039,30584,30551,26231,22648,46960,30311,26710,30312,30582,35335,30839,30678,26743,
47223,26471,30599,30598,1911,30828,30584,28736,31618,30585,22390,30583,30567,1895,22376,34416,26470,22886,30569,30583,
35335,35207,30648,30343,55399,22150,30599,30359,1911,10106,30586,28672,27779,30344,22631,26471,30823,1927,22119,30048,
26487,22918,26474,30599,35591,31351,22087,30568,59767,26534,26487,34710,2185,1658,30586,32768,31622,30328,26471,26230,
30566,1927,18281,29808,26230,21638,30344,26759,39799,31622,17670,26232,59751,26551,38535,30582,18296,1929,34937,32769,
26230,30825,38793,30583,22119,1430,18312,38528,30568,25204,26802,30359,35704,26759,13861,26761,51831,22230
};
static const int16_t layer_3_hidden_1_bias[96] = {
-2,168,2520,-229,-138,-193,13942,58,115,-416,974,232,11,1261,337,515,-141,-162,-485,447,-281,28,2190,679,1100,257,93,
3389,41,48,118,-236,397,147,1435,617,435,-108,-177,-162,1318,113,-626,221,-1236,-550,-838,-44,3469,-614,3796,285,-69,
552,0,699,-241,1133,931,-284,1403,284,-73,1881,82,203,180,37,-265,319,-75,-10,-236,1165,1132,349,189,756,888,268,279,
-102,3,-826,587,4511,-84,1058,2379,-198,130,1513,-188,10,173,-376
};
static const uint16_t layer_3_hidden_1_multipliers[96] = {
29762,57971,13386,39165,11537,62250,38584,61933,10956,20993,22789,15499,64046,38267,1236,4300,14284,14020,4564,29445,
35256,63148,6730,15816,56492,26117,44342,62514,2002,49519,45821,14601,12805,4564,36154,919,3666,42493,46138,31294,
53745,19778,22789,57073,1236,30396,1870,34305,12805,5515,10322,5198,49202,52213,50100,24321,23106,55858,50417,15235,
13386,8209,23106,3349,64944,54643,787,7311,9741,61299,36471,18827,37052,16397,18827,5198,2002,5515,26434,15235,8526,
26751,20042,4564,42493,4564,6413,27966,10639,22208,47036,52847,1553,15182,61616,20359
};
static const uint8_t layer_3_hidden_1_shifts[96] = {
36,36,36,36,35,36,37,36,35,35,36,35,36,36,35,36,36,35,35,36,36,36,36,36,36,36,36,37,35,36,36,36,36,36,36,36,36,36,36,
36,36,35,36,36,36,36,36,36,36,36,36,35,36,37,36,36,36,36,37,36,36,35,36,36,36,36,36,35,35,36,36,35,36,36,36,35,35,36,
36,36,36,36,36,36,36,36,36,36,36,36,36,36,36,35,37,36
};
static const packed_dense_layer layer_3_hidden_1 = {layer_3_hidden_1_weights, 144, 96, 0, {NULL, NULL, layer_3_hidden_1_shifts, 0, 0, 255, 0}, {layer_3_hidden_1_bias, layer_3_hidden_1_multipliers, 16, 4, -7, 1, 1}, 24, 0};

static const uint16_t layer_4_hidden_2_weights[1344] = {
18297,38505,26470,30793,30566,34379,21894,39451,45752,34455,21588,55703,34630,31097,17788,1141,15513,26788,38121,
25415,33926,22379,42761,26484,31093,39269,22394,27224,34883,25177,30522,39539,35513,35081,31703,47767,34457,1879,2441,
34979,38776,18022,38052,38584,38536,29571,42363,30569,10348,22102,30582,22104,39019,18055,27269,22136,21641,13681,
36263,22217,34166,807,31113,25979,31128,26739,34744,38473,30327,18230,42873,34600,26665,30819,33176,30582,35244,19830,
38791,38677,22408,26519,34186,31160,50296,39286,31612,35447,42891,38459,39014,31389,55193,22155,26599,31383,19575,
25714,42357,22628,26484,34648,38997,26744,34596,43351,1878,33848,34443,26473,42614,50432,34650,19031,13704,31350,
43210,22377,30312,22133,32818,22900,30387,38310,30629,22150,26008,10072,32392,26521,26280,17241,31080,34414,30807,
30340,34984,35158,30821,1640,39319,26500,34917,22151,47400,21877,22680,21790,30583,29288,17353,27750,18122,14743,
34724,22914,25445,30570,26150,14696,34663,51529,1639,22361,34281,22122,38776,44032,34440,34150,46696,29834,22585,
37498,31574,26200,25203,34183,38824,31316,10439,34149,26709,34199,30232,30835,30601,29514,35015,55910,5993,39253,1973,
22400,26729,27063,39046,37520,34934,29562,30823,8968,31076,31129,22677,35467,26262,50571,30822,33873,29831,13671,1895,
42580,39013,39033,32901,26259,22907,25721,36183,29609,34119,17784,18055,30104,26953,31828,29818,42907,51179,27048,
46775,22569,10134,43381,48007,30390,25977,1893,32408,22678,26056,9032,30345,30317,26424,26259,27032,39510,30566,1899,
51024,48247,31400,30019,30582,25751,22121,37784,34678,34408,30582,34920,51848,21080,27510,38774,14455,38918,34693,
26471,37526,30632,39068,34166,36983,38311,38436,30810,38790,22642,30627,30600,19336,33896,55157,51559,31062,54921,
18272,18537,25451,26984,35209,46452,27495,1638,34455,41858,25944,22136,30598,23415,35223,14122,38761,39029,31321,
26708,22389,34150,26808,19351,23162,43447,26489,37971,43442,1946,21864,30578,34503,38518,31112,16757,34838,50583,
34920,35451,22602,28760,47496,15450,31098,30324,46356,39685,23739,30020,29802,34456,14007,38345,34740,30294,35445,
47479,51354,33957,30311,10886,51081,34443,38840,30764,34710,34698,38023,34181,29813,45241,30659,25480,39848,30074,
26488,59943,14249,9030,31079,30050,22552,33925,27094,32053,26710,9589,25960,30585,33175,857,38743,21929,42841,26743,
38472,25189,24919,40106,13977,27049,34692,32115,18054,34930,34472,13206,37530,26072,18822,14666,44172,22102,18325,
22394,38805,30885,34456,34199,21386,33911,54950,46967,27447,46968,14454,14201,30076,26759,38739,26454,30929,26232,
23195,42615,42819,47288,51029,42361,34644,42825,30581,22539,35446,42597,27767,1655,26518,37733,26999,26485,26534,
22904,34695,22279,34313,34660,35477,34141,39049,42761,10327,16760,35942,30576,22408,33669,30119,36405,18249,18566,
43077,31286,31106,30873,3225,30824,43344,22183,42871,18598,26710,26486,33911,22071,22408,42612,34935,38409,47018,
29257,33670,35193,34601,37544,33142,40087,38996,22360,42633,35383,35379,31146,1144,30568,43089,4501,59528,14967,22135,
30566,25976,29511,31288,39338,10106,30808,35702,42597,29794,46154,49831,18343,30849,47237,39015,38728,34709,22883,
34709,34966,6282,30055,47235,42855,39751,59270,14451,22362,28796,26728,46759,38824,39018,30096,42105,30311,18558,
23382,34408,30519,26506,13702,31096,26777,42905,34679,34697,30336,34441,26230,30844,31623,26455,38741,10104,9589,
26216,27049,38772,35718,30345,34454,30056,30343,50345,39144,19573,18010,35177,22152,27271,30586,54132,43094,26215,
39240,37732,26999,26698,26230,30888,26205,38826,22922,47477,45329,29815,51302,21080,26310,34939,38261,22887,35177,
42625,27003,26235,17577,35206,50292,18570,1590,22382,34151,46712,42871,38756,27479,30825,30246,26008,30842,22377,
42755,26742,14438,27017,38261,39344,43337,41126,31144,31118,28808,26439,37516,46663,23174,22426,1351,22636,30244,
37545,42631,42661,27272,31366,26152,17784,34938,38792,46402,34135,28042,34424,22696,50329,12871,35447,30630,30071,
11130,30556,43364,22489,22952,39239,39032,51066,34695,29529,30555,1879,27254,33880,14246,51307,26228,31331,26215,
43399,34435,31350,26712,42808,30839,38537,38796,21865,38261,51604,18862,30598,29265,43076,34905,26725,35208,11944,
34633,43429,46998,42601,1881,10614,34691,38771,17446,26534,38375,34934,26725,26232,27275,39253,34232,26280,2190,9414,
21877,18533,30582,25957,31590,18054,38500,26552,21654,30601,17846,20582,18761,43932,26437,18054,18293,26774,50820,
27494,30726,39062,30050,33702,30635,31099,38537,41095,26999,42789,34646,31623,39082,22138,26438,38469,34148,13441,
36920,53641,22439,30579,38791,34679,31030,26729,18216,38920,35177,17526,38504,39322,11621,51081,34872,26502,30345,
16504,34711,38059,26741,31113,1896,46407,46506,35209,21123,30561,26757,38820,36199,22407,34663,42613,38359,42921,
33684,33642,22120,2423,22919,26455,14023,43356,9830,39045,26022,30536,35125,26504,28778,22441,22679,19238,34745,30584,
21463,51606,1674,21606,37749,42649,34711,43126,31381,47393,43382,22081,42119,22378,39113,34164,42660,48772,22645,
43105,30856,30660,30344,11913,34663,34928,38791,46934,26009,22372,30567,43123,22535,42293,31316,54392,28299,29896,
18547,26918,34923,35413,31114,37510,14935,30849,34695,35129,22854,26246,31079,39352,21894,22361,22101,28725,22342,
26328,31095,18328,29539,30806,42870,25703,21910,43115,30036,22631,34888,39058,23388,30315,26059,39061,50803,3266,
30903,22133,32777,34409,26792,30345,38294,30327,25926,21639,26792,43669,13972,42648,30616,30572,30321,46217,38775,
22685,23655,34680,30470,22152,26502,35449,26729,26007,34455,35446,46378,34939,4410,34438,30601,26952,33926,45943,
43956,34627,5226,25993,34679,34918,26727,34880,34878,34678,31017,30348,34935,12437,46983,26025,22919,39543,34150,
33895,30342,26777,28807,35111,26168,32824,26215,30394,31044,2218,33638,55152,47990,31320,38965,38245,26232,26921,
26503,34727,34394,39082,30857,51573,41267,13419,17779,19352,22199,41878,21303,34710,25738,35641,22915,43191,42842,
14201,35892,26726,38696,43013,32105,21605,33898,51371,14453,46744,26953,22647,38806,25704,22201,34440,22146,33909,
30106,29492,1575,30586,34441,22438,27018,34793,34126,30854,31792,21400,9058,25922,34666,38725,18841,30758,42854,10072,
38487,38538,22649,34934,42289,39526,38764,35209,18440,26182,17798,39529,34418,22937,25715,30341,31592,22281,31127,
31095,22918,51593,37784,30931,39002,42375,35226,30329,28807,16502,30299,26792,31126,29607,41600,39268,29821,39017,
12810,27205,30842,30853,31099,30087,46956,30838,32852,34416,31816,30645,30551,39544,33928,34886,46471,22326,22100,
22377,26727,43383,22551,49415,31333,50281,28054,38805,30297,26422,35098,31048,31130,13702,34919,22169,42359,39270,
38967,35078,28007,17269,25960,43192,18038,43160,35721,26262,30340,30073,30937,30264,34839,30566,35193,25156,26972,
2115,30821,38251,26790,50811,39060,36993,26486,34135,43176,39003,39030,21625,39033,19385,23928,50856,30264,31366,
22389,40070,34199,22854,32384,26501,26469,42857,17799,37273,46810,14200,26251,51582,26716,22150,18313,33399,14487,
51079,34443,34983,34861,34949,30602,33700,34182,29813,37033,27076,29592,25780,29590,38828,33653,38185,30616,2196,
30151,18759,17847,42855,1623,38807,22435,34709,39126,38778,34450,31114,29289,38824,51061,14648,42343,5766,5766,34698,
27047,22581,27994,34747,34372,30857,33626,43654,40071,30168,22360,22666,38517,26232,39605,10443,5286,6248,25685,38571,
38549,38565,10906,30821,26375,22390,30856,48502,38534,22937,26215,43011,31099,22631,38505,39018,11125,38294,26696,
22645,30374,1382,9913,27013,23161,30330,22393,26264,18537,35495,38580,38036,7029,26272,39302,42807,34964,28776,26726,
30072,30374,42906,51304,31624,34711,42096,34919,31111,21672,35222,45956,31831,34953,34714,30822,47993,42843,25911,
31319,21623,5686,34456,38805,32085,30503,26487,22138,26781,26473,43658,38520,38246,44070,17798,17943,26758,22421,
28231,30278,46886,34966,46968,19833,38810,5763,10808,39243,30760,22679,25716,26729,21879,41607,39049,22138,26234,
60213,26265,17767,34168,26230,22281,29063,26807,36197,26745,9831,34459,33877,34935,30264,47194,38827,26808,30616,
22195,38530,38580,14214,39248,26194,26456,34840,43112,39288,33860,34894,10068,22629,42380,22679,50572,42900,34432,
26438
};
static const int16_t layer_4_hidden_2_bias[56] = {
-988,334,251,376,45,-880,134,791,-461,-1003,89,-1148,146,-368,1015,259,-1062,430,-440,-739,67,1814,1031,-1690,-459,
-660,-100,394,-683,-723,-1001,-1027,-554,632,-267,-451,1420,691,578,-822,569,875,-1901,535,568,-1024,-250,-283,-184,
-853,52,177,756,702,404,1996
};
static const uint16_t layer_4_hidden_2_multipliers[56] = {
26589,29546,14399,21013,20313,25370,1159,35460,33022,29546,64197,33722,3778,56702,31284,16137,27108,13699,24151,24670,
34422,15437,50269,45212,48350,46612,28146,34422,37379,48869,30065,28327,33022,31465,16656,26408,43474,32503,18575,
34941,22932,34941,37898,18394,21013,2728,42255,14399,24670,45212,29365,39817,29027,36341,29365,14399
};
static const uint8_t layer_4_hidden_2_shifts[56] = {
34,34,34,34,34,34,33,34,34,34,34,34,33,34,34,34,34,34,34,34,34,34,34,34,34,34,34,34,34,34,34,34,34,34,34,34,34,34,34,
34,34,34,34,34,34,33,34,34,34,34,34,34,34,34,34,34
};
static const packed_dense_layer layer_4_hidden_2 = {layer_4_hidden_2_weights, 96, 56, 0, {NULL, NULL, layer_4_hidden_2_shifts, 0, 0, 255, 0}, {layer_4_hidden_2_bias, layer_4_hidden_2_multipliers, 16, 4, -7, 1, 1}, 14, 0};

static const uint16_t layer_5_hidden_3_weights[560] = {
34387,14181,30566,34131,31063,25496,50949,38297,47368,14617,38517,30633,14715,47994,2469,17781,30647,21876,34456,
38951,46599,35417,26166,22854,38025,34456,22086,14169,12822,17538,30328,9333,10323,13846,26728,14937,10135,26440,
34439,58743,34152,30762,21110,21593,27778,18040,39035,27445,39003,46120,6284,46482,30282,34196,23382,29556,51590,
37988,30809,22407,33808,52087,30567,50454,34935,55400,42840,23416,34201,22627,42565,42362,14086,25163,14726,19322,
18580,51256,30115,42406,30282,38186,30066,17800,46216,22567,25195,47190,19544,41609,18040,22885,42354,26008,45481,
35018,35961,13895,10663,9913,21827,43364,25189,46949,39558,24981,50696,36183,35416,10599,48211,39033,22904,15543,
30851,29988,13623,35896,22396,38357,23431,18342,42597,29798,43148,42867,36180,50965,22419,23448,21922,22726,30042,
46658,43172,39097,50853,18314,37273,26757,38276,18039,18293,47432,12859,26452,30660,50583,51110,35383,18874,22648,
14902,25993,34917,27078,25994,29504,22100,34489,35124,57926,21332,5191,26729,10104,39043,39800,34936,43368,891,25545,
9366,30867,30598,33894,34744,25154,17814,26476,47491,31173,27270,35462,37032,50518,26778,27310,29833,26021,26151,
37512,9781,31078,34163,30668,35754,34674,39785,26243,26280,30489,30021,26985,19314,12918,30779,26949,42587,46632,
42090,30334,18795,27171,22920,35142,26714,46487,9776,39303,42356,42342,22425,43400,1797,18264,25445,50040,46871,34903,
34435,26468,35522,17478,22279,25909,32837,34745,39562,19497,22891,30071,6292,2947,35187,25957,27047,50981,26727,45948,
26502,13155,42853,29767,30764,13706,34630,30804,55461,14424,14730,13400,14677,2202,39272,25990,18332,37473,14215,
29865,60435,34437,22631,22888,39081,1927,26505,31655,36202,35462,25221,12952,25206,27010,31127,25190,51321,41253,
19284,25963,46851,51029,29047,30023,26712,26489,34906,31606,34951,35928,30790,48292,23654,26144,43397,34146,42902,
30808,46887,30516,26951,38793,30209,25176,32902,47444,35173,59463,14195,42874,17772,17592,25014,27221,30886,32869,
51116,29781,22678,37949,31078,28295,15002,27522,30134,46195,34664,26508,26230,31156,34953,42856,47238,30361,23938,
9590,38497,35396,31047,47000,26202,34841,21829,24934,38376,35126,33672,46183,22568,37975,19337,51809,27721,30594,
35381,39283,31366,35731,46391,35415,29878,14983,18315,30840,10006,17578,30357,9624,46167,34934,12404,39274,26246,
37669,26246,39290,42916,30009,35177,33412,7082,22675,35192,33976,42789,47524,34406,18516,30587,14648,41955,30409,
26730,50518,30342,39564,34966,19115,32903,22165,30280,35623,22602,30808,27097,34448,34198,22072,9318,43337,10087,
29826,26180,17797,41830,30649,30534,18760,22541,14212,43348,22128,46967,26252,26458,5271,23316,18853,31111,22875,
50615,25242,30357,38587,21590,34920,34407,47716,14228,29595,33911,31578,26455,30857,10112,13735,20618,1929,34601,
28984,30806,10150,30068,22389,41033,30775,31835,51333,6504,25193,35464,35398,14948,35269,46168,51509,39030,47318,
17843,9862,29766,26490,33125,17972,10340,25446,31290,34121,17718,43080,8275,35433,29590,32853,26504,39002,42372,34361,
42314,29805,31094,25621,46722,30121,26714,18536,21840,51041,43125,38551,22695,27480,23433,30852,26259,60610,37464,
17303,30579,31113,42071,30315,11445,35753,18768,38967,17770,38531,37994,37204,14971,27716,41801,33674,30374,30869,
45416,22102,18520,30344,42886,22665,19315,5670,14454,27175,5721,39269,38827,59491,26763,47461,26633,33881,35451,24201,
10660,26722,38084,42903
};
static const int16_t layer_5_hidden_3_bias[40] = {
53,784,815,646,-53,87,85,-37,1789,196,1089,1125,757,544,988,628,880,-71,129,765,494,247,590,606,-515,-81,36,-182,-716,
-25,769,1129,469,369,694,153,-480,861,560,-288
};
static const uint16_t layer_5_hidden_3_multipliers[40] = {
39049,3678,9255,54710,12769,5435,13533,40424,775,15290,54099,6581,47376,64947,775,5206,43862,6963,1539,62044,31333,
22624,48140,20714,31868,24152,7956,4824,15443,48904,16054,54099,59905,51196,11776,775,8109,622,53182,35764
};
static const uint8_t layer_5_hidden_3_shifts[40] = {
35,34,34,35,34,34,34,35,34,34,35,34,35,35,34,34,35,34,34,35,35,34,35,34,35,34,34,34,34,35,34,35,35,35,34,34,34,34,35,
35
};
static const packed_dense_layer layer_5_hidden_3 = {layer_5_hidden_3_weights, 56, 40, 0, {NULL, NULL, layer_5_hidden_3_shifts, 0, 0, 255, 0}, {layer_5_hidden_3_bias, layer_5_hidden_3_multipliers, 16, 4, -7, 1, 1}, 10, 0};

static const uint16_t layer_6_probs_weights[100] = {
34899,46433,41763,21657,34646,22185,20791,34961,37689,39239,21944,22136,33603,14905,36997,1114,27283,34746,13636,9881,
11128,37961,5203,17512,37272,26791,13383,41600,38967,33155,25496,16426,34712,13129,29844,21143,26631,34708,34471,
30067,14425,30744,2194,33909,37994,41545,26724,14645,13701,2696,9001,22295,31377,25990,41561,35224,2419,25704,38035,
14170,26233,46649,8807,31321,14165,34355,30578,39304,26216,31602,10564,33609,14681,30870,42307,21364,41527,38714,6247,
13990,10387,26265,25977,29304,30870,8772,34405,47210,34615,37957,43319,29846,18275,18296,43380,6070,34851,18563,42848,
18807
};
static const int16_t layer_6_probs_bias[10] = {
2,8,-9,41,-59,8,-40,64,-2,-20
};
static const uint16_t layer_6_probs_multipliers[1] = {
6706
};
static const uint8_t layer_6_probs_shifts[1] = {
35
};
static const packed_dense_layer layer_6_probs = {layer_6_probs_weights, 40, 10, 0, {NULL, NULL, layer_6_probs_shifts, 173, 0, 255, 0}, {layer_6_probs_bias, layer_6_probs_multipliers, 16, 4, -7, 1, 0}, 2, 2};

/* -------------------------------------------------------------------- model */

/* What follows the last row of pixels. */
static int finish_image(micro_int4_arena *arena, int8_t logits[MICRO_INT4_CLASSES]);

void micro_int4_start(micro_int4_arena *arena) {
  start_stream(&layer_1_halved_stream, arena->words + 49);
}

EDGE_NARROW int micro_int4_push_row(micro_int4_arena *arena, const uint8_t row[MICRO_INT4_COLUMNS],
                        int8_t logits[MICRO_INT4_CLASSES]) {
  uint8_t *values = find_next_row(&layer_1_halved_stream, arena->words + 49);
  for (int i = 0; i < 28; i++) values[i] = row[i];
  run_stream(&layer_1_halved_stream, (uint8_t *)(arena->words + 0), arena->words + 49);
  if (!has_all_rows(&layer_1_halved_stream, arena->words + 49)) return -1;
  const int found = finish_image(arena, logits);
  micro_int4_start(arena);
  return found;
}

static EDGE_ALONE int finish_image(micro_int4_arena *arena, int8_t logits[MICRO_INT4_CLASSES]) {
  run_move(&layer_2_inner, (uint8_t *)(arena->words + 0), (uint8_t *)(arena->words + 49));
  run_packed_dense(&layer_3_hidden_1, (uint8_t *)(arena->words + 49), (uint8_t *)(arena->words + 85), arena->words + 85);
  run_packed_dense(&layer_4_hidden_2, (uint8_t *)(arena->words + 85), (uint8_t *)(arena->words + 0), arena->words + 0);
  run_packed_dense(&layer_5_hidden_3, (uint8_t *)(arena->words + 0), (uint8_t *)(arena->words + 14), arena->words + 14);
  run_packed_dense(&layer_6_probs, (uint8_t *)(arena->words + 14), (uint8_t *)(arena->words + 0), arena->words + 0);
  const uint8_t *outputs = (uint8_t *)(arena->words + 0);
  for (int j = 0; j < MICRO_INT4_CLASSES; j++) logits[j] = (int8_t)(outputs[j] - 128);
  return find_largest(logits, MICRO_INT4_CLASSES);
}

int micro_int4_classify(const uint8_t pixels[MICRO_INT4_PIXELS], int8_t logits[MICRO_INT4_CLASSES],
                        micro_int4_arena *arena) {
  int found = -1;
  micro_int4_start(arena);
  for (int row = 0; row < MICRO_INT4_ROWS; row++) {
    found = micro_int4_push_row(arena, pixels + row * MICRO_INT4_COLUMNS, logits);
  }
  return found;
}

