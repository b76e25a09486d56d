/* The word by which C++ compilers know C's restrict. */
#if defined(__GNUC__) || defined(_MSC_VER)
#define EDGE_RESTRICT __restrict
#else
#define EDGE_RESTRICT
#endif

