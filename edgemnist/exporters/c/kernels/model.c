/* $title
 *
$facts
 *
 * contract: $contract
 */
#include "$header"
$includes
$kernels
/* --------------------------------------------------------------- parameters */

$tables
/* -------------------------------------------------------------------- model */

$model$softmax
