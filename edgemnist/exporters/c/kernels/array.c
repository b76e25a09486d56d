/* $title
 *
 * contract: $contract
 */
#include "$header"

#if defined(__GNUC__)
#define ALIGNED __attribute__((aligned(16)))
#elif defined(__cplusplus)
#define ALIGNED alignas(16)
#else
#define ALIGNED _Alignas(16)
#endif

ALIGNED const unsigned char ${prefix}[${PREFIX}_BYTES] = {
$values
};
